package frontends

import (
	"slices"
	"strings"
	"testing"
)

func TestParseChoosesByExtension(t *testing.T) {
	t.Parallel()
	src := []byte("dag:\n  steps:\n    a: {type: stub}\n")
	for _, file := range []string{"pipeline.yaml", "dir.d/pipeline.yml", "PIPELINE.YAML"} {
		p, list := Parse(t.Context(), file, src)
		if p == nil || len(list) > 0 {
			t.Fatalf("%s: %v", file, list)
		}
		if got := p.Graph.Nodes[0].Base().Span.File; got != file {
			t.Errorf("places of %s are in %q", file, got)
		}
	}
	for _, file := range []string{"pipeline.toml", "pipeline", "yaml", ""} {
		p, list := Parse(t.Context(), file, src)
		if p != nil || len(list) != 1 || list[0].Code != "RR0014" {
			t.Errorf("%q: %v, %v", file, p, list)
		}
	}
}

// TestNoExtensionTwice: of two frontends that read files of one extension, one looks at what stands in them.
func TestNoExtensionTwice(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, f := range All() {
		if f.Match != nil {
			continue
		}
		for _, e := range f.Extensions {
			if slices.Contains(seen, e) {
				t.Errorf("two frontends read every file %s", e)
			}
			seen = append(seen, e)
		}
	}
}

// TestForeign: other tools' definitions are known in the forms that people write them in.
func TestForeign(t *testing.T) {
	t.Parallel()
	for text, is := range map[string]string{
		"import kfp.dsl as dsl\n@dsl.pipeline\ndef p(): ...\n":                                "Kubeflow",
		"import os, kfp\nop = kfp.components.load_component_from_url('x')\n":                  "Kubeflow",
		"from kfp.components import func_to_container_op\nadd = func_to_container_op(f)\n":    "Kubeflow",
		"from airflow.sdk import dag, task\n\n@dag(schedule=None)\ndef d(): ...\n":            "Airflow",
		"from airflow import models\nwith models.DAG('x') as dag:\n    pass\n":                "Airflow",
		"from prefect import flow, task\n@task\ndef t(): ...\n@flow\ndef f(): ...\n":          "Prefect",
		"from kedro.framework.project import find_pipelines\ndef register_pipelines(): ...\n": "Kedro",
		"from hera.workflows import Workflow\nwith Workflow(generate_name='x'): ...\n":        "Hera",
		"import dagster as dg\n@dg.asset\ndef a(): ...\n":                                     "Dagster",
	} {
		d := foreignTool("x.py", []byte(text))
		if d == nil || !strings.Contains(d.Message, is) || d.Span.Line < 1 || d.Span.EndCol <= d.Span.Col {
			t.Errorf("%s is not known for %s: %v", text, is, d)
		}
	}
}

// TestOursIsNotForeign: what another tool's definition has may stand in one of ours.
func TestOursIsNotForeign(t *testing.T) {
	t.Parallel()
	for file, text := range map[string]string{
		"steps.py":        "import kfp\nfrom kfp import dsl\n@dsl.component\ndef f(): ...\nfrom runnable import Pipeline\nPipeline(steps=[]).execute()\n",
		"inside.py":       "from airflow import DAG\nwith DAG('x'): pass\ndef main():\n    import os, runnable\n",
		"said.py":         "\"\"\"Was:\n\nfrom airflow import DAG\nwith DAG('x'): ...\n\"\"\"\nimport lib\nlib.build().execute()\n",
		"imports.py":      "import metaflow\nimport prefect\nimport kfp\nimport lib\nlib.build().execute()\n",
		"anchors.yaml":    "services:\n  a: {image: x}\nstages:\n  b:\n    cmd: x\njobs: {}\non: {}\napiVersion: v1\nkind: Workflow\ndag:\n  steps: {}\n",
		"quoted.yaml":     "apiVersion: v1\nkind: Pod\n\"dag\" : {steps: {}}\n",
		"flow.yaml":       "{dag: {steps: {a: {type: stub}}}}\n",
		"misspelt.yaml":   "dags:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      image: x\n      command: x\n",
		"recorded.json":   "{\"name\": \"x\", \"schemaVersion\": \"1.5\", \"workflow\": {\"specification\": {}}, \"root\": 1, \"deploymentSpec\": 1}",
		"parameters.yaml": "jobs: 3\nstages: [a]\nservices: x\n",
	} {
		if d := foreignTool(file, []byte(text)); d != nil {
			t.Errorf("%s: %v", file, d)
		}
	}
}
