package local

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeUnmet is the code of resources that a run on this machine has no means for.
const codeUnmet = "RR3001"

// Unmet warns once of resources that a run on this machine does not provide, while a step may need them to work at all: shared memory,
// space for temporary files and devices are what the machine has. Processors, memory and GPUs are too, as everybody knows of a process.
func Unmet(p *ir.Pipeline) diag.List {
	settings := ir.Settings(p)
	var keys []string
	var first ir.Node
	steps := 0
	for v := range ir.Walk(p) {
		task, ok := v.Node.(*ir.Task)
		if !ok {
			continue
		}
		own := unmetKeys(settings[v.Path].Resources)
		if len(own) == 0 {
			continue
		}
		if first == nil {
			first = task
		}
		steps++
		keys = append(keys, own...)
	}
	if steps == 0 {
		return nil
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	have := "have"
	if len(keys) == 1 {
		have = "has"
	}
	of := fmt.Sprintf("%q", first.Base().Name)
	switch {
	case steps == 2:
		of += " and of another step"
	case steps > 2:
		of += fmt.Sprintf(" and of %d other steps", steps-1)
	}
	return diag.List{diag.Warningf(codeUnmet, first.Base().Span, "%s of %s %s no effect in a run on this machine, which gives its steps what it has", listed(keys), of, have)}
}

func unmetKeys(r ir.Resources) []string {
	var keys []string
	if r.Disk != "" {
		keys = append(keys, "resources.disk")
	}
	if len(r.Extended) > 0 {
		keys = append(keys, "resources.extended")
	}
	if r.Shm != "" {
		keys = append(keys, "resources.shm")
	}
	return keys
}

// listed joins words as a sentence does.
func listed(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
