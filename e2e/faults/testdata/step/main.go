// Command step is the runner without drivers of buckets, to be built with a clock that can be set back.
package main

import (
	"os"

	"github.com/runnable-render/runnable-render/runner"
)

func main() { os.Exit(runner.Main(runner.Options{}, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }
