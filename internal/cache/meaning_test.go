package cache_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/cache"
)

const steps = "import helper\nLIMIT = 3\ndef small(x):\n    return x < LIMIT\ndef step(x):\n    return small(helper.twice(x))\ndef other():\n    return 1\nclass Plugin:\n    pass\nclass Special(Plugin):\n    size = 6\ndef plugins():\n    return Plugin.__subclasses__()\nKNOWN = []\n@KNOWN.append\ndef rule():\n    return 7\nclass Flow:\n    factor = 2\n    def first(self):\n        return self.factor\n    def second(self):\n        return 2\ndef main():\n    return other()\nif __name__ == '__main__':\n    main()\n"

// TestMeanings changes a file of Python and asks whether a function of it does another thing.
func TestMeanings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, function string
		edit           [2]string
		same           bool
	}{
		{"layout and comments", "step", [2]string{"def step(x):\n    return small(helper.twice(x))", "\n\n# the step\ndef step( x ):\n    return small(  # twice\n        helper.twice( x ))"}, true},
		{"the function", "step", [2]string{"twice", "thrice"}, false},
		{"what it uses", "step", [2]string{"x < LIMIT", "x <= LIMIT"}, false},
		{"what that uses", "step", [2]string{"LIMIT = 3", "LIMIT = 4"}, false},
		{"another function", "step", [2]string{"return 1", "return 2"}, true},
		{"what only the program does", "step", [2]string{"return other()", "return 5"}, true},
		{"an import that it uses", "step", [2]string{"import helper\n", "import other as helper\n"}, false},
		{"what is done on import", "step", [2]string{"LIMIT = 3", "LIMIT = 3\nprint(1)"}, false},
		{"what makes itself known", "step", [2]string{"return 7", "return 8"}, false},
		{"a class below one that is not used", "step", [2]string{"size = 6", "size = 7"}, true},
		{"a class below one that is used", "plugins", [2]string{"size = 6", "size = 7"}, false},
		{"what the module does elsewhere", "step", [2]string{"if __name__ == '__main__':\n    main()", "if __name__ != '__main__':\n    LIMIT = 5"}, false},
		{"all of the file", "", [2]string{"return 1", "return 2"}, false},
		{"a method", "Flow.first", [2]string{"return self.factor", "return self.factor + 1"}, false},
		{"what a method uses", "Flow.first", [2]string{"factor = 2", "factor = 3"}, false},
		{"another method", "Flow.first", [2]string{"return 2", "return 3"}, true},
		{"a name that is not there", "absent", [2]string{"return 1", "return 2"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ask := func(text string) string {
				got, err := cache.Meanings(t.Context(), place(t, map[string]string{"steps.py": text}), []cache.Meaning{{File: "steps.py", Function: c.function}})
				if err != nil || len(got) != 1 || got[0] == "" {
					t.Fatalf("%v, %v", got, err)
				}
				return got[0]
			}
			edited := strings.Replace(steps, c.edit[0], c.edit[1], 1)
			if edited == steps {
				t.Fatal("the edit changes nothing")
			}
			if same := ask(steps) == ask(edited); same != c.same {
				t.Errorf("same: %v", same)
			}
		})
	}
}

// TestMeaningsOfNoPython asks of what cannot be read.
func TestMeaningsOfNoPython(t *testing.T) {
	t.Parallel()
	w := place(t, map[string]string{"steps.py": "def ("})
	got, err := cache.Meanings(t.Context(), w, []cache.Meaning{{File: "steps.py"}, {File: "gone.py"}})
	if err != nil || len(got) != 2 || got[0] != "" || got[1] != "" {
		t.Errorf("%q, %v", got, err)
	}
}
