package engine_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

var hugeNumber = regexp.MustCompile(`[0-9a-fA-F_]{6}`)

// FuzzReducer compiles and calls any text as a reducer: it is refused with a reason, or makes valid JSON, the same each
// time, or fails with a reason.
func FuzzReducer(f *testing.F) {
	for _, s := range []string{
		"sum", "lambda *x: max(x)", "lambda *x: [y for y in x if y > 1]", "lambda *x: {str(i): v for i, v in enumerate(x)}", "lambda *x: pow(9, 99)", "lambda a, b: a / b",
		"lambda *x: round(sum(x) / len(x), 2)", "lambda *x: x * 3", "lambda *x: 1 << 70", "lambda *x: (lambda f: f(f))(lambda f: f(f))", "steps.f", "lambda", "lambda *x: \"%d\" % x", "lambda *x: set(x)",
		"lambda *x: float('nan')", "lambda *x: range(1000000000)", "lambda *x: [x] * 1000",
	} {
		f.Add(s, "[1,2.5,3]")
	}
	f.Add("sorted", `["a",null,{"b":[1]},true]`)
	f.Fuzz(func(t *testing.T, source, list string) {
		if hugeNumber.MatchString(source + list) {
			return // a text repeated so often takes the memory that it says
		}
		r, err := engine.ParseReducer(source)
		if err != nil {
			return
		}
		formula, ok := r.(*engine.Formula)
		var items []json.RawMessage
		if !ok || json.Unmarshal([]byte(list), &items) != nil || len(items) > 100 {
			return
		}
		values := make([]engine.Value, len(items))
		for i, text := range items {
			if values[i], err = engine.NewJSON(text); err != nil {
				t.Fatal(err)
			}
		}
		one, err := formula.Apply(values, blobs{})
		if err != nil || one.Blob != nil {
			return // a large value is in the store
		}
		if !json.Valid(one.JSON) {
			t.Fatalf("%s of %s is not JSON: %q", source, list, one.JSON)
		}
		if two, err := formula.Apply(values, blobs{}); err != nil || !bytes.Equal(one.JSON, two.JSON) {
			t.Fatalf("%s of %s is %s, then %s, %v", source, list, one.JSON, two.JSON, err)
		}
	})
}

// FuzzControl takes any text for the control value of a map, a conditional and a loop, as a script returned it.
func FuzzControl(f *testing.F) {
	for _, s := range []string{"[1,2]", "true", "True", "1.0", `"a"`, "a", "null", "{}", "", " [ ] ", "[1", "\xff", "1e5", `"\ud800"`, "[[[[]]]]"} {
		f.Add(s, "a")
	}
	f.Fuzz(func(t *testing.T, text, branch string) {
		v := engine.ParseText(text)
		if !json.Valid(v.JSON) {
			t.Fatalf("%q is kept as %q", text, v.JSON)
		}
		if again, err := engine.NewJSON(v.JSON); err != nil || !bytes.Equal(again.JSON, v.JSON) {
			t.Fatalf("%q: %q, then %q, %v", text, v.JSON, again.JSON, err)
		}
		scope := engine.InitialScope([]engine.Named{{Name: "x", Value: v}})
		items, failure := engine.Items(&ir.Map{IterateOn: ir.Ref{Name: "x"}}, "m", scope, blobs{})
		if isList := v.JSON[0] == '['; isList != (failure == nil) {
			t.Fatalf("%s: %v, %+v", v.JSON, items, failure)
		}
		for _, item := range items {
			if !json.Valid(item.JSON) {
				t.Fatalf("an item of %s is %q", v.JSON, item.JSON)
			}
		}
		c := &ir.Conditional{Parameter: ir.Ref{Name: "x"}, Branches: []ir.Branch{{Name: "other"}, {Name: branch}}}
		if arm, failure := engine.Arm(c, "c", scope, blobs{}); failure == nil && (arm < 0 || arm > 1) || failure != nil && failure.Message == "" {
			t.Fatalf("%d, %+v", arm, failure)
		}
		l := &ir.Loop{BreakOn: ir.Ref{Name: "x"}, MaxIterations: 2}
		done, failure := engine.LoopDone(l, "l", 0, &engine.Outcome{Status: engine.Success, After: scope}, blobs{})
		if done != (string(v.JSON) == "true") || failure != nil {
			t.Fatalf("%s", v.JSON)
		}
	})
}
