package mutants

import "testing"

// TestSources: the sources hold the places where the suites on real targets plant defects.
func TestSources(t *testing.T) {
	t.Parallel()
	for _, m := range All() {
		if _, err := m.source("../.."); err != nil {
			t.Error(err)
		}
	}
}
