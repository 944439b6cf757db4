package pyout

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// Python reads a text and a value as what they were written of.
func TestPythonReads(t *testing.T) {
	t.Parallel()
	values := []string{
		`"plain"`, `"it's \"quoted\""`, `"\\ \n \r \t \u0001 \u00e9 \u2028 \ud83d\ude00 {{ x }} ''' \"\"\""`, `""`, `1.10`, `-0.0`, `12345678901234567890123`,
		`[true, false, null, [], {}]`, `{"a b": [1, {"c": "d"}], "": 0}`,
	}
	var program strings.Builder
	program.WriteString("import json\n")
	for _, value := range values {
		literal, why := Literal([]byte(value))
		if why != "" {
			t.Errorf("%s: %s", value, why)
		}
		quoted, _ := json.Marshal(value)
		program.WriteString("assert " + literal + " == json.loads(" + Quoted(value) + "), " + string(quoted) + "\n")
	}
	cmd := exec.CommandContext(t.Context(), "python3", "-")
	cmd.Stdin = strings.NewReader(program.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, program.String())
	}
}

// Variables keep names that can be, and tell apart all others.
func TestVariables(t *testing.T) {
	t.Parallel()
	names := []string{"a_b", "a-b", "a b", "class", "taken", "1st", "*", "", "häuser", strings.Repeat("x", 100)}
	got := Variables(names, func(v string) bool { return v == "taken" })
	seen := map[string]string{}
	for name, v := range got {
		if seen[v] != "" || notWord.MatchString(v) || v == "class" || v == "taken" || v[0] >= '0' && v[0] <= '9' || len(v) > maxName+7 {
			t.Errorf("%q is %q, and so is %q", name, v, seen[v])
		}
		seen[v] = name
	}
	if len(got) != len(names) || got["a_b"] != "a_b" {
		t.Error(got)
	}
}
