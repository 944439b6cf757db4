// Command systems checks that packages compile for systems other than this one: systems windows/amd64,darwin/arm64 ./...
// It reads all packages from source and makes no code, which takes a tenth of a build's time.
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: systems GOOS/GOARCH,… PACKAGE…")
		os.Exit(2)
	}
	bad := false
	for system := range strings.SplitSeq(os.Args[1], ",") {
		problems, count, err := check(system, os.Args[2:]...)
		if err != nil {
			fmt.Fprintf(os.Stderr, "systems: %s: %v\n", system, err)
			os.Exit(1)
		}
		for _, p := range problems {
			fmt.Printf("%s: %s\n", system, p)
		}
		fmt.Printf("systems: %s: %d packages, %d errors\n", system, count, len(problems))
		bad = bad || len(problems) > 0
	}
	if bad {
		os.Exit(1)
	}
}

// check says what is wrong with the packages, each as file:line:column: message, and how many packages there are. Of
// what they import it reads declarations alone.
func check(system string, patterns ...string) (problems []string, count int, err error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return nil, 0, fmt.Errorf("want GOOS/GOARCH")
	}
	all, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
			packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesSizes,
		Env: append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0"),
	}, patterns...)
	if err != nil {
		return nil, 0, err
	}
	packages.Visit(all, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			problems = append(problems, e.Error())
		}
	})
	return problems, len(all), nil
}
