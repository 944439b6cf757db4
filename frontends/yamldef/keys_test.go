package yamldef

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/ir"
)

var update = flag.Bool("update", false, "rewrite docs/keys.md")

// keysPage is the reference of all keys.
const keysPage = "../../docs/keys.md"

// TestKeysPage keeps the page as the table of keys says it.
func TestKeysPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Keys of steps\n\nGenerated from the table in `ir/keys.go` by `go test ./frontends/yamldef -update`. [semantics.md](semantics.md)\nsays what the keys mean, [define.md](define.md) how to use them.\n")
	section := func(title, doc string, keys []ir.Key) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | required | meaning |\n| --- | --- | --- |\n", title, doc)
		for _, k := range keys {
			if k.Shape == "" {
				continue
			}
			required := ""
			if k.Required {
				required = "yes"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, required, strings.ReplaceAll(k.Doc, "|", `\|`))
		}
	}
	section("Every step", "Keys that every kind of step accepts.", append(ir.EdgeKeys(), ir.SettingKeys()...))
	for _, k := range ir.NodeKinds() {
		section("`type: "+k.Name+"`", k.Doc, k.Own)
	}
	got := b.String()
	if *update {
		if err := os.WriteFile(keysPage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(keysPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/keys.md differs (-on disk +made); -update rewrites it:\n%s", diff)
	}
}

// TestFrontsHaveEveryKey holds the fronts in Python and in Go against the table: a class of the kind has an argument of the
// key's name, and package pipeline a method or a function for it.
func TestFrontsHaveEveryKey(t *testing.T) {
	t.Parallel()
	python := read(t, "../../python/runnable/_steps.py")
	sources, err := filepath.Glob("../../pipeline/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
	}
	golang := ""
	for _, f := range sources {
		if !strings.HasSuffix(f, "_test.go") {
			golang += read(t, f)
		}
	}
	for _, kind := range ir.NodeKinds() {
		for _, k := range kind.Keys {
			if k.Shape == "" {
				continue
			}
			if arg := argumentOf(k.Name); arg != "" && !regexp.MustCompile(`[(, ]`+arg+`[,=]`).MatchString(python) {
				t.Errorf("python/runnable: no class has an argument %q", arg)
			}
			if name := functionOf(k.Name); name != "" && !regexp.MustCompile(`func (\([^)]*\) )?`+name+`\(`).MatchString(golang) {
				t.Errorf("package pipeline has no %s for the key %q", name, k.Name)
			}
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// argumentOf is what Python calls a key; "" where a class says it.
func argumentOf(key string) string {
	switch key {
	case "type", "command_type", "flow": // only the frontend of flows writes that one
		return ""
	case "next":
		return "next_node"
	}
	return key
}

// functionOf is the method or the function by which Go sets a key; "" where another key's does.
func functionOf(key string) string {
	switch key {
	case "type", "command_type", "next_node", "max_attempts", "flow":
		return ""
	case "command":
		return "Shell"
	case "inputs":
		return "Bind"
	case "catalog":
		return "Put"
	case "overrides":
		return "Override"
	case "targets":
		return "Target"
	case "branches", "parameter":
		return "Conditional"
	case "branch", "iterate_on", "iterate_as":
		return "Map"
	case "max_iterations", "break_on", "index_as":
		return "Loop"
	case "iterate_over":
		return "MapOver"
	case "expression":
		return "ConditionalBy"
	case "break_when":
		return "LoopUntil"
	case "pods":
		return "OnePod"
	case "definition":
		return "Nested"
	case "reducer":
		return "Reduce"
	case "optional_ploomber_args":
		return "NotebookWith"
	case "stream_end_type":
		return "AsyncPython"
	}
	name := ""
	for word := range strings.SplitSeq(key, "_") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}
