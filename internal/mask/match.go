package mask

import "strings"

// matcher finds forms in texts.
type matcher struct {
	first  [256][]form // by their first byte
	listed map[form]bool
	widest int // how far a form may be drawn out by escapes and gaps
}

func (m *matcher) add(f form) {
	if m.listed == nil {
		m.listed = map[form]bool{}
	}
	if f.text == "" || m.listed[f] {
		return
	}
	m.listed[f] = true
	m.widest = max(m.widest, 4<<10+16*len(f.text))
	m.first[f.text[0]] = append(m.first[f.text[0]], f)
	if upper := strings.ToUpper(f.text[:1])[0]; f.folded && upper != f.text[0] {
		m.first[upper] = append(m.first[upper], f)
	}
}

// hide puts *** in place of the forms.
func (m *matcher) hide(s string) string { return m.hideIn(s)[0] }

// hideIn is hide for a text in pieces. A form that spans several has its *** in the first.
func (m *matcher) hideIn(pieces ...string) []string {
	hits, _ := m.find([]byte(strings.Join(pieces, "")), true)
	hits = union(hits)
	out := make([]string, len(pieces))
	from := 0
	for i, p := range pieces {
		var b strings.Builder
		pos := 0
		for _, h := range hits {
			if h.to <= from || h.from >= from+len(p) {
				continue
			}
			b.WriteString(p[pos:max(pos, h.from-from)])
			if h.from >= from {
				b.WriteString(Shown)
			}
			pos = min(h.to-from, len(p))
		}
		out[i] = b.String() + p[pos:]
		from += len(p)
	}
	return out
}

// find returns where the forms are, and where the first of those begins that may go on behind the end of the text;
// end says that nothing does.
func (m *matcher) find(text []byte, end bool) (hits []span, hold int) {
	w := walk{reader: newReader(text, end)}
	hold = len(text)
	for at := range text {
		w.hit, w.open = -1, false
		w.forget()
		for _, f := range m.first[text[at]] {
			w.follow(f, 1, at+1)
		}
		if escapes(text, at) {
			readings, cut := w.at(at, depth)
			w.open = w.open || cut
			for _, r := range readings[1:] { // the first is the byte itself
				for _, f := range m.first[r.text[0]] {
					if !f.exact && strings.HasPrefix(f.text, r.text) {
						w.follow(f, len(r.text), r.end)
					}
				}
			}
		}
		if w.hit >= 0 {
			hits = append(hits, span{at, w.hit})
		}
		if w.open && !end && len(text)-at <= m.widest {
			hold = min(hold, at)
		}
	}
	return hits, hold
}

// walk follows forms through a text from one place on.
type walk struct {
	*reader
	hit  int  // the furthest end of a form that is there; -1: none is
	open bool // the text ends within what may be a form
	todo []state
	been map[state]bool
}

// state is how far a form was followed: so many bytes of it, up to a place in the text.
type state struct{ done, at int }

// follow goes through the text as long as it may be the form.
func (w *walk) follow(f form, done, at int) {
	w.todo = append(w.todo[:0], state{done, at})
	clear(w.been)
	for len(w.todo) > 0 {
		s := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		w.straight(f, s.done, s.at)
	}
}

// straight follows a form as far as the text holds it byte for byte, and notes every way on where there are several.
func (w *walk) straight(f form, done, at int) {
	for ; done < len(f.text); done, at = done+1, at+1 {
		if at == len(w.text) {
			w.open = true
			return
		}
		if !f.exact && w.branches(f, done, at) {
			return
		}
		if !f.same(done, w.text[at]) {
			return
		}
	}
	w.hit = max(w.hit, at)
}

// branches notes the ways on from a place where the text may stand for several things, and says whether it did.
func (w *walk) branches(f form, done, at int) bool {
	gap := f.wrapped && isGap(w.text[at], f.folded)
	if gap {
		w.push(done, at+1)
	}
	if !escapes(w.text, at) {
		return gap && !f.same(done, w.text[at])
	}
	readings, cut := w.at(at, depth)
	w.open = w.open || cut
	for _, r := range readings {
		if f.wrapped && (r.text == "\n" || r.text == "\r") {
			w.push(done, r.end)
		}
		if len(r.text) == 1 && f.same(done, r.text[0]) || strings.HasPrefix(f.text[done:], r.text) {
			w.push(done+len(r.text), r.end)
		}
	}
	return true
}

// isGap reports whether a byte may stand between the letters of an encoded text: where lines end and begin, and
// between hexadecimal bytes.
func isGap(b byte, folded bool) bool {
	return b == '\n' || b == '\r' || b == ' ' || b == '\t' || folded && (b == ':' || b == '-')
}

// push notes a way on, once.
func (w *walk) push(done, at int) {
	s := state{done, at}
	if w.been == nil {
		w.been = map[state]bool{}
	}
	if !w.been[s] {
		w.been[s] = true
		w.todo = append(w.todo, s)
	}
}

// same reports whether a byte is the one at a place of the form.
func (f form) same(done int, b byte) bool {
	if f.folded && b >= 'A' && b <= 'F' {
		b += 'a' - 'A'
	}
	return b == f.text[done]
}
