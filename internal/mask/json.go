package mask

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// token is a string or number of a JSON text, with its place.
type token struct {
	from, to int
	text     string
	number   bool
	next     bool // another string follows
}

// tokens are the strings and numbers of a JSON text; ok is false where it is none.
func tokens(doc []byte) (list []token, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	for prev := 0; ; {
		tok, err := dec.Token()
		if err != nil {
			return list, prev == len(bytes.TrimRight(doc, " \t\r\n"))
		}
		to := int(dec.InputOffset())
		t := token{from: to - len(bytes.TrimLeft(doc[prev:to], " \t\r\n,:")), to: to}
		prev = to
		switch tok := tok.(type) {
		case string:
			t.text = tok
		case json.Number:
			t.text, t.number = tok.String(), true
		default:
			if n := len(list); n > 0 {
				list[n-1].next = false
			}
			continue
		}
		if n := len(list); n > 0 && t.number {
			list[n-1].next = false
		}
		t.next = !t.number
		list = append(list, t)
	}
}

// JSON hides the secrets in a JSON text, which stays one: in its strings and in its numbers as they are decoded, and in
// lines that are strings of a list, as a notebook has them. What is no JSON is hidden as [Masker.Text] hides it.
func (m *Masker) JSON(doc []byte) []byte {
	if m.Empty() {
		return doc
	}
	list, ok := tokens(doc)
	if !ok {
		return []byte(m.Text(string(doc)))
	}
	var out bytes.Buffer
	done := 0
	put := func(t token, text string) {
		out.Write(doc[done:t.from])
		out.WriteString(`"` + inQuotes(text, false) + `"`)
		done = t.to
	}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n-1].next && strings.HasSuffix(list[n-1].text, "\n") {
			n++
		}
		if list[0].number {
			if m.holdsNumber(list[0].text) {
				put(list[0], Shown)
			}
		} else {
			for i, text := range m.long.hideIn(texts(list[:n])...) {
				if text != list[i].text {
					put(list[i], text)
				}
			}
		}
		list = list[n:]
	}
	out.Write(doc[done:])
	return out.Bytes()
}

func texts(list []token) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.text
	}
	return out
}

// InJSON reports whether a JSON text holds a secret in one of its strings or numbers, in a form too long for chance.
func (m *Masker) InJSON(doc []byte) bool {
	if m.Empty() {
		return false
	}
	list, _ := tokens(doc)
	return slices.ContainsFunc(list, func(t token) bool {
		return t.number && m.holdsNumber(t.text) || !t.number && m.In(t.text)
	})
}

// holdsNumber reports whether a number's text shows a secret: one of four characters as a whole, one of six within it.
func (m *Masker) holdsNumber(text string) bool {
	return slices.ContainsFunc(m.plain, func(s string) bool {
		return len(s) >= minEscaped && s == text || len(s) >= minWithin && strings.Contains(text, s)
	})
}
