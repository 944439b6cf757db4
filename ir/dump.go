package ir

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Dump returns the pipeline as text for people and tests: source order, no positions, what [Check] filled
// written out. One pipeline written in different languages has one dump; what makes a difference to a run makes one
// here. It is no input format.
func Dump(p *Pipeline) string {
	d := &dumper{}
	d.line("pipeline %s", Bare(p.Name))
	d.field("called", p.TargetName)
	d.inner(cmp.Or(p.Description, p.Graph.Description))
	for _, s := range p.Schedules {
		d.line("%s", strings.TrimSpace("schedule "+s.Cron+" "+s.Settings()))
	}
	for _, e := range p.Events {
		d.line("event %s", e)
	}
	if p.Concurrency != nil {
		d.line("concurrency %s", p.Concurrency)
	}
	for _, one := range p.Parameters {
		d.parameter(one)
	}
	d.modules("modules first", p.Modules.First)
	d.modules("modules last", p.Modules.Last)
	if p.Pods.Name != "" {
		d.line("pods %s", p.Pods.Name)
	}
	d.modules("modules of nested definitions", p.Modules.Inner)
	d.line("")
	d.graph(p.Graph)
	d.hooks("on_success", p.OnSuccess)
	d.hooks("on_failure", p.OnFailure)
	return d.out.String()
}

// modules writes folders of modules.
func (d *dumper) modules(what string, dirs []string) {
	if len(dirs) > 0 {
		d.line("%s: %s", what, strings.Join(dirs, ", "))
	}
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
		case h.Flow != nil:
			what, text = "flow", h.Flow.Options
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
	out     strings.Builder
	indent  int
	outcome bool // what makes no difference to what a step does is left out: the settings of targets, pods, help
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
	d.line("%s: %s%s", Bare(b.Name), Kind(n), edges(b))
	d.indent++
	d.own(n)
	d.settings(n)
	for _, sub := range Subgraphs(n) {
		if Repeats(n) {
			d.line("body")
		} else {
			d.line("branch %s", Bare(sub.Name))
		}
		d.indent++
		d.graph(sub.Graph)
		d.indent--
	}
	d.indent--
}

// own writes the keys of a node itself.
func (d *dumper) own(n Node) {
	for _, k := range KindOf(n).Own {
		if k.Name == "pods" && d.outcome {
			continue
		}
		d.key(k, n)
	}
}

// settings writes the settings of a node, first those of one line.
func (d *dumper) settings(n Node) {
	for _, entries := range []bool{false, true} {
		for _, k := range SettingKeys() {
			if k.Name == "ignore" || k.Name == "targets" && d.outcome {
				continue // it says nothing of a run
			}
			switch k.Field(n).(type) {
			case *[]EnvVar, *[]Override, *[]TargetSettings:
				if !entries {
					continue
				}
			default:
				if entries {
					continue
				}
			}
			d.key(k, n)
		}
	}
}

// key writes the value of one key, if it has one; graphs come later.
func (d *dumper) key(k Key, n Node) {
	if k.Field == nil {
		return
	}
	switch v := k.Field(n).(type) {
	case *Ref:
		if v.Name != "" {
			d.field(k.Name, refName(*v))
		}
	case SpannedText:
		d.text(k.Name, *v.Value, words)
	case *string:
		quoted := words
		if k.Shape == "default" { // the name of a branch
			quoted = Bare
		}
		d.text(k.Name, *v, quoted)
	case *int:
		if *v != 0 {
			d.line("%s %d", k.Name, *v)
		}
	case *bool:
		d.flag(k.Name, *v)
	case *time.Duration:
		if *v > 0 {
			d.line("%s %s", k.Name, duration(*v))
		}
	case *[]Ref:
		d.field(k.Name, list(*v, refName))
	case *[]Return:
		d.field(k.Name, list(*v, returnText))
	case *[]Input:
		for _, in := range *v {
			d.line("input %s = %s", Bare(in.Arg), inputText(in))
		}
	case *[]Parameter:
		for _, one := range *v {
			d.parameter(one)
		}
	case *Command:
		d.command(*v)
	case **Catalog:
		d.catalog(*v)
	case *Retry:
		d.retry(*v)
	case *Resources:
		d.resources(*v)
	case *[]EnvVar:
		for _, e := range *v {
			d.line("env %s=%s", Bare(e.Name), words(e.Value))
		}
	case *[]TargetSettings:
		for _, t := range *v {
			d.line("target %s = %s", Bare(t.Target), jsonText(t.Settings))
		}
	case *[]Override:
		for _, o := range *v {
			d.line("override %s = %s", Bare(o.Executor), Bare(o.Key))
		}
	}
}

func (d *dumper) text(key, value string, quoted func(string) string) {
	if value != "" {
		d.field(key, quoted(value))
	}
}

func (d *dumper) command(c Command) {
	p := PartsOf(c)
	if f, ok := c.(*Flow); ok && d.outcome {
		text := f.definition()
		p.Option = &text
	}
	kind, builtIn := CommandKindNamed(p.Type)
	switch {
	case !builtIn:
		d.line("plugin %s", Bare(p.Type))
		d.inner(*p.Text)
	case kind.Script:
		d.line("%s", p.Type)
		d.inner(*p.Text)
	default:
		d.line("%s %s", p.Type, words(*p.Text))
	}
	switch {
	case p.Option == nil:
	case kind.Object:
		d.field(kind.Label, jsonText(*p.Option))
	default:
		d.field(kind.Label, words(*p.Option))
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
	if r.Limit == 0 && r.Backoff == (Backoff{}) && len(r.On) == 0 && r.MemoryFactor == 0 {
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
		text += " on " + list(r.On, Bare)
	}
	if r.MemoryFactor != 0 {
		text += " memory factor " + strconv.FormatFloat(r.MemoryFactor, 'g', -1, 64)
	}
	d.line("%s", text)
}

func (d *dumper) resources(r Resources) {
	var asked []string
	for _, a := range r.Amounts() {
		asked = append(asked, Bare(a.Key)+" "+Bare(a.Text))
	}
	d.field("resources", strings.Join(asked, ", "))
}

// DumpOwn returns what a step itself is, without its name, without what comes before and after it, and of a composite
// without what is in its branches, and without the settings of targets: two leaves with the same text do the same, two composites with the same text make
// the same of what is in them.
func DumpOwn(n Node) string {
	d := &dumper{outcome: true}
	if _, leaf := n.(*Task); !leaf {
		d.line("%s", Kind(n))
	}
	d.own(n)
	if !IsLeaf(n) && !Repeats(n) {
		d.line("branches %s", list(Subgraphs(n), func(b Branch) string { return Bare(b.Name) }))
	}
	d.settings(n)
	return d.out.String()
}

// DumpEffective is [DumpOwn] of a leaf with what it gets from the composites around it: environment, image, interpreter
// and packages.
func DumpEffective(n Node, e Effective) string {
	t, ok := n.(*Task)
	if !ok {
		return DumpOwn(n)
	}
	whole := *t
	whole.Env, whole.Image, whole.Python, whole.Packages = e.Env, e.Image, e.Python, e.Packages
	if f := flowOf(t); f != nil {
		whole.Inputs = f.definitionInputs(t.Inputs)
	}
	return DumpOwn(&whole)
}
