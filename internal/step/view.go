package step

import (
	"maps"
	"slices"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// view is what an attempt sees: the parameters of a scope, and over them the items and indexes of the composites
// around the step. Nothing here goes through all parameters but all: a step late in a long chain sees thousands.
type view struct {
	scope *engine.Scope
	vars  map[string]engine.Value
}

func viewOf(job Job) view {
	s := view{scope: job.Before}
	if job.Params != nil {
		s.scope = engine.InitialScope(job.Params)
	}
	if len(job.Vars) > 0 {
		s.vars = make(map[string]engine.Value, len(job.Vars))
	}
	for _, v := range job.Vars { // the innermost is the last
		s.vars[v.Name] = v.Value
		if e := s.scope.Get(engine.ParamKey(v.Name)); e != nil { // a step of the iteration may have returned the name
			s.vars[v.Name] = e.Value
		}
	}
	return s
}

// param returns one parameter by its key in the scope.
func (s *view) param(key engine.Key) (engine.Value, bool) {
	name, _ := key.Param()
	if v, ok := s.vars[name]; ok {
		return v, true
	}
	if e := s.scope.Get(key); e != nil {
		return e.Value, true
	}
	return engine.Value{}, false
}

// atMost says that there are no more than n parameters and files. It may say no where many hide each other.
func (s *view) atMost(n int) bool {
	size := len(s.vars)
	for _, p := range s.scope.Parts() {
		size += p.Len()
	}
	return size <= n
}

// all returns every parameter, by name.
func (s *view) all() []engine.Named {
	rest := maps.Clone(s.vars)
	out := []engine.Named{}
	for name, v := range s.scope.Params() {
		if inner, ok := rest[name]; ok {
			v = inner
			delete(rest, name)
		}
		out = append(out, engine.Named{Name: name, Value: v})
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		out = append(out, engine.Named{Name: name, Value: rest[name]})
	}
	return out
}

// some returns the parameters with those names that are visible, by name.
func (s *view) some(names map[string]bool) []engine.Named {
	var out []engine.Named
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if v, ok := s.param(engine.ParamKey(n)); ok {
			out = append(out, engine.Named{Name: n, Value: v})
		}
	}
	return out
}
