package runner

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// FuzzEnvironment takes any text for what a target puts into the runner's environment: it is read or refused.
func FuzzEnvironment(f *testing.F) {
	f.Add(`{"version":1,"name":"p","graph":{"steps":[{"type":"stub","name":"a"}]}}`, `["a"]`, base64.StdEncoding.EncodeToString([]byte("[1]")))
	f.Add("gz:H4sIAAAAAAAA", `["a","a"]`, "")
	f.Add("gz:", "null", "!")
	f.Add("", "{}", "AA==")
	f.Add("sha256:00", "[]", "")
	empty, err := store.Open(f.Context(), f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, definition, names, value string) {
		e := readEnvironment([]string{runnerenv.Definition + "=" + definition, runnerenv.ParamNames + "=" + names, runnerenv.Param + "0=" + value, "PATH=/bin"})
		s := &session{env: e, store: empty, run: "r"}
		text, err := s.definition(t.Context())
		if (err == nil) != (s.pipeline != nil && text != nil) {
			t.Fatalf("%v, %q, %v", s.pipeline, text, err)
		}
		if err != nil { // the parameters are read all the same
			s.pipeline = &ir.Pipeline{}
		}
		params, err := s.parameters(nil)
		if err != nil {
			return
		}
		for _, p := range params {
			if !json.Valid(p.Value.JSON) {
				t.Fatalf("%q is %q", p.Name, p.Value.JSON)
			}
		}
	})
}

// FuzzFlags takes any words for the runner's command line: a step may be called --help.
func FuzzFlags(f *testing.F) {
	for _, s := range []string{"--help", "a.b", "-x", "%2D", "%zz", "", "\x00", "--control", "a=b"} {
		f.Add("run", s, "--control", s)
	}
	f.Fuzz(func(t *testing.T, command, path, flag, value string) {
		got, err := parseFlags([]string{command, path, flag, value})
		if err == nil && withPath[command] && got.path != path {
			t.Fatalf("%q became %q", path, got.path)
		}
	})
}
