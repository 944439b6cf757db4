package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/runnable-render/runnable-render/internal/foldercopy"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir"
)

// Isolation gives each step a folder of its own that holds what the folder of the definition held when the run began,
// as an image would, and nothing that another step wrote. What a step needs of another then comes through the catalog
// or is missing, here as in a container.
type Isolation struct {
	root    string
	release func() error
}

// Isolate copies a folder. It leaves out:
//
//   - .runnable, .git and .venv;
//   - what .dockerignore names, if there is one: the image would not hold it either;
//   - what a `put` of the pipeline matches, unless git tracks it: it is left over from an earlier run. Without git
//     such a pattern counts only if it does not match the definition itself.
func Isolate(ctx context.Context, dir, definition string, p *ir.Pipeline) (*Isolation, error) {
	root, release, err := workfolder.NewTemp("runnable-render-isolate-")
	if err != nil {
		return nil, err
	}
	i := &Isolation{root: root, release: release}
	rules, err := readIgnore(filepath.Join(dir, ".dockerignore"))
	if err == nil {
		left := leftovers(ctx, dir, filepath.Base(definition), p)
		own := below(dir, root) // where temporary files lie in the folder itself
		err = foldercopy.Copy(dir, i.image(), foldercopy.Options{Leave: func(name string) bool {
			return name == ".runnable" || name == ".git" || name == ".venv" || name == own || rules.match(name) || left(name)
		}})
	}
	if err != nil {
		i.Close()
		return nil, fmt.Errorf("cannot copy %s for --isolate: %w", dir, err)
	}
	return i, nil
}

// below returns the slash path of a folder below another, or nothing where it is elsewhere.
func below(dir, folder string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(abs, folder)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

func (i *Isolation) image() string { return filepath.Join(i.root, "image") }

// Close removes all that is left of the copies.
func (i *Isolation) Close() {
	if i != nil {
		_ = i.release()
	}
}

// Folder makes the folder of one step ([Steps]); done removes it.
func (i *Isolation) Folder() (dir string, done func(), err error) {
	parent, err := os.MkdirTemp(i.root, "step-")
	if err != nil {
		return "", nil, err
	}
	done = func() { removeTree(parent) }
	dir = filepath.Join(parent, "work")
	if err := foldercopy.Copy(i.image(), dir, foldercopy.Options{}); err != nil {
		done()
		return "", nil, err
	}
	return dir, done, nil
}

func removeTree(dir string) {
	if os.RemoveAll(dir) == nil {
		return
	}
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(p, 0o700)
		}
		return nil
	})
	_ = os.RemoveAll(dir)
}

// leftovers reports what steps of the pipeline put and git does not track.
func leftovers(ctx context.Context, dir, definition string, p *ir.Pipeline) func(string) bool {
	tracked, git := trackedFiles(ctx, dir)
	var patterns []string
	for v := range ir.Walk(p) {
		c := ir.CatalogOf(v.Node)
		if c == nil || c.NoCopy {
			continue
		}
		for _, put := range c.Put {
			pattern := path.Clean(put.Name)
			if ok, _ := doublestar.Match(pattern, definition); ok && !git {
				continue
			}
			patterns = append(patterns, pattern)
		}
	}
	return func(name string) bool {
		if tracked[name] {
			return false
		}
		for _, pattern := range patterns {
			if ok, _ := doublestar.Match(pattern, name); ok {
				return true
			}
		}
		return false
	}
}

// trackedFiles are the files that git tracks, and the folders that hold some, by slash path below dir.
func trackedFiles(ctx context.Context, dir string) (map[string]bool, bool) {
	cmd := exec.CommandContext(ctx, "git", "ls-files", "-z")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		return nil, false
	}
	tracked := map[string]bool{}
	for _, name := range strings.Split(string(bytes.TrimSuffix(out, []byte{0})), "\x00") {
		for ; name != "."; name = path.Dir(name) {
			tracked[name] = true
		}
	}
	return tracked, true
}

// ignoreRules are the lines of a .dockerignore: of those that match, the last counts.
type ignoreRules []ignoreRule

type ignoreRule struct {
	pattern string
	keep    bool // the line began with an exclamation mark
}

func readIgnore(file string) (ignoreRules, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rules ignoreRules
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, keep := strings.CutPrefix(line, "!")
		pattern = strings.Trim(path.Clean("/"+strings.TrimSpace(pattern)), "/")
		if pattern != "" && doublestar.ValidatePattern(pattern) {
			rules = append(rules, ignoreRule{pattern, keep})
		}
	}
	return rules, nil
}

// match reports whether a file or folder is ignored. A folder that a later line keeps something of is not.
func (r ignoreRules) match(name string) bool {
	ignored := false
	for _, rule := range r {
		for at := name; at != "."; at = path.Dir(at) {
			if ok, _ := doublestar.Match(rule.pattern, at); ok {
				ignored = !rule.keep
				break
			}
		}
		if rule.keep && strings.HasPrefix(rule.pattern, name+"/") {
			ignored = false
		}
	}
	return ignored
}
