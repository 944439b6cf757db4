// Package matrix divides tests that go through many cases: `go test ./...` runs a case of each kind, and with MATRIX=1,
// which .ci/run sets, all of them.
package matrix

import "os"

// All reports whether every case is to run.
func All() bool { return os.Getenv("MATRIX") == "1" }

// Of is how many cases of a kind are to run, of as many random ones as one likes.
func Of(some, all int) int {
	if All() {
		return all
	}
	return some
}
