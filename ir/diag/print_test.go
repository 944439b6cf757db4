package diag

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func printed(t *testing.T, f Format, list List, sources map[string][]byte) string {
	t.Helper()
	var b strings.Builder
	if err := Print(&b, f, list, sources); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func span(line, col, endLine, endCol int) Span {
	return Span{File: "p.yaml", Line: line, Col: col, EndLine: endLine, EndCol: endCol}
}

func TestText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200) + " HERE " + strings.Repeat("y", 200)
	source := strings.Join([]string{"next: trian", "\ttab: x", "日本: é x", long, "", "a\x1b[31mb \u202e c"}, "\n") + "\n"
	sources := map[string][]byte{"p.yaml": []byte(source)}
	for name, c := range map[string]struct {
		d    Diagnostic
		want string
	}{
		"underline and note": {
			Errorf("RR0104", span(1, 7, 1, 12), "unknown step").With(span(2, 2, 2, 5), "meant"),
			"p.yaml:1:7: error: unknown step [RR0104]\n    1 | next: trian\n      |       ^~~~~\np.yaml:2:2: note: meant\n    2 |     tab: x\n      |     ^~~\n",
		},
		"a place without an end": {
			Warningf("RR0001", span(1, 7, 0, 0), "here"),
			"p.yaml:1:7: warning: here [RR0001]\n    1 | next: trian\n      |       ^\n",
		},
		"behind the end of the line": {
			Errorf("RR0001", span(1, 12, 1, 13), "missing"),
			"p.yaml:1:12: error: missing [RR0001]\n    1 | next: trian\n      |            ^\n",
		},
		"an empty line": {
			Errorf("RR0001", span(5, 1, 5, 2), "missing"),
			"p.yaml:5:1: error: missing [RR0001]\n    5 | \n      | ^\n",
		},
		"wide characters": {
			Errorf("RR0001", span(3, 5, 3, 6), "x"),
			"p.yaml:3:5: error: x [RR0001]\n    3 | 日本: é x\n      |       ^\n",
		},
		"an underlined wide character": {
			Errorf("RR0001", span(3, 1, 3, 3), "x"),
			"p.yaml:3:1: error: x [RR0001]\n    3 | 日本: é x\n      | ^~~~\n",
		},
		"a long line": {
			Errorf("RR0001", span(4, 202, 4, 206), "x"),
			"p.yaml:4:202: error: x [RR0001]\n    4 | …" + strings.Repeat("x", 39) + " HERE " + strings.Repeat("y", 65) + "…\n      | " + strings.Repeat(" ", 41) + "^~~~\n",
		},
		"several lines": {
			Errorf("RR0001", span(1, 7, 3, 2), "x"),
			"p.yaml:1:7: error: x [RR0001]\n    1 | next: trian\n      |       ^~~~~\n",
		},
		"what a terminal must not see": {
			Errorf("RR0001", span(6, 9, 6, 10), "a\x1bb\nc\u202e"),
			"p.yaml:6:9: error: a\\u001bb\\nc\\u202e [RR0001]\n    6 | a\ufffd[31mb \ufffd c\n      |         ^\n",
		},
		"a whole line": {
			Errorf("RR0001", Span{File: "p.yaml", Line: 1}, "x"),
			"p.yaml:1: error: x [RR0001]\n    1 | next: trian\n",
		},
		"a file":                 {Errorf("RR0014", Span{File: "p.toml"}, "x"), "p.toml: error: x [RR0014]\n"},
		"no place":               {Errorf("RR3001", Span{}, "x"), "error: x [RR3001]\n"},
		"no source":              {Errorf("RR0001", Span{File: "other.yaml", Line: 3, Col: 4}, "x"), "other.yaml:3:4: error: x [RR0001]\n"},
		"behind the last line":   {Errorf("RR0001", span(9, 1, 9, 2), "x"), "p.yaml:9:1: error: x [RR0001]\n"},
		"a message without code": {Diagnostic{Message: "x"}, "error: x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, printed(t, Text, List{c.d}, sources)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextIsSortedAndHasNoDuplicates(t *testing.T) {
	t.Parallel()
	a, b := Errorf("RR0002", span(2, 1, 2, 2), "second"), Errorf("RR0001", span(1, 1, 1, 2), "first")
	want := "p.yaml:1:1: error: first [RR0001]\np.yaml:2:1: error: second [RR0002]\n"
	if diff := cmp.Diff(want, printed(t, Text, List{a, b, a}, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColorOnlyWhereAsked(t *testing.T) {
	t.Parallel()
	list := List{Errorf("RR0001", span(1, 1, 1, 2), "x").With(Span{}, "n"), Warningf("RR0002", Span{}, "y")}
	sources := map[string][]byte{"p.yaml": []byte("abc")}
	colored, plain := printed(t, TextColor, list, sources), printed(t, Text, list, sources)
	if strings.Contains(plain, "\x1b") {
		t.Error("the plain form has colours")
	}
	for _, code := range []string{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[1;32m"} {
		if !strings.Contains(colored, code) {
			t.Errorf("the coloured form lacks %q", code)
		}
		colored = strings.ReplaceAll(colored, code, "")
	}
	if got := strings.ReplaceAll(colored, "\x1b[0m", ""); got != plain {
		t.Errorf("without colours the forms differ:\n%s\n%s", got, plain)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	list := List{
		Errorf("RR0007", Span{File: "a,b:c.yaml", Line: 3, Col: 5, EndLine: 3, EndCol: 10}, "%s", "100%\nwrong").With(span(1, 2, 1, 3), "the first one"),
		Warningf("RR9999", Span{File: "z", Line: 3, Col: 5, EndLine: 4, EndCol: 10}, "two lines"),
		Errorf("", Span{}, "no place"),
	}
	want := "::error title=error::no place\n" +
		"::error file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=5,endColumn=9,title=RR0007%3A a repeated key::100%25%0Awrong%0Anote: p.yaml:1:2: the first one\n" +
		"::warning file=z,line=3,endLine=4,title=RR9999::two lines\n"
	if diff := cmp.Diff(want, printed(t, GitHub, list, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	if got := printed(t, JSON, nil, nil); got != "{\n  \"diagnostics\": []\n}\n" {
		t.Errorf("an empty list prints %q", got)
	}
	list := List{Errorf("RR0007", span(3, 5, 3, 10), "a <b>").With(Span{File: "q"}, "n")}
	var got any
	if err := json.Unmarshal([]byte(printed(t, JSON, list, nil)), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"diagnostics": []any{map[string]any{
		"code": "RR0007", "severity": "error", "message": "a <b>", "file": "p.yaml",
		"line": 3.0, "column": 5.0, "endLine": 3.0, "endColumn": 10.0,
		"notes": []any{map[string]any{"message": "n", "file": "q"}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	list := List{
		Errorf("RR0007", Span{File: "dir/a b.yaml", Line: 3, Col: 5, EndLine: 3, EndCol: 10}, "twice").With(span(1, 2, 1, 3), "the first one"),
		Errorf("RR0007", span(4, 1, 4, 2), "twice more"),
		Warningf("RR9999", Span{}, "no place"),
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(printed(t, SARIF, list, nil)), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("version %s with %d runs", log.Version, len(log.Runs))
	}
	run := log.Runs[0]
	if rules := run.Tool.Driver.Rules; len(rules) != 2 || rules[1].ID != "RR0007" || rules[1].Short.Text != "a repeated key" {
		t.Errorf("the rules are %+v", rules)
	}
	for i, want := range []struct{ rule, level, uri string }{{"RR9999", "warning", ""}, {"RR0007", "error", "dir/a%20b.yaml"}, {"RR0007", "error", "p.yaml"}} {
		r := run.Results[i]
		uri := ""
		if len(r.Locations) > 0 {
			uri = r.Locations[0].Physical.Artifact.URI
		}
		if r.RuleID != want.rule || r.Level != want.level || uri != want.uri || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("result %d is %+v, want %+v", i, r, want)
		}
	}
	twice := run.Results[1]
	if got, want := *twice.Locations[0].Physical.Region, (sarifRegion{StartLine: 3, StartColumn: 5, EndLine: 3, EndColumn: 10}); got != want {
		t.Errorf("the region is %+v, want %+v", got, want)
	}
	if len(twice.Related) != 1 || twice.Related[0].Message.Text != "the first one" || twice.Related[0].Physical.Region.StartLine != 1 {
		t.Errorf("the related places are %+v", twice.Related)
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for _, name := range Formats() {
		if f, err := ParseFormat(name); err != nil || string(f) != name {
			t.Errorf("ParseFormat(%q) = %q, %v", name, f, err)
		}
	}
	for name, want := range map[string]string{
		"jsno": `unknown format "jsno"; did you mean "json"?`,
		"xml":  `unknown format "xml"; it is one of text, json, github, sarif`,
	} {
		if _, err := ParseFormat(name); err == nil || err.Error() != want {
			t.Errorf("ParseFormat(%q): %v, want %s", name, err, want)
		}
	}
	if err := Print(&strings.Builder{}, "xml", nil, nil); err == nil {
		t.Error("Print takes an unknown format")
	}
}

func TestSplitLines(t *testing.T) {
	t.Parallel()
	for src, want := range map[string][]string{
		"":               {""},
		"a":              {"a"},
		"a\n":            {"a"},
		"a\nb":           {"a", "b"},
		"a\r\nb\rc\n\nd": {"a", "b", "c", "", "d"},
		"\ufeffa":        {"a"},
		"\n":             {""},
	} {
		if diff := cmp.Diff(want, SplitLines([]byte(src))); diff != "" {
			t.Errorf("SplitLines(%q) (-want +got):\n%s", src, diff)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"command", "command_type", "returns", "retry", "next", "needs"}
	for name, want := range map[string]string{
		"comand": "command", "commnad": "command", "commandtype": "command_type", "return": "returns", "rtry": "retry",
		"nxet": "next", "xyz": "", "": "", "command": "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a: b\n"), "message", 1, 1, 1, 3)
	f.Add([]byte("\t\x00é日\xff\n"), "m\x1b", 1, 2, 2, 1)
	f.Fuzz(func(t *testing.T, src []byte, message string, line, col, endLine, endCol int) {
		list := List{Errorf("RR0001", span(line, col, endLine, endCol), "%s", message)}
		out := printed(t, Text, list, map[string][]byte{"p.yaml": src})
		for _, r := range out {
			if r < 0x20 && r != '\n' {
				t.Fatalf("the output holds the control character %U", r)
			}
		}
		if n := strings.Count(out, "\n"); n > 3 {
			t.Fatalf("%d lines for one message", n)
		}
	})
}
