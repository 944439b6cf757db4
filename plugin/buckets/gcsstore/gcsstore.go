// Package gcsstore opens stores in Google Cloud Storage.
//
// It is a package of its own because its driver is twice as large as all the rest of the runner (23 MB).
package gcsstore

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"

	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// Opener opens gs://BUCKET/PREFIX. Credentials are Google's application default credentials; STORAGE_EMULATOR_HOST
// and ?anonymous=true do without.
func Opener() buckets.Opener { return buckets.Opener{Scheme: gcsblob.Scheme, Open: open} }

// open does what the default opener of gcsblob does, which prints warnings to standard output.
func open(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	if os.Getenv("STORAGE_EMULATOR_HOST") != "" || u.Query().Get("anonymous") == "true" {
		o := gcsblob.URLOpener{Client: gcp.NewAnonymousHTTPClient(gcp.DefaultTransport())}
		return o.OpenBucketURL(ctx, u)
	}
	creds, err := gcp.DefaultCredentials(ctx)
	if err != nil {
		return nil, fmt.Errorf("no Google credentials: %w", err)
	}
	client, err := gcp.NewHTTPClient(gcp.DefaultTransport(), gcp.CredentialsTokenSource(creds))
	if err != nil {
		return nil, err
	}
	o := gcsblob.URLOpener{Client: client, TokenSource: gcp.CredentialsTokenSource(creds)}
	return o.OpenBucketURL(ctx, u)
}
