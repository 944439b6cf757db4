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

	"github.com/bmatcuk/doublestar/v4"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// wanted is a file to bring: where it goes and what it is.
type wanted struct {
	path string
	file engine.File
}

// get brings the files that match, of those that are visible in the scope.
func (c *catalog) get(ctx context.Context, before *engine.Scope) ([]engine.File, *failure) {
	want, f := c.wanted(before)
	if f != nil || len(want) == 0 {
		return nil, f
	}
	root, err := c.folder()
	if err != nil {
		return nil, fail(engine.KindData, "catalog get: %v", err)
	}
	c.makeWay(root, want)
	if err := c.bringAll(ctx, root, want); err != nil {
		return nil, fail(engine.KindData, "catalog get: %v", err)
	}
	files := make([]engine.File, len(want))
	for i, w := range want {
		files[i] = w.brought()
	}
	return files, nil
}

// bringAll brings files into the working folder, several at a time.
func (c *catalog) bringAll(ctx context.Context, root string, want []wanted) error {
	size := func(i int) int64 { return want[i].file.Size }
	return store.MoveFiles(len(want), size, func(i int) error {
		return c.bring(c.watch(ctx, "get", want[i].path), root, want[i])
	})
}

// brought is the file as the record of the step that gets it holds it.
func (w wanted) brought() engine.File {
	w.file.Path, w.file.Stage = w.path, engine.StageGet
	return w.file
}

// wanted returns the files that the step gets, by path.
func (c *catalog) wanted(before *engine.Scope) ([]wanted, *failure) {
	if c.spec == nil || len(c.spec.Get) == 0 {
		return nil, nil
	}
	var entries []*engine.Entry
	for e := range before.All() {
		switch _, ok := e.Key.File(); {
		case !ok:
		case e.Gone():
			c.gone = append(c.gone, e)
		default:
			entries = append(entries, e)
		}
	}
	want := map[string]wanted{}
	for _, ref := range c.spec.Get {
		some, err := choose(ref.Name, entries)
		if err != nil {
			return nil, fail(engine.KindData, "catalog get %q: %v", ref.Name, err)
		}
		for _, w := range some {
			want[w.path] = w
		}
	}
	out := make([]wanted, 0, len(want))
	for _, path := range slices.Sorted(maps.Keys(want)) {
		out = append(out, want[path])
	}
	return out, nil
}

// choose returns what a pattern of get names among the visible files.
func choose(pattern string, entries []*engine.Entry) ([]wanted, error) {
	inner, perItem := strings.CutPrefix(pattern, itemPrefix)
	clean, err := cleanPattern(inner)
	if err != nil {
		return nil, err
	}
	var out []wanted
	for _, e := range entries {
		name, _ := e.Key.File()
		if !matches(clean, name) {
			continue
		}
		if perItem {
			for _, f := range e.Files {
				if f.Item != "" {
					out = append(out, wanted{f.Item + "/" + name, f})
				}
			}
			continue
		}
		if len(e.Files) > 1 {
			items := make([]string, len(e.Files))
			for i, f := range e.Files {
				items[i] = f.Item
			}
			return nil, fmt.Errorf("%s was put by items %s of a map; write %s%s to get each as ITEM/%s", name, strings.Join(items, ", "), itemPrefix, pattern, name)
		}
		if len(e.Files) == 1 {
			out = append(out, wanted{name, e.Files[0]})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no file in the catalog matches; visible are: %s", visibleFiles(entries, perItem))
	}
	return out, nil
}

func visibleFiles(entries []*engine.Entry, perItem bool) string {
	var names []string
	for _, e := range entries {
		name, _ := e.Key.File()
		if perItem && (len(e.Files) == 0 || e.Files[0].Item == "") {
			continue
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "none"
	}
	if len(names) > 20 {
		return strings.Join(names[:20], ", ") + fmt.Sprintf(" and %d more", len(names)-20)
	}
	return strings.Join(names, ", ")
}

// matches says whether a pattern names a path, or a folder that holds it.
func matches(pattern, name string) bool {
	for p := name; p != "."; p = path.Dir(p) {
		if ok, _ := doublestar.Match(pattern, p); ok {
			return true
		}
	}
	return false
}

// bring puts a file with the right content into the working folder, unless it is there.
func (c *catalog) bring(ctx context.Context, root string, w wanted) error {
	if !filepath.IsLocal(filepath.FromSlash(w.path)) {
		return fmt.Errorf("%s leaves the working folder", w.path)
	}
	if engine.GitOwns(w.path) {
		return fmt.Errorf("%s would be git's own, which may run it; the catalog carries no such file", w.path)
	}
	dst := filepath.Join(root, filepath.FromSlash(w.path))
	if err := c.confined(root, dst, w.path); err != nil {
		return err
	}
	here, err := c.here(ctx, dst, w.file)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", w.path, err)
	case here:
		return nil
	case w.file.NoCopy && c.take(ctx, w.file, dst):
		return nil
	case w.file.NoCopy:
		if _, err := os.Stat(dst); err != nil {
			return fmt.Errorf("%s was recorded without a copy (store_copy: false) and is not here", w.path)
		}
		return fmt.Errorf("%s was recorded without a copy (store_copy: false) and has changed since", w.path)
	}
	if err := c.st.GetFile(ctx, engine.Blob{Hash: w.file.Hash, Size: w.file.Size}, dst); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	if w.file.Mode != 0 {
		return os.Chmod(dst, fs.FileMode(w.file.Mode).Perm())
	}
	return nil
}

// confined makes the folder of dst and refuses one that links lead out of the working folder.
func (c *catalog) confined(root, dst, name string) error {
	at := filepath.Dir(dst)
	for {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			if !within(root, real) {
				return fmt.Errorf("%s leads out of the working folder, to %s", name, real)
			}
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", name, err)
		}
		switch info, err := os.Lstat(at); {
		case err != nil:
			at = filepath.Dir(at)
		case info.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is below a broken link", name)
		default: // the transfer of another file has just made it
		}
	}
	return os.MkdirAll(filepath.Dir(dst), 0o755)
}

