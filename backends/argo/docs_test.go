package argo

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// page are the YAML examples of docs/argo.md by their first line.
func page(t testing.TB) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("../../docs/argo.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := map[string][]byte{}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1) {
		first, _, _ := bytes.Cut(m[1], []byte("\n"))
		examples[string(first)] = m[1]
	}
	return examples
}

// TestDocumentedSettings reads the settings of docs/argo.md as a configuration file, renders with them, and looks for
// each key that there is.
func TestDocumentedSettings(t *testing.T) {
	t.Parallel()
	text := page(t)["argo:"]
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	c, list := DecodeConfig("docs/argo.md", doc.Content[0].Content[1])
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	for _, directory := range []bool{false, true} {
		if _, list := Render(pipelineOf(t, chain(sh("x"), mapOf("m", chain(sh("y"))))), Options{Config: c, Directory: directory}); list.HasErrors() {
			t.Error(messages(list))
		}
	}
	for _, key := range keysOf(reflect.TypeFor[Config]()) {
		if !regexp.MustCompile(`[\s{]` + key + `:\s|or ` + key + `\b`).Match(text) {
			t.Errorf("docs/argo.md does not show the key %s", key)
		}
	}
}

// keysOf are the keys of a configuration of this type, at any depth.
func keysOf(t reflect.Type) []string {
	var out []string
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if key := t.Field(i).Tag.Get("cfg"); key != "" && t.Field(i).Tag.Get("refused") == "" {
				out = append(append(out, key), keysOf(t.Field(i).Type)...)
			}
		}
	default:
	}
	return out
}

// TestDocumentedRole holds the Role of docs/argo.md against that of a directory.
func TestDocumentedRole(t *testing.T) {
	t.Parallel()
	files, list := Render(pipelineOf(t, chain(sh("x"))), Options{Image: "x:1", Directory: true})
	if list.HasErrors() {
		t.Fatal(messages(list))
	}
	type role struct {
		Kind  string
		Rules []map[string][]string
	}
	read := func(text []byte) role {
		for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var r role
			if err := dec.Decode(&r); err != nil {
				t.Fatalf("no Role: %v\n%s", err, text)
			}
			if r.Kind == "Role" {
				return r
			}
		}
	}
	want, got := read(files[FileAccess]), read(page(t)["apiVersion: rbac.authorization.k8s.io/v1"])
	if !reflect.DeepEqual(want, got) || !strings.Contains(string(files[FileAccess]), "workflowtaskresults") {
		t.Errorf("docs/argo.md says %v, access.yaml %v", got, want)
	}
}
