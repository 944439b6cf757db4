package pipetest_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/runnable-render/runnable-render/internal/pipetest"
	"github.com/runnable-render/runnable-render/internal/yaml12"
)

// The schema accepts the test files that the reader accepts, and refuses what the reader refuses for its keys and values.
func TestSchemaAgreesWithReader(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(pipetest.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("test.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("test.schema.json")
	if err != nil {
		t.Fatalf("the schema is none: %v", err)
	}
	for pattern, refused := range map[string]bool{
		"testdata/constructs/*.txtar": false, "testdata/errors/keys.txtar": true, "testdata/errors/values.txtar": true, "testdata/errors/steps.txtar": false,
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			if err := schema.Validate(tests(t, file)); (err != nil) != refused {
				t.Errorf("%s: %v, want refused %t", file, err, refused)
			}
		}
	}
}

// tests is the test file of an archive as a schema sees it, without values that have no JSON form.
func tests(t *testing.T, file string) any {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name != "case.test.yaml" {
			continue
		}
		r := &yaml12.Reader{File: f.Name}
		text := r.JSON(r.Parse(bytes.ReplaceAll(f.Data, []byte(".nan"), []byte("1"))))
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil || !json.Valid(text) {
			t.Fatalf("%s: %v, %v", file, err, r.Diags)
		}
		return v
	}
	t.Fatalf("%s holds no test file", file)
	return nil
}
