package params_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// text writes parameters as name=JSON, and diagnostics as they are printed.
func text(named []engine.Named, diags diag.List) []string {
	out := []string{}
	for _, n := range named {
		out = append(out, n.Name+"="+string(n.Value.JSON))
	}
	for _, d := range diags {
		out = append(out, d.Span.String()+": "+d.Code+": "+d.Message)
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		file string
		env  []string
		set  []string
		want []string
	}{
		{name: "nothing"},
		{name: "empty file", file: "# nothing\n"},
		{name: "null file", file: "~"},

		// The vectors of the original, from the environment.
		{name: "name in lower case", env: []string{`RUNNABLE_PRM_FooBar={"a":1}`}, want: []string{`foobar={"a":1}`}},
		{name: "true", env: []string{"RUNNABLE_PRM_t=true", "RUNNABLE_PRM_T2=True"}, want: []string{`t2="True"`, "t=true"}},
		{name: "leading zeros", env: []string{"RUNNABLE_PRM_z=007"}, want: []string{`z="007"`}},
		{name: "exponent", env: []string{"RUNNABLE_PRM_e=1e3"}, want: []string{"e=1e3"}},
		{name: "null", env: []string{"RUNNABLE_PRM_null=null"}, want: []string{"null=null"}},
		{name: "quotes", env: []string{`RUNNABLE_PRM_q="q"`}, want: []string{`q="q"`}},
		{name: "empty", env: []string{"RUNNABLE_PRM_empty="}, want: []string{`empty=""`}},
		{name: "list", env: []string{`RUNNABLE_PRM_list=[1,"a"]`}, want: []string{`list=[1,"a"]`}},
		{name: "spaces", env: []string{"RUNNABLE_PRM_sp= 5 "}, want: []string{"sp=5"}},
		{name: "no numbers", env: []string{"RUNNABLE_PRM_inf=Infinity", "RUNNABLE_PRM_nan=NaN"}, want: []string{
			"RUNNABLE_PRM_inf: RR0352: JSON has no NaN and no Infinity; leave it out, or write it in double quotes to make it a string",
			"RUNNABLE_PRM_nan: RR0352: JSON has no NaN and no Infinity; leave it out, or write it in double quotes to make it a string",
		}},
		// The vector of the file, with the exact name as SEMANTICS 2 has it.
		{
			name: "file and environment",
			file: "FooBar: from file\nfoobar: lower\nyes_: yes\noct: 0o14\nflt: 1e3\nnul: null\ntxt: \"007\"\n",
			env:  []string{"RUNNABLE_PRM_FooBar=x"},
			want: []string{`FooBar="x"`, `foobar="lower"`, `yes_="yes"`, "oct=12", "flt=1e3", "nul=null", `txt="007"`},
		},

		{name: "one match without case", file: "FooBar: 1\n", env: []string{"RUNNABLE_PRM_FOOBAR=2"}, want: []string{"FooBar=2"}},
		{name: "two matches without case", file: "FooBar: 1\nfoobar: 1\n", env: []string{"RUNNABLE_PRM_FOOBAR=2"}, want: []string{
			`RUNNABLE_PRM_FOOBAR: RR0355: it could mean "FooBar" or "foobar" of the parameters file; write the name exactly as it is there`,
		}},
		{name: "two variables, one exact", file: "Foo: 1\n", env: []string{"RUNNABLE_PRM_foo=3", "RUNNABLE_PRM_Foo=2"}, want: []string{"Foo=2"}},
		{name: "two variables, none exact", file: "Foo: 1\n", env: []string{"RUNNABLE_PRM_foo=3", "RUNNABLE_PRM_FOO=2"}, want: []string{
			`RUNNABLE_PRM_foo: RR0355: this and RUNNABLE_PRM_FOO both set the parameter "Foo"; unset one`,
		}},
		{name: "environment has the last word of equals", env: []string{"RUNNABLE_PRM_a=1", "RUNNABLE_PRM_a=2"}, want: []string{"a=2"}},
		{name: "whole value, no deep merge", file: "a: {x: 1, y: 2}\n", env: []string{`RUNNABLE_PRM_a={"x":3}`}, want: []string{`a={"x":3}`}},
		{name: "command line last", file: "a: 1\nb: 1\n", env: []string{"RUNNABLE_PRM_a=2"}, set: []string{"A=3", "c=x=y", "c=z"}, want: []string{"a=3", "b=1", `c="z"`}},
		{name: "value with an equals sign", set: []string{"c=x=y"}, want: []string{`c="x=y"`}},
		{name: "no equals sign", set: []string{"c"}, want: []string{"--param c: RR0356: it has no =; write --param c=VALUE"}},
		{name: "no name", set: []string{"=1"}, env: []string{"RUNNABLE_PRM_=1"}, want: []string{
			"--param : RR0356: a parameter's name must be text of at least one character",
			"RUNNABLE_PRM_: RR0356: a parameter's name must be text of at least one character",
		}},
		{name: "Python's list of no numbers", set: []string{"a=[1, NaN, -Infinity]"}, want: []string{
			"--param a: RR0352: JSON has no NaN and no Infinity; leave it out, or write it in double quotes to make it a string",
		}},
		{name: "words that only look so", set: []string{"a=NaN cat", `b=["NaN"]`, "c=Infinity War"}, want: []string{`a="NaN cat"`, `b=["NaN"]`, `c="Infinity War"`}},
		{name: "not UTF-8", set: []string{"a=\xff"}, want: []string{"--param a: RR0352: the value is not UTF-8; give it in a parameters file, or encode it"}},
		{name: "key twice in a value", set: []string{`a={"x":1,"x":2}`}, want: []string{`--param a:1:8: RR0351: key "x" is given twice; remove one`}},
		{name: "number out of range", set: []string{"a=1e999"}, want: []string{"--param a:1:1: RR0352: 1e999 is larger than any number that programs share; write it as a string"}},

		{
			name: "types of YAML 1.2",
			file: "i: 123456789012345678901234567890\nf: 1.0\nz: 014\nd: 2024-01-02\nt: 12:30:45\nu: 1_000\nb: True\nn: ~\nhex: 0x1F\nplus: +7\ndot: .5\nlist:\n- {b: 1, a: 2}\ntext: |\n  a\n  b\n",
			want: []string{"i=123456789012345678901234567890", "f=1.0", "z=14", `d="2024-01-02"`, `t="12:30:45"`, `u="1_000"`, "b=true", "n=null", "hex=31", "plus=7", "dot=0.5", `list=[{"b":1,"a":2}]`, `text="a\nb\n"`},
		},
		{name: "no HTML escapes", file: "a: <b>&\n", want: []string{`a="<b>&"`}},
		{name: "merge keys", file: "base: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\n", want: []string{`base={"x":1,"y":2}`, `c={"x":1,"y":3}`}},
		{name: "key twice", file: "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n", want: []string{
			`params.yaml:4:3: RR0351: the key "c" appears twice; rename one, or delete it`,
			`params.yaml:5:1: RR0351: the key "a" appears twice; rename one, or delete it`,
		}},
		{name: "infinity in the file", file: "a: .inf\nb: [.nan]\n", want: []string{
			"params.yaml:1:4: RR0352: .inf is not a JSON number; quote it to make it text",
			"params.yaml:2:5: RR0352: .nan is not a JSON number; quote it to make it text",
		}},
		{name: "a list", file: "- a\n", want: []string{"params.yaml:1:1: RR0353: a parameters file holds `name: value` lines, but this is a list"}},
		{name: "no YAML", file: "a: [1\nb: 2\n", want: []string{"params.yaml:1:4: RR0350: the list that begins here is not closed; add a `]`, or the missing `,`"}},
		{name: "an open brace", file: "a: 1\nb: {c: 1\n", want: []string{"params.yaml:2:4: RR0350: the mapping that begins here is not closed; add a `}`, or the missing `,`"}},
		{name: "an open brace at the end", file: "a: 1\nb: {\n", want: []string{"params.yaml:2:4: RR0350: the mapping that begins here is not closed; add a `}`, or the missing `,`"}},
		{name: "not UTF-8 in the file", file: "a: 1\nb: \xff\n", want: []string{"params.yaml:2:4: RR0350: the byte 0xFF is not UTF-8; save the file as UTF-8"}},
		{name: "two documents", file: "a: 1\n---\nb: 1\n", want: []string{"params.yaml:2:1: RR0350: a second document starts here; put it into a file of its own or delete the `---`"}},
		{name: "alias of itself", file: "a: &a [*a]\n", want: []string{"params.yaml:1:8: RR0352: the alias *a is inside the value that it refers to, which would have no end"}},
		{name: "JSON in YAML's clothes", file: `{"a": "\ud83d\ude00", "b": 1.0}`, want: []string{`a="😀"`, "b=1.0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := params.Sources{Env: tt.env, Set: tt.set}
			if tt.file != "" {
				s.File, s.FileBytes = "params.yaml", []byte(tt.file)
			}
			if tt.want == nil {
				tt.want = []string{}
			}
			if d := cmp.Diff(tt.want, text(params.Load(s))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestJSONFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ src, want string }{
		{"{\n\t\"b\": [1, {\"x\": 1.0}],\n\t\"a\": \"\\u00e9\"\n}", "b=[1,{\"x\":1.0}] a=\"é\""},
		{`{"face": "\ud83d\ude00", "half": "\ud800"}`, `face="😀" half="\ud800"`}, // as Python's json writes them
		{"", ""},
		{"{\"a\": 1,\n \"b\": {\"a\": 1, \"a\": 2}}", `p.json:2:16: RR0351: key "a" is given twice; remove one`},
		{"[1]", "p.json:1:1: RR0352: the file must hold an object of names and values"},
		{"{\"a\": NaN}", "p.json:1:7: RR0350: this is not JSON: invalid character 'N' looking for beginning of value"},
		{"{\"a\": 1} 2", "p.json:1:10: RR0350: the file continues after its one JSON value; remove the rest"},
		{"{\"a\": 1", "p.json:1:1: RR0350: the object that begins here is not closed; add a `}`, or the missing `,`"},
		{"{\"\": 1}", "p.json:1:2: RR0356: a parameter needs a name; write one before the colon"},
	} {
		if got := strings.Join(text(params.Load(params.Sources{File: "p.json", FileBytes: []byte(tt.src)})), " "); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}

func TestFileOfTheEnvironment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "prm.json")
	if err := os.WriteFile(file, []byte(`{"only": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := params.Sources{File: "other.yaml", FileBytes: []byte("other: 1\n"), Env: []string{params.FileVariable + "=" + file}}
	if got := strings.Join(text(params.Load(s)), " "); got != "only=1" {
		t.Error(got)
	}
	s.Env = []string{params.FileVariable + "=" + file + "x"}
	if _, diags := params.Load(s); len(diags) != 1 || diags[0].Code != "RR0354" || !strings.Contains(diags[0].Message, "no such file") {
		t.Error(diags)
	}
}

// Every code that the package gives is explained, with examples that get it and do not.
func TestCodes(t *testing.T) {
	t.Parallel()
	for n := 350; n <= 356; n++ {
		code := fmt.Sprintf("RR%04d", n)
		c, ok := diag.Lookup(code)
		if !ok || c.Explanation == "" {
			t.Errorf("%s is not explained", code)
		}
		if c.Bad == "" {
			continue
		}
		for src, want := range map[string]bool{c.Bad: true, c.Good: false} {
			_, diags := params.Load(params.Sources{File: "p.yaml", FileBytes: []byte(src)})
			if got := len(diags) > 0 && diags[0].Code == code; got != want {
				t.Errorf("%s: %q gives %v", code, src, diags)
			}
		}
	}
}

// Whatever the text, each value is compact JSON that stays the same when it is read again.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{"a: 1\n", "a: &x [1]\nb: *x\n", "<<: {a: 1}\n", "a: !!int 5\n", "{\"a\": 1}", "a: .5\nb: 0o7\n", "? [a]\n: 1\n", "a: *b", "&a [*a]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, name := range []string{"p.yaml", "p.json"} {
			named, diags := params.Load(params.Sources{File: name, FileBytes: []byte(src), Set: []string{"v=" + src}})
			if diags.HasErrors() {
				continue
			}
			for _, n := range named {
				again, err := engine.NewJSON(n.Value.JSON)
				if err != nil || string(again.JSON) != string(n.Value.JSON) || !json.Valid(n.Value.JSON) {
					t.Errorf("%s: %q became %q, %v", n.Name, n.Value.JSON, again.JSON, err)
				}
			}
		}
	})
}
