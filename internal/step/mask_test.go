package step

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// stream writes the pieces through a masker.
func stream(m *masker, pieces ...string) string {
	var out strings.Builder
	for _, p := range pieces {
		out.Write(m.next([]byte(p), false))
	}
	out.Write(m.next(nil, true))
	return out.String()
}

func TestMask(t *testing.T) {
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
	}
	for _, c := range cases {
		if got := stream(newMasker(c.secrets), c.pieces...); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.secrets, c.pieces, got, c.want)
		}
	}
}

func TestMaskBase64(t *testing.T) {
	t.Parallel()
	const secret = "correct-horse-battery"
	m := newMasker([]string{secret})
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

// A long secret in base64 is cut into lines, of 76 letters or of 64.
func TestMaskBase64InLines(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("a long secret; ", 11)
	m := newMasker([]string{secret})
	for _, width := range []int{76, 64} {
		for _, end := range []string{"", "\n"} {
			text := base64.StdEncoding.EncodeToString([]byte(secret + end))
			var lines []string
			for rest := text; rest != ""; rest = rest[min(width, len(rest)):] {
				lines = append(lines, rest[:min(width, len(rest))])
			}
			got := stream(m, strings.Join(lines, "\n")+"\n")
			for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
				if rest := strings.Trim(line, "*="); len(rest) > 4 { // of the last group of three
					t.Errorf("lines of %d: %q is shown in\n%s", width, rest, got)
				}
			}
		}
	}
}

func TestMaskValue(t *testing.T) {
	t.Parallel()
	m := newMasker([]string{"hunter2", "123456"})
	for in, want := range map[string]string{
		`"hunter2"`:                            `"***"`,
		`{"a hunter2":[1,"x hunter2 y",null]}`: `{"a ***":[1,"x *** y",null]}`,
		`[123456,-1234567,12345,"123456"]`:     `["***","***",12345,"***"]`,
		`{"a":1.0,"b":"fine"}`:                 `{"a":1.0,"b":"fine"}`,
	} {
		v, hit := m.value(engine.Value{JSON: json.RawMessage(in), Kind: ir.Metric})
		if string(v.JSON) != want || hit != (in != want) || v.Kind != ir.Metric {
			t.Errorf("%s: %s, %t", in, v.JSON, hit)
		}
	}
}

// FuzzMask checks that cutting a text into pieces changes nothing, and that no secret is left.
func FuzzMask(f *testing.F) {
	f.Add("hunter2", "ter", "my hunter2, hunhunter2ter", 3)
	f.Add("aa", "aab", "aaaabaa", 1)
	f.Fuzz(func(t *testing.T, a, b, text string, cut int) {
		if len(a) > 20 || len(b) > 20 || len(text) > 200 {
			return
		}
		secrets := []string{a, b}
		whole := stream(newMasker(secrets), text)
		m := newMasker(secrets)
		var out bytes.Buffer
		n := 1 + (cut&0x7fffffff)%7
		for rest := text; rest != ""; {
			k := min(n, len(rest))
			out.Write(m.next([]byte(rest[:k]), false))
			rest = rest[k:]
		}
		out.Write(m.next(nil, true))
		if out.String() != whole {
			t.Fatalf("in pieces of %d: %q, whole: %q", n, out.String(), whole)
		}
		for _, s := range secrets {
			if s != "" && !strings.Contains(s, "*") && strings.Contains(strings.ReplaceAll(whole, masked, "\x00"), s) && !strings.ContainsRune(s, 0) {
				t.Fatalf("%q shows %q", whole, s)
			}
		}
	})
}

func TestSecretsInTasks(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-value"
	r := runtimeFor(t, Options{Environ: []string{"PATH=/bin:/usr/bin", "TOKEN=" + secret}, SecretNames: []string{"TOKEN"}})
	job := shellJob(t, `echo "it is $TOKEN"; printf s3cr; printf '3t-value\n'; echo "${#TOKEN}"; export x="a $TOKEN" n=1; exit ${CODE:-0}`, "x", "n")
	task := job.Node.(*ir.Task)
	task.Secrets = []ir.Ref{{Name: "TOKEN"}}
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, `x="a ***" n=1`)
	if strings.Contains(log, secret) || !strings.HasPrefix(log, "it is ***\n***\n12\n") {
		t.Errorf("log %q", log)
	}

	job = shellJob(t, `echo "wrong: $TOKEN" >&2; exit 3`)
	job.Node.(*ir.Task).Secrets = task.Secrets
	res, log = execute(t, r, job)
	wantFailure(t, res, log, engine.KindError, "exit code 3: wrong: ***")

	res, log = execute(t, r, shellJob(t, `[ -z "${TOKEN+x}" ]`)) // another step does not see it
	wantSuccess(t, res, log, "")

	job = shellJob(t, "true")
	job.Node.(*ir.Task).Secrets = []ir.Ref{{Name: "OTHER"}}
	res, log = execute(t, r, job)
	wantFailure(t, res, log, engine.KindSecret, `secret "OTHER" is not set in the environment`)

	// A parameter of the same name does not replace it.
	job = shellJob(t, `[ "$TOKEN" = `+secret+` ]`)
	job.Params, job.Node.(*ir.Task).Secrets = params("TOKEN", `"other"`), task.Secrets
	res, log = execute(t, r, job)
	wantSuccess(t, res, log, "")
}

func TestDotenv(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := DotenvSecrets(write(t, dir, ".env", "# comment\n\nA=1\nexport B = two words # note\nC='sin$gle \\n'\nD=\"dou\\nble \\\"q\\\"\"\nE=\"over\nlines\" # more\nF=\nG=a#b\n"))
	for name, want := range map[string]string{"A": "1", "B": "two words", "C": `sin$gle \n`, "D": "dou\nble \"q\"", "E": "over\nlines", "F": "", "G": "a#b"} {
		if v, ok, err := s.Secret(name); v != want || !ok || err != nil {
			t.Errorf("%s: %q, %t, %v", name, v, ok, err)
		}
	}
	if _, ok, err := s.Secret("H"); ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
	if _, _, err := DotenvSecrets(dir + "/none").Secret("A"); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Error(err)
	}
	for _, bad := range []string{"A='x\n", "just text\n"} {
		if _, _, err := DotenvSecrets(write(t, dir, "bad", bad)).Secret("A"); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if v, ok, err := NoSecrets().Secret("A"); v != "" || !ok || err != nil {
		t.Error(v, ok, err)
	}
}
