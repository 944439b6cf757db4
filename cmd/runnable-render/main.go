// Command runnable-render renders a pipeline definition for Argo Workflows, docker-compose, Slurm and other targets, or
// runs it on this machine.
package main

import (
	"os"

	"github.com/runnable-render/runnable-render/app"
	_ "github.com/runnable-render/runnable-render/internal/firstgc"
)

func main() {
	os.Exit(app.Main(app.Options{}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
