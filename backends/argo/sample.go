package argo

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

// Argo's validator looks at each task of a DAG in the scope of all others, so that its work grows with the square of
// their number. Tasks that run pods by one template and differ in their names, in values without tags and in whose
// success they wait for look the same to it: it gets one of each kind. What it would find out of the others'
// `depends` alone, a name that is not there and a cycle, checkDepends does.

// sampled returns the DAG with one task of each kind. pods are the templates that are no DAGs.
func sampled(d *wfv1.DAGTemplate, pods map[string]bool) *wfv1.DAGTemplate {
	first := map[string]string{} // kind to the name of the task that stands for it
	standsFor := map[string]string{}
	read := referred(d.Tasks)
	out := *d
	out.Tasks = nil
	for _, t := range d.Tasks {
		kind, plain := looks(t, pods)
		if !plain || read[t.Name] {
			out.Tasks = append(out.Tasks, t)
			continue
		}
		if _, known := first[kind]; !known {
			first[kind] = t.Name
			kept := t
			kept.Depends = "" // so that no cycle comes of what it stands for
			out.Tasks = append(out.Tasks, kept)
		}
		standsFor[t.Name] = first[kind]
	}
	for i := range out.Tasks {
		out.Tasks[i].Depends = dependsName.ReplaceAllStringFunc(out.Tasks[i].Depends, func(name string) string {
			if to, ok := standsFor[name]; ok {
				return to
			}
			return name
		})
	}
	return &out
}

// dependsName is the name of a task in a `depends`; what follows a dot is a status.
var dependsName = regexp.MustCompile(`\b[a-z][-a-z0-9]*`)

// looks is what the validator can tell of a task that nothing else refers to by its values; false: it is of no kind.
func looks(t wfv1.DAGTask, pods map[string]bool) (string, bool) {
	alone := wfv1.DAGTask{Name: t.Name, Template: t.Template, Depends: t.Depends, Arguments: t.Arguments}
	if !pods[t.Template] || len(t.Arguments.Artifacts) > 0 || !reflect.DeepEqual(alone, t) {
		return "", false
	}
	kind := t.Template
	for _, p := range t.Arguments.Parameters {
		if p.Value == nil || strings.Contains(p.Value.String(), "{{") {
			return "", false
		}
		kind += "\x00" + p.Name
	}
	for part := range strings.SplitSeq(t.Depends, " && ") {
		if name, ok := strings.CutSuffix(part, ".Succeeded"); t.Depends != "" && (!ok || !taskName.MatchString(name)) {
			return "", false
		}
	}
	return kind, true
}

// referred are the tasks whose values others read.
func referred(tasks []wfv1.DAGTask) map[string]bool {
	names := map[string]bool{}
	for _, t := range tasks {
		texts := []string{t.When, t.WithParam}
		for _, p := range t.Arguments.Parameters {
			if p.Value != nil {
				texts = append(texts, p.Value.String())
			}
		}
		for _, text := range texts {
			for _, ref := range taskRef.FindAllStringSubmatch(text, -1) {
				names[ref[1]] = true
			}
		}
	}
	return names
}

// checkDepends refuses a `depends` on a task that is not there, and a cycle.
func checkDepends(tasks []wfv1.DAGTask) error {
	index := make(map[string]int, len(tasks))
	for i, t := range tasks {
		index[t.Name] = i
	}
	after, waits := make([][]int, len(tasks)), make([]int, len(tasks))
	for i, t := range tasks {
		names := dependsName.FindAllString(t.Depends, -1)
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			j, there := index[name]
			if !there {
				return fmt.Errorf("task %s depends on %q, which does not exist", t.Name, name)
			}
			after[j] = append(after[j], i)
			waits[i]++
		}
	}
	var free []int
	for i, n := range waits {
		if n == 0 {
			free = append(free, i)
		}
	}
	done := 0
	for ; len(free) > 0; done++ {
		i := free[len(free)-1]
		free = free[:len(free)-1]
		for _, j := range after[i] {
			if waits[j]--; waits[j] == 0 {
				free = append(free, j)
			}
		}
	}
	if done < len(tasks) {
		return fmt.Errorf("%d of its tasks wait for one another in a cycle", len(tasks)-done)
	}
	return nil
}
