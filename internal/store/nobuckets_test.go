//go:build !buckets

package store_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
)

// buckets names no bucket: see buckets_test.go.
func buckets(*testing.T) (string, []store.Opener) { return "", nil }
