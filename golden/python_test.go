package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPythonTwins reads every pipeline.py that stands beside a pipeline.yaml: both say the same, so both have the one
// ir.txt.
func TestPythonTwins(t *testing.T) {
	t.Parallel()
	twins, err := filepath.Glob("*/pipeline.py")
	if err != nil {
		t.Fatal(err)
	}
	if len(twins) < 75 {
		t.Errorf("%d twins, want at least 75", len(twins))
	}
	for _, file := range twins {
		c := filepath.Dir(file)
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join(c, "ir.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), dumpOf(t, file, c)); diff != "" {
				t.Errorf("the Python form differs from ir.txt (-ir.txt +pipeline.py):\n%s", diff)
			}
		})
	}
}
