package lineage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/runnable-render/runnable-render/internal/lineage"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// schema compiles the schema of events; formats count.
func schema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every event is valid, every run of OpenLineage has one start and one end, and files say who made and who used them.
// OPENLINEAGE_SCHEMA names the published schema where it is at hand.
func TestOpenLineage(t *testing.T) {
	t.Parallel()
	files := []string{"testdata/openlineage.schema.json"}
	if own := os.Getenv("OPENLINEAGE_SCHEMA"); own != "" {
		files = append(files, own)
	}
	st := ran(t)
	d, err := runs.Read(context.Background(), st, "r")
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		Type string `json:"eventType"`
		Run  struct {
			ID     string `json:"runId"`
			Facets map[string]json.RawMessage
		}
		Job             struct{ Name string }
		Inputs, Outputs []struct{ Name string }
	}
	starts, ends := map[string]int{}, map[string]int{}
	made, used := 0, 0
	for _, event := range lineage.OpenLineage(d, st.String()) {
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema(t, file).Validate(doc); err != nil {
				t.Errorf("%s: %v\n%s", file, err, text)
			}
		}
		var s seen
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if s.Type == "START" {
			starts[s.Run.ID]++
		} else {
			ends[s.Run.ID]++
		}
		if (s.Run.Facets["parent"] == nil) != (s.Job.Name == "p") {
			t.Errorf("job %s: parent %s", s.Job.Name, s.Run.Facets["parent"])
		}
		made, used = made+len(s.Outputs), used+len(s.Inputs)
	}
	if len(starts) != 5 || len(ends) != 5 { // the run, list, two items, join
		t.Errorf("%d runs begin, %d end, want 5", len(starts), len(ends))
	}
	for id, n := range starts {
		if n != 1 || ends[id] != 1 {
			t.Errorf("run %s: %d starts, %d ends", id, n, ends[id])
		}
	}
	if made != 2 || used != 2 {
		t.Errorf("%d files made, %d used, want 2 and 2", made, used)
	}
}
