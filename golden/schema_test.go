package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/pipetest"
)

// schemaFile is the schema that the examples name for editors.
const schemaFile = "../schemas/pipeline.schema.json"

// TestSchema keeps the schema in the repository as `runnable-render schema` prints it.
func TestSchema(t *testing.T) {
	t.Parallel()
	compareSchema(t, schemaFile, yamldef.Schema(target.StepSchemas(backends.All())))
}

// compareSchema compares a schema with its file, or writes it.
func compareSchema(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-on disk +printed); go test ./golden -update rewrites it:\n%s", file, diff)
	}
}

// TestExamplesNameSchema checks that the first line of each example leads an editor to the schema.
func TestExamplesNameSchema(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Glob("../examples/*/pipeline.yaml")
	if err != nil || len(examples) < 2 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, example := range examples {
		text, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		name, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if !ok {
			t.Errorf("%s begins with %q", example, first)
			continue
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(example), name)); err != nil {
			t.Errorf("%s names a schema that is not there: %v", example, err)
		}
	}
}

// TestTestSchema keeps the schema of test files as `runnable-render schema --tests` prints it.
func TestTestSchema(t *testing.T) {
	t.Parallel()
	compareSchema(t, "../schemas/test.schema.json", pipetest.Schema())
}