var errInTheWay = errors.New("a folder of that name is in the way")

// here says whether dst is a file with the right content.
func (c *catalog) here(ctx context.Context, dst string, want engine.File) (bool, error) {
	st, err := os.Lstat(dst)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case st.IsDir():
		return false, errInTheWay
	case !st.Mode().IsRegular() || st.Size() != want.Size:
		return false, nil
	}
	b, err := c.r.hashes.file(ctx, dst)
	return err == nil && b.Hash == want.Hash, err
}

// take copies a file that was put without a copy from where it is held.
func (c *catalog) take(ctx context.Context, file engine.File, dst string) bool {
	if c.held == nil {
		return false
	}
	from := c.held(file.Hash)
	if from == "" {
		return false
	}
	part, err := os.MkdirTemp(filepath.Dir(dst), ".get-*")
	if err != nil {
		return false
	}
	defer os.RemoveAll(part)
	copied := filepath.Join(part, "file")
	if workfolder.CopyFile(from, copied, fs.FileMode(file.Mode).Perm()|0o600) != nil {
		return false
	}
	if b, err := store.HashFile(ctx, copied); err != nil || b.Hash != file.Hash {
		return false
	}
	return os.Rename(copied, dst) == nil
}

// makeWay removes what is in the way of files that the step gets and is no longer: a file where a folder has come, or
// files of a folder in whose place a file has come.
func (c *catalog) makeWay(root string, want []wanted) {
	for _, e := range c.gone {
		name, _ := e.Key.File()
		for _, w := range want {
			if strings.HasPrefix(w.path, name+"/") || strings.HasPrefix(name, w.path+"/") {
				c.remove(root, name)
				break
			}
		}
	}
}

// clear removes files that are no longer, where they are still as they were put.
func (c *catalog) clear(ctx context.Context, root string, before *engine.Scope, names []string) {
	for _, name := range names {
		e := before.Get(engine.FileKey(name))
		if e == nil || len(e.Files) != 1 {
			continue
		}
		if here, err := c.here(ctx, filepath.Join(root, filepath.FromSlash(name)), e.Files[0]); err == nil && here {
			c.remove(root, name)
		}
	}
}

// remove removes a file of the working folder, and the folders around it that hold nothing more.
func (c *catalog) remove(root, name string) {
	full := filepath.Join(root, filepath.FromSlash(name))
	real, err := filepath.EvalSymlinks(filepath.Dir(full))
	if err != nil || !within(root, real) || c.private(root, full) {
		return
	}
	if info, err := os.Lstat(full); err != nil || !info.Mode().IsRegular() || os.Remove(full) != nil {
		return
	}
	for dir := filepath.Dir(full); dir != root && os.Remove(dir) == nil; dir = filepath.Dir(dir) {
	}
}

// Bring puts files of the catalog into a folder, verified, and removes those that are gone. held returns where
// those are that were put without a copy; what is nowhere is left out, and what a folder is in the way of.
func (r *Runtime) Bring(ctx context.Context, st FileStore, dir string, files []engine.File, gone []string, held func(hash string) string) error {
	out := newSink(nil)
	defer out.close()
	c := &catalog{r: r, st: st, dir: dir, out: out, held: held}
	root, err := c.folder()
	if err != nil {
		return err
	}
	for _, name := range gone {
		c.remove(root, name)
	}
	var want []wanted
	for _, f := range files {
		w := wanted{f.Path, f}
		_, err := c.here(ctx, filepath.Join(root, filepath.FromSlash(f.Path)), f)
		switch {
		case errors.Is(err, errInTheWay): // reported to a step that gets the file
		case f.NoCopy:
			_ = c.bring(ctx, root, w)
		default:
			want = append(want, w)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.bringAll(ctx, root, want)
}
