package argo

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// builder collects the templates of one rendering.
type builder struct {
	o             Options
	pipeline      *ir.Pipeline
	effective     map[string]ir.Effective
	defaults      Settings
	list          diag.List
	notes         []string
	found         int // how many of list and of notes came before the templates
	noted         int
	saidTemplates bool

	runnerImage string
	store       storage
	params      []param
	definition  string // the text of the argument; empty where it is in a ConfigMap
	configMap   string // the name of the ConfigMap that holds the definition; empty: none
	fileText    string // what the ConfigMap holds
	flatLoop    int    // loops of more iterations take two levels of recursion

	names     namer
	templates []*template
	profiles  map[string]*profile
	plain     map[asks]string // the names of templates of leaves that ask for nothing more

	profileOrder []*profile
	runner       string // name of the runner's template; empty: not used
	usesSuccess  bool
	imageless    []ir.Node       // steps that have no image to run in
	images       map[string]bool // the names of images that were looked at
	pods         podCount
}

// The names of the workflow's own arguments and of its fixed templates.
const (
	argRun        = "run-id"
	argDefinition = "definition"
	entrypoint    = "pipeline"
	onExit        = "on-exit"

	runnableMount   = "/runnable"
	storeMount      = "/runnable-store"
	definitionMount = "/runnable-definition"
)

var envName = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)

func (b *builder) refuse(code string, span diag.Span, format string, args ...any) {
	b.list.Add(diag.Errorf(code, span, format, args...))
}

func (b *builder) warn(code string, span diag.Span, format string, args ...any) {
	b.list.Add(diag.Warningf(code, span, format, args...))
}

// reset forgets the templates, for another round with other loops.
func (b *builder) reset() {
	b.names = namer{"step": true, "runner": true, "success": true, onExit: true}
	b.templates, b.profiles, b.plain, b.profileOrder = nil, map[string]*profile{}, map[asks]string{}, nil
	b.runner, b.usesSuccess, b.imageless, b.images, b.pods = "", false, nil, map[string]bool{}, podCount{}
	b.list, b.notes = b.list[:b.found], b.notes[:b.noted]
}

// templateName returns a free name for a template. Template names become part of pod names, so they are short.
func (b *builder) templateName(wish string) string {
	if wish == "step" {
		return wish // taken for the first profile
	}
	return b.names.give(wish, 40)
}

// newTemplate makes a template and puts it behind those that are there.
func (b *builder) newTemplate(wish, note string, n ir.Node) *template {
	t := &template{name: b.templateName(wish), note: note, node: n}
	b.templates = append(b.templates, t)
	return t
}

func (b *builder) parallelism(n *ir.Map, at place) int {
	if n.Parallelism > 0 {
		return n.Parallelism
	}
	return b.settingsOf(n, at.static).Parallelism
}

// dags makes the templates of the whole pipeline.
func (b *builder) dags() {
	b.reset()
	if b.pipeline.OnePod() {
		b.wholeInOnePod()
		return
	}
	b.dag(newFlow(b.pipeline.Graph), place{}, "", entrypoint, "")
	b.checkDepth()
}

// depths are how many calls each template nests, itself included, and which of its tasks leads deepest.
func (b *builder) depths() map[string]int {
	byName := map[string]*template{}
	for _, t := range b.templates {
		byName[t.name] = t
	}
	depth := map[string]int{}
	var measure func(name string) int // nesting is bounded before: see checkNesting
	measure = func(name string) int {
		if d, ok := depth[name]; ok {
			return d
		}
		t := byName[name]
		if t == nil {
			return 1 // a container
		}
		deepest := 0
		for _, task := range t.tasks {
			if task.template != name {
				deepest = max(deepest, measure(task.template))
			}
		}
		depth[name] = max(t.rounds, 1) + deepest
		return depth[name]
	}
	measure(entrypoint)
	return depth
}

// checkDepth refuses a pipeline whose loops and composites nest deeper than Argo's stack goes, after it has tried to
// make the loops flatter.
func (b *builder) checkDepth() {
	depth := b.depths()
	if depth[entrypoint] <= maxDepth {
		return
	}
	if b.flatLoop > 8 {
		b.flatLoop = 8
		b.dags()
		return
	}
	worst := b.pipeline.Span
	name, most := "", 0
	for _, t := range b.templates {
		if l, ok := t.node.(*ir.Loop); ok && l.MaxIterations > most {
			most, worst, name = l.MaxIterations, l.Span, l.Name
		}
	}
	if name == "" {
		b.refuse("RR1011", b.pipeline.Graph.Span, "the pipeline nests %d templates, and Argo calls at most %d inside each other; nest less, or render for local or compose", depth[entrypoint], maxDepth)
		return
	}
	b.refuse("RR1011", worst, "the loop %q may run %d times, which takes %d nested calls; Argo allows %d. "+
		"Lower max_iterations (up to %d where nothing else nests), or render for local or compose", name, most, depth[entrypoint], maxDepth, (maxDepth-3)/2*((maxDepth-3)/2))
}

// checkNesting refuses what is nested so deep that nothing else needs to look at it.
func (b *builder) checkNesting() bool {
	for v := range ir.Walk(b.pipeline) {
		if v.Depth >= maxDepth-2 {
			b.refuse("RR1011", v.Node.Base().Span, "%q is nested %d composites deep; Argo calls at most %d templates inside each other", v.Node.Base().Name, v.Depth, maxDepth)
			return false
		}
	}
	return true
}

// podCount is how many pods a run takes.
type podCount struct {
	steps   int // leaves of the definition
	outside int // of them, those that are in no map or loop
	control int // pods that evaluate control values, reduce, fail or run hooks
}

func (c *podCount) count(_ ir.Node, at place) {
	c.steps++
	if !at.inBody {
		c.outside++
	}
}

func quoteName(s string) string { return fmt.Sprintf("%q", s) }

// asciiJSON returns JSON text in which nothing is left that Argo would take for a tag or that could be mangled on the
// way: everything but printable ASCII is escaped, and the second of two opening braces, which stand in strings only.
func asciiJSON(text []byte) string {
	var b strings.Builder
	last := ' '
	for _, r := range string(text) {
		switch {
		case r == '{' && last == '{':
			b.WriteString(`\u007b`)
		case r >= 0x20 && r < 0x7f, r == '\n':
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		last = r
	}
	return b.String()
}
