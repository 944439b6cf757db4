//go:build e2e

package runnable

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestLocalContainer does with both programs what needs no image of a registry: the reading of the configuration, up to the
// engine. The engine's part of this program is what e2e/compose runs.
func TestLocalContainer(t *testing.T) {
	python, bin := interpreter(t), tool(t)
	for _, row := range []struct{ name, config, theirs, ours string }{
		{"no image", "pipeline-executor: {type: local-container}\n", "Could not find the service of kind: local-container", "containers.yaml:1:1: error: pipeline-executor of type local-container needs docker_image"},
		{"a misspelt key", "pipeline-executor: {type: local-container, config: {docker_image: app, docker_images: app}}\n", "Could not find the service of kind: local-container", `local-container has no key "docker_images"`},
		{"a group of settings that is not there", "pipeline-executor: {type: local-container, config: {docker_image: app, overrides: {big: {docker_image: app}}}}\n", "No override of key: bigger", `"adds" asks for the settings "bigger" of local-container`},
		{"no engine", "pipeline-executor: {type: local-container, config: {docker_image: app, overrides: {bigger: {docker_image: app}}}}\n", "Could not get the docker socket file", "the Docker engine cannot be reached"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			theirs, ours := newProject(t), newProject(t)
			for _, dir := range []string{theirs, ours} {
				write(t, filepath.Join(dir, "containers.yaml"), row.config)
				write(t, filepath.Join(dir, "bigger.yaml"), strings.Replace(movedFiles["pipeline.yaml"], "next: success", "next: success, overrides: {local-container: bigger}", 1))
			}
			m := moved{refuses: true, environ: []string{"DOCKER_HOST=unix:///nowhere/docker.sock", "COLUMNS=200"}}
			if said := m.do(t, theirs, filepath.Dir(python), []string{"runnable execute bigger.yaml first -p parameters.yaml -c containers.yaml"}); !strings.Contains(said, row.theirs) {
				t.Errorf("Runnable does not say %q:\n%s", row.theirs, said)
			}
			if said := m.do(t, ours, bin, []string{"run bigger.yaml -p parameters.yaml -c containers.yaml"}); !strings.Contains(said, row.ours) {
				t.Errorf("this program does not say %q:\n%s", row.ours, said)
			}
		})
	}
}
