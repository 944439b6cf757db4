//go:build e2e

package argo

import (
	"encoding/json"
	"os/exec"
	"testing"
)

// TestOtherVersions holds manifests and directories against the full resource definitions of other versions of Argo,
// which come from the Go proxy.
func TestOtherVersions(t *testing.T) {
	t.Parallel()
	for module, version := range map[string]Version{
		"github.com/argoproj/argo-workflows/v3@v3.5.8":  "3.5",
		"github.com/argoproj/argo-workflows/v3@v3.6.10": "",
		"github.com/argoproj/argo-workflows/v4@v4.0.5":  "",
	} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("go", "mod", "download", "-json", module)
			cmd.Dir = t.TempDir() // no module: this one must not change
			out, err := cmd.Output()
			var got struct{ Dir string }
			if err != nil || json.Unmarshal(out, &got) != nil || got.Dir == "" {
				t.Fatalf("go mod download: %v\n%s", err, out)
			}
			workflows := schemaIn(t, got.Dir, "workflows")
			for position, place := range positions() {
				for construct, node := range constructs() {
					for _, err := range workflows.Validate(document(t, []byte(manifest(t, place(node()), Options{Version: version})))).Errors {
						t.Errorf("%s/%s: %v", position, construct, err)
					}
				}
			}
			config, list := ParseConfig("config.yaml", []byte(runnableConfig))
			if list.HasErrors() {
				t.Fatal(messages(list))
			}
			files, list := Render(pipelineOf(t, chain(sh("x"))), Options{Config: config, Directory: true, Version: version})
			if list.HasErrors() {
				t.Fatal(messages(list))
			}
			for name, plural := range map[string]string{FileTemplate: "workflowtemplates", FileCron: "cronworkflows", FileWorkflow: "workflows"} {
				for _, err := range schemaIn(t, got.Dir, plural).Validate(document(t, files[name])).Errors {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}
