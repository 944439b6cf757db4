package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"unicode/utf16"
)

// form is a text by which a secret may show. How its letters are escaped is the matcher's part.
type form struct {
	text    string
	exact   bool // no escapes: the secret is so short that they would match anything
	folded  bool // hexadecimal: in upper case as well; blanks and colons may stand between bytes
	wrapped bool // it may be cut into lines at any place
	certain bool // long enough that it does not stand in a text by chance
}

// Lengths from which forms count.
const (
	minEscaped = 4 // of a secret in other forms than its own
	minWithin  = 6 // within a number
	minCertain = 8 // letters of an encoded form, or of a single line of a secret
)

// encodings are what encodes a secret as a whole.
var encodings = []func(v string) []form{asBase64, twiceBase64, asLinesOfBase64, asHex}

// within are the spellings that a secret has within a text that is then encoded as a whole.
var within = []func(v string) string{
	func(v string) string { return v },
	func(v string) string { return inQuotes(v, false) },
	func(v string) string { return inQuotes(v, true) },
	asciiJSON, url.QueryEscape, url.PathEscape, html.EscapeString,
}

// forms are all forms of a secret.
func forms(v string) []form {
	if len(v) < minEscaped {
		return []form{{text: v, exact: true}}
	}
	out := []form{{text: v, certain: true}}
	if trimmed := strings.TrimSpace(v); trimmed != v && len(trimmed) >= minEscaped {
		out = append(out, form{text: trimmed, certain: true})
	}
	out = append(out, lines(v)...)
	for _, encode := range encodings {
		out = append(out, encode(v)...)
	}
	return out
}

// lines are those of a secret of several, as of a key that is printed with a prefix on each line, or line by line.
// The frame of a PEM file is no secret.
func lines(v string) []form {
	if !strings.ContainsAny(v, "\r\n") {
		return nil
	}
	var out []form
	for _, line := range strings.FieldsFunc(v, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		if len(line) >= minEscaped && !strings.HasPrefix(line, "-----") {
			out = append(out, form{text: line, certain: len(line) >= minCertain})
		}
	}
	return out
}

// asBase64 is the secret as it stands in base64 of it, or of a text that holds it: wherever a group of three bytes
// begins, in both alphabets, without the letters that its neighbours are in too.
func asBase64(v string) []form {
	var out []form
	seen := map[string]bool{}
	for _, spell := range within {
		text := spell(v)
		if seen[text] {
			continue
		}
		seen[text] = true
		for shift := range 3 {
			out = append(out, base64At(text, shift)...)
		}
	}
	return out
}

// twiceBase64 is base64 of base64, as a Kubernetes Secret holds a Docker login.
func twiceBase64(v string) []form {
	var out []form
	for shift := range 3 {
		for _, f := range base64At(v, shift)[:1] {
			for outer := range 3 {
				out = append(out, base64At(f.text, outer)...)
			}
		}
	}
	return out
}

// asLinesOfBase64 are single lines of a long secret in base64, for where each has a prefix: of 76 letters (base64,
// Python) and of 64 (openssl).
func asLinesOfBase64(v string) []form {
	var out []form
	for _, bytes := range []int{57, 48} {
		for rest := v; len(v) > bytes && len(rest) >= 2*minEscaped; rest = rest[min(bytes, len(rest)):] {
			out = append(out, base64At(rest[:min(bytes, len(rest))], 0)...)
		}
	}
	return out
}

// base64At is a text as it stands in base64 so many bytes after the beginning of a group.
func base64At(v string, shift int) []form {
	var out []form
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		text := enc.EncodeToString(append(make([]byte, shift), v...))
		from := []int{0, 2, 3}[shift]
		to := len(text)
		if (shift+len(v))%3 != 0 {
			to-- // the last letter also holds bits of what follows
		}
		out = append(out, form{text: text[from:to], wrapped: true, certain: to-from >= minCertain})
	}
	if out[0].text == out[1].text {
		out = out[:1]
	}
	return out
}

func asHex(v string) []form {
	return []form{{text: hex.EncodeToString([]byte(v)), folded: true, wrapped: true, certain: true}}
}

// inQuotes is what stands between the quotes of a JSON string; markup says that <, > and & are escaped.
func inQuotes(v string, markup bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(markup)
	_ = e.Encode(v) // a string always encodes
	quoted := strings.TrimSuffix(b.String(), "\n")
	return quoted[1 : len(quoted)-1]
}

// asciiJSON is what stands between the quotes as Python writes it.
func asciiJSON(v string) string {
	var b strings.Builder
	for _, r := range inQuotes(v, false) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			b.WriteString(`\u` + hex.EncodeToString([]byte{byte(u >> 8), byte(u)}))
		}
	}
	return b.String()
}
