// Command runnable-step-full is runnable-step with every bucket driver: Google's and Azure's double its size, so
// the runner image holds both programs and `runnable-step install` takes this one for gs:// and azblob:// stores.
package main

import (
	"os"

	_ "golang.org/x/crypto/x509roots/fallback" // for images without certificates, such as the runner's own

	_ "github.com/runnable-render/runnable-render/internal/firstgc"
	"github.com/runnable-render/runnable-render/plugin/buckets"
	"github.com/runnable-render/runnable-render/plugin/buckets/azurestore"
	"github.com/runnable-render/runnable-render/plugin/buckets/gcsstore"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
	"github.com/runnable-render/runnable-render/runner"
)

func main() {
	o := runner.Options{Openers: []buckets.Opener{s3store.Opener(), gcsstore.Opener(), azurestore.Opener()}}
	os.Exit(runner.Main(o, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
