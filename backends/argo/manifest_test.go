package argo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

func TestChangedCommandChangesFourLines(t *testing.T) {
	t.Parallel()
	render := func(command string) []string {
		task := sh("train")
		task.Command = &ir.Shell{Script: command}
		other := sh("report")
		other.Image = "registry.example/other:2"
		return strings.Split(manifest(t, chain(sh("load"), mapOf("m", chain(task)), other), Options{}), "\n")
	}
	before, after := render("python train.py --depth 3"), render("python train.py --depth 4")
	if len(before) != len(after) {
		t.Fatalf("%d lines became %d", len(before), len(after))
	}
	var changed []string
	for i := range before {
		if before[i] != after[i] {
			changed = append(changed, after[i])
		}
	}
	if len(changed) == 0 || len(changed) > 4 {
		t.Errorf("%d lines changed:\n%s", len(changed), strings.Join(changed, "\n"))
	}
	if !slices.ContainsFunc(changed, func(l string) bool { return strings.Contains(l, "python train.py --depth 4") }) {
		t.Errorf("the new command is not among them:\n%s", strings.Join(changed, "\n"))
	}
}

func TestDefinitionComesBackWhole(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"hostile":  "echo '{{workflow.name}}' {{=1+1}} \"\\n\" \x1b[31m é \u2028 {{{x}}} %s ${A} $(id) $$ $$$ $\n\ttab\x7f",
		"yaml":     "a: b\n---\n# c\n  - d\n...\n",
		"too long": strings.Repeat("echo 0123456789abcdef; ", 8000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := sh("x")
			task.Command = &ir.Shell{Script: script}
			p := pipelineOf(t, chain(task))
			files, list := Render(p, Options{Image: "x:1"})
			if list.HasErrors() {
				t.Fatal(messages(list))
			}
			text := argument(t, files[SingleFile], argDefinition)
			if strings.Contains(text, "{{") || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
				t.Errorf("Argo would change %q", text)
			}
			want, _ := irjson.Encode(p)
			if packed, ok := strings.CutPrefix(text, "gz:"); ok {
				text = unpack(t, packed)
			}
			text = strings.NewReplacer("$$", "$").Replace(text) // as the kubelet does, but for $(NAME)
			if text != string(want) {
				t.Errorf("got %q\nwant %q", text, want)
			}
		})
	}
}

// argument is the value of an argument of the workflow, as a YAML reader sees it.
func argument(t *testing.T, text []byte, name string) string {
	t.Helper()
	var wf struct {
		Spec struct {
			Arguments struct {
				Parameters []struct{ Name, Value string }
			}
		}
	}
	if err := yaml.Unmarshal(text, &wf); err != nil {
		t.Fatal(err)
	}
	for _, p := range wf.Spec.Arguments.Parameters {
		if p.Name == name {
			return p.Value
		}
	}
	t.Fatalf("there is no argument %q", name)
	return ""
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	one := func() map[string][]byte {
		a, b := sh("a"), sh("b")
		a.Image, b.Resources.CPU = "registry.example/a:1", "2"
		o := Options{Image: "x:1", Directory: true, Parameters: initial(), Config: Config{
			Defaults: Settings{NodeSelector: map[string]string{"a": "1", "b": "2", "c": "3"}, Labels: map[string]string{"x": "y", "n": "on"}},
			Cron:     Cron{Schedules: []string{"0 3 * * *"}},
		}}
		files, list := Render(pipelineOf(t, chain(a, b, par("p", chain(sh("c")), chain(sh("d"), sh("e"))))), o)
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		return files
	}
	want := one()
	for range 20 {
		for name, text := range one() {
			if !bytes.Equal(text, want[name]) {
				t.Fatalf("%s differs from one rendering to the next", name)
			}
		}
	}
}

// TestWhatIsNeverRendered looks at every construct in every place for what must never be rendered.
func TestWhatIsNeverRendered(t *testing.T) {
	t.Parallel()
	for position, place := range positions() {
		for construct, node := range constructs() {
			n := node()
			if task, ok := n.(*ir.Task); ok {
				task.Retry = ir.Retry{Limit: 2}
			}
			doc := document(t, []byte(manifest(t, place(n), Options{})))
			for _, problem := range forbidden(doc["spec"].(map[string]any)) {
				t.Errorf("%s/%s: %s", position, construct, problem)
			}
		}
	}
}

func TestRetriesAndTimeLimits(t *testing.T) {
	t.Parallel()
	task := sh("x")
	task.Retry = ir.Retry{Limit: 3, Backoff: ir.Backoff{Duration: 10 * time.Second, Factor: 1.5, Cap: 20 * time.Second}, On: []string{"75"}}
	task.Timeout = 90 * time.Second
	for version, want := range map[Version][]string{
		"":    {`limit: "3"`, "retryPolicy: Always", `duration: "10s"`, `factor: "2"`, "activeDeadlineSeconds: 690", "int(lastRetry.exitCode) in [75, 137]"},
		"3.7": {`cap: "20s"`},
	} {
		p := pipelineOf(t, chain(task))
		files, list := Render(p, Options{Image: "x:1", Version: version})
		for _, w := range want {
			if !strings.Contains(string(files[SingleFile]), w) {
				t.Errorf("version %q: no %q", version, w)
			}
		}
		said := messages(list)
		if !strings.Contains(said, "RR1020") || strings.Contains(said, "RR1021") != (version == "") {
			t.Errorf("version %q: said %s", version, said)
		}
	}
	plain := manifest(t, chain(sh("y")), Options{})
	if strings.Count(plain, "retryStrategy") != 1 { // the runner's own
		t.Error("a step without retries has a retry strategy")
	}
}

