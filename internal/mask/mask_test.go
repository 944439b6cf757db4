package mask

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// stream writes the pieces through a masker.
func stream(m *Masker, pieces ...string) string {
	var out strings.Builder
	for _, p := range pieces {
		out.Write(m.Next([]byte(p), false))
	}
	out.Write(m.Next(nil, true))
	return out.String()
}

func TestStream(t *testing.T) {
	t.Parallel()
	cases := []struct {
		secrets []string
		pieces  []string
		want    string
	}{
		{[]string{"hunter2"}, []string{"my hunter2 is"}, "my *** is"},
		{[]string{"hunter2"}, []string{"my hun", "te", "r2 is"}, "my *** is"},
		{[]string{"hunter2"}, []string{"hun", "ter3"}, "hunter3"},
		{[]string{"hunter2"}, []string{"hunter"}, "hunter"},
		{[]string{"abc", "abcdef"}, []string{"abc", "def"}, "***"},
		{[]string{"abc", "abcdef"}, []string{"abcd", "x"}, "***dx"},
		{[]string{"abcd", "cdef"}, []string{"abcd", "ef."}, "***."},
		{[]string{"aa"}, []string{"a", "a", "a"}, "***"},
		{[]string{"abab"}, []string{"abab", "ab"}, "***"},
		{[]string{"abab"}, []string{"abab", "x"}, "***x"},
		{[]string{""}, []string{"text"}, "text"},
		{nil, []string{"text"}, "text"},
		{[]string{"line one\nline two"}, []string{"| line one\n| line ", "two\n"}, "| ***\n| ***\n"},
		{[]string{`pa"ss\é`}, []string{`{"k":"pa\"ss\\é"} pa\"ss\\\u00e9`}, `{"k":"***"} ***`},
		{[]string{"e"}, []string{"true story"}, "tru*** story"},
		{[]string{"a/b?"}, []string{"50% + 1 & 'x' \\n a%2", "Fb%3f 100%"}, "50% + 1 & 'x' \\n *** 100%"},
	}
	for _, c := range cases {
		if got := stream(New(c.secrets), c.pieces...); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.secrets, c.pieces, got, c.want)
		}
	}
}

func TestBase64(t *testing.T) {
	t.Parallel()
	const secret = "correct-horse-battery"
	m := New([]string{secret})
	for _, before := range []string{"", "u", "us", "use"} {
		for _, after := range []string{"", ":", "::"} {
			text := base64.StdEncoding.EncodeToString([]byte(before + secret + after))
			got := stream(m, text)
			for i := 0; i+8 <= len(text); i++ {
				if strings.Contains(got, text[i:i+8]) {
					t.Fatalf("%q%q: %s shows %s", before, after, got, text[i:i+8])
				}
			}
		}
	}
}

// A long secret in base64 is cut into lines, of 76 letters or of 64, with or without a prefix.
func TestBase64InLines(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("a long secret; ", 11)
	m := New([]string{secret})
	for _, width := range []int{76, 64} {
		for _, end := range []string{"", "\n"} {
			for _, prefix := range []string{"", "  ", "| "} {
				text := base64.StdEncoding.EncodeToString([]byte(secret + end))
				var lines []string
				for rest := text; rest != ""; rest = rest[min(width, len(rest)):] {
					lines = append(lines, prefix+rest[:min(width, len(rest))])
				}
				got := stream(m, strings.Join(lines, "\n")+"\n")
				for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
					if rest := strings.Trim(line, "*=| "); len(rest) > 4 { // of the last group of three
						t.Errorf("lines of %d: %q is shown in\n%s", width, rest, got)
					}
				}
			}
		}
	}
}

func TestIn(t *testing.T) {
	t.Parallel()
	m := New([]string{"e", "hunter2", "4711", "123456", "pem 1 of 3\nshort\n-----BEGIN X-----\n"})
	for doc, want := range map[string]bool{
		`"true story"`: false, `{"Q1":2,"e":"e"}`: false, `true`: false, `null`: false, `"hunter"`: false,
		`"a hunter2 b"`: true, `{"hunter2":1}`: true, `["x",{"y":["hunter2"]}]`: true, `"hunter\u0032"`: true, `"aHVudGVyMg=="`: true,
		`4711`: true, `[1,4711]`: true, `47110`: false, `"4711"`: true, `4711.5`: false, `-1234567`: true, `12345`: false,
		`"this is pem 1 of 3"`: true, `"it is short"`: false, `"-----BEGIN X-----"`: false,
	} {
		if got := m.InJSON([]byte(doc)); got != want {
			t.Errorf("%s: %t", doc, got)
		}
	}
	for data, want := range map[string]bool{"\x80\x04hunter2": false, "\x80pem 1 of 3\nshort\n-----BEGIN X-----\n.": true} {
		if got := m.InBytes([]byte(data)); got != want {
			t.Errorf("%q: %t", data, got)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	m := New([]string{"e", "hunter2", "123456", "AAAA1\nBBBB2\nz9"})
	for doc, want := range map[string]string{
		`{"a hunter2":[1,"x hunter2 y",null]}`:            `{"a ***":[1,"x *** y",null]}`,
		`[123456, -1234567,12345,"123456"]`:               `["***", "***",12345,"***"]`,
		`{"cell_type":"code","n":1.0}`:                    `{"cell_type":"code","n":1.0}`,
		`["say: AAAA1\n", "BBBB2\n", "z9\n"]`:             `["say: ***", "", "\n"]`,
		`["AAAA1\n",{"text":"\\nuclear \\hunter2 <b>"}]`:  `["***\n",{"text":"\\nuclear \\*** <b>"}]`,
		`{"text":"{\"k\": \"AAAA1\\\\nBBBB2\\\\nz9\"}"} `: `{"text":"{\"k\": \"***\"}"} `,
		`{"cut off": "hunter2`:                            `{"cut off": "***`,
	} {
		if got := string(m.JSON([]byte(doc))); got != want {
			t.Errorf("%s: %s, want %s", doc, got, want)
		}
	}
}

// FuzzStream checks that cutting a text into pieces changes nothing, and that no secret is left.
func FuzzStream(f *testing.F) {
	f.Add("hunter2", "ter", "my hunter2, hunhunter2ter", 3)
	f.Add("aa", "aab", "aaaabaa", 1)
	f.Add("a&b\"", "%\\'", `a&amp;b\"%25\\'\''a&#38;b\u0022+%5c%27`, 1)
	f.Add("pass wor\\d", "é\n😀", `pass+wor%5Cd \u00e9\n\ud83d\ude00 pass\ wor\\\\d \303\251\xa`, 2)
	f.Fuzz(func(t *testing.T, a, b, text string, cut int) {
		if len(a) > 20 || len(b) > 20 || len(text) > 200 {
			return
		}
		secrets := []string{a, b}
		whole := stream(New(secrets), text)
		m := New(secrets)
		var out bytes.Buffer
		n := 1 + (cut&0x7fffffff)%7
		for rest := text; rest != ""; {
			k := min(n, len(rest))
			out.Write(m.Next([]byte(rest[:k]), false))
			rest = rest[k:]
		}
		out.Write(m.Next(nil, true))
		if out.String() != whole {
			t.Fatalf("in pieces of %d: %q, whole: %q", n, out.String(), whole)
		}
		for _, s := range secrets {
			if s != "" && !strings.Contains(s, "*") && strings.Contains(strings.ReplaceAll(whole, Shown, "\x00"), s) && !strings.ContainsRune(s, 0) {
				t.Fatalf("%q shows %q", whole, s)
			}
		}
	})
}
