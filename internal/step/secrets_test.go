package step

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

func TestSecretsInTasks(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-value"
	r := runtimeFor(t, Options{Environ: []string{"PATH=/bin:/usr/bin", "TOKEN=" + secret}, SecretNames: []string{"TOKEN"}})
	job := shellJob(t, `echo "it is $TOKEN"; printf s3cr; printf '3t-value\n'; echo "${#TOKEN}"; export n=1; exit ${CODE:-0}`, "n")
	task := job.Node.(*ir.Task)
	task.Secrets = []ir.Ref{{Name: "TOKEN"}}
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, `n=1`)
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

// A return is never altered (SEMANTICS 5): one that holds a secret fails the step; one of fewer than four characters
// stands in any text and is hidden in logs alone.
func TestReturnsOfSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ secret, script, want string }{
		{"hunter2", `export x="my $TOKEN"`, ""},
		{"hunter2", `export x='{"a": [1, {"'"$TOKEN"'": 2}]}'`, ""},
		{"hunter2", `export x="$(printf 'user:%s' "$TOKEN" | base64)"`, ""},
		{"a b/c&d", `export x=a%20b%2fc%26d`, ""},
		{"4711", `export x=4711`, ""},
		{"4711", `export x='{"pin": [4711]}'`, ""},
		{"4711", `export x=47110`, `x=47110`},
		{"123456", `export x=-1234567.5`, ""},
		{"e", `export x='true story'`, `x="true story"`},
		{"1", `export x='{"Q1": 12}'`, `x={"Q1":12}`},
		{"yes", `export x=yes`, `x="yes"`},
		{"hunter2", `export x=hunter`, `x="hunter"`},
	} {
		for _, kind := range []ir.ValueKind{ir.JSON, ir.Text, ir.Metric} {
			r := runtimeFor(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": c.secret}, "a map")})
			job := shellJob(t, c.script+`; echo "it is $TOKEN."`, "x")
			task := job.Node.(*ir.Task)
			task.Secrets, task.Returns[0].Kind = []ir.Ref{{Name: "TOKEN"}}, kind
			res, log := execute(t, r, job)
			if !strings.HasPrefix(log, "it is ***.\n") {
				t.Errorf("%q: log %q", c.secret, log)
			}
			if c.want != "" && kind != ir.Text {
				wantSuccess(t, res, log, c.want)
				continue
			}
			if c.want == "" {
				wantFailure(t, res, log, engine.KindSecret, `return "x" holds a secret`)
				if strings.Contains(res.Failure.Message+log, c.secret) || len(res.Returns) > 0 {
					t.Errorf("%q: %v %q", c.secret, res, log)
				}
			}
		}
	}
}

// A name of a file that holds a secret fails the step, and is kept nowhere.
func TestFilesNamedBySecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-hunter2"
	for _, script := range []string{
		`mkdir out; echo 1 > "out/$TOKEN.txt"`, `mkdir -p "out/$TOKEN/deep"; echo 1 > "out/$TOKEN/deep/f"`,
		`mkdir out; echo 1 > "out/$(printf %s "$TOKEN" | od -An -tx1 | tr -d ' \n')"`, `mkdir out; echo 1 > "out/$TOKEN"; echo 2 > out/other; exit 1`,
	} {
		w := newWorld(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": secret}, "a map")})
		n := shellTaskOf(script, &ir.Catalog{Put: refs("out")})
		n.Secrets = refs("TOKEN")
		rec := w.run("s", n)
		log := w.log(rec)
		want := "the name of out/***"
		if strings.Contains(script, "exit 1") {
			want = "exit code 1"
		}
		if rec.Failure == nil || !strings.Contains(rec.Failure.Message, want) || !strings.Contains(log, "the name of out/***") {
			t.Errorf("%s: %+v\n%s", script, rec.Failure, log)
		}
		text, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text)+log, secret) {
			t.Errorf("%s: shown in %s\n%s", script, text, log)
		}
	}
}

// An object in which a secret stands is not stored.
func TestObjectsWithSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-hunter2"
	r := runtimeFor(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": secret}, "a map")})
	job := pythonJob(t, "login.session", nil, "session:object")
	job.Node.(*ir.Task).Secrets = refs("TOKEN")
	write(t, job.Dir, "login.py", "import os\ndef session(): return {1: [os.environ['TOKEN']]}\n")
	res, log := execute(t, r, job)
	wantFailure(t, res, log, engine.KindSecret, `return "session" holds a secret`)
	for _, data := range job.Blobs.(*memory).m {
		if strings.Contains(string(data), secret) {
			t.Errorf("stored: %q", data)
		}
	}
}

// An executed notebook is stored without secrets, and is a notebook still.
func TestNotebookWithSecrets(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN KEY-----\nMIIBVgIBADAN+/k=\nq1q2\n-----END KEY-----\n"
	r := notebookRuntime(t, false)
	r.opts.Secrets = MapSecrets(map[string]string{"KEY": pem, "PIN": "471100", "E": "e"}, "a map")
	dir := t.TempDir()
	notebook(t, dir, "nb/a.ipynb", "import os\npem = os.environ['KEY']\nprint(pem)", "for line in pem.splitlines():\n    print('|', line)", "print({'k': pem})", "int(os.environ['PIN'])")
	job := notebookJob(t, dir, "nb/a.ipynb", nil)
	job.Node.(*ir.Task).Secrets = refs("KEY", "PIN", "E")
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, "")
	made := executed(t, job, res)
	for _, part := range []string{"MIIBVgIBADAN", "q1q2", "471100"} {
		if strings.Contains(made+log, part) {
			t.Errorf("%q is shown in\n%s\n%s", part, log, made)
		}
	}
	if !strings.Contains(made, `"cell_type": "code"`) {
		t.Errorf("no notebook any more:\n%s", made)
	}
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
