//go:build buckets

package store_test

import (
	"os"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/plugin/buckets"
	"github.com/runnable-render/runnable-render/plugin/buckets/azurestore"
	"github.com/runnable-render/runnable-render/plugin/buckets/gcsstore"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

// testBuckets are the openers of all drivers, and the URL of a real bucket to test in: with the build tag buckets and
// STORE_TEST_URL the tests of the store run there too, each below a prefix of its own.
func testBuckets(t *testing.T) (where string, openers []buckets.Opener) {
	where = os.Getenv("STORE_TEST_URL")
	if where == "" {
		t.Fatal("STORE_TEST_URL names no bucket")
	}
	base, query, _ := strings.Cut(where, "?")
	return base + "/" + t.Name() + "?" + query, []buckets.Opener{s3store.Opener(), gcsstore.Opener(), azurestore.Opener()}
}
