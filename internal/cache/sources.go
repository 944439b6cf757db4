package cache

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
)

// Sources is the code of a task as far as it is the user's own: files below the working folder.
//
//   - Of a Python task: the file of the function's module and, transitively, the files of the modules that it
//     imports anywhere in the source; whole files.
//   - Of a script: the files that its text names (other than as the target of >, and other than those that the task
//     puts into the catalog), and what those of them import that are Python. The script itself is in the definition.
//   - Of a notebook: the notebook, and what its cells import.
//   - Of a Go function: the program that holds it.
type Sources struct {
	Files    map[string]string // slash path → sha256
	Takes    []string          // names of parameters that the function takes
	TakesAll bool              // it takes, or may look at, whatever is visible
	Python   string            // version; empty where there is no Python in it
	Packages string            // what is installed there
}

// Where is the place that a task runs in.
type Where struct {
	Dir string // the working folder
	// Modules are the folders in which Python modules are looked for; Own is the definition's file where it is Python.
	Modules project.Path
	Own     string
	// Notebook finds a notebook that a step names; nil: it is below the working folder.
	Notebook func(name string) string
	// Python returns the interpreter and its environment.
	Python func() (interpreter string, environ []string, err error)
	// Hash returns the sha256 of a file in hex.
	Hash func(ctx context.Context, file string) (string, error)
	// Program returns the program that holds the Go function of the task; nil: it is not known.
	Program func() (string, error)
	// Origin is the folder of the project that Dir is a copy of. Where it is set, one scan serves for all copies whose files
	// are the same; it then knows nothing of files that only one of them has.
	Origin string
	// Scans remembers what was read, for a map whose items run the same code; nil: nothing is remembered.
	Scans *Scans
}

// Scans remembers what the source of functions told, as long as the files that it was read from stay as they are.
type Scans struct {
	mu    sync.Mutex
	known map[string]remembered
}

type remembered struct {
	scan   *scan
	hashes map[string]string // by the names below the working folder
}

// find returns what is remembered, if no file has changed since.
func (s *Scans) find(ctx context.Context, key string, w Where) *scan {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	r, ok := s.known[key]
	s.mu.Unlock()
	if !ok {
		return nil
	}
	for name, sum := range r.hashes {
		if now, err := w.Hash(ctx, w.file(name)); err != nil || now != sum {
			return nil
		}
	}
	return r.scan
}

func (s *Scans) keep(ctx context.Context, key string, w Where, found *scan) {
	if s == nil {
		return
	}
	r := remembered{found, map[string]string{}}
	for _, name := range found.Files {
		sum, err := w.Hash(ctx, w.file(name))
		if err != nil {
			return
		}
		r.hashes[name] = sum
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]remembered{}
	}
	s.known[key] = r
}

// scan is what source.py prints.
type scan struct {
	Error    string   `json:"error"`
	Files    []string `json:"files"`
	Takes    []string `json:"takes"`
	All      bool     `json:"all"`
	Python   string   `json:"python"`
	Packages []string `json:"packages"`
}

