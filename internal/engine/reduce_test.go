package engine

import (
	"strings"
	"testing"
)

func TestReducers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reducer, values, want string }{
		{"", "[1,2]", "[1,2]"},
		{"list", "[]", "[]"},
		{"max", "[3,1,2.5]", "3"},
		{"min", "[3,1,2.5]", "1"},
		{"sum", "[1,2,3]", "6"},
		{"sum", "[0.1,0.2]", "0.30000000000000004"},
		{"sum", "[true,true,1]", "3"},
		{"sum", "[]", "0"},
		{"sum", "[123456789012345678901234567890,1]", "123456789012345678901234567891"},
		{"len", `["a","b"]`, "2"},
		{"len", "[]", "0"},
		{"first", `["a","b"]`, `"a"`},
		{"last", `["a",{"k":1}]`, `{"k":1}`},
		{"last", "[]", "null"},
		{"mean", "[1,2]", "1.5"},
		{"mean", "[2,2]", "2.0"},
		{"mean", "[]", "null"},
		{"sorted", "[3,1,2]", "[1,2,3]"},
		{"sorted", "[]", "[]"},
		{"any", "[0,false,2]", "true"},
		{"any", "[]", "false"},
		{"all", "[1,0]", "false"},
		{"all", "[]", "true"},
		{"max", "[]", "null"},
		{"lambda *x: max(x)", "[1,7,3]", "7"},
		{"lambda *x: x", "[1,2]", "[1,2]"},
		{"lambda *x: x[0]", `[{"a":1},2]`, `{"a":1}`},
		{"lambda x, y: x + y", "[1,2]", "3"},
		{"lambda *x: {'n': len(x), 'best': sorted(x)[-1]}", "[1,5]", `{"n":2,"best":5}`},
		{"lambda *x: round(sum(x) / len(x), 2)", "[1,2,2]", "1.67"},
		{"lambda *x: round(2.5)", "[1]", "2"},
		{"lambda *x: [v * 2 for v in x if v > 1]", "[1,2,3]", "[4,6]"},
		{"lambda *x: ', '.join(x)", `["a","b"]`, `"a, b"`},
		{"lambda *x: 1e16", "[1]", "1e+16"},
		{"lambda *x: 1000000.0", "[1]", "1000000.0"},
		{"lambda *x: abs(x[0])", "[-3]", "3"},
		{"lambda *x: 1", "[]", "null"},
	} {
		t.Run(c.reducer+" of "+c.values, func(t *testing.T) {
			t.Parallel()
			by, err := ParseReducer(c.reducer)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reduceOne(by, listOf(t, c.values), memory{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.JSON) != c.want {
				t.Errorf("got %s, want %s", got.JSON, c.want)
			}
		})
	}
}

func listOf(t *testing.T, text string) []Value {
	t.Helper()
	items, failure := itemsOf([]byte(text))
	if failure != "" {
		t.Fatal(failure)
	}
	return items
}

func TestParseReducerErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"maxx":                       `did you mean "max"`,
		"lambda *x: numpy.mean(x)":   "numpy",
		"lambda *x: max(x":           "does not compile",
		"lambda *x: undefined_fn(x)": "undefined_fn",
		"def f(x): return x":         "is not a reducer",
		"max(x)":                     "is not a reducer",
	} {
		if _, err := ParseReducer(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", text, err, want)
		}
	}
	if by, err := ParseReducer("my.pkg.reduce"); err != nil || by != (PythonReducer{"my.pkg.reduce"}) {
		t.Errorf("got %v, %v", by, err)
	}
}

func TestReducersThatFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reducer, values, want string }{
		{"lambda x, y: x + y", "[1,2,3]", "accepts 2 positional"},
		{"max", `[1,"a"]`, "not implemented"},
		{"lambda *x: x[9]", "[1]", "out of range"},
		{"lambda *x: [0 for a in range(100000) for b in range(100000)]", "[1]", "too many steps"},
		{"lambda *x: range(1000000000)", "[1]", "range: 1000000000 numbers are more than 10000000"},
		{"lambda *x: [range(1000000)] * 12", "[1]", "it made more than 64 MiB"},
	} {
		by, err := ParseReducer(c.reducer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := reduceOne(by, listOf(t, c.values), memory{}, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want …%s…", c.reducer, err, c.want)
		}
	}
}
