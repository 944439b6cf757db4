// Command build is a runnable-render with a store and a source of secrets of its own, as users write one who had such
// plugins of Runnable's (docs/plugins.md).
package main

import (
	"context"
	"net/url"
	"os"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/plugin/buckets"
)

func main() {
	os.Exit(app.Main(app.Options{
		Name:    "build",
		Stores:  []buckets.Opener{{Scheme: "shelf", Open: shelf}},
		Secrets: vault{"TOKEN": "0123456789"},
	}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// shelf is a store in the folder that the URL names.
func shelf(_ context.Context, u *url.URL) (*blob.Bucket, error) {
	return fileblob.OpenBucket(u.Host, &fileblob.Options{CreateDir: true, NoTempDir: true})
}

type vault map[string]string

// Secret implements [plugin.Secrets].
func (v vault) Secret(name string) (string, bool, error) {
	value, ok := v[name]
	return value, ok, nil
}

// Source implements [plugin.Secrets].
func (vault) Source() string { return "vault" }
