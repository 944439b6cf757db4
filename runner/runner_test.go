package runner_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/runner"
)

// TestHelp: who asks for help gets it, who says nothing gets it as an error.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		var out, said strings.Builder
		if code := runner.Main(runner.Options{}, args, nil, &out, &said); code != runner.ExitOK || !strings.Contains(out.String(), "runnable-step run PATH") || said.Len() > 0 {
			t.Errorf("%v: %d, %q, %q", args, code, &out, &said)
		}
	}
	var out, said strings.Builder
	if code := runner.Main(runner.Options{}, nil, nil, &out, &said); code != runner.ExitUsage || out.Len() > 0 || said.Len() == 0 {
		t.Errorf("nothing: %d, %q, %q", code, &out, &said)
	}
	said.Reset()
	if code := runner.Main(runner.Options{}, []string{"nonsense"}, nil, &out, &said); code != runner.ExitUsage || said.Len() == 0 {
		t.Errorf("nonsense: %d, %q", code, &said)
	}
}
