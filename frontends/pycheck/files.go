package pycheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// user is a step with the files that it reads and writes.
type user struct {
	task *ir.Task
	mod  *module // where its function stands; nil: it is a script
	spot
	reads, writes []fileUse
}

// writer is a step that writes a file.
type writer struct {
	*user
	use fileUse
}

// gap is files that one step writes and others read, and that no catalog carries.
type gap struct {
	from    writer
	files   []string
	put     []string // what is missing in the catalog of the writer
	get     []string // what is missing in that of each reader
	readers []*user
	read    []fileUse // where each reader reads the first of the files
}

// gaps warns of files that are written in one step and read in a later one with no catalog (SEMANTICS 4). Where
// several steps write a file before it is read, one that carries it is enough.
func (c *checker) gaps() {
	writers := map[string][]writer{}
	for _, u := range c.users {
		for _, use := range u.writes {
			writers[use.name] = append(writers[use.name], writer{u, use})
		}
	}
	var all []*gap
	for _, u := range c.users {
		var found []*gap
		for _, use := range u.reads {
			found = carried(found, u, use, writers[use.name])
		}
		all = merge(all, found)
	}
	for _, g := range all {
		c.tell(g)
	}
}

// carried adds to the gaps of a step the file that it reads, if a step before it writes it and no catalog carries it.
func carried(found []*gap, st *user, read fileUse, writers []writer) []*gap {
	var last *writer
	got := matches(st.task.Catalog, read.name, false)
	for i := range writers {
		w := &writers[i]
		if w.task == st.task || !w.comesBefore(st.spot) {
			continue
		}
		if got && matches(w.task.Catalog, read.name, true) {
			return found
		}
		last = w
	}
	if last == nil {
		return found
	}
	k := slices.IndexFunc(found, func(g *gap) bool { return g.from.task == last.task })
	if k < 0 {
		found, k = append(found, &gap{from: *last, readers: []*user{st}, read: []fileUse{read}}), len(found)
	}
	g := found[k]
	g.files = append(g.files, read.name)
	if !matches(last.task.Catalog, read.name, true) {
		g.put = append(g.put, read.name)
	}
	if !got {
		g.get = append(g.get, read.name)
	}
	return found
}

// merge tells of readers that lack the same in one piece.
func merge(all, found []*gap) []*gap {
	for _, g := range found {
		k := slices.IndexFunc(all, func(have *gap) bool {
			return have.from.task == g.from.task && slices.Equal(have.files, g.files) && slices.Equal(have.get, g.get) &&
				(have.readers[0].task.Catalog == nil) == (g.readers[0].task.Catalog == nil)
		})
		if k < 0 {
			all = append(all, g)
			continue
		}
		all[k].readers, all[k].read = append(all[k].readers, g.readers...), append(all[k].read, g.read...)
	}
	return all
}

// matches reports whether a catalog puts or gets a file.
func matches(cat *ir.Catalog, file string, put bool) bool {
	if cat == nil {
		return false
	}
	globs := cat.Get
	if put {
		globs = cat.Put
	}
	return slices.ContainsFunc(globs, func(g ir.Ref) bool {
		pattern := strings.TrimPrefix(g.Name, "./")
		ok, err := doublestar.Match(pattern, strings.TrimPrefix(file, "./"))
		return err != nil || ok || strings.HasPrefix(file, strings.TrimSuffix(pattern, "/")+"/") || strings.HasPrefix(pattern, "{item}")
	})
}

func (c *checker) tell(g *gap) {
	var readers, lines []string
	for _, st := range g.readers {
		readers = append(readers, fmt.Sprintf("%q", st.task.Name))
	}
	files := make([]string, len(g.files))
	for i, f := range g.files {
		files[i] = fmt.Sprintf("%q", f)
	}
	if len(g.put) > 0 {
		lines = append(lines, c.catalogLine(g.from.task, "put", g.put)+" here")
	}
	if len(g.get) > 0 {
		lines = append(lines, c.catalogLine(g.readers[0].task, "get", g.get)+" to "+enumerate(readers))
	}
	d := diag.Warningf(codeFile, g.from.task.Span, "%q writes %s, which %s %s, and no catalog carries %s there, so this works only if the steps share a folder; add %s",
		g.from.task.Name, enumerate(files), enumerate(readers), verb(len(readers)), pronoun(len(files)), strings.Join(lines, " and "))
	if g.from.mod != nil {
		d = d.With(g.from.use.span(g.from.mod), "written here")
	}
	for i, u := range g.read {
		if g.readers[i].mod != nil && (i == 0 || u != g.read[i-1]) {
			d = d.With(u.span(g.readers[i].mod), "read here")
		}
	}
	c.list.Add(d)
}

func verb(n int) string {
	if n == 1 {
		return "reads"
	}
	return "read"
}

// enumerate joins words as in a sentence.
func enumerate(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func pronoun(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func (u fileUse) span(m *module) diag.Span {
	return diag.Span{File: m.file, Line: u.line, Col: u.col, EndLine: u.line, EndCol: cmp.Or(u.end, u.col+1)}
}

// catalogLine is what to add to a step so that its catalog holds files.
func (c *checker) catalogLine(t *ir.Task, key string, files []string) string {
	quoted := make([]string, len(files))
	for i, f := range files {
		quoted[i] = f
		if c.inPython {
			quoted[i] = `"` + f + `"`
		}
	}
	list := "[" + strings.Join(quoted, ", ") + "]"
	switch {
	case c.inPython && t.Catalog == nil:
		return fmt.Sprintf("catalog=Catalog(%s=%s)", key, list)
	case c.inPython:
		return fmt.Sprintf("%s=%s in the Catalog", key, list)
	case t.Catalog == nil:
		return fmt.Sprintf("catalog: {%s: %s}", key, list)
	}
	return fmt.Sprintf("%s: %s in the catalog", key, list)
}
