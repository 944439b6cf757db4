package step

import (
	"slices"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// exports keeps the "name=value" texts of parameters. They are made once for each part of a scope, since the next
// step's scope has nearly the same parts; putting a step's environment together is then copying.
type exports struct {
	mu         sync.Mutex
	young, old map[engine.Part]*variables // by the last of the parts; old ones that are not used again go
}

// Sizes of what is kept.
const (
	keptPart  = 32  // entries from which on a part is worth keeping
	keptText  = 512 // bytes of their texts from which on it is
	keptParts = 48  // parts that are kept as young ones
)

// variables are those of the parameters of some parts, sorted by name.
type variables struct {
	parts []engine.Part
	names []string
	texts []string // "name=value"; empty: not exported, but it hides an older one of its name
}

func (x *exports) find(parts []engine.Part) *variables {
	x.mu.Lock()
	defer x.mu.Unlock()
	last := parts[len(parts)-1]
	v := x.young[last]
	if v == nil {
		v = x.old[last]
	}
	if v == nil || !slices.Equal(v.parts, parts) {
		return nil
	}
	x.add(last, v)
	return v
}

func (x *exports) keep(v *variables) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.add(v.parts[len(v.parts)-1], v)
}

func (x *exports) add(last engine.Part, v *variables) {
	if len(x.young) >= keptParts {
		x.old, x.young = x.young, nil
	}
	if x.young == nil {
		x.young = map[engine.Part]*variables{}
	}
	x.young[last] = v
}

// variables returns the exported form of all parameters of the scope.
func (a *attempt) variables() (*variables, *failure) {
	parts := a.view.scope.Parts()
	cache := &a.rt.exports
	v, n := &variables{}, len(parts)
	for ; n > 0; n-- {
		if found := cache.find(parts[:n]); found != nil {
			v = found
			break
		}
	}
	for ; n < len(parts); n++ {
		fresh, f := a.rendered(parts[n])
		if f != nil {
			return nil, f
		}
		v = v.over(fresh)
		v.parts = parts[:n+1]
		if fresh.worthKeeping() {
			cache.keep(v)
		}
	}
	return v, nil
}

// rendered makes the variables of one part.
func (a *attempt) rendered(p engine.Part) (*variables, *failure) {
	v := &variables{}
	for e := range p.Entries() {
		name, ok := e.Key.Param()
		if !ok {
			continue
		}
		text, f := a.exported(name, e.Value)
		if f != nil {
			return nil, f
		}
		v.names, v.texts = append(v.names, name), append(v.texts, text)
	}
	return v, nil
}

// exported is a parameter as "name=value", empty when it is not exported.
func (a *attempt) exported(name string, value engine.Value) (string, *failure) {
	if !exportable(name) || value.IsObject() || value.Items != nil || tooLong(value) {
		return "", nil
	}
	text, err := a.text(value)
	if err != nil {
		return "", fail(engine.KindData, "parameter %q: %v", name, err)
	}
	plain, ok := variableText(text)
	if !ok {
		return "", nil
	}
	return name + "=" + plain, nil
}

func (v *variables) worthKeeping() bool {
	size := 0
	for _, t := range v.texts {
		size += len(t)
	}
	return len(v.names) >= keptPart || size >= keptText
}

// over returns the variables with newer ones over them.
func (v *variables) over(newer *variables) *variables {
	size := len(v.names) + len(newer.names)
	out := &variables{names: make([]string, 0, size), texts: make([]string, 0, size)}
	at := 0
	for i, name := range newer.names {
		n, same := slices.BinarySearch(v.names[at:], name)
		out.names = append(append(out.names, v.names[at:at+n]...), name)
		out.texts = append(append(out.texts, v.texts[at:at+n]...), newer.texts[i])
		at += n
		if same {
			at++
		}
	}
	out.names = append(out.names, v.names[at:]...)
	out.texts = append(out.texts, v.texts[at:]...)
	return out
}

// holds says whether a variable of that name is exported.
func (v *variables) holds(name string) bool {
	i, ok := slices.BinarySearch(v.names, name)
	return ok && v.texts[i] != ""
}

// hides says whether a parameter has the name of a variable, which then is the parameter or nothing.
func (v *variables) hides(name string) bool {
	_, ok := slices.BinarySearch(v.names, name)
	return ok && exportable(name)
}

// without returns the texts of all variables but those named, by name.
func (v *variables) without(names []string) []string {
	var skip []int
	for _, n := range names {
		if i, ok := slices.BinarySearch(v.names, n); ok {
			skip = append(skip, i)
		}
	}
	slices.Sort(skip)
	out := make([]string, 0, len(v.texts)+64) // room for the rest of the environment
	for i, t := range v.texts {
		if len(skip) > 0 && skip[0] == i {
			skip = skip[1:]
			continue
		}
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
