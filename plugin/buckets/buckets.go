// Package buckets is the contract of drivers for stores: a custom build of the command line or of the runner lists
// those that it supports in addition to folders. The packages below this one are drivers, each as large as all the rest
// of the runner.
package buckets

import (
	"context"
	"net/url"

	"gocloud.dev/blob"
)

// Opener opens the buckets of one URL scheme.
type Opener struct {
	Scheme string
	// Open opens the bucket. The URL has no path: keys get their prefix from the store.
	Open func(ctx context.Context, u *url.URL) (*blob.Bucket, error)
}
