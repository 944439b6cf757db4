package app_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// Events go into the classes that OpenLineage publishes for Python, which are generated of its schema, with every facet
// that an export has. The version is pinned: a newer one tells what the export has to follow.
func TestOpenLineageAsPublished(t *testing.T) {
	t.Parallel()
	python, err := testvenv.Make("venv-openlineage-1", "openlineage-python==1.54.0", "cattrs==26.2.1")
	if err != nil {
		t.Fatal(err)
	}
	w := newElsewhere(t, "local", `dag:
  steps:
    put: {type: task, command_type: shell, command: "echo x >f.txt", catalog: {put: [f.txt]}}
    get: {type: task, command_type: shell, command: "cat f.txt", catalog: {get: [f.txt]}}
    fails: {type: task, command_type: shell, command: "exit 3"}
`)
	for _, args := range []string{
		"init -q .", "remote add origin https://git.example.org/x.git", "-c user.name=n -c user.email=n@example.org commit -q --allow-empty -m first",
	} {
		git := exec.Command("git", strings.Fields(args)...)
		git.Dir = filepath.Dir(w.file)
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	w.command(1, "run", w.file, "--run-id", "w", "--tag", "nightly")
	events, _ := w.command(0, "runs", "export", "w", "--format", "openlineage")
	cmd := exec.Command(python, "../internal/lineage/testdata/published.py")
	cmd.Stdin = strings.NewReader(events)
	out, err := cmd.CombinedOutput()
	const want = "8 DatasetVersionDatasetFacet ErrorMessageRunFacet JobTypeJobFacet ParentRunFacet SourceCodeLocationJobFacet TagsRunFacet\n"
	if err != nil || string(out) != want {
		t.Errorf("%v: %s\nwant %s", err, out, want)
	}
}
