package plugin

import (
	"testing"

	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// FuzzDecode takes any bytes for what a program answers: each is used or refused with a reason, and every message of
// it can be printed.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"version":1}`, `{"version":2}`, `{}`, `[]`, `{"version":1,"returns":{"a":1},"need":["b"],"failure":{"message":"\u001b[2J"}}`,
		`{"version":1,"files":{"../x":"y"},"diagnostics":[{"message":"m","line":-1,"column":9999999999,"severity":"warning","notes":[{"message":"n"}]}]}`,
		`{"version":1,"pipeline":{"version":1,"name":"p","graph":{"steps":[{"type":"stub","name":"a"}]}}}`, `{"version":1,"version":2}`, `{"version":1}{`, `{"version":1e0}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []any{&Description{}, &TaskRequest{}, &TaskAnswer{}, &BackendRequest{}, &BackendAnswer{}} {
			if err := Decode(data, into); err != nil && err.Error() == "" {
				t.Fatal("an error without a text")
			}
		}
		var a FrontendAnswer
		if Decode(data, &a) != nil {
			return
		}
		list := List(a.Diagnostics, "p.x").Sorted()
		if err := diag.Print(t.Output(), diag.Text, list, map[string][]byte{"p.x": []byte("a\n")}); err != nil {
			t.Fatal(err)
		}
		if p, err := irjson.Decode(a.Pipeline); (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
	})
}
