//go:build !buckets

package store_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// testBuckets names no bucket: see buckets_test.go.
func testBuckets(*testing.T) (string, []buckets.Opener) { return "", nil }
