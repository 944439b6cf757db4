package yamlout

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	goyaml2 "go.yaml.in/yaml/v2"
	yaml3 "gopkg.in/yaml.v3"
	k8syaml "sigs.k8s.io/yaml"
)

// FuzzDocument writes documents of any shape and text, with comments everywhere, and holds what three readers make of
// them against what was meant: yaml.v3 (compose), sigs.k8s.io/yaml (Argo) and yaml.v2.
func FuzzDocument(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "a", "b\nc\n")
	f.Add([]byte("0"), "<<", "0")                          // a mapping of nothing
	f.Add([]byte{1, 0, 0, 2, 1, 2, 2, 0, 0}, "0", "0\n\n") // an empty line between two keys, behind a text that ends in one
	for i, s := range hostile {
		f.Add([]byte{byte(i), 3, 4, 1, 5, 9, 2, 6}, s, hostile[len(hostile)-1-i])
	}
	f.Fuzz(func(t *testing.T, shape []byte, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || len(shape) > 64 {
			return
		}
		g := &grower{shape: shape, texts: []string{a, b, a + b, "x"}}
		doc, want := g.mapping(0)
		for _, o := range []Options{{}, {IndentLists: true}} {
			text := append(Comment(a), Marshal(doc, o)...)
			for name, read := range map[string]func([]byte, any) error{
				"yaml.v3": yaml3.Unmarshal, "yaml.v2": goyaml2.Unmarshal,
				"sigs": func(b []byte, v any) error { return k8syaml.UnmarshalStrict(b, v) },
			} {
				var got any
				if err := read(text, &got); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, text)
				}
				if diff := cmp.Diff(want, stringKeys(got)); diff != "" {
					t.Fatalf("%s (-want +got):\n%s\n%s", name, diff, text)
				}
			}
		}
	})
}

// grower makes a document, and beside it what a reader should see, by the bytes of its shape.
type grower struct {
	shape []byte
	texts []string
}

func (g *grower) next() int {
	if len(g.shape) == 0 {
		return 0
	}
	n := int(g.shape[0])
	g.shape = g.shape[1:]
	return n
}

func (g *grower) text() string { return g.texts[g.next()%len(g.texts)] }

func (g *grower) value(depth int) (written, want any) {
	n := g.next()
	if depth > 4 {
		n %= 4
	}
	switch n % 8 {
	case 0, 1:
		s := g.text()
		return s, s
	case 2:
		s := g.text()
		return Block(s), s
	case 3:
		return n%16 == 3, n%16 == 3
	case 4:
		return g.list(depth + 1)
	case 5:
		v, want := g.flow(depth + 1)
		return Flow{v}, want
	default:
		return g.mapping(depth + 1)
	}
}

func (g *grower) mapping(depth int) (*Map, map[string]any) {
	m, want := NewMap(), map[string]any{}
	for range 1 + g.next()%3 {
		key := g.text()
		if _, there := want[key]; there || key == mergeKey {
			continue
		}
		n := g.next()
		if n&1 != 0 {
			m.Note(g.text())
		}
		if n&2 != 0 {
			m.Gap()
		}
		v, w := g.value(depth)
		m.Add(key, v)
		want[key] = w
		if n&4 != 0 {
			m.Tail(g.text())
		}
	}
	return m, want
}

func (g *grower) list(depth int) (*List, []any) {
	l, want := NewList(), []any{}
	for range g.next() % 4 {
		if g.next()&1 != 0 {
			l.Note(g.text())
		}
		v, w := g.value(depth)
		l.Add(v)
		want = append(want, w)
	}
	return l, want
}

// flow makes what can stand on one line.
func (g *grower) flow(depth int) (any, any) {
	if depth > 4 || g.next()%3 == 0 {
		s := g.text()
		return NewList(s), []any{s}
	}
	key := g.text()
	if key == mergeKey {
		key = "k"
	}
	inner, want := g.flow(depth + 1)
	return NewMap(key, inner), map[string]any{key: want}
}

// stringKeys brings what a reader made to the form of JSON.
func stringKeys(v any) any {
	switch v := v.(type) {
	case map[any]any:
		out := map[string]any{}
		for k, e := range v {
			s, ok := k.(string)
			if !ok {
				return v
			}
			out[s] = stringKeys(e)
		}
		return out
	case map[string]any:
		for k, e := range v {
			v[k] = stringKeys(e)
		}
	case []any:
		for i, e := range v {
			v[i] = stringKeys(e)
		}
	}
	return v
}
