package runnerenv_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
)

func TestSets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"RUNNABLE_STORE": true, "RUNNABLE_RUN_ID": true, "RUNNABLE_PARAM_0": true, "RUNNABLE_PARAM_NAMES": true,
		"RUNNABLE_PYTHON": false, "RUNNABLE_GIT_COMMIT": false, "RUNNABLE_PARAM_": false, "RUNNABLE_PARAM_x1": false, "RUNNABLE_PRM_x": false, "PATH": false, "": false,
	} {
		if got := runnerenv.Sets(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
