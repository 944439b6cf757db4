//go:build !steps

package main

import (
	"os"

	"github.com/runnable-render/runnable-render/app"
)

// The whole command line, for this pipeline: go run . run, go run . --target argo.
func main() {
	os.Exit(app.Main(app.Options{Name: "go-etl", Pipeline: etl()}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
