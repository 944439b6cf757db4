package step

import (
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Got are the files that a leaf gets from the catalog, by what is visible to it; a failure says why it does not run. Nothing
// is brought anywhere.
func Got(n ir.Node, at string, before *engine.Scope) ([]engine.File, *engine.Failure) {
	want, f := (&catalog{spec: ir.CatalogOf(n)}).wanted(before)
	if f != nil {
		return nil, f.at(at)
	}
	files := make([]engine.File, len(want))
	for i, w := range want {
		files[i] = w.brought()
	}
	return files, nil
}

// Puts says which files of a working folder that holds these alone a leaf that succeeded puts, and which folders it puts as
// such; a failure says that it puts what is not there. Of a leaf that failed it tells what is there.
func Puts(n ir.Node, at string, names []string, succeeded bool) (files, folders []string, f *engine.Failure) {
	spec := ir.CatalogOf(n)
	if spec == nil {
		return nil, nil, nil
	}
	names = slices.DeleteFunc(slices.Sorted(slices.Values(names)), engine.GitOwns)
	for _, ref := range spec.Put {
		clean, err := cleanPattern(ref.Name)
		var found []string
		for _, name := range names {
			if err == nil && matches(clean, name) {
				found = append(found, name)
			}
		}
		switch {
		case err != nil && succeeded:
			return nil, nil, fail(engine.KindData, "catalog put %q: %v", ref.Name, err).at(at)
		case len(found) == 0 && succeeded:
			return nil, nil, fail(engine.KindData, "catalog put %q: no file matches", ref.Name).at(at)
		case len(found) > 0 && !strings.ContainsAny(clean, `*?[{\`) && !slices.Contains(found, clean):
			folders = append(folders, clean)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), folders, nil
}
