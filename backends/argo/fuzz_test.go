package argo

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/common"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// FuzzRender renders steps with any name, script, variable and parameter. Argo's own parser and validation, which
// Render calls, take what comes out; and read by it the definition is, byte for byte, the one that went in.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"a", "{{workflow.name}}", "$(id)", "it's", "\"\\\n", "é\u2028😀", "-n", "in", "true", "a\x00b", "<b>", "../x", "#", "y", "\x1b[2J", "{{=1}}", "$$", "$(RUNNABLE_RUN_ID)"} {
		f.Add(s, "echo "+s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, script, value, param string) {
		for _, s := range []string{name, script, value, param} {
			if !utf8.ValidString(s) {
				return // no frontend lets it through
			}
		}
		one, two := sh(name), sh(name+"2")
		one.Command = &ir.Shell{Script: script}
		one.Env = []ir.EnvVar{{Name: "V", Value: value}}
		p := &ir.Pipeline{Name: name, Graph: chain(one, par("p", chain(two), chain(sh(name))))}
		if p.Name == "" {
			p.Name = "demo"
		}
		if ir.Check(p).HasErrors() {
			return
		}
		given, _ := json.Marshal(param)
		files, list := Render(p, Options{Image: "x:1", Parameters: []Parameter{{Name: "q", Value: given}}})
		if list.HasErrors() {
			if text := messages(list); strings.Contains(text, "RR1090") || strings.Contains(text, "please report") {
				t.Fatalf("%q: %s", []string{name, script, value, param}, text)
			}
			return
		}
		objects := common.ParseObjects(files[SingleFile], true)
		if len(objects) != 1 || objects[0].Err != nil {
			t.Fatalf("%+v", objects)
		}
		wf := objects[0].Object.(*wfv1.Workflow)
		got := wf.Spec.Arguments.GetParameterByName(argDefinition)
		if got == nil || got.Value == nil {
			t.Fatal("there is no definition")
		}
		text := got.Value.String()
		if packed, ok := strings.CutPrefix(text, "gz:"); ok {
			text = unpack(t, packed)
		}
		want, err := irjson.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if text = strings.ReplaceAll(text, "$$", "$"); text != string(want) {
			t.Fatalf("got %q\nwant %q", text, want)
		}
	})
}

// FuzzSettings puts any text in the place of one text of the settings that docs/argo.md shows, which are all there are.
// Those that are read without a complaint make manifests that Argo takes. Of what goes in as it is, which is affinity and
// label selectors, only Argo can tell.
func FuzzSettings(f *testing.F) {
	asItIs := regexp.MustCompile(`(?m)^ +affinity: .*\n|, label_selector: \{matchLabels: \{.*?\}\}`)
	all := asItIs.ReplaceAll(page(f)["argo:"], nil)
	for i, text := range []string{"", "x", "A b", "-1", "0", "4000000000", "1h", "true", "{{x}}", "{{", "é", "/x", "TZ=0", "*/0 * * * *", "a:b@c", "\n"} {
		for where := range 20 {
			f.Add(uint8(16*where+i), text)
		}
	}
	p := &ir.Pipeline{Name: "n", Graph: chain(sh("a"), mapOf("m", chain(sh("b"))))}
	p.Graph.Nodes[0].Base().Overrides = []ir.Override{{Executor: "argo", Key: "big"}}
	p.OnFailure = []ir.Hook{{Command: "true"}}
	if list := ir.Check(p); list.HasErrors() {
		f.Fatal(messages(list))
	}
	f.Fuzz(func(t *testing.T, where uint8, text string) {
		var doc yaml.Node
		if err := yaml.Unmarshal(all, &doc); err != nil || !utf8.ValidString(text) {
			return
		}
		settings := doc.Content[0].Content[1]
		texts := scalars(settings, nil)
		n := texts[int(where)%len(texts)]
		was := n.Value
		if n.Value = text; text == "true" || text == "false" {
			n.Tag = "!!bool"
		}
		c, list := DecodeConfig("c.yaml", settings)
		if list.HasErrors() {
			return
		}
		for _, directory := range []bool{false, true} {
			_, list := Render(p, Options{Config: c, ConfigFile: "c.yaml", Directory: directory})
			if said := messages(list); strings.Contains(said, "RR1090") {
				t.Fatalf("%q for %q in line %d: %s", text, was, n.Line, said)
			}
		}
	})
}

// scalars adds the texts of a document, keys and values, to those found before.
func scalars(n *yaml.Node, found []*yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ScalarNode {
		return append(found, n)
	}
	for _, inner := range n.Content {
		found = scalars(inner, found)
	}
	return found
}

// FuzzNames: names for any two wishes differ, and are what Kubernetes takes.
func FuzzNames(f *testing.F) {
	for _, s := range [][2]string{{"a_b", "a-b"}, {"é", "è"}, {"", "…"}, {"x-1", "x"}, {strings.Repeat("x", 70), strings.Repeat("x", 71)}} {
		f.Add(s[0], s[1], 40)
	}
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		limit = 20 + (limit&0x7fffffff)%44
		n, seen := namer{}, map[string]bool{}
		for _, wish := range []string{a, b, a + b, a} {
			name := n.give(wish, limit)
			if seen[name] || len(name) > limit || !dnsName.MatchString(name) {
				t.Fatalf("%q of %q, %q becomes %q", wish, a, b, name)
			}
			seen[name] = true
		}
		if l := label(a); len(l) > 63 || l != "" && !dnsName.MatchString(l) {
			t.Fatalf("%q becomes the label %q", a, l)
		}
	})
}

// FuzzUnits: a quantity that a definition may hold is one for Kubernetes, of the same size; a time limit is above zero
// and comes back from the codec.
func FuzzUnits(f *testing.F) {
	for _, s := range [][2]string{{"500m", "30s"}, {"1Gi", "1h30m"}, {"0.5", "1.5"}, {"1e3", "1e3"}, {".5", "1d"}, {"1E", "9223372036854775807"}, {"2.", "1ns"}, {"10MB", "-1"}, {"1e-9", "0x10"}, {"0", "0"}, {"0", "1000000000"}, {"0", "4000000000"}, {"0", "2562047h"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, quantity, duration string) {
		if strings.ContainsFunc(quantity+duration, func(r rune) bool { return r < ' ' || r > '~' || r == '\'' }) {
			return
		}
		p, list := yamldef.Parse("p.yaml", []byte("dag:\n  name: n\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: x\n      timeout: "+quoted(duration)+"\n      resources: {cpu: '"+quantity+"', memory: '"+quantity+"'}\n"))
		if list.HasErrors() {
			return
		}
		task := p.Graph.Nodes[0].(*ir.Task)
		if _, err := resource.ParseQuantity(task.Resources.Memory); err != nil {
			t.Fatalf("%q passes: %v", quantity, err)
		}
		if task.Timeout <= 0 {
			t.Fatalf("%q is %v", duration, task.Timeout)
		}
		text, err := irjson.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := irjson.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := back.Graph.Nodes[0].(*ir.Task).Timeout; got.Round(time.Nanosecond) != task.Timeout {
			t.Fatalf("%q: %v comes back as %v", duration, task.Timeout, got)
		}
		ir.Check(p)
		if _, list := Render(p, Options{Image: "x:1"}); strings.Contains(messages(list), "RR1090") {
			t.Fatalf("%q, %q: %s", quantity, duration, messages(list))
		}
	})
}

// quoted leaves a number as it is, and quotes every other text for YAML.
func quoted(s string) string {
	if strings.Trim(s, "0123456789.") == "" && s != "" {
		return s
	}
	return "'" + s + "'"
}
