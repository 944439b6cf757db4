package ir

import (
	"fmt"
	"slices"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Place is where a part of a node was written.
type Place struct {
	Key  string // of the part: "next", "returns.0", "catalog.get.1"; "name" is the node's own
	Span *diag.Span
}

// Places returns the places that the parts of a node can have, for those who read, write or change them. Those of graphs
// inside it are not among them.
func Places(n Node) []Place {
	out := []Place{{"name", &n.Base().Span}}
	for _, k := range KindOf(n).Keys {
		if k.Field != nil {
			out = append(out, placesIn(k.Name, k.Field(n))...)
		}
	}
	return out
}

// placesIn returns those in the value of one key.
func placesIn(key string, field any) []Place {
	switch v := field.(type) {
	case *Ref:
		return []Place{{key, &v.Span}}
	case SpannedText:
		return []Place{{key, v.Span}}
	case *[]Ref:
		return elements(key, *v, func(r *Ref) *diag.Span { return &r.Span })
	case *[]Override:
		return elements(key, *v, func(o *Override) *diag.Span { return &o.Span })
	case *[]TargetSettings:
		out := elements(key, *v, func(t *TargetSettings) *diag.Span { return &t.Span })
		for i := range *v {
			t := &(*v)[i]
			t.layOut()
			for j := range t.Places {
				out = append(out, Place{fmt.Sprintf("%s.%d%s", key, i, t.Places[j].Pointer), &t.Places[j].Span})
			}
		}
		return out
	case *[]Input:
		return elements(key, *v, func(in *Input) *diag.Span { return &in.Span })
	case *[]Return:
		return elements(key, *v, func(r *Return) *diag.Span { return &r.Span })
	case **Catalog:
		if c := *v; c != nil {
			return slices.Concat([]Place{{key, &c.Span}}, placesIn(key+".get", &c.Get), placesIn(key+".put", &c.Put))
		}
	}
	return nil
}

func elements[T any](key string, list []T, span func(*T) *diag.Span) []Place {
	out := make([]Place, len(list))
	for i := range list {
		out[i] = Place{fmt.Sprintf("%s.%d", key, i), span(&list[i])}
	}
	return out
}
