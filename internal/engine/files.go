package engine

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// An entry of a file without any file in it says that what was put there is no longer: a step put the folder around it
// without it, or put a file where its folder was. It hides the older entry, and is otherwise nothing.

// Gone reports whether an entry is one of a file that is no longer there.
func (e *Entry) Gone() bool {
	_, file := e.Key.File()
	return file && len(e.Files) == 0
}

// putEntries are the entries of what an attempt put: its files, and what is no longer there because of them (SEMANTICS 4).
// The scope is the one before the attempt, or after it.
func putEntries(scope *Scope, rec *Record, by string) []*Entry {
	var entries []*Entry
	put := map[Key]bool{}
	for _, f := range rec.Files {
		if f.Stage == StagePut {
			e := &Entry{Key: FileKey(f.Path), Files: []File{stored(f)}, By: by}
			put[e.Key] = true
			entries = append(entries, e)
		}
	}
	gone := map[Key]bool{}
	replaced := func(e *Entry) {
		if e != nil && !put[e.Key] && (!e.Gone() || e.By == by) {
			gone[e.Key] = true
		}
	}
	for _, folder := range rec.Folders {
		for _, e := range scope.below(folder) {
			replaced(e)
		}
	}
	for _, e := range entries {
		name, _ := e.Key.File()
		for _, inside := range scope.below(name) {
			replaced(inside)
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			replaced(scope.Get(FileKey(dir)))
		}
	}
	return append(entries, goneEntries(gone, by)...)
}

// Replaced are the paths of the files that are no longer because of what an attempt put.
func Replaced(before *Scope, rec *Record) []string {
	var out []string
	for _, e := range putEntries(before, rec, Writer(rec.Path, rec.Attempt)) {
		if name, _ := e.Key.File(); e.Gone() {
			out = append(out, name)
		}
	}
	return out
}

func goneEntries(keys map[Key]bool, by string) []*Entry {
	var out []*Entry
	for k := range keys {
		out = append(out, &Entry{Key: k, By: by})
	}
	slices.SortFunc(out, func(a, b *Entry) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// below returns the entries of the files below a folder, by key.
func (s *Scope) below(folder string) []*Entry {
	if s == nil {
		return nil
	}
	prefix := FileKey(folder + "/")
	var all []held
	for _, seg := range s.segments {
		from, _ := slices.BinarySearchFunc(seg.entries, prefix, func(e held, k Key) int { return cmp.Compare(e.Key, k) })
		to := from
		for to < len(seg.entries) && strings.HasPrefix(string(seg.entries[to].Key), string(prefix)) {
			to++
		}
		all = mergeEntries(all, seg.entries[from:to])
	}
	out := make([]*Entry, len(all))
	for i, e := range all {
		out[i] = e.Entry
	}
	return out
}

// settleFiles makes the entries that several graphs or steps brought, the later ones last, agree: where one has a file
// and a later one a folder of that name, or the other way round, the later one counts.
func settleFiles(entries []*Entry) []*Entry {
	files := map[string]int{}     // path → its place among the entries
	folders := map[string][]int{} // folder → places of files below it
	gone := map[int]string{}      // place → who put something else there
	for i, e := range entries {
		name, ok := e.Key.File()
		if !ok || e.Gone() {
			continue
		}
		for _, j := range folders[name] {
			gone[j] = e.By
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if j, ok := files[dir]; ok {
				gone[j] = e.By
			}
			folders[dir] = append(folders[dir], i)
		}
		files[name] = i
	}
	if len(gone) == 0 {
		return entries
	}
	out := slices.Clone(entries)
	for i, by := range gone {
		out[i] = &Entry{Key: entries[i].Key, By: by}
	}
	return out
}
