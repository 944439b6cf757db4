package ir

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Dump returns the pipeline as text for people and tests: source order, no positions, what [Check] filled
// written out. One pipeline written in different languages has one dump; what makes a difference to a run makes one
// here. It is no input format.
func Dump(p *Pipeline) string {
	d := &dumper{}
	d.line("pipeline %s", bare(p.Name))
	d.inner(cmp.Or(p.Description, p.Graph.Description))
	d.line("")
	d.graph(p.Graph)
	d.hooks("on_success", p.OnSuccess)
	d.hooks("on_failure", p.OnFailure)
	return d.out.String()
}

// hooks writes what is done when the run has ended.
func (d *dumper) hooks(when string, hooks []Hook) {
	for _, h := range hooks {
		d.line("")
		what, text := "command", h.Command
		switch {
		case h.Webhook != "":
			what, text = "webhook", h.Webhook
		case h.WebhookFrom != "":
			what, text = "webhook_from", h.WebhookFrom
		}
		d.line("%s: %s", when, what)
		d.indent++
		d.block(text)
		if len(h.Secrets) > 0 {
			d.line("secrets %s", list(h.Secrets, refName))
		}
		if h.Timeout > 0 {
			d.line("timeout %s", h.Timeout)
		}
		d.indent--
	}
}

// dumper writes indented lines.
type dumper struct {
	out    strings.Builder
	indent int
}

func (d *dumper) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		d.out.WriteString(strings.Repeat("  ", d.indent))
	}
	d.out.WriteString(text)
	d.out.WriteByte('\n')
}

// field writes a line of a key and its value, unless the value is empty.
func (d *dumper) field(key, value string) {
	if value != "" {
		d.line("%s %s", key, value)
	}
}

func (d *dumper) flag(key string, set bool) {
	if set {
		d.line("%s", key)
	}
}

// block writes text of several lines behind a bar; a line that cannot be printed as it is, quoted. Line ends at
// the end of the text say nothing and are left out.
func (d *dumper) block(text string) {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "":
			d.line("|")
		case plain(line):
			d.line("| %s", line)
		default:
			d.line(`\ %s`, strconv.Quote(line))
		}
	}
}

// inner writes a block one step further in.
func (d *dumper) inner(text string) {
	d.indent++
	d.block(text)
	d.indent--
}

func (d *dumper) graph(g *Graph) {
	if d.indent > 0 {
		d.block(g.Description)
	}
	if g.Style == Chain {
		d.line("start -> %s", refName(g.Start))
	} else {
		d.line("graph of needs")
	}
	for _, n := range g.Nodes {
		if d.indent == 0 {
			d.line("")
		}
		d.node(n)
	}
}

func (d *dumper) node(n Node) {
	b := n.Base()
	d.line("%s: %s%s", bare(b.Name), Kind(n), edges(b))
	d.indent++
	d.own(n)
	d.settings(b)
	for _, sub := range Subgraphs(n) {
		switch n.(type) {
		case *Map, *Loop:
			d.line("body")
		default:
			d.line("branch %s", bare(sub.Name))
		}
		d.indent++
		d.graph(sub.Graph)
		d.indent--
	}
	d.indent--
}

// own writes the keys of a node itself.
func (d *dumper) own(n Node) {
	switch n := n.(type) {
	case *Task:
		d.task(n)
	case *Stub:
		d.catalog(n.Catalog)
	case *Parallel:
		d.flag("fail_fast", n.FailFast)
	case *Map:
		d.field("iterate_on", refName(n.IterateOn))
		d.field("iterate_as", refName(n.IterateAs))
		if n.Reducer != "" {
			d.field("reducer", words(n.Reducer))
		}
		if n.Parallelism > 0 {
			d.line("parallelism %d", n.Parallelism)
		}
		d.flag("fail_fast", n.FailFast)
	case *Conditional:
		d.field("parameter", refName(n.Parameter))
		if n.Default != "" {
			d.field("default", bare(n.Default))
		}
		d.flag("fail_fast", n.FailFast)
	case *Loop:
		d.line("max_iterations %d", n.MaxIterations)
		d.field("break_on", refName(n.BreakOn))
		d.field("index_as", refName(n.IndexAs))
		d.flag("fail_fast", n.FailFast)
	}
}

