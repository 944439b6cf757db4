package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// catalog brings a step's files and takes what it made (SEMANTICS 4).
type catalog struct {
	r    *Runtime
	st   FileStore
	dir  string      // the working folder
	spec *ir.Catalog // nil: none
	out  *sink
	held func(hash string) string // where a file is that was put without a copy in a folder that has gone; may be nil

	gone  []*engine.Entry // files that the scope says are no longer there
	empty map[string]bool // folders that put has reported as empty
}

// itemPrefix begins a pattern that asks for the files of all items of a map, each below the item's index.
const itemPrefix = "{item}/"

// cleanPattern checks a pattern and brings it to its plain form: slashes, no "." and no slash at the end.
func cleanPattern(p string) (string, error) {
	if strings.TrimSpace(p) == "" {
		return "", errors.New("it is empty")
	}
	if path.IsAbs(p) || filepath.IsAbs(p) {
		return "", errors.New("it is absolute; write it relative to the working folder")
	}
	if strings.ContainsRune(p, 0) {
		return "", errors.New("it holds a NUL")
	}
	var parts []string
	for _, s := range strings.Split(p, "/") {
		switch s {
		case "..":
			return "", errors.New("it leaves the working folder")
		case "", ".":
		default:
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return "**", nil
	}
	out := strings.Join(parts, "/")
	if !doublestar.ValidatePattern(out) {
		return "", errors.New("it is not a pattern: brackets or braces are not closed")
	}
	return out, nil
}

func (c *catalog) folder() (string, error) {
	abs, err := filepath.Abs(c.dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// put stores the files that match, and tells which folders were put as such. Of a step that succeeded a pattern without a
// match is a failure; of one that failed everything is stored that is there, and what cannot be is only noted.
func (c *catalog) put(ctx context.Context, succeeded bool) (files []engine.File, folders []string, f *failure) {
	if c.spec == nil || len(c.spec.Put) == 0 {
		return nil, nil, nil
	}
	var first *failure
	problem := func(f *failure) {
		if !succeeded {
			c.out.note("%s", f.Message)
		}
		if first == nil {
			first = f
		}
	}
	root, err := c.folder()
	if err != nil {
		return nil, nil, fail(engine.KindData, "catalog put: %v", err)
	}
	found := map[string]string{} // slash path → the file itself
	for _, ref := range c.spec.Put {
		matches, err := c.match(root, ref.Name)
		if err != nil {
			problem(fail(engine.KindData, "catalog put %q: %v", ref.Name, err))
			continue
		}
		folder, isFolder := named(root, ref.Name)
		switch {
		case len(matches) == 0 && succeeded && isFolder:
			problem(fail(engine.KindData, "catalog put %q: the folder holds no file, and the catalog keeps only files", ref.Name))
		case len(matches) == 0 && succeeded:
			problem(fail(engine.KindData, "catalog put %q: no file matches in %s", ref.Name, root))
		case isFolder:
			folders = append(folders, folder)
		}
		maps.Copy(found, matches)
	}
	if f := c.named(found); f != nil {
		problem(f)
	}
	if first != nil && succeeded {
		return nil, nil, first
	}
	if files, err = c.store(ctx, found); err != nil {
		problem(fail(engine.KindData, "catalog put: %v", err))
	}
	if succeeded && first != nil {
		return nil, nil, first
	}
	return files, folders, nil
}

// named returns the folder that a pattern names literally, which a glob never does.
func named(root, pattern string) (string, bool) {
	clean, err := cleanPattern(pattern)
	if err != nil || strings.ContainsAny(clean, `*?[{\`) {
		return "", false
	}
	info, err := os.Stat(filepath.Join(root, filepath.FromSlash(clean)))
	return clean, err == nil && info.IsDir()
}

// named removes the files whose paths hold a secret, and is the failure of a step that puts one: paths are kept and
// shown (SEMANTICS 5).
func (c *catalog) named(found map[string]string) *failure {
	var f *failure
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if c.out.mask.In(name) {
			f = fail(engine.KindSecret, "catalog put: the name of %s holds a secret, and names are kept and shown; give the file another name", c.out.mask.Text(name))
			delete(found, name)
		}
	}
	return f
}

// match returns the regular files that a pattern names; a folder means every file in it.
func (c *catalog) match(root, pattern string) (map[string]string, error) {
	clean, err := cleanPattern(pattern)
	if err != nil {
		return nil, err
	}
	names, err := doublestar.Glob(os.DirFS(root), clean, doublestar.WithFailOnIOErrors())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := map[string]string{}
	for _, name := range names {
		if name != "." {
			if err := c.collect(root, name, found, nil); err != nil {
				return nil, err
			}
		}
	}
	for name := range found {
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the name of the file %q is not UTF-8, which the catalog cannot hold; rename it", name)
		}
	}
	return found, nil
}

// collect adds a file, or all files below a folder. above holds the real folders that it was reached through, so a
// link to a folder above ends there.
func (c *catalog) collect(root, name string, found map[string]string, above []string) error {
	if _, ok := found[name]; ok {
		return nil
	}
	full := filepath.Join(root, filepath.FromSlash(name))
	if c.private(root, full) || engine.GitOwns(name) {
		return nil
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			c.out.note("catalog put: %s is a broken link and is left out", name)
			return nil
		}
		return err
	}
	if !within(root, real) {
		return fmt.Errorf("%s leads out of the working folder, to %s", name, real)
	}
	if c.private(root, real) {
		return nil
	}
	st, err := os.Stat(real)
	switch {
	case err != nil:
		return err
	case st.Mode().IsRegular():
		found[name] = real
		return nil
	case !st.IsDir():
		c.out.note("catalog put: %s is not a regular file and is left out", name)
		return nil
	case slices.Contains(above, real):
		return nil
	}
	entries, err := os.ReadDir(real)
	if err != nil {
		return err
	}
	if len(entries) == 0 && !c.empty[name] {
		c.out.note("catalog put: %s is an empty folder, which the catalog does not keep; it is left out", name)
		if c.empty == nil {
			c.empty = map[string]bool{}
		}
		c.empty[name] = true
	}
	above = append(above[:len(above):len(above)], real)
	for _, e := range entries {
		if err := c.collect(root, name+"/"+e.Name(), found, above); err != nil {
			return err
		}
	}
	return nil
}

// private says whether a path belongs to the tool and is never matched.
func (c *catalog) private(root, full string) bool {
	if within(filepath.Join(root, ".runnable"), full) {
		return true
	}
	for _, p := range c.r.opts.Private {
		abs, err := filepath.Abs(p)
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			abs = real
		}
		if within(abs, full) {
			return true
		}
	}
	return false
}

func within(root, p string) bool {
	rel, err := filepath.Rel(root, p)
	return err == nil && filepath.IsLocal(rel)
}

// store hashes and keeps the files, several at a time.
func (c *catalog) store(ctx context.Context, found map[string]string) ([]engine.File, error) {
	names := slices.Sorted(maps.Keys(found))
	files := make([]engine.File, len(names))
	infos := make([]fs.FileInfo, len(names))
	for i, name := range names {
		var err error
		if infos[i], err = os.Stat(found[name]); err != nil {
			return nil, err
		}
	}
	size := func(i int) int64 { return infos[i].Size() }
	err := store.MoveFiles(len(names), size, func(i int) error {
		ctx := c.watch(ctx, "put", names[i])
		keep := c.st.PutFile
		if c.spec.NoCopy {
			keep = c.r.hashes.file
		}
		b, err := keep(ctx, found[names[i]])
		if err != nil {
			return fmt.Errorf("%s: %w", names[i], err)
		}
		files[i] = engine.File{Path: names[i], Hash: b.Hash, Size: b.Size, Mode: uint32(infos[i].Mode().Perm()), Stage: engine.StagePut, NoCopy: c.spec.NoCopy}
		return nil
	})
	if err == nil {
		return files, nil
	}
	return slices.DeleteFunc(files, func(f engine.File) bool { return f.Hash == "" }), err
}

// watch lets the log say now and then how far the transfer of a file is that takes long.
func (c *catalog) watch(ctx context.Context, verb, name string) context.Context {
	return store.Watch(ctx, c.r.opts.NoteEvery, func(m store.Moved) { c.out.note("catalog %s: %s: %s", verb, name, m) })
}
