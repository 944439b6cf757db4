//go:build steps

package main

import "github.com/runnable-render/runnable-render/pipeline"

// The steps alone, for the image: a few megabytes instead of the whole command line.
func main() { pipeline.Main(etl()) }
