package diff_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/check"
	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// mutation is one change of a step, and what it is to be found as.
type mutation struct {
	name  string
	class diff.Class
	kind  diff.Kind
	do    func(n ir.Node) bool // reports whether it has a meaning for the step
}

func ofTask(do func(*ir.Task) bool) func(ir.Node) bool {
	return func(n ir.Node) bool {
		t, ok := n.(*ir.Task)
		return ok && do(t)
	}
}

func ofComposite[N ir.Node](do func(N) bool) func(ir.Node) bool {
	return func(n ir.Node) bool {
		c, ok := n.(N)
		return ok && do(c)
	}
}

func mutations() []mutation {
	return []mutation{
		{"command", diff.Breaking, diff.Command, ofTask(func(t *ir.Task) bool {
			text := ir.PartsOf(t.Command).Text
			*text += "2"
			return true
		})},
		{"input", diff.Breaking, diff.Inputs, ofTask(func(t *ir.Task) bool {
			t.Inputs = append(t.Inputs, ir.Input{Arg: "mutated", Value: "1"})
			return true
		})},
		{"input of another parameter", diff.Breaking, diff.Inputs, ofTask(func(t *ir.Task) bool {
			if len(t.Inputs) == 0 {
				return false
			}
			t.Inputs[0].From, t.Inputs[0].Value = []string{"mutated"}, ""
			return true
		})},
		{"return", diff.Breaking, diff.Returns, ofTask(func(t *ir.Task) bool {
			t.Returns = append(t.Returns, ir.Return{Name: "mutated", Kind: ir.JSON})
			return true
		})},
		{"forgotten return", diff.Breaking, diff.Returns, ofTask(func(t *ir.Task) bool {
			if len(t.Returns) == 0 {
				return false
			}
			t.Returns = t.Returns[1:]
			return true
		})},
		{"kind of return", diff.Breaking, diff.Returns, ofTask(func(t *ir.Task) bool {
			if len(t.Returns) == 0 || t.Returns[0].Kind == ir.Metric {
				return false
			}
			t.Returns[0].Kind = ir.Metric
			return true
		})},
		{"secret", diff.Breaking, diff.Secrets, ofTask(func(t *ir.Task) bool {
			t.Secrets = append(t.Secrets, ir.Ref{Name: "MUTATED"})
			return true
		})},
		{"put", diff.Breaking, diff.Files, ofTask(func(t *ir.Task) bool {
			c := ir.Catalog{}
			if t.Catalog != nil {
				c = *t.Catalog
			}
			c.Put = append(slices.Clone(c.Put), ir.Ref{Name: "mutated.txt"})
			t.Catalog = &c
			return true
		})},
		{"forgotten get", diff.Breaking, diff.Files, ofTask(func(t *ir.Task) bool {
			if t.Catalog == nil || len(t.Catalog.Get) == 0 {
				return false
			}
			c := *t.Catalog
			c.Get = c.Get[1:]
			t.Catalog = &c
			return true
		})},
		{"retry", diff.Neutral, diff.Retries, ofTask(func(t *ir.Task) bool { t.Retry.Limit++; return true })},
		{"timeout", diff.Neutral, diff.Timeout, ofTask(func(t *ir.Task) bool { t.Timeout += time.Minute; return true })},
		{"cache", diff.Neutral, diff.Cache, ofTask(func(t *ir.Task) bool { t.Cache = !t.Cache; return true })},
		{"variable", diff.Breaking, diff.Env, ofTask(func(t *ir.Task) bool {
			t.Env = append(t.Env, ir.EnvVar{Name: "MUTATED", Value: "1"})
			return true
		})},
		{"image", diff.Breaking, diff.Image, ofTask(func(t *ir.Task) bool { t.Image = "mutated:1"; return true })},
		{"packages", diff.Breaking, diff.Python, ofTask(func(t *ir.Task) bool { t.Packages = append(t.Packages, ir.Ref{Name: "pandas==2.2.3"}); return true })},
		{"interpreter", diff.Breaking, diff.Python, ofTask(func(t *ir.Task) bool { t.Python = "3.99"; return true })},
		{"memory", diff.Neutral, diff.Resources, func(n ir.Node) bool { n.Base().Resources.Memory = "77Gi"; return true }},
		{"target", diff.Neutral, diff.Targets, func(n ir.Node) bool {
			n.Base().Targets = append(n.Base().Targets, ir.TargetSettings{Target: "argo", Settings: `{"mutated":true}`})
			return true
		}},
		{"override", diff.Neutral, diff.Targets, func(n ir.Node) bool {
			n.Base().Overrides = append(n.Base().Overrides, ir.Override{Executor: "mutated", Key: "k"})
			return true
		}},
		{"accepted warning", diff.Cosmetic, diff.Text, func(n ir.Node) bool {
			n.Base().Ignore = append(n.Base().Ignore, ir.Ref{Name: "RR0999"})
			return true
		}},
		{"failure that is let pass", diff.Breaking, diff.Edges, func(n ir.Node) bool {
			if to := n.Base().OnFailure.Name; to != "" && to != ir.Fail {
				return false
			}
			n.Base().OnFailure.Name = ir.Success
			return true
		}},
		{"reducer", diff.Breaking, diff.Control, ofComposite(func(m *ir.Map) bool { m.Reducer += "first"; return true })},
		{"item", diff.Breaking, diff.Control, ofComposite(func(m *ir.Map) bool { m.IterateAs.Name += "2"; return true })},
		{"parallelism", diff.Neutral, diff.Limits, ofComposite(func(m *ir.Map) bool { m.Parallelism++; return true })},
		{"iterations", diff.Breaking, diff.Control, ofComposite(func(l *ir.Loop) bool { l.MaxIterations++; return true })},
		{"parameter", diff.Breaking, diff.Control, ofComposite(func(c *ir.Conditional) bool {
			c.Parameter.Name, c.Expression.Text = "mutated", ""
			return true
		})},
		{"value of a branch", diff.Breaking, diff.Branches, ofComposite(func(c *ir.Conditional) bool {
			if c.Default == c.Branches[0].Name {
				return false
			}
			c.Branches[0].Name += "2"
			return true
		})},
		{"branch that is gone", diff.Breaking, diff.Branches, ofComposite(func(p *ir.Parallel) bool {
			p.Branches = p.Branches[1:]
			return true
		})},
		{"name of a branch", diff.Neutral, diff.Names, ofComposite(func(p *ir.Parallel) bool {
			p.Branches[0].Name += "2"
			return true
		})},
		{"fail fast", diff.Neutral, diff.Limits, ofComposite(func(p *ir.Parallel) bool { p.FailFast = !p.FailFast; return true })},
		{"pods", diff.Neutral, diff.Pods, ofComposite(func(p *ir.Parallel) bool {
			if p.Pods.Name != "" {
				return false
			}
			p.Pods.Name = ir.OnePod
			return true
		})},
		{"inner definition's input", diff.Breaking, diff.Inputs, ofComposite(func(n *ir.Nested) bool {
			n.Inputs = append(n.Inputs, ir.Input{Arg: "mutated", Value: "1"})
			return true
		})},
	}
}

// mostSteps is the number of steps of a pipeline to which each change is made.
const mostSteps = 2

// TestMutations makes each change to steps of each pipeline of the golden suite: it is found, at its place, as what it
// is, and nothing else is found.
func TestMutations(t *testing.T) {
	t.Parallel()
	made := 0
	for _, file := range goldenDefinitions(t) {
		before := golden(t, file)
		text, err := irjson.Encode(before)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mutations() {
			changed := 0
			after := decoded(t, text)
			for v := range ir.Walk(before) {
				path := v.Path
				if changed == mostSteps || !m.do(nodeAt(after, path)) {
					continue
				}
				changed++
				made++
				c := diff.Compare(before, after)
				if len(c.Changes) == 0 || c.Equal() != (m.class == diff.Cosmetic) {
					t.Errorf("%s, %s of %s: equal is %v, changes %+v", file, m.name, path, c.Equal(), c.Changes)
				}
				for _, change := range c.Changes {
					if change.Kind == diff.Order { // of branches and needs that now leave one thing
						continue
					}
					if change.Class != m.class && !diffDefault(after, path, change) || change.Kind != m.kind || change.Path != path {
						t.Errorf("%s, %s of %s: found as %+v", file, m.name, path, change)
					}
				}
				after = decoded(t, text)
			}
		}
	}
	if made < 2000 {
		t.Errorf("%d changes made", made)
	}
}

