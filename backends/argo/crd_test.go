package argo

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// resourceSchema reads the schema of a kind from the full resource definitions that stand in the module of the Argo
// that this package is built with.
func resourceSchema(t *testing.T, plural string) *validate.SchemaValidator {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-workflows/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	return schemaIn(t, strings.TrimSpace(string(out)), plural)
}

// schemaIn reads the schema of a kind from the folder of a version of Argo's module.
func schemaIn(t *testing.T, dir, plural string) *validate.SchemaValidator {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifests/base/crds/full/argoproj.io_"+plural+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema json.RawMessage `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &crd); err != nil {
		t.Fatal(err)
	}
	var schema spec.Schema
	if err := json.Unmarshal(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, &schema); err != nil {
		t.Fatal(err)
	}
	refuseUnknown(&schema, 0)
	return validate.NewSchemaValidator(&schema, nil, "", strfmt.Default)
}

// refuseUnknown makes an object that names its properties refuse others, where an API server would drop them.
func refuseUnknown(s *spec.Schema, depth int) {
	if v, ok := s.Extensions["x-kubernetes-int-or-string"]; ok && v == true {
		s.AnyOf, s.Type = nil, nil
	}
	if depth == 0 { // apiVersion, kind and metadata are the server's
		for _, name := range []string{"apiVersion", "kind", "metadata"} {
			delete(s.Properties, name)
		}
		s.AdditionalProperties = nil
	} else if len(s.Properties) > 0 && s.AdditionalProperties == nil && s.Extensions["x-kubernetes-preserve-unknown-fields"] != true && s.Extensions["x-kubernetes-embedded-resource"] != true {
		s.AdditionalProperties = &spec.SchemaOrBool{Allows: false}
	}
	for name, p := range s.Properties {
		refuseUnknown(&p, depth+1)
		s.Properties[name] = p
	}
	if s.Items != nil && s.Items.Schema != nil {
		refuseUnknown(s.Items.Schema, depth+1)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		refuseUnknown(s.AdditionalProperties.Schema, depth+1)
	}
}

func TestManifestsMeetTheFullResourceDefinitions(t *testing.T) {
	t.Parallel()
	workflows := resourceSchema(t, "workflows")
	check := func(name string, v *validate.SchemaValidator, text []byte) {
		t.Helper()
		for _, err := range v.Validate(document(t, text)).Errors {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, position := range []string{"after", "in map last", "in needs", "deep"} {
		place := positions()[position]
		for construct, node := range constructs() {
			check(position+"/"+construct, workflows, []byte(manifest(t, place(node()), Options{})))
		}
	}
	config, list := ParseConfig("config.yaml", []byte(runnableConfig))
	if list.HasErrors() {
		t.Fatal(messages(list))
	}
	files, list := Render(pipelineOf(t, chain(sh("x"), mapOf("m", chain(sh("y"))))), Options{Config: config, Directory: true})
	if list.HasErrors() {
		t.Fatal(messages(list))
	}
	check(FileTemplate, resourceSchema(t, "workflowtemplates"), files[FileTemplate])
	check(FileCron, resourceSchema(t, "cronworkflows"), files[FileCron])
	check(FileWorkflow, workflows, files[FileWorkflow])
	bad := strings.Replace(manifest(t, chain(sh("x")), Options{}), "failFast: false", "failfast: 3", 1)
	if workflows.Validate(document(t, []byte(bad))).IsValid() {
		t.Error("the schema takes anything, so that it took the manifests proves nothing")
	}
}