func TestParametersTravelWhole(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"plain text"`: "plain text", `"12"`: `"12"`, `"true"`: `"true"`, `""`: `""`, `"{{workflow.name}}"`: `"{\u007bworkflow.name}}"`,
		`12`: "12", `1.0`: "1.0", `null`: "null", `{"a":"é"}`: `{"a":"\u00e9"}`, `"é"`: `"\u00e9"`, `"a\nb"`: `"a\nb"`, `"😀"`: `"\ud83d\ude00"`,
		`"null"`: `"null"`, `" x "`: `" x "`, `"[1"`: "[1", `123456789012345678901234567890`: "123456789012345678901234567890",
	} {
		got := paramText(json.RawMessage(value))
		if got != want {
			t.Errorf("%s travels as %s, not %s", value, got, want)
		}
		var back any = got
		if json.Valid([]byte(got)) {
			if err := json.Unmarshal([]byte(got), &back); err != nil {
				t.Fatal(err)
			}
		}
		var original any
		if err := json.Unmarshal([]byte(value), &original); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, original) {
			t.Errorf("%s comes back as %#v", value, back)
		}
	}
}

func TestParameterNames(t *testing.T) {
	t.Parallel()
	j := json.RawMessage(`1`)
	o := Options{Parameters: []Parameter{{Name: "a.b", Value: j}, {Name: "a-b", Value: j}, {Name: "run-id", Value: j}, {Name: "definition", Value: j}, {Name: "été", Value: j}, {Name: "n", Value: j}, {Name: "", Value: j}}}
	text := manifest(t, chain(sh("x")), o)
	var wf struct {
		Spec struct {
			Arguments struct{ Parameters []struct{ Name string } }
		}
	}
	if err := yaml.Unmarshal([]byte(text), &wf); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range wf.Spec.Arguments.Parameters {
		if seen[p.Name] {
			t.Errorf("two arguments are called %q", p.Name)
		}
		seen[p.Name] = true
	}
	if len(seen) != 9 || !seen["n"] {
		t.Errorf("arguments %v", seen)
	}
	if !strings.Contains(text, `'["a.b","a-b","run-id","definition","\u00e9t\u00e9","n",""]'`) {
		t.Error("the pods do not learn the parameters' own names")
	}
	hidden := false
	o.Config.Expose = &hidden
	if text := manifest(t, chain(sh("x")), o); !strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("1"))) || strings.Contains(text, "sprig") {
		t.Error("parameters that are not exposed are not in the variables themselves")
	}
}

func TestStores(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		o           Options
		has, hasNot []string
	}{
		"own claim": {Options{}, []string{"volumeClaimTemplates", "podAffinity", "file:///runnable-store"}, nil},
		"shared":    {Options{Config: Config{StoreAccess: "ReadWriteMany"}}, []string{"volumeClaimTemplates", "ReadWriteMany"}, []string{"podAffinity"}},
		"named":     {Options{Config: Config{PVC: "facts"}}, []string{"claimName: facts", "mountPath: /runnable-store"}, []string{"volumeClaimTemplates", "podAffinity"}},
		"bucket":    {Options{Store: "s3://facts?region=eu-west-1", Config: Config{StoreSecret: "keys"}}, []string{"s3://facts?region=eu-west-1", "secretRef: {name: keys}"}, []string{"volumeClaim", "/runnable-store"}},
	}
	for name, c := range cases {
		text := manifest(t, chain(sh("x")), c.o)
		for _, w := range c.has {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q", name, w)
			}
		}
		for _, w := range c.hasNot {
			if strings.Contains(text, w) {
				t.Errorf("%s: %q", name, w)
			}
		}
	}
}

func TestNamesStayApart(t *testing.T) {
	t.Parallel()
	names := namer{}
	seen := map[string]bool{}
	for _, wish := range []string{"a_b", "a-b", "A-b", "a b", "é", "è", "", "…", strings.Repeat("x", 100), strings.Repeat("x", 99) + "y", "a--b", "-a-b-"} {
		n := names.give(wish, 40)
		if seen[n] || len(n) > 40 || !dnsName.MatchString(n) || strings.HasSuffix(n, "-") {
			t.Errorf("%q becomes %q", wish, n)
		}
		seen[n] = true
	}
}

func FuzzSegment(f *testing.F) {
	for _, s := range []string{"a", "{{x}}", "-x", " x ", "é", "\x00", "😀", "a/b", "*", "%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "%", "")
		got := segment(s)
		if strings.Contains(got, "{") || strings.HasPrefix(got, "-") || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
			t.Errorf("%q travels as %q", s, got)
		}
		if back := unescape(t, got); back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
	})
}