// TestRenames renames each step of each pipeline: nothing but its name has changed.
func TestRenames(t *testing.T) {
	t.Parallel()
	for _, file := range goldenDefinitions(t) {
		before := golden(t, file)
		text, err := irjson.Encode(before)
		if err != nil {
			t.Fatal(err)
		}
		for v := range ir.Walk(before) {
			after := decoded(t, text)
			rename(after, v.Path)
			c := diff.Compare(before, after)
			if len(c.Changes) != 1 || c.Changes[0].Kind != diff.Names || c.Changes[0].Class != diff.Neutral || c.Changes[0].Was != v.Path || c.Equal() {
				t.Errorf("%s, %s renamed: %+v", file, v.Path, c.Changes)
			}
		}
	}
}

// TestRewritten writes each definition in another form: its keys in another order, its style and its comments changed.
// Nothing has changed.
func TestRewritten(t *testing.T) {
	t.Parallel()
	for _, file := range goldenDefinitions(t) {
		before := golden(t, file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		rewrite(&doc, "")
		out, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		c := diff.Compare(before, read(t, file, out))
		if len(c.Changes) > 0 || !c.Equal() {
			t.Errorf("%s:\n%s\n%+v", file, out, c.Changes)
		}
	}
}

// rewrite turns a tree around but for what its order says: steps, branches, and values of users.
func rewrite(n *yaml.Node, key string) {
	n.Style &^= yaml.FlowStyle
	if strings.Contains(n.Value, "\n") {
		n.Style = yaml.DoubleQuotedStyle
	}
	n.HeadComment, n.LineComment, n.FootComment = "# rewritten", "", ""
	switch key {
	case "value", "default", "choices":
		return
	}
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			rewrite(c, "")
		}
		return
	}
	merged := slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Value == "<<" || c.Anchor != "" })
	var pairs [][2]*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		rewrite(n.Content[i+1], n.Content[i].Value)
		pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	if key == "" || key == "steps" || key == "branches" || key == "parameters" || merged {
		return
	}
	slices.Reverse(pairs)
	n.Content = nil
	for _, p := range pairs {
		n.Content = append(n.Content, p[0], p[1])
	}
}

func goldenDefinitions(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../golden/*/pipeline.yaml")
	if err != nil || len(all) < 60 {
		t.Fatalf("%d definitions, %v", len(all), err)
	}
	return all
}

// golden is a pipeline of the golden suite, freshly read.
func golden(t *testing.T, file string) *ir.Pipeline {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, file, text)
}

func read(t *testing.T, file string, text []byte) *ir.Pipeline {
	t.Helper()
	r := frontends.Read(t.Context(), file, text, frontends.Options{Layout: project.Find(file, filepath.Dir(file))})
	list := r.Diags
	if r.Pipeline != nil {
		r.Pipeline.Name = "p"
		list = append(list, check.Check(r.Pipeline, check.Options{Read: list}).Diags...)
	}
	if list.HasErrors() {
		t.Fatalf("%s: %v\n%s", file, list, text)
	}
	return r.Pipeline
}

// decoded is a pipeline that was read before.
func decoded(t *testing.T, text []byte) *ir.Pipeline {
	t.Helper()
	p, err := irjson.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func nodeAt(p *ir.Pipeline, path string) ir.Node {
	for v := range ir.Walk(p) {
		if v.Path == path {
			return v.Node
		}
	}
	panic(fmt.Sprintf("there is no %s", path))
}

// rename gives a step another name wherever its graph names it.
func rename(p *ir.Pipeline, path string) {
	for v := range ir.Walk(p) {
		if v.Path != path {
			continue
		}
		was, now := v.Node.Base().Name, v.Node.Base().Name+"-renamed"
		to := func(r *ir.Ref) {
			if r.Name == was {
				r.Name = now
			}
		}
		to(&v.Graph.Start)
		for _, n := range v.Graph.Nodes {
			b := n.Base()
			to(&b.Next)
			to(&b.OnFailure)
			for i := range b.Needs {
				to(&b.Needs[i])
			}
		}
		v.Node.Base().Name = now
		ir.BuildIndexes(p)
		return
	}
}

// diffDefault reports whether a change is of a composite's default, whose class depends on what is in it.
func diffDefault(p *ir.Pipeline, path string, change diff.Change) bool {
	return !ir.IsLeaf(nodeAt(p, path)) && change.Class == diff.Neutral
}
