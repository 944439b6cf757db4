package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Again is a step that its cache no longer keeps from running.
type Again struct {
	Path string   `json:"path"`
	Why  []string `json:"why"`
}

// Caching is what is known of cached steps.
type Caching struct {
	// Definition is what the definition gives to the content key of a task (package cache).
	Definition func(t *ir.Task, e ir.Effective) string
	// Takes are the parameters that a task uses; all: it may use whatever it sees. nil: that holds for each.
	Takes func(s Step) (names []string, all bool)
	// Files are the files of steps' code whose content differs, by the steps' new paths.
	Files map[string][]string
	All   bool // every task is cached, as with run --cache
}

// Caches says which cached steps of the new definition run again because their own content key is another, and which do so
// if what earlier steps give them is another: nobody can know that before these have run.
func (c *Comparison) Caches(k Caching) (again, perhaps []Again) {
	f := &flow{caching: k, pairs: map[string]Step{}, steps: map[string]Step{}, seen: map[string]bool{}, again: map[string][]string{}, perhaps: map[string][]string{}}
	for _, p := range c.Pairs {
		f.pairs[p.New.Path], f.steps[p.New.Path] = p.Old, p.New
	}
	for _, s := range c.Added {
		f.steps[s.Path] = s
	}
	f.changed = map[string][]Change{}
	for _, change := range c.Changes {
		if change.Class == Breaking {
			f.changed[change.Path] = append(f.changed[change.Path], change)
			for _, path := range change.Steps {
				f.changed[path] = append(f.changed[path], change)
			}
		}
		if change.Class == Breaking && change.Path == "" { // parameters and modules
			for _, name := range parametersOf(change) {
				f.start.add(name, "the parameter "+name)
			}
		}
	}
	f.gone(c)
	f.graph(c.pipeline.Graph, "", f.start)
	for _, s := range f.walked {
		if why := f.again[s]; why != nil {
			again = append(again, Again{s, why})
		} else if why := f.perhaps[s]; why != nil {
			perhaps = append(perhaps, Again{s, why})
		}
	}
	return again, perhaps
}

// parametersOf are the parameters that a change of the pipeline is of.
func parametersOf(c Change) []string {
	if c.Kind != Parameters {
		return nil
	}
	if name, ok := strings.CutPrefix(c.What, "parameter "); ok {
		return []string{name}
	}
	return nil
}

// doubts are the parameters whose values may be others than before, each with why; files: so may files be.
type doubts struct {
	names map[string]string
	files string // why; empty: they are as before
	all   string // why any parameter may be another
}

func (d *doubts) add(name, why string) {
	if d.names == nil {
		d.names = map[string]string{}
	}
	if d.names[name] == "" {
		d.names[name] = why
	}
}

func (d doubts) clone() doubts { return doubts{maps.Clone(d.names), d.files, d.all} }

func (d *doubts) merge(more doubts) {
	for name, why := range more.names {
		d.add(name, why)
	}
	d.files, d.all = cmp.Or(d.files, more.files), cmp.Or(d.all, more.all)
}

// flow follows through the new definition what may be another value than before.
type flow struct {
	caching Caching
	pairs   map[string]Step     // the old step of each new one, by its path
	steps   map[string]Step     // of the new definition
	changed map[string][]Change // breaking ones, by path
	start   doubts

	walked         []string // tasks, in the order of the walk
	seen           map[string]bool
	again, perhaps map[string][]string
}

// gone puts in doubt what steps that are gone returned: from where they stood it is no longer told, so from the start.
func (f *flow) gone(c *Comparison) {
	for _, s := range c.Removed {
		for _, r := range ir.NodeReturns(s.Node) {
			f.start.add(r.Name, "what "+s.Path+" returned")
		}
		if cat := ir.CatalogOf(s.Node); cat != nil && len(cat.Put) > 0 {
			f.start.files = cmp.Or(f.start.files, "what "+s.Path+" put")
		}
	}
}

// graph follows one graph and returns what is in doubt at its end.
func (f *flow) graph(g *ir.Graph, path string, in doubts) doubts {
	before, next := make([][]int, len(g.Nodes)), ir.EdgesOf(g).Successors()
	for i, more := range next {
		for _, j := range more {
			before[j] = append(before[j], i)
		}
	}
	after := make([]doubts, len(g.Nodes))
	for _, i := range ir.Topo(g) {
		at := in.clone()
		if len(before[i]) > 0 {
			at = doubts{}
			for _, j := range before[i] {
				at.merge(after[j])
			}
		}
		after[i] = f.node(g.Nodes[i], ir.Join(path, g.Nodes[i].Base().Name), at)
	}
	out := doubts{}
	for i, more := range next {
		if len(more) == 0 {
			out.merge(after[i])
		}
	}
	if len(g.Nodes) == 0 {
		return in
	}
	return out
}

// node follows one step.
func (f *flow) node(n ir.Node, path string, in doubts) doubts {
	switch n := n.(type) {
	case *ir.Task:
		return f.task(n, path, in)
	case *ir.Stub:
		return in
	case *ir.Parallel, *ir.Map, *ir.Conditional, *ir.Loop, *ir.Nested:
	}
	return f.composite(n, path, in)
}

