package mask

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// hostile are secrets of all sorts.
var hostile = []string{
	"tok_live-4f9A", "p&ss <w>ord's \"q\" \\ 100%+/=?*~", "zwölf Bärte 😀", "-----BEGIN KEY-----\nMIIBVgIBADAN+/k=\nqqqq\n-----END KEY-----\n",
	"a\tb\nc'd'e", "{\"type\": \"account\",\n \"key\": \"0/x+y\"}", `C:\new\table\x41`, "%2Fq%20&amp;", "'''\"\"\"```", "null\x01\x02byte\x7f", "caf\xe9 latin",
}

type encoder struct {
	name   string
	encode func(string) string
}

// goEncoders are those of Go's standard library.
var goEncoders = []encoder{
	{"as it is", func(s string) string { return s }},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 without padding", func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }},
	{"base64url", func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }},
	{"base64url without padding", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"base64 in lines of 10", func(s string) string { return wrap(base64.StdEncoding.EncodeToString([]byte(s)), 10, "\r\n") }},
	{"base64 of base64", func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))
	}},
	{"base64 of a URL", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s))) }},
	{"base64 in a URL", func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) }},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"HEX", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"hex with blanks", func(s string) string { return fmt.Sprintf("% x", s) }},
	{"hex in lines of 60", func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 60, "\n") }},
	{"query", url.QueryEscape},
	{"path", url.PathEscape},
	{"query, lower case", func(s string) string { return lowerPercent(url.QueryEscape(s)) }},
	{"all of it in percent", func(s string) string { return strings.ReplaceAll(fmt.Sprintf(" % x", s), " ", "%") }},
	{"query of query", func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }},
	{"HTML", html.EscapeString},
	{"HTML of HTML", func(s string) string { return html.EscapeString(html.EscapeString(s)) }},
	{"XML", func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s))
		return b.String()
	}},
	{"JSON", func(s string) string { return inQuotes(s, false) }},
	{"JSON for HTML", func(s string) string { return inQuotes(s, true) }},
	{"JSON in ASCII", asciiJSON},
	{"JSON in JSON", func(s string) string { return inQuotes(inQuotes(s, false), false) }},
	{"JSON in JSON in JSON", func(s string) string { return asciiJSON(inQuotes(asciiJSON(s), true)) }},
	{"JSON in a URL", func(s string) string { return url.QueryEscape(asciiJSON(s)) }},
	{"JSON in base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(asciiJSON(s))) }},
	{"JSON in HTML", func(s string) string { return html.EscapeString(inQuotes(s, false)) }},
	{"a URL in JSON in JSON", func(s string) string { return inQuotes(inQuotes("?q="+url.PathEscape(s), true), true) }},
	{"Go", func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] }},
	{"Go in ASCII", func(s string) string { q := strconv.QuoteToASCII(s); return q[1 : len(q)-1] }},
	{"shell", func(s string) string { return strings.ReplaceAll(s, "'", `'\''`) }},
	{"shell in JSON", func(s string) string { return inQuotes(strings.ReplaceAll(s, "'", `'\''`), false) }},
}

func wrap(s string, width int, end string) string {
	var b strings.Builder
	for ; len(s) > width; s = s[width:] {
		b.WriteString(s[:width] + end)
	}
	return b.String() + s
}

func lowerPercent(s string) string {
	out := []byte(s)
	for i := range out {
		if out[i] == '%' {
			copy(out[i:], bytes.ToLower(out[i:i+3]))
		}
	}
	return string(out)
}

// shownLetters is how many letters of an encoded secret may be shown: at each end, those that its neighbours are in too.
const shownLetters = 8

// hidden checks that a secret's encoded form was hidden.
func hidden(t *testing.T, name, secret, text, got string) {
	t.Helper()
	if !strings.Contains(got, Shown) {
		t.Errorf("%s of %q: nothing is hidden in %q", name, secret, got)
	}
	for i := 0; i+shownLetters < len(text); i++ {
		if part := text[i : i+shownLetters+1]; strings.Contains(got, part) {
			t.Errorf("%s of %q: %q shows %q", name, secret, got, part)
			return
		}
	}
}

