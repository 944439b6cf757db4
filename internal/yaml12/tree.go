package yaml12

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// maxDepth is how many levels of mappings and lists a file may unfold to, aliases followed. Where values go on to other
// programs as JSON it is what those can read.
func (r *Reader) maxDepth() int {
	if r.isData() {
		return 1000
	}
	return 5000
}

// maxUnfolded is how many values a text of so many bytes may reach through aliases: 100,000 steps that each merge a
// handful of defaults pass, aliases of aliases that multiply do not.
func maxUnfolded(bytes int) int { return 200_000 + 2*bytes }

// checkTree finds what is wrong with a document whatever it means: duplicate keys, tags that have no meaning here,
// aliases that contain themselves or unfold without bounds, nesting without bounds. It reports whether the document
// can be read on; duplicate keys do not stand in the way.
func checkTree(r *Reader, root *yaml.Node, bytes int) bool {
	t := &tree{Reader: r, done: map[*yaml.Node]measure{}, limit: maxUnfolded(bytes)}
	t.walk(root, 1)
	return !t.broken
}

// measure is what a node unfolds to.
type measure struct{ size, height int }

type tree struct {
	*Reader
	done     map[*yaml.Node]measure // of anchored nodes that were left; an alias to any other contains itself
	unfolded int                    // values reached through aliases so far
	limit    int                    // of unfolded
	broken   bool
}

// walk measures a node. An anchor stands before its aliases, so every alias meets a node that is measured already or
// one that it stands in: nothing is walked twice. The library bounds the depth of the text.
func (t *tree) walk(n *yaml.Node, depth int) measure {
	if t.broken {
		return measure{}
	}
	if depth > t.maxDepth() {
		t.broken = true
		t.Errorf("RR0010", n, "values are nested more than %d levels deep", t.maxDepth())
		return measure{}
	}
	if n.Kind == yaml.AliasNode {
		return t.alias(n, depth)
	}
	t.tag(n)
	if n.Kind == yaml.MappingNode {
		t.duplicates(n)
	}
	m := measure{size: 1, height: 1}
	for _, child := range n.Content {
		c := t.walk(child, depth+1)
		m.size = min(m.size+c.size, t.limit+1)
		m.height = max(m.height, c.height+1)
	}
	if n.Anchor != "" {
		t.done[n] = m
	}
	return m
}

func (t *tree) alias(n *yaml.Node, depth int) measure {
	m, ok := t.done[n.Alias]
	switch {
	case !ok:
		t.broken = true
		t.report(diag.Errorf("RR0008", t.Span(n), "the alias *%s is inside the value that it refers to, which would have no end", n.Value).
			With(t.Span(n.Alias), "the anchor is here"))
		return measure{}
	case depth+m.height > t.maxDepth():
		t.broken = true
		t.Errorf("RR0010", n, "with this alias values are nested more than %d levels deep", t.maxDepth())
	}
	if t.unfolded += m.size; t.unfolded > t.limit && !t.broken {
		t.broken = true
		t.Errorf("RR0009", n, "the aliases up to here expand to more than %d values, because aliases of aliases multiply; write the values out", t.limit)
	}
	return m
}

// tag refuses the types that have no meaning. In data a binary or a time is the text that stands there.
func (t *tree) tag(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!merge":
		if n.Kind == yaml.ScalarNode && !Fits(n) {
			t.Errorf("RR0013", n, "%q is not a value of the type %s", n.Value, n.Tag)
		}
	case "!", "!!timestamp", "!!binary":
		if t.isData() {
			return
		}
		fallthrough
	default:
		t.Errorf("RR0013", n, "the type %s is unknown; remove it, or quote the text if the ! belongs to it", n.Tag)
	}
}

// duplicates reports keys that one mapping holds twice; the library takes the last and says nothing.
func (t *tree) duplicates(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := Deref(n.Content[i])
		if key == nil || key.Kind != yaml.ScalarNode {
			continue
		}
		id := key.Value
		if !t.isData() { // there a key is never a number
			id = string(rune('0'+KindOf(key))) + id
		}
		if first, twice := seen[id]; twice {
			t.twice = true
			t.report(diag.Errorf("RR0007", t.Span(n.Content[i]), "the key %q appears twice; rename one, or delete it", key.Value).
				With(t.Span(first), "the first one is here"))
			continue
		}
		seen[id] = n.Content[i]
	}
}

// Deref follows aliases to what they refer to.
func Deref(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
