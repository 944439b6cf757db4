// Command runnable-step is the runner in a container: one static binary that executes one step of a run.
package main

import (
	"os"

	_ "golang.org/x/crypto/x509roots/fallback" // for images without certificates, such as the runner's own

	_ "github.com/runnable-render/runnable-render/internal/firstgc"
	"github.com/runnable-render/runnable-render/plugin/buckets"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
	"github.com/runnable-render/runnable-render/runner"
)

func main() {
	o := runner.Options{Openers: []buckets.Opener{s3store.Opener()}}
	os.Exit(runner.Main(o, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
