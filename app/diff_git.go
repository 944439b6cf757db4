package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// revision is a copy of what a repository held at a commit.
type revision struct {
	name    string // as the user calls it
	commit  string
	top     string // of the work tree, without links
	dir     string // the copy
	names   []string
	release func() error
}

// Bounds of a copy. A larger file is no definition and no code, and is left out.
const (
	largestFile = 8 << 20
	largestTree = 1 << 30
)

// revision copies a commit of the repository around the current folder.
func (a *command) revision(ctx context.Context, name string) (*revision, error) {
	top, err := gitIn(".", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fail(ExitInvalid, "--git %s: the current folder is in no repository of git", name)
	}
	r := &revision{name: name, top: resolved(strings.TrimSuffix(string(top), "\n"))}
	rev, branched := strings.CutSuffix(name, "...")
	commit, err := gitIn(r.top, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err == nil && branched {
		commit, err = gitIn(r.top, "merge-base", "HEAD", strings.TrimSpace(string(commit)))
	}
	if err != nil {
		return nil, fail(ExitInvalid, "--git %s: the repository has no such revision; in CI, fetch it first (git fetch origin %s)", name, quoteArg(rev))
	}
	r.commit = strings.TrimSpace(string(commit))
	if r.dir, r.release, err = workfolder.NewTemp("runnable-render-diff-"); err != nil {
		return nil, fail(ExitEnvironment, "a folder for the revision: %w", err)
	}
	if err := r.fill(ctx); err != nil {
		_ = r.release()
		return nil, fail(ExitEnvironment, "--git %s: %w", name, err)
	}
	return r, nil
}

// blob is a file of a commit.
type blob struct{ mode, hash, name string }

// fill writes the files of the commit into the copy. Nothing that the repository names for its files is run.
func (r *revision) fill(ctx context.Context) error {
	blobs, err := r.blobs()
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(".git", 0o700); err != nil { // marks the root of the project
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, "git", "-C", r.top, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		for _, b := range blobs {
			if _, err := io.WriteString(in, b.hash+"\n"); err != nil {
				break // it has ended
			}
		}
		_ = in.Close()
	}()
	from := bufio.NewReader(out)
	for _, b := range blobs {
		data, err := readBlob(from)
		if err == nil {
			err = writeBlob(root, b, data)
		}
		if err != nil {
			stop()
			_ = cmd.Wait()
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return cmd.Wait()
}

// blobs lists the files of the commit that are copied.
func (r *revision) blobs() ([]blob, error) {
	list, err := gitIn(r.top, "ls-tree", "-r", "-z", "--long", "--full-tree", r.commit)
	if err != nil {
		return nil, fmt.Errorf("git ls-tree: %w", err)
	}
	var out []blob
	total := 0
	for _, line := range strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		words := strings.Fields(head)
		if !ok || len(words) != 4 || words[1] != "blob" || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue // a submodule, which has files of its own
		}
		size, err := strconv.Atoi(words[3])
		if err != nil || size > largestFile {
			continue
		}
		if total += size; total > largestTree {
			return nil, fmt.Errorf("its files are larger than %d MiB together", largestTree>>20)
		}
		out = append(out, blob{words[0], words[2], name})
		r.names = append(r.names, name)
	}
	return out, nil
}

func readBlob(from *bufio.Reader) ([]byte, error) {
	head, err := from.ReadString('\n')
	if err != nil {
		return nil, err
	}
	words := strings.Fields(head)
	if len(words) != 3 {
		return nil, fmt.Errorf("git cat-file: %s", strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(words[2])
	if err != nil || size > largestFile {
		return nil, fmt.Errorf("git cat-file: %s", strings.TrimSpace(head))
	}
	data := make([]byte, size+1) // and a line end
	_, err = io.ReadFull(from, data)
	return data[:size], err
}

func writeBlob(root *os.Root, b blob, data []byte) error {
	name := filepath.FromSlash(b.name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	if b.mode == "120000" {
		if to := string(data); filepath.IsLocal(filepath.Join(filepath.Dir(name), filepath.FromSlash(to))) && !filepath.IsAbs(to) {
			return root.Symlink(to, name)
		}
		return nil // out of the repository
	}
	mode := fs.FileMode(0o600)
	if b.mode == "100755" {
		mode = 0o700
	}
	return root.WriteFile(name, data, mode)
}

// file is a file of the copy by its slash path from the top.
func (r *revision) file(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

// path is the slash path of a file of the work tree from the top; empty where it lies outside.
func (r *revision) path(file string) string {
	file = project.Absolute(file) // which may be a link, or be gone
	at := filepath.Join(resolved(filepath.Dir(file)), filepath.Base(file))
	rel, err := filepath.Rel(r.top, at)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// changed are the files that are not as in the commit, by their slash paths from the top, and those that git does not track.
func (r *revision) changed() (map[string]bool, error) {
	out := map[string]bool{}
	for _, args := range [][]string{
		{"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules", r.commit, "--"},
		{"ls-files", "-z", "--others", "--exclude-standard"},
	} {
		list, err := gitIn(r.top, args...)
		if err != nil {
			return nil, fail(ExitEnvironment, "git %s: %w", args[0], err)
		}
		for _, name := range bytes.Split(list, []byte{0}) {
			if len(name) > 0 {
				out[string(name)] = true
			}
		}
	}
	return out, nil
}

// diffGit compares definitions with what they were in a revision: those named, else all in the current folder and below in
// a work tree in which something has changed.
func (a *command) diffGit(ctx context.Context, files []string, f *diffFlags) ([]*diff.Report, error) {
	r, err := a.revision(ctx, f.git)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.release() }()
	changed, err := r.changed()
	if err != nil {
		return nil, err
	}
	named := len(files) > 0
	if !named && len(changed) > 0 {
		if files, err = r.definitions(ctx, changed); err != nil {
			return nil, err
		}
	}
	reports := []*diff.Report{}
	for _, file := range files {
		report, err := a.diffRevision(ctx, r, file, changed, f)
		if err != nil {
			return nil, err
		}
		if named || changed[r.path(file)] || len(report.Changes) > 0 {
			reports = append(reports, report)
		}
	}
	return reports, nil
}

// diffRevision compares one definition with what it was.
func (a *command) diffRevision(ctx context.Context, r *revision, file string, changed map[string]bool, f *diffFlags) (*diff.Report, error) {
	name := r.path(file)
	there, here := name != "" && exists(r.file(name)), exists(file)
	shown := filepath.ToSlash(file)
	switch {
	case name == "":
		return nil, fail(ExitInvalid, "%s is not in the repository", file)
	case !there && !here:
		return nil, fail(ExitInvalid, "%s is neither here nor in %s", file, r.name)
	case !here:
		return &diff.Report{File: shown, Changes: []diff.Change{{Class: diff.Breaking, Kind: diff.Definitions, What: "definition", Old: r.name + ":" + name}}}, nil
	}
	after, err := a.side(ctx, file, f.inputs)
	if err != nil {
		return nil, err
	}
	if !there {
		return &diff.Report{File: shown, Changes: []diff.Change{{Class: diff.Breaking, Kind: diff.Definitions, What: "definition", New: after.pipeline.Name}}}, nil
	}
	before, err := a.sideAt(ctx, r, name, f.inputs)
	if err != nil {
		return nil, err
	}
	alone := len(changed) == 0 || len(changed) == 1 && changed[name] && !isProgram(file)
	report, err := a.diffSides(ctx, before, after, alone, f)
	if report != nil {
		report.Was = ""
	}
	return report, err
}

// sideAt reads a definition as it was in a revision. Its messages name the revision.
func (a *command) sideAt(ctx context.Context, r *revision, name string, f inputFlags) (*side, error) {
	f.current = r.file(r.path("."))
	if beside := r.file(path.Join(path.Dir(name), "runnable-config.yaml")); f.config == "" && exists(beside) {
		f.config = beside
	}
	in, list, err := a.gather(ctx, r.file(name), &f, false)
	if err != nil {
		return nil, err
	}
	if list.HasErrors() {
		list, texts := r.renamed(list, in.texts())
		return nil, a.report(list, texts, ExitInvalid)
	}
	return &side{in, r.name + ":" + name, r.dir}, nil
}

// renamed gives the files of the copy in diagnostics the names by which git knows them.
func (r *revision) renamed(list diag.List, texts map[string][]byte) (diag.List, map[string][]byte) {
	real := resolved(r.dir)
	rename := func(file string) string {
		for _, dir := range []string{r.dir, real} {
			if rel, err := filepath.Rel(dir, project.Absolute(filepath.FromSlash(file))); file != "" && err == nil && filepath.IsLocal(rel) {
				return r.name + ":" + filepath.ToSlash(rel)
			}
		}
		return file
	}
	out := slices.Clone(list)
	for i := range out {
		out[i].Span.File = rename(out[i].Span.File)
		out[i].Notes = slices.Clone(out[i].Notes)
		for j := range out[i].Notes {
			out[i].Notes[j].Span.File = rename(out[i].Notes[j].Span.File)
		}
	}
	named := make(map[string][]byte, len(texts))
	for file, text := range texts {
		named[rename(file)] = text
	}
	return out, named
}

// definitions are the definitions in the current folder and below, of the work tree and of the revision.
func (r *revision) definitions(ctx context.Context, changed map[string]bool) ([]string, error) {
	here := r.path(".")
	list, err := gitIn(r.top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, fail(ExitEnvironment, "git ls-files: %w", err)
	}
	names := append(strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00"), r.names...)
	slices.Sort(names)
	var out []string
	for _, name := range slices.Compact(names) {
		if here != "." && !strings.HasPrefix(name, here+"/") {
			continue
		}
		rel, err := filepath.Rel(filepath.FromSlash(here), filepath.FromSlash(name))
		if err == nil && (readsAsDefinition(ctx, filepath.Join(r.top, filepath.FromSlash(name))) || changed[name] && readsAsDefinition(ctx, r.file(name))) {
			out = append(out, rel)
		}
	}
	return out, nil
}

// dagKey finds the key that a definition in YAML has.
var dagKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^["']?dag["']?[ \t]*:`) })

// readsAsDefinition reports whether a file is a definition by what stands in it. Programs are not run for it.
func readsAsDefinition(ctx context.Context, file string) bool {
	if st, err := os.Stat(file); err != nil || !st.Mode().IsRegular() {
		return false
	}
	if isYAML(file) {
		text, err := textfile.Read(ctx, file)
		return err == nil && dagKey().Match(text)
	}
	if !isProgram(file) {
		return false
	}
	text, err := textfile.Read(ctx, file)
	return err == nil && definitionImports().Match(text)
}
