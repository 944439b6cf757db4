// Package mask hides secrets in logs and messages, in the forms in which they commonly appear there: plain, encoded as
// a whole (the table encodings), and with the escapes of URLs, XML, JSON, programs and shells, also nested.
package mask

import (
	"bytes"
	"slices"
)

// Shown is what stands in place of a secret.
const Shown = "***"

// Masker hides values. The zero Masker hides nothing. It may be used from several goroutines, but for [Masker.Next].
type Masker struct {
	stream  matcher // all forms
	long    matcher // those of secrets of at least four characters
	certain matcher // those that stand in no text by chance
	plain   []string

	carry   []byte // the end of what was written that may begin a secret
	covered int    // how much of carry a *** that is already out stands for
}

// New hides the values. An empty one is none.
func New(values []string) *Masker {
	m := &Masker{}
	for _, v := range values {
		if v == "" {
			continue
		}
		m.plain = append(m.plain, v)
		for _, f := range forms(v) {
			m.stream.add(f)
			if !f.exact {
				m.long.add(f)
			}
			if f.certain {
				m.certain.add(f)
			}
		}
	}
	return m
}

// Empty reports whether there is nothing to hide.
func (m *Masker) Empty() bool { return m == nil || len(m.plain) == 0 }

// Next takes a piece of a stream and returns what may be shown of it; end says that nothing follows. What could be the
// beginning of a secret is held back until more is known, so a secret is found across pieces.
func (m *Masker) Next(p []byte, end bool) []byte {
	if m.Empty() {
		return p
	}
	buf := append(m.carry, p...)
	hits, hold := m.stream.find(buf, end)
	if hold == 0 {
		m.carry = buf
		return nil
	}
	covered := m.covered
	if covered > 0 {
		hits = append(hits, span{0, covered})
	}
	var out []byte
	pos := 0
	m.covered = 0
	for i, h := range union(hits) {
		if h.from >= hold {
			break
		}
		out = append(out, buf[pos:h.from]...)
		if i > 0 || covered == 0 { // else its *** is already out
			out = append(out, Shown...)
		}
		pos = min(h.to, hold)
		m.covered = h.to - pos
	}
	out = append(out, buf[pos:hold]...)
	m.carry = bytes.Clone(buf[hold:])
	return out
}

// Text hides the secrets of a message. Those of fewer than four characters are left: they stand in any text.
func (m *Masker) Text(s string) string {
	if m.Empty() {
		return s
	}
	return m.long.hide(s)
}

// In reports whether a text holds a secret, in a form too long for chance.
func (m *Masker) In(s string) bool {
	if m.Empty() {
		return false
	}
	hits, _ := m.certain.find([]byte(s), true)
	return len(hits) > 0
}

// minBytes is the length from which a secret counts that stands among bytes which are no text.
const minBytes = 8

// InBytes reports whether a secret of eight or more bytes stands in the bytes as it is.
func (m *Masker) InBytes(data []byte) bool {
	return !m.Empty() && slices.ContainsFunc(m.plain, func(s string) bool { return len(s) >= minBytes && bytes.Contains(data, []byte(s)) })
}

// span is a piece of a text.
type span struct{ from, to int }

// union sorts pieces and joins those that overlap.
func union(hits []span) []span {
	slices.SortFunc(hits, func(a, b span) int { return a.from - b.from })
	out := hits[:0]
	for _, h := range hits {
		if n := len(out); n > 0 && h.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, h.to)
			continue
		}
		out = append(out, h)
	}
	return out
}
