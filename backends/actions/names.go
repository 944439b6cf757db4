package actions

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// The jobs that are no steps.
const (
	beginJob  = "begin"
	resultJob = "result"
)

// What a job does for a composite besides running it, at the end of the job's path.
const (
	itemsOf  = "/items"  // tells how many items there are
	branchOf = "/branch" // tells which branch runs
	reduceOf = "/reduce"
)

// idsOf gives each job of a pipeline an id, by the static path of its step and what it does for it. GitHub takes letters,
// digits, hyphens and underscores, and knows no upper case: where two ids would be one, or a path holds anything else, a hash
// of the path is part of the id.
func idsOf(p *ir.Pipeline) map[string]string {
	var paths []string
	for v := range ir.Walk(p) {
		paths = append(paths, v.Path)
		switch v.Node.(type) {
		case *ir.Map:
			paths = append(paths, v.Path+itemsOf, v.Path+reduceOf)
		case *ir.Conditional:
			paths = append(paths, v.Path+branchOf)
		case *ir.Task, *ir.Stub, *ir.Parallel, *ir.Loop, *ir.Nested:
		}
	}
	taken := map[string]int{beginJob: 1, resultJob: 1}
	for _, path := range paths {
		taken[strings.ToLower(slug(path))]++
	}
	ids := map[string]string{}
	for _, path := range paths {
		id := slug(path)
		if plain := strings.NewReplacer(".", "-", "/", "-").Replace(path); id != plain || taken[strings.ToLower(id)] > 1 {
			id = fmt.Sprintf("%s-%x", id, sha256.Sum256([]byte(path)))[:len(id)+9]
		}
		ids[path] = id
	}
	return ids
}

// slug is a path as far as an id can hold it.
func slug(path string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, path)
	out = strings.Trim(out[:min(len(out), 80)], "-")
	if out == "" || out[0] >= '0' && out[0] <= '9' {
		out = "_" + out
	}
	return out
}

// word is a path as a word of a command.
func word(path string) string {
	if strings.Contains(path, "*") {
		return "'" + path + "'"
	}
	return path
}

// shown is a text for people, in which GitHub finds no expression.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	return strings.ReplaceAll(text, "${{", "$ {{")
}

// runName begins the ids of runs: the pipeline's name as far as one can hold it.
func (b *builder) runName() string {
	name := slug(b.pipeline.Called())
	return cmp.Or(strings.Trim(name[:min(len(name), 60)], "-_"), "run")
}
