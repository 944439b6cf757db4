package yamldef

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(object{})))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("pipeline.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("pipeline.schema.json")
	if err != nil {
		t.Fatalf("the schema is none: %v", err)
	}
	return s
}

// value is a document as a JSON schema sees it, by the parser's own types.
func value(t *testing.T, src []byte) (any, bool) {
	t.Helper()
	r := newReader("pipeline.yaml")
	root := r.Reader.Parse(src)
	if root == nil || len(r.Diags) > 0 {
		return nil, false
	}
	var plain func(n *yaml.Node) any
	plain = func(n *yaml.Node) any {
		switch d := yaml12.Deref(n); d.Kind {
		case yaml.MappingNode:
			out := map[string]any{}
			for _, e := range r.Pairs(d) {
				out[e.Name] = plain(e.Value)
			}
			return out
		case yaml.SequenceNode:
			out := []any{}
			for _, item := range d.Content {
				out = append(out, plain(item))
			}
			return out
		default:
			switch yaml12.KindOf(d) {
			case yaml12.Null:
				return nil
			case yaml12.Bool:
				return yaml12.Boolean(d.Value)
			case yaml12.Int:
				return json.Number(yaml12.Integer(d.Value).String())
			case yaml12.Float:
				number, ok := yaml12.FloatJSON(d.Value)
				if !ok {
					return math.Inf(1)
				}
				return json.Number(number)
			case yaml12.String:
			}
			return d.Value
		}
	}
	v := plain(root)
	return v, len(r.Diags) == 0
}

// TestSchemaAccepts demands that the schema takes whatever the parser takes.
func TestSchemaAccepts(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	files, err := filepath.Glob("../../golden/*/pipeline.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range append(files, "testdata/everything.yaml") {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := value(t, src)
		if !ok {
			t.Fatalf("%s cannot be read", file)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaRefuses demands that the schema refuses what the parser refuses for its keys and the types of their
// values, as far as a schema can: it does not see duplicates, spellings that are ignored, and what two keys say
// together.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	beyond := map[string]bool{
		"RR0101_steps_under_dag": true, // any key may stand in a graph
		"RR0107_command_type":    true, // a plugin could be called so
	}
	files, err := filepath.Glob("../../golden/errors/RR01*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		switch code := name[:6]; {
		case code > "RR0109" || code == "RR0104" || beyond[name]:
			continue
		}
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		src := archive.Files[0].Data
		if _, list := Parse("pipeline.yaml", src); !list.HasErrors() {
			continue
		}
		v, ok := value(t, src)
		if !ok {
			continue
		}
		refused++
		if err := schema.Validate(v); err == nil {
			t.Errorf("%s: the schema accepts what the parser refuses", name)
		}
	}
	if refused < 15 {
		t.Errorf("only %d definitions were tried", refused)
	}
}

// TestSchemaDescribesEveryKey demands text for people at every key, and a shape that is defined.
func TestSchemaDescribesEveryKey(t *testing.T) {
	t.Parallel()
	defs := definitions(object{})
	for _, tab := range append(stepTables(), dagTable(), graphTable(), catalogTable(), returnTable(), retryTable(), backoffTable(), resourcesTable(), literalTable()) {
		for _, k := range tab.keys() {
			if !strings.HasSuffix(k.Doc, ".") {
				t.Errorf("the key %q of a %s has no sentence that describes it: %q", k.Name, tab.kind, k.Doc)
			}
			if _, ok := defs[k.Shape]; !ok {
				t.Errorf("the key %q of a %s has the unknown shape %q", k.Name, tab.kind, k.Shape)
			}
		}
	}
}

// TestCodesAreKnown demands that `explain` knows every code that this package uses.
func TestCodesAreKnown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../frontends.go") {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for rest := string(src); ; {
			i := strings.Index(rest, `"RR`)
			if i < 0 {
				break
			}
			code := rest[i+1 : i+7]
			if _, ok := diag.Lookup(code); !ok && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s uses %s, which explain does not know", file, code)
			}
			rest = rest[i+7:]
		}
	}
}