func (d *dumper) task(n *Task) {
	d.command(n.Command)
	for _, in := range n.Inputs {
		d.line("input %s = %s", bare(in.Arg), inputText(in))
	}
	d.field("returns", list(n.Returns, returnText))
	d.field("secrets", list(n.Secrets, refName))
	d.catalog(n.Catalog)
	d.retry(n.Retry)
	if n.Timeout > 0 {
		d.line("timeout %s", duration(n.Timeout))
	}
	d.flag("cache", n.Cache)
}

func (d *dumper) command(c Command) {
	kind := CommandType(c)
	switch c := c.(type) {
	case *Python:
		d.line("%s %s", kind, words(c.Function))
		if c.Async {
			d.field("stream_end", words(c.StreamEnd))
		}
	case *Shell:
		d.line("%s", kind)
		d.inner(c.Script)
	case *Notebook:
		d.line("%s %s", kind, words(c.Path))
		d.field("options", jsonText(c.Options))
	case *GoFunc:
		d.line("%s %s", kind, words(c.Function))
	case *Plugin:
		d.line("plugin %s", bare(kind))
		d.inner(c.Body)
		d.field("config", jsonText(c.Config))
	}
}

func (d *dumper) catalog(c *Catalog) {
	if c == nil {
		return
	}
	d.field("catalog get", list(c.Get, glob))
	d.field("catalog put", list(c.Put, glob))
	if c.NoCopy {
		d.line("catalog store_copy false")
	}
}

func (d *dumper) retry(r Retry) {
	if r.Limit == 0 && r.Backoff == (Backoff{}) && len(r.On) == 0 {
		return
	}
	text := fmt.Sprintf("retry %d", r.Limit)
	if r.Backoff.Duration > 0 {
		text += " after " + duration(r.Backoff.Duration)
	}
	if r.Backoff.Factor != 0 && r.Backoff.Factor != 1 {
		text += " factor " + strconv.FormatFloat(r.Backoff.Factor, 'g', -1, 64)
	}
	if r.Backoff.Cap > 0 {
		text += " cap " + duration(r.Backoff.Cap)
	}
	if len(r.On) > 0 {
		text += " on " + list(r.On, bare)
	}
	d.line("%s", text)
}

func (d *dumper) settings(b *Common) {
	if b.Image != "" {
		d.field("image", words(b.Image))
	}
	if b.Python != "" {
		d.field("python", words(b.Python))
	}
	var asked []string
	for _, r := range []struct{ key, value string }{{"cpu", b.Resources.CPU}, {"memory", b.Resources.Memory}, {"gpu", b.Resources.GPU}} {
		if r.value != "" {
			asked = append(asked, r.key+" "+bare(r.value))
		}
	}
	d.field("resources", strings.Join(asked, ", "))
	for _, v := range b.Env {
		d.line("env %s=%s", bare(v.Name), words(v.Value))
	}
	for _, o := range b.Overrides {
		d.line("override %s = %s", bare(o.Executor), bare(o.Key))
	}
}

// DumpOwn returns what a step itself is, without its name, without what comes before and after it, and of a composite
// without what is in its branches: two leaves with the same text do the same, two composites with the same text make
// the same of what is in them.
func DumpOwn(n Node) string {
	d := &dumper{}
	if _, leaf := n.(*Task); !leaf {
		d.line("%s", Kind(n))
	}
	d.own(n)
	switch n.(type) {
	case *Parallel, *Conditional:
		d.line("branches %s", list(Subgraphs(n), func(b Branch) string { return bare(b.Name) }))
	case *Task, *Stub, *Map, *Loop: // have none that have names
	}
	d.settings(n.Base())
	return d.out.String()
}
