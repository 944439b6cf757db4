package argo

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"

	"github.com/runnable-render/runnable-render/ir"
)

// eventSchemas are the schemas of Argo Events' kinds, from its api/jsonschema of 1.9.6. References are resolved, and what is not
// rendered is left out, so that it would be unknown. The url of a webhook, which no example of theirs has, is not required.
func eventSchemas(t *testing.T) map[string]*validate.SchemaValidator {
	t.Helper()
	text, err := os.ReadFile("testdata/argo-events-1.9.6.json")
	if err != nil {
		t.Fatal(err)
	}
	var schemas map[string]*spec.Schema
	if err := json.Unmarshal(text, &schemas); err != nil {
		t.Fatal(err)
	}
	out := map[string]*validate.SchemaValidator{}
	for kind, s := range schemas {
		refuseUnknown(s, 0)
		out[kind] = validate.NewSchemaValidator(s, nil, "", strfmt.Default)
	}
	return out
}

func withEvents(t *testing.T, events ...ir.Event) *ir.Pipeline {
	t.Helper()
	p := pipelineOf(t, chain(sh("a")))
	p.Parameters = []ir.Parameter{
		{Name: "version", Type: ir.StrType, Required: true},
		{Name: "rows", Type: ir.IntType, Default: "3"},
	}
	p.Events = events
	return p
}

// TestEvents: a source and a sensor for events of each kind meet the schemas of Argo Events, and each event makes a run with its values.
func TestEvents(t *testing.T) {
	t.Parallel()
	p := withEvents(t,
		ir.Event{Webhook: "/train", Parameters: map[string]string{"version": "body.version", "rows": "body.data.rows"}},
		ir.Event{Calendar: "0 3 * * *", Timezone: "Europe/Berlin", Parameters: map[string]string{"version": "eventTime"}},
		ir.Event{Succeeded: "load data", Parameters: map[string]string{"version": "body.metadata.name"}},
	)
	o := Options{Image: "i:1", Directory: true, Namespace: "ml", Parameters: []Parameter{{Name: "rows", Value: json.RawMessage("3")}}}
	files, list := Render(p, o)
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	schemas, seen := eventSchemas(t), map[string]int{}
	for doc := range strings.SplitSeq(string(files[FileEvents]), "---\n") {
		object := document(t, []byte(doc))
		kind, _ := object["kind"].(string)
		seen[kind]++
		if s := schemas[kind]; s != nil {
			for _, err := range s.Validate(object).Errors {
				t.Errorf("%s: %v\n%s", kind, err, doc)
			}
			if bad := strings.Replace(doc, "serviceAccountName:", "serviceAccount:", 1); s.Validate(document(t, []byte(bad))).IsValid() {
				t.Errorf("the schema of %s takes anything, so that it took the rendered one proves nothing", kind)
			}
		}
	}
	for _, kind := range []string{"EventSource", "Sensor", "ServiceAccount", "Role", "RoleBinding"} {
		if seen[kind] != 1 {
			t.Errorf("%d of %s", seen[kind], kind)
		}
	}
	for _, want := range []string{
		"event-1:\n      port: \"12000\"\n", "endpoint: /train", `schedule: "0 3 * * *"`, "timezone: Europe/Berlin", "namespace: ml", "value: load-data",
		`{name: version, value: ""}`, `{dependencyName: event-1, dataKey: body.data.rows, value: "3"}`, `{dependencyName: event-1, dataKey: body.version}`,
		"dest: spec.arguments.parameters.1.value", "name: demo-\n", "generateName: demo-\n", "dest: metadata.name\n",
		`verbs: [create, get, list, watch]`,
	} {
		if !strings.Contains(string(files[FileEvents]), want) {
			t.Errorf("no %q in\n%s", want, files[FileEvents])
		}
	}
	if !strings.Contains(string(files[FileKustomization]), "- "+FileEvents) || !strings.Contains(string(files[FileReferences]), "Sensor") {
		t.Errorf("%s\n%s", files[FileKustomization], files[FileReferences])
	}
}

// TestEventsRefused: what Argo Events could not do is refused in its place, and a single Workflow says what it leaves out.
func TestEventsRefused(t *testing.T) {
	t.Parallel()
	version := map[string]string{"version": "body.version"}
	no := false
	for _, c := range []struct {
		event ir.Event
		o     Options
		want  string
	}{
		{ir.Event{Webhook: "/a", Parameters: version}, Options{}, "RR1029 the event (webhook /a, version from body.version) is left out of a single Workflow"},
		{ir.Event{Succeeded: "load", Parameters: version}, Options{Directory: true}, `RR1029 Argo Events watches the runs of "load" in a namespace`},
		{ir.Event{Calendar: "0 3 30 2 *", Parameters: version}, Options{Directory: true}, "RR1003 the schedule must be"},
		{ir.Event{Webhook: "/a", Parameters: version}, Options{Directory: true, Config: Config{Expose: &no}}, `RR1029 the event gives a value for "version"`},
	} {
		c.o.Image = "i:1"
		if _, list := Render(withEvents(t, c.event), c.o); !strings.Contains(messages(list), c.want) {
			t.Errorf("%s: %s", c.want, messages(list))
		}
	}
}
