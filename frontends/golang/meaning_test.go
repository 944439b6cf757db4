package golang_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends/golang"
)

const program = "package main\n\nimport \"fmt\"\n\nconst limit = 3\n\nfunc fit(n int) int { return bound(n) }\n\nfunc bound(n int) int { return min(n, limit) }\n\nfunc report() { fmt.Println(1) }\n\nfunc main() { report() }\n"

// TestMeaning changes a program and asks whether a function of it does another thing.
func TestMeaning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, function string
		edit           [2]string
		same           bool
	}{
		{"layout and comments", "main.fit", [2]string{"func fit(n int) int { return bound(n) }", "// fit fits.\nfunc fit(n int) int {\n\n\treturn bound(n) // n\n}"}, true},
		{"the function", "main.fit", [2]string{"bound(n) }", "bound(n + 1) }"}, false},
		{"what it uses", "main.fit", [2]string{"min(n", "max(n"}, false},
		{"what that uses", "main.fit", [2]string{"limit = 3", "limit = 4"}, false},
		{"another function", "main.fit", [2]string{"Println(1)", "Println(2)"}, true},
		{"what is done at the start", "main.fit", [2]string{"func main()", "func init() { fmt.Println() }\n\nfunc main()"}, false},
		{"a function that is not there", "main.absent", [2]string{"Println(1)", "Println(2)"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ask := func(text string) string {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				got, err := golang.Meaning(dir, c.function)
				if err != nil {
					t.Fatal(err)
				}
				return got
			}
			edited := strings.Replace(program, c.edit[0], c.edit[1], 1)
			if edited == program {
				t.Fatal("the edit changes nothing")
			}
			if same := ask(program) == ask(edited); same != c.same {
				t.Errorf("same: %v", same)
			}
		})
	}
}
