package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/store"
)

// How far a run is looked for.
const (
	deepestStore = 6
	mostFolders  = 5000
)

// errFar ends a search that would take long.
var errFar = errors.New("too many folders")

// storeOf is the default store for a command about a run: that of the current folder, or, where it does not hold the run,
// the one below it that does. A definition in a subfolder keeps its runs there, also where it is started from here.
func storeOf(ctx context.Context, run string) (string, error) {
	here := storeFolder("pipeline.yaml")
	if run == "" || holds(here, run) {
		return here, nil
	}
	below := storesBelow()
	found := slices.DeleteFunc(slices.Clone(below), func(folder string) bool { return !holds(folder, run) })
	if len(found) == 0 && !knows(ctx, here, run) {
		found = slices.DeleteFunc(below, func(folder string) bool { return !knows(ctx, folder, run) })
	}
	switch len(found) {
	case 0:
		return here, nil
	case 1:
		return found[0], nil
	default:
		return "", fail(ExitInvalid, "run %s is in several stores; name one: --store %s", run, strings.Join(found, ", --store "))
	}
}

// storesBelow are the stores below the current folder.
func storesBelow() []string {
	var found []string
	folders := 0
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil || !d.IsDir() || path == ".":
			return nil
		case name == ".runnable":
			found = append(found, path)
			return fs.SkipDir
		case strings.HasPrefix(name, "."), name == "node_modules", name == "__pycache__", strings.Count(path, string(filepath.Separator)) >= deepestStore:
			return fs.SkipDir
		}
		if folders++; folders > mostFolders {
			return errFar
		}
		return nil
	})
	return found
}

// holds reports whether a folder is a store that holds a run.
func holds(folder, run string) bool {
	if store.CheckRunID(run) != nil {
		return false
	}
	_, err := os.Stat(filepath.Join(folder, "runs", run, "run.json"))
	return err == nil
}

// found tells of a store that the command line does not name.
func (a *command) found(run, folder string) {
	if folder != storeFolder("pipeline.yaml") {
		fmt.Fprintf(a.stderr, "run %s is in %s\n", run, filepath.ToSlash(folder))
	}
}
