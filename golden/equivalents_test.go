package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEquivalents reads the folder runnable: the equivalents of Runnable's own test cases, pipelines, jobs and retries,
// in Python and, where there is one, in YAML. Both forms have the one graph beside them. e2e/runnable runs them, here
// and by Runnable itself.
func TestEquivalents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("runnable/*.py")
	if err != nil {
		t.Fatal(err)
	}
	cases, twins := 0, 0
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".py")
		if filepath.Base(stem) == "functions" {
			continue
		}
		cases++
		forms := []string{file}
		if _, err := os.Stat(stem + ".yaml"); err == nil {
			forms = append(forms, stem+".yaml")
			twins++
		}
		t.Run(filepath.Base(stem), func(t *testing.T) {
			t.Parallel()
			for _, form := range forms {
				got := dumpOf(t, form, "equivalent")
				if *update && form == file {
					if err := os.WriteFile(stem+".txt", []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(stem + ".txt")
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-%s.txt +read):\n%s", form, stem, diff)
				}
			}
		})
	}
	// 28 pipelines, two more that Runnable has in YAML alone, 2 async ones and one that fails, 6 jobs, and of 7 retries
	// 6: two differ by a variable.
	if cases != 45 || twins != 23 {
		t.Errorf("%d cases, %d of them in YAML too, want 45 and 23", cases, twins)
	}
}