func TestEncoders(t *testing.T) {
	t.Parallel()
	for _, secret := range hostile {
		for _, e := range goEncoders {
			if !lossless(e.name, secret) {
				continue
			}
			checkEncoded(t, e.name, secret, e.encode)
		}
	}
}

// lossless says whether an encoder keeps a secret as it is: those of text replace what is no text.
func lossless(name, secret string) bool {
	text := strings.Contains(name, "JSON") || strings.Contains(name, "XML") || strings.Contains(name, "HTML")
	return !text || !strings.ContainsAny(secret, "\x01\xe9") || strings.ToValidUTF8(secret, "") == secret && !strings.Contains(name, "XML") && !strings.ContainsRune(secret, 1)
}

// checkEncoded masks a secret in an encoding: at every offset of what is before it, and cut at every byte.
func checkEncoded(t *testing.T, name, secret string, encode func(string) string) {
	t.Helper()
	m := New([]string{secret})
	text := encode(secret)
	whole := stream(m, "x "+text+" y")
	hidden(t, name, secret, text, whole)
	for cut := range text {
		if got := stream(m, "x "+text[:cut], text[cut:]+" y"); got != whole {
			t.Fatalf("%s of %q cut at %d: %q, whole %q", name, secret, cut, got, whole)
		}
	}
	var bytewise []string
	for _, b := range []byte("x " + text + " y") {
		bytewise = append(bytewise, string([]byte{b}))
	}
	if got := stream(m, bytewise...); got != whole {
		t.Errorf("%s of %q byte by byte: %q, whole %q", name, secret, got, whole)
	}
	for _, before := range []string{"a", "ab", "abc", "\\", "%", "&", "'", "user:"} {
		got := stream(m, encode(before+secret+"zz"))
		if core := text[min(8, len(text)):max(min(8, len(text)), len(text)-8)]; len(core) > 6 && strings.Contains(got, core) {
			t.Errorf("%s of %q behind %q: %q", name, secret, before, got)
		}
	}
}

//go:embed testdata/encoders.py
var pythonEncoders string

// What Python's own encoders make of a secret is hidden.
func TestPythonEncoders(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	checkProgram(t, python, "-c", pythonEncoders)
}

// What a shell's own quoting and usual programs make of a secret is hidden.
func TestShellEncoders(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	script := `printf 'printf q\0%q\0' "$1"
printf 'traced\0%s\0' "$({ set -x; : "$1"; } 2>&1 | head -c -1)"
printf 'at Q\0%s\0' "${1@Q}"
printf 'base64 of a login\0%s\0' "$(printf 'user:%s' "$1" | base64)"
printf 'od\0%s\0' "$(printf %s "$1" | od -An -tx1)"
printf 'declared\0%s\0' "$(x=$1; y=$(declare -p x); printf %s "${y#declare -- x=}")"`
	for _, secret := range hostile {
		out, err := exec.Command(bash, "-c", script, "bash", secret).Output()
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		for i := 0; i+1 < len(fields); i += 2 {
			got := stream(New([]string{secret}), fields[i+1])
			hidden(t, fields[i], secret, fields[i+1], got)
		}
	}
}

// checkProgram has a program encode the secrets that it reads as JSON, and hides what it prints.
func checkProgram(t *testing.T, argv ...string) {
	t.Helper()
	var texts []string
	for _, s := range hostile {
		if strings.ToValidUTF8(s, "") == s {
			texts = append(texts, s)
		}
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var made []struct{ Name, Secret, Text string }
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	for _, e := range made {
		hidden(t, e.Name, e.Secret, e.Text, stream(New([]string{e.Secret}), e.Text))
	}
	if len(made) < 10*len(texts) {
		t.Errorf("only %d texts", len(made))
	}
}