// SourcesOf reads which code a task runs. An error says why that cannot be told; the task is then not cached.
func SourcesOf(ctx context.Context, t *ir.Task, w Where) (*Sources, error) {
	out := &Sources{Files: map[string]string{}, TakesAll: true}
	var files []string
	switch c := t.Command.(type) {
	case *ir.Python:
		found, err := w.scan(ctx, c.Function, nil)
		if err != nil {
			return nil, err
		}
		out.Takes, out.TakesAll, files = found.Takes, found.All, found.Files
		out.Python, out.Packages = found.Python, strings.Join(found.Packages, "\n")
	case *ir.Notebook:
		name := path.Clean(filepath.ToSlash(c.Path))
		if w.Notebook != nil {
			name = w.below(w.Notebook(c.Path))
		}
		found, err := w.scan(ctx, "", []string{name})
		if err != nil {
			return nil, err
		}
		files = append(found.Files, name)
		out.Python, out.Packages = found.Python, strings.Join(found.Packages, "\n")
	case *ir.Shell:
		files = named(c.Script, w.Dir, t.Catalog)
		if found, err := w.imports(ctx, files); err == nil {
			files = append(files, found...)
		}
	case *ir.GoFunc:
		if w.Program == nil {
			return nil, fmt.Errorf("the program that holds %s is not known", c.Function)
		}
		program, err := w.Program()
		if err != nil {
			return nil, fmt.Errorf("the program that holds %s: %w", c.Function, err)
		}
		sum, err := w.Hash(ctx, program)
		if err != nil {
			return nil, err
		}
		out.Files["program"] = sum
	case *ir.Flow:
		return nil, fmt.Errorf("a step of a flow reads artifacts while it runs, so its inputs are not known beforehand")
	case *ir.Plugin:
		return nil, fmt.Errorf("what a task of command_type %s runs is not known", c.Kind)
	}
	for _, name := range files {
		sum, err := w.Hash(ctx, filepath.Join(w.Dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		out.Files[name] = sum
	}
	return out, nil
}

// Unchanged reports whether the files still have the hashes that they had.
func (s *Sources) Unchanged(ctx context.Context, w Where) bool {
	for name, want := range s.Files {
		file := filepath.Join(w.Dir, filepath.FromSlash(name))
		if name == "program" {
			continue // it runs
		}
		if sum, err := w.Hash(ctx, file); err != nil || sum != want {
			return false
		}
	}
	return true
}

// imports returns what the Python files among files import.
func (w Where) imports(ctx context.Context, files []string) ([]string, error) {
	var scripts []string
	for _, f := range files {
		if strings.HasSuffix(f, ".py") {
			scripts = append(scripts, f)
		}
	}
	if len(scripts) == 0 {
		return nil, nil
	}
	found, err := w.scan(ctx, "", scripts)
	if err != nil {
		return nil, err
	}
	return found.Files, nil
}

// file is the file of a slash path from the working folder.
func (w Where) file(name string) string { return filepath.Join(w.Dir, filepath.FromSlash(name)) }

// below is the slash path of a file as seen from the working folder.
func (w Where) below(file string) string {
	if rel, err := filepath.Rel(w.Dir, file); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

//go:embed source.py
var sourcePy string

// scanLimit bounds the time that reading the source may take.
const scanLimit = time.Minute

func (w Where) scan(ctx context.Context, function string, files []string) (*scan, error) {
	interpreter, environ, err := w.Python()
	if err != nil {
		return nil, err
	}
	if files == nil {
		files = []string{}
	}
	request, err := json.Marshal(map[string]any{"function": function, "files": files, "modules": w.Modules, "own": w.Own})
	if err != nil {
		return nil, err
	}
	key := strings.Join(append([]string{interpreter, w.Dir, string(request)}, environ...), "\x00")
	if w.Origin != "" {
		key = strings.ReplaceAll(key, w.Dir, w.Origin)
	}
	if found := w.Scans.find(ctx, key, w); found != nil {
		return found, nil
	}
	out, err := w.ask(ctx, interpreter, environ, string(request))
	if err == nil {
		w.Scans.keep(ctx, key, w, out)
	}
	return out, err
}

// ask runs source.py.
func (w Where) ask(ctx context.Context, interpreter string, environ []string, request string) (*scan, error) {
	text, err := w.read(ctx, interpreter, environ, nil, sourcePy, request)
	if err != nil {
		return nil, err
	}
	var out scan
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("its source cannot be read: %w", err)
	}
	if out.Error != "" {
		return nil, errors.New("its source cannot be read: " + out.Error)
	}
	return &out, nil
}

// read runs one of our programs that read the user's source.
func (w Where) read(ctx context.Context, interpreter string, environ []string, in []byte, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, scanLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, interpreter, append([]string{"-B", "-c", program}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = w.Dir, environ, bytes.NewReader(in)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(complaints.String()), "\n")
		return nil, fmt.Errorf("its source cannot be read: %w: %s", err, lines[len(lines)-1])
	}
	return text, nil
}

// named returns the files of the working folder that a script's text names.
func named(script, dir string, c *ir.Catalog) []string {
	words := strings.FieldsFunc(script, func(r rune) bool { return strings.ContainsRune(" \t\r\n;|&()<\"'`=", r) })
	var out []string
	for i, word := range words {
		if target(words, i) {
			continue
		}
		name := path.Clean(word)
		if !filepath.IsLocal(name) || name == "." || strings.HasPrefix(name, ".runnable/") || mayPut(c, name) {
			continue
		}
		if st, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err == nil && st.Mode().IsRegular() {
			out = append(out, name)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// target reports whether the word is what output is redirected to.
func target(words []string, i int) bool {
	if strings.Contains(words[i], ">") {
		return true
	}
	return i > 0 && strings.HasSuffix(words[i-1], ">")
}

// mayPut reports whether the task puts a file of that name into the catalog, or gets it from there.
func mayPut(c *ir.Catalog, name string) bool {
	if c == nil {
		return false
	}
	for _, ref := range slices.Concat(c.Put, c.Get) {
		for at := name; at != "."; at = path.Dir(at) {
			if ok, _ := doublestar.Match(path.Clean(ref.Name), at); ok {
				return true
			}
		}
	}
	return false
}
