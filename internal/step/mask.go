package step

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
)

const masked = "***"

// masker hides values in what is written and said. The zero masker hides nothing.
type masker struct {
	needles [][]byte // longest first
	longest int
	plain   []string // the secrets as they are

	carry   []byte // the end of what was written that may begin a secret
	covered int    // how much of carry a *** that is already out stands for
}

// newMasker hides the values, also as JSON, base64 and URLs write them.
func newMasker(values []string) *masker {
	m := &masker{}
	add := func(s string) {
		if s != "" && !slices.ContainsFunc(m.needles, func(n []byte) bool { return string(n) == s }) {
			m.needles = append(m.needles, []byte(s))
		}
	}
	for _, v := range values {
		if v == "" {
			continue
		}
		m.plain = append(m.plain, v)
		add(v)
		for _, s := range spellings(v) {
			add(s)
		}
	}
	slices.SortFunc(m.needles, func(a, b []byte) int { return len(b) - len(a) })
	if len(m.needles) > 0 {
		m.longest = len(m.needles[0])
	}
	return m
}

// spellings are other forms in which a secret commonly meets a log. Short ones are left out: they would match
// anything.
func spellings(v string) []string {
	var out []string
	if strings.Contains(v, "\n") {
		for line := range strings.Lines(v) { // a key that is printed with a prefix on each line
			if line = strings.TrimSpace(line); len(line) >= 8 {
				out = append(out, line)
			}
		}
	}
	if trimmed := strings.TrimRight(v, "\r\n"); trimmed != v {
		out = append(out, trimmed)
	}
	if len(v) < 4 {
		return out
	}
	quoted := quoteJSON(v)
	html, _ := json.Marshal(v)
	out = append(out, quoted[1:len(quoted)-1], string(html[1:len(html)-1]), asciiJSON(v), url.QueryEscape(v), url.PathEscape(v))
	if len(v) >= 6 {
		for shift := range 3 { // where the value begins within a group of three bytes
			out = append(out, inBase64(v, shift)...)
		}
	}
	for _, line := range []int{57, 48} { // the bytes on a line of 76 letters (base64, Python) and of 64 (openssl)
		for rest := v; len(v) > line && len(rest) >= 6; rest = rest[min(line, len(rest)):] {
			out = append(out, inBase64(rest[:min(line, len(rest))], 0)...)
		}
	}
	return out
}

// inBase64 is a text as it stands within a longer one in base64, so many bytes after the beginning of a group; without
// the letters that its neighbours are in too.
func inBase64(v string, shift int) []string {
	var out []string
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		text := enc.EncodeToString(append(make([]byte, shift), v...))
		from := []int{0, 2, 3}[shift]
		to := len(text)
		if (shift+len(v))%3 != 0 {
			to-- // the last letter also holds bits of what follows
		}
		if to-from >= 6 {
			out = append(out, text[from:to])
		}
	}
	return out
}

func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

// asciiJSON is the text inside the quotes as Python writes it.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range quoteJSON(s)[1 : len(quoteJSON(s))-1] {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			b.WriteString(`\u` + hex4(r))
		default:
			r -= 0x10000
			b.WriteString(`\u` + hex4(0xd800+r>>10) + `\u` + hex4(0xdc00+r&0x3ff))
		}
	}
	return b.String()
}

func hex4(r rune) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]})
}

// next takes a piece of a stream and returns what may be shown of it; end says that nothing follows. What could be
// the beginning of a secret is held back until more is known, so a secret is found across pieces.
func (m *masker) next(p []byte, end bool) []byte {
	if m == nil || len(m.needles) == 0 {
		return p
	}
	buf := append(m.carry, p...)
	hold := len(buf)
	if !end {
		hold = m.hold(buf)
	}
	if hold == 0 {
		m.carry = buf
		return nil
	}
	hits := m.find(buf)
	var out []byte
	pos, covered := 0, m.covered
	if covered > 0 {
		hits = append([][2]int{{0, covered}}, hits...)
	}
	hits = union(hits)
	newCovered := 0
	for i, h := range hits {
		if h[0] >= hold {
			break
		}
		out = append(out, buf[pos:h[0]]...)
		if !(i == 0 && covered > 0) { // its *** is already out
			out = append(out, masked...)
		}
		pos = h[1]
		if h[1] > hold {
			newCovered = h[1] - hold
			pos = hold
			break
		}
	}
	if pos < hold {
		out = append(out, buf[pos:hold]...)
	}
	m.carry = bytes.Clone(buf[hold:])
	m.covered = newCovered
	return out
}

// find returns where the needles are.
func (m *masker) find(buf []byte) [][2]int {
	var hits [][2]int
	for _, n := range m.needles {
		for from := 0; ; {
			i := bytes.Index(buf[from:], n)
			if i < 0 {
				break
			}
			hits = append(hits, [2]int{from + i, from + i + len(n)})
			from += i + 1
		}
	}
	return hits
}

// hold returns where the longest end of buf begins that begins a needle.
func (m *masker) hold(buf []byte) int {
	for at := max(0, len(buf)-m.longest+1); at < len(buf); at++ {
		for _, n := range m.needles {
			if len(n) > len(buf)-at && bytes.HasPrefix(n, buf[at:]) {
				return at
			}
		}
	}
	return len(buf)
}

// union sorts pieces and joins those that overlap.
func union(hits [][2]int) [][2]int {
	slices.SortFunc(hits, func(a, b [2]int) int { return a[0] - b[0] })
	out := hits[:0]
	for _, h := range hits {
		if n := len(out); n > 0 && h[0] < out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], h[1])
			continue
		}
		out = append(out, h)
	}
	return out
}

// text hides the secrets of a message.
func (m *masker) text(s string) string {
	if m == nil || len(m.needles) == 0 {
		return s
	}
	one := masker{needles: m.needles, longest: m.longest}
	return string(one.next([]byte(s), true))
}

// value hides the secrets of what a task returns, since that is recorded, and says whether there was one. Pickled
// bytes are left alone.
func (m *masker) value(v engine.Value) (engine.Value, bool) {
	if m == nil || len(m.plain) == 0 || v.JSON == nil {
		return v, false
	}
	dec := json.NewDecoder(bytes.NewReader(v.JSON))
	dec.UseNumber()
	var out bytes.Buffer
	done, prev, hit := 0, 0, false
	for {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		to := int(dec.InputOffset())
		from := to - len(bytes.TrimLeft(v.JSON[prev:to], " \t\r\n,:"))
		prev = to
		var repl string
		switch tok := tok.(type) {
		case string:
			safe := m.text(tok)
			if safe == tok {
				continue
			}
			repl = quoteJSON(safe)
		case json.Number:
			if !m.hidesNumber(tok.String()) {
				continue
			}
			repl = `"` + masked + `"`
		default:
			continue
		}
		out.Write(v.JSON[done:from])
		out.WriteString(repl)
		done, hit = to, true
	}
	if !hit {
		return v, false
	}
	out.Write(v.JSON[done:])
	v.JSON = out.Bytes()
	return v, true
}

// hidesNumber says whether a number's text shows a secret. A number is hidden as a whole, and only by a secret long
// enough not to match by chance.
func (m *masker) hidesNumber(text string) bool {
	return slices.ContainsFunc(m.plain, func(s string) bool {
		return len(s) >= 4 && s == text || len(s) >= 6 && strings.Contains(text, s)
	})
}

// inBytes says whether a secret stands in the bytes as it is.
func (m *masker) inBytes(data []byte) bool {
	return slices.ContainsFunc(m.plain, func(s string) bool { return len(s) >= 4 && bytes.Contains(data, []byte(s)) })
}
