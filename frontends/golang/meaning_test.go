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

// TestMeaningOfOtherFiles changes what a function uses elsewhere: in packages of its module, in methods that nothing names, in files
// that are embedded.
func TestMeaningOfOtherFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"go.mod":          "module example.com/p\n",
		"main.go":         "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"example.com/p/lib\"\n\tother \"example.com/p/report\"\n)\n\n//go:embed words.txt\nvar words string\n\ntype result struct{}\n\nfunc (result) MarshalJSON() ([]byte, error) { return []byte(\"1\"), nil }\n\nfunc fit() result { lib.Fit(); return result{} }\n\nfunc report() { other.Print() }\n\nfunc main() { report() }\n",
		"words.txt":       "a",
		"lib/lib.go":      "package lib\n\nimport \"example.com/p/deep\"\n\nfunc Fit() { deep.Fit() }\n",
		"deep/deep.go":    "package deep\n\nfunc Fit() { println(1) }\n",
		"report/print.go": "package report\n\nfunc Print() { println(2) }\n",
	}
	ask := func(file, was, is string) string {
		dir := t.TempDir()
		for name, text := range files {
			if name == file {
				if text = strings.Replace(text, was, is, 1); text == files[name] {
					t.Fatalf("the edit of %s changes nothing", file)
				}
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := golang.Meaning(dir, "main.fit")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, c := range []struct {
		file, was, is string
		same          bool
	}{
		{"lib/lib.go", "deep.Fit()", "deep.Fit(); deep.Fit()", false},
		{"lib/lib.go", "func Fit() {", "// Fit fits.\nfunc Fit() {", true},
		{"deep/deep.go", "1", "2", false},
		{"report/print.go", "2", "3", true},
		{"main.go", "\"1\"", "\"2\"", false},
		{"words.txt", "a", "b", false},
	} {
		if same := ask("", "", "") == ask(c.file, c.was, c.is); same != c.same {
			t.Errorf("%s, %q: same is %v", c.file, c.is, same)
		}
	}
}
