//go:build buckets

package store_test

import (
	"os"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/store/azurestore"
	"github.com/runnable-render/runnable-render/internal/store/gcsstore"
	"github.com/runnable-render/runnable-render/internal/store/s3store"
)

// buckets are the openers of all drivers, and the URL of a real bucket to test in: with the build tag buckets and
// STORE_TEST_URL the tests of the store run there too, each below a prefix of its own.
func buckets(t *testing.T) (where string, openers []store.Opener) {
	where = os.Getenv("STORE_TEST_URL")
	if where == "" {
		t.Fatal("STORE_TEST_URL names no bucket")
	}
	base, query, _ := strings.Cut(where, "?")
	return base + "/" + t.Name() + "?" + query, []store.Opener{s3store.Opener(), gcsstore.Opener(), azurestore.Opener()}
}
