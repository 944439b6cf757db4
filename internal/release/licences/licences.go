// Command licences lists the licence of each module in the released programs, and fails if an Apache-2.0 program may
// not include one of them. With -notices it prints their full texts, which must be distributed with the programs.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// systems are those that programs are released for: each may need modules of its own.
var systems = []string{"linux", "darwin", "windows"}

// module is what the go command says of one.
type module struct {
	Path, Version, Dir string
	Main               bool
}

func main() {
	notices := flag.Bool("notices", false, "print the texts of all licences")
	lock := flag.String("npm", "", "npm's lock file of the page's dependencies")
	flag.Parse()
	modules, err := modulesOf(flag.Args())
	if err == nil {
		err = report(os.Stdout, modules, *notices)
	}
	if err == nil && *lock != "" {
		err = reportNPM(os.Stdout, *lock)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// modulesOf are the modules that packages are built of on any system, sorted by path.
func modulesOf(packages []string) ([]module, error) {
	found := map[string]module{}
	for _, system := range systems {
		cmd := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, packages...)...)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Module != nil && !p.Module.Main { // the standard library has none
				found[p.Module.Path] = *p.Module
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no module was found, which cannot be")
	}
	out := make([]module, 0, len(found))
	for _, path := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[path])
	}
	return out, nil
}

// report prints a line for each module, or the texts, and fails where a licence is unknown or not allowed.
func report(w io.Writer, modules []module, notices bool) error {
	var bad []string
	counts := map[string]int{}
	for _, m := range modules {
		text, err := licenceText(m.Dir)
		names := identify(text)
		if name := inReadme[m.Path]; name != "" && err != nil {
			text, names, err = name+", as its README says", []string{name}, nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !allowed[n] }) {
			bad = append(bad, fmt.Sprintf("%s %s (%s)", m.Path, m.Version, strings.Join(names, ", ")))
		}
		for _, n := range names {
			counts[n]++
		}
		if notices {
			fmt.Fprintf(w, "%s\n%s %s\n\n%s\n", strings.Repeat("=", 80), m.Path, m.Version, strings.TrimSpace(text))
			continue
		}
		fmt.Fprintf(w, "%-14s %s %s\n", strings.Join(names, "+"), m.Path, m.Version)
	}
	if len(bad) > 0 {
		return fmt.Errorf("not allowed, or not known: %s", strings.Join(bad, "; "))
	}
	if !notices {
		for _, n := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(w, "%s: %d  ", n, counts[n])
		}
		fmt.Fprintf(w, "\nlicences: %d passed, 0 failed\n", len(modules))
	}
	return nil
}

// inReadme are the modules that name their licence in the README alone.
var inReadme = map[string]string{"github.com/mattn/go-localereader": "MIT"}

// licenceText is what the files of a module's top folder say that are named as a licence.
func licenceText(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !(strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "NOTICE")) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		text.Write(data)
		text.WriteByte('\n')
	}
	if text.Len() == 0 {
		return "", errors.New("it has no file named as a licence")
	}
	return text.String(), nil
}

// reportNPM prints a line for each package that a lock file of npm says is built in, and fails where one's licence is not
// allowed. What only builds or tests is left out.
func reportNPM(w io.Writer, lock string) error {
	data, err := os.ReadFile(lock)
	if err != nil {
		return err
	}
	var file struct {
		Packages map[string]struct {
			Version, License string
			Dev              bool
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return fmt.Errorf("%s: %w", lock, err)
	}
	for _, name := range slices.Sorted(maps.Keys(file.Packages)) {
		p := file.Packages[name]
		if name == "" || p.Dev {
			continue
		}
		if !allowed[p.License] {
			return fmt.Errorf("%s: %s %s (%s) is not allowed", lock, name, p.Version, p.License)
		}
		fmt.Fprintf(w, "%-14s %s %s\n", p.License, name, p.Version)
	}
	return nil
}
