package ir

import (
	"cmp"
	"maps"
	"slices"
)

// Effective is what holds for a node once the settings of the composites around it are taken into account, field
// by field, the inner over the outer (SEMANTICS 1).
type Effective struct {
	Env       []EnvVar // in the order first named, the outermost composite first
	Image     string
	Python    string
	Packages  []Ref // one for each package, in the order first named
	Resources Resources
	Overrides []Override       // one for each executor, in the order first named
	Targets   []TargetSettings // of the outermost composite first; what comes later counts before what comes earlier
}

// Settings returns the effective settings of every node by its static path. Those of a composite are the defaults
// that its leaves start from.
func Settings(p *Pipeline) map[string]Effective {
	all := map[string]Effective{}
	type level struct {
		path     string
		graph    *Graph
		defaults Effective
	}
	for stack := []level{{"", p.Graph, Effective{}}}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, n := range at.graph.Nodes {
			path := Join(at.path, n.Base().Name)
			all[path] = at.defaults.with(n.Base())
			for _, b := range Subgraphs(n) {
				stack = append(stack, level{Join(path, b.Name), b.Graph, all[path]})
			}
		}
	}
	return all
}

// with lays the settings of one node over e.
func (e Effective) with(b *Common) Effective {
	return Effective{
		Env:       Overlay(e.Env, b.Env, func(v EnvVar) string { return v.Name }),
		Image:     cmp.Or(b.Image, e.Image),
		Python:    cmp.Or(b.Python, e.Python),
		Packages:  Overlay(e.Packages, b.Packages, packageOf),
		Resources: e.Resources.With(b.Resources),
		Overrides: Overlay(e.Overrides, b.Overrides, func(o Override) string { return o.Executor }),
		Targets:   slices.Concat(e.Targets, b.Targets),
	}
}

// TargetSettings returns what is said for one target, the outermost composite first.
func (e Effective) TargetSettings(name string) []TargetSettings {
	var out []TargetSettings
	for _, t := range e.Targets {
		if t.Target == name {
			out = append(out, t)
		}
	}
	return out
}

// Overlay returns outer with the elements of inner in place of those with the same key, or behind.
func Overlay[T any](outer, inner []T, key func(T) string) []T {
	if len(inner) == 0 {
		return outer
	}
	out := slices.Clone(outer)
	for _, v := range inner {
		if i := slices.IndexFunc(out, func(have T) bool { return key(have) == key(v) }); i >= 0 {
			out[i] = v
		} else {
			out = append(out, v)
		}
	}
	return out
}

// Repeated returns the first key that two elements of a list have, the second of which would hide the first; empty: there is none.
func Repeated[T any](list []T, key func(T) string) string {
	for i, v := range list {
		if slices.ContainsFunc(list[:i], func(w T) bool { return key(w) == key(v) }) {
			return key(v)
		}
	}
	return ""
}

// OverlayMap returns outer with the entries of inner in place of those with the same key, or beside them.
func OverlayMap[M ~map[string]V, V any](outer, inner M) M {
	if len(inner) == 0 {
		return outer
	}
	out := M{}
	maps.Copy(out, outer)
	maps.Copy(out, inner)
	return out
}
