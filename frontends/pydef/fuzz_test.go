package pydef

import (
	"encoding/json"
	"testing"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FuzzAnswer takes any JSON for what the Python side sent: it is a pipeline, or errors that can be printed.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"document":"{}"}`, `{"errors":[{"code":"RR0507","message":"m","line":-3,"col":99999999}]}`, `{"warnings":[{"message":"\u001b[2J","notes":[{"message":"n","file":"x"}]}],"document":""}`,
		`{"document":"{\"version\":1,\"name\":\"p\",\"graph\":{\"steps\":[{\"type\":\"stub\",\"name\":\"a\"}]}}"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var a answer
		if json.Unmarshal(text, &a) != nil {
			return
		}
		r := a.result("p.py", project.Layout{})
		if (r.Pipeline == nil) != r.Diags.HasErrors() {
			t.Fatalf("%v, %v", r.Pipeline, r.Diags)
		}
		if r.Pipeline != nil {
			ir.Check(r.Pipeline)
		}
		if err := diag.Print(t.Output(), diag.Text, r.Diags.Sorted(), map[string][]byte{"p.py": []byte("x = 1\n")}); err != nil {
			t.Fatal(err)
		}
	})
}