func (f *flow) task(t *ir.Task, path string, in doubts) doubts {
	if !f.seen[path] { // the body of a loop is followed twice
		f.seen[path] = true
		f.walked = append(f.walked, path)
	}
	step := f.steps[path]
	own := f.own(t, step)
	input := f.input(t, step, in)
	cached := t.Cache || f.caching.All
	switch {
	case cached && len(own) > 0:
		f.again[path] = own
	case cached && len(input) > 0:
		f.perhaps[path] = input
	}
	out := in.clone()
	differs := ""
	if len(own) > 0 || len(input) > 0 || len(f.changed[path]) > 0 {
		differs = path
	}
	for _, r := range t.Returns {
		delete(out.names, r.Name)
		if differs != "" {
			out.add(r.Name, "what "+differs+" returns")
		}
	}
	if t.Catalog != nil && len(t.Catalog.Put) > 0 && differs != "" {
		out.files = cmp.Or(out.files, "what "+differs+" puts")
	}
	return out
}

// own says what of the step's own content key is another than before.
func (f *flow) own(t *ir.Task, s Step) []string {
	old, known := f.pairs[s.Path]
	was, task := old.Node.(*ir.Task)
	if !known || !task {
		return []string{"it is new"}
	}
	var why []string
	if f.caching.Definition(was, old.Effective) != f.caching.Definition(t, s.Effective) {
		var parts []string
		for _, change := range f.changed[s.Path] {
			if change.Kind != Edges && change.Kind != Moves && change.Kind != Code && change.Kind != Image {
				parts = append(parts, change.What)
			}
		}
		slices.Sort(parts)
		parts = slices.Compact(parts)
		if len(parts) == 0 {
			parts = []string{"the order of its keys"}
		}
		why = parts
	}
	for _, file := range f.caching.Files[s.Path] {
		why = append(why, "file "+file)
	}
	if !was.Cache && t.Cache && !f.caching.All {
		why = append(why, "it was not cached before")
	}
	return why
}

// input says what of the values and files that a task uses may be another.
func (f *flow) input(t *ir.Task, s Step, in doubts) []string {
	var out []string
	names, all := []string(nil), true
	if f.caching.Takes != nil && (len(in.names) > 0 || in.all != "") {
		names, all = f.caching.Takes(s)
	}
	for _, name := range slices.Sorted(maps.Keys(in.names)) {
		if all || slices.Contains(names, name) {
			out = append(out, in.names[name])
		}
	}
	if in.all != "" && (all || len(names) > 0) {
		out = append(out, in.all)
	}
	if t.Catalog != nil && len(t.Catalog.Get) > 0 && in.files != "" {
		out = append(out, in.files)
	}
	for _, change := range f.changed[s.Path] {
		if change.Kind == Edges || change.Kind == Moves || change.Kind == Order {
			out = append(out, "what comes before it")
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// composite follows what is in a composite. Where it goes by something that may be another, so may be all that it holds.
func (f *flow) composite(n ir.Node, path string, in doubts) doubts {
	control := ""
	for _, r := range ir.Reads(n) {
		control = cmp.Or(control, in.reason([]string{r.Name}))
	}
	for _, change := range f.changed[path] {
		if change.Kind == Control || change.Kind == Inputs || change.Kind == Branches || change.Kind == Parameters {
			control = cmp.Or(control, change.What+" of "+path)
		}
	}
	if _, known := f.pairs[path]; !known {
		control = cmp.Or(control, path+" is new")
	}
	inside := f.inside(n, path, in, control)
	out := in.clone()
	_, loop := n.(*ir.Loop)
	for range passes(loop) {
		for _, b := range ir.Subgraphs(n) {
			inner := f.graph(b.Graph, ir.Join(path, b.Name), inside)
			if loop { // what an iteration leaves comes to the next one
				inside.merge(inner)
			}
			out.files = cmp.Or(out.files, inner.files)
			for _, r := range ir.NodeReturns(n) {
				name := r.Name
				if nested, ok := n.(*ir.Nested); ok {
					name = inner.insideOf(nested, r.Name)
				}
				if why := inner.names[name]; why != "" {
					out.add(r.Name, why)
				}
			}
		}
	}
	if control != "" {
		for _, r := range ir.NodeReturns(n) {
			out.add(r.Name, control)
		}
	}
	return out
}

// inside is what is in doubt at the start of a composite's graphs.
func (f *flow) inside(n ir.Node, path string, in doubts, control string) doubts {
	out := in.clone()
	if nested, ok := n.(*ir.Nested); ok {
		out = doubts{files: in.files}
		for _, input := range nested.Inputs {
			if why := cmp.Or(in.reason(input.From), control); why != "" {
				out.add(input.Arg, why)
			}
		}
	}
	if own := ir.OwnName(n).Name; own != "" {
		delete(out.names, own)
		if control != "" {
			out.add(own, control)
		}
	}
	for _, change := range f.changed[path] {
		if change.Kind == Edges || change.Kind == Moves || change.Kind == Order {
			out.all = cmp.Or(out.all, "what comes before "+path)
		}
	}
	return out
}

// reason says why one of some parameters may be another; empty: none is.
func (d doubts) reason(names []string) string {
	for _, name := range names {
		if d.names[name] != "" {
			return d.names[name]
		}
	}
	if len(names) > 0 {
		return d.all
	}
	return ""
}

// passes is how often a body is followed.
func passes(loop bool) int {
	if loop {
		return 2
	}
	return 1
}

// insideOf is the name that a return of a nested pipeline has in it.
func (doubts) insideOf(n *ir.Nested, name string) string {
	for _, r := range n.Returns {
		if r.Name == name {
			return r.Inside()
		}
	}
	return name
}
