package step

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// FuzzDotenv reads any text as a dotenv file, and any value back that was written to one in quotes.
func FuzzDotenv(f *testing.F) {
	for _, s := range []string{"A=1\n", "export B = two # note\n", "C='x\ny'\n", "D=\"a\\nb\\\"\\$\" # c", "=", "'", "A=\"", "A\r\n", "#", "A='b'c\nD=e", "\ufeffA=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := parseDotenv(text); err == nil {
			for name := range m {
				if name == "" || strings.Contains(name, "=") {
					t.Fatalf("%q has the name %q", text, name)
				}
			}
		}
		double := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		forms := []string{double}
		if !strings.Contains(text, "'") {
			forms = append(forms, "'"+text+"'")
		}
		for _, form := range forms {
			m, err := parseDotenv("# before\nA=" + form + " # behind\nB=2\n")
			if err != nil || m["A"] != text || m["B"] != "2" || len(m) != 2 {
				t.Fatalf("%q came back as %q, %v", form, m, err)
			}
		}
	})
}

// FuzzShellQuote holds quoting against the real shell.
func FuzzShellQuote(f *testing.F) {
	for _, s := range []string{"", "'", "''", "a b", "$(id)", "`id`", "\\", "\n", "-n", "é\xff", "!x", "a'b\"c$d", "*", "~", "\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) || len(text) > 64<<10 {
			return // no argument of a program can hold a NUL
		}
		out, err := exec.Command("/bin/sh", "-c", "printf %s "+shellQuote(text)+shellQuote("|")).Output()
		if err != nil || string(out) != text+"|" {
			t.Fatalf("%q comes back as %q, %v", text, out, err)
		}
	})
}

// FuzzFileName: every name of a parameter has a file of its own, below its folder.
func FuzzFileName(f *testing.F) {
	for _, s := range [][2]string{{"a/b", "a%2Fb"}, {".", "%2E"}, {"..", "..."}, {"a", "A"}, {"", "\x00"}, {"../x", "/etc"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.Contains(a+b, "%") {
			return // names hold no percent sign (SEMANTICS 1)
		}
		x, okX := fileName(a)
		y, okY := fileName(b)
		if okX && okY && (x == y) != (a == b) {
			t.Fatalf("%q and %q share %q", a, b, x)
		}
		if okX && (!filepath.IsLocal(x) || filepath.Base(x) != x || x == "." || strings.ContainsRune(x, 0)) {
			t.Fatalf("%q is the file %q", a, x)
		}
	})
}

// FuzzCatalog: whatever a pattern says, what it names lies in the working folder; whatever path a record tells, it is
// brought there or refused.
func FuzzCatalog(f *testing.F) {
	for _, s := range []string{"**", "out/**/*.txt", "../x", "/etc/passwd", "link/secret", "out/../../x", "{a,b}", "[", "in/*", "./out", "{..,out}/../secret", "\\.\\./secret", "[.][.]/secret", "link*/**", "loop/**", "{item}/x", "a\\", "?", "out//f.txt", "{/etc,out}/passwd"} {
		f.Add(s)
	}
	top := f.TempDir()
	root := filepath.Join(top, "work")
	must := func(err error) {
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, dir := range []string{"work/out/deep", "work/in", "outside"} {
		must(os.MkdirAll(filepath.Join(top, dir), 0o755))
	}
	for _, file := range []string{"secret", "outside/secret", "work/out/f.txt", "work/out/deep/g.txt", "work/in/a"} {
		must(os.WriteFile(filepath.Join(top, file), []byte("x"), 0o600))
	}
	must(os.Symlink("../outside", filepath.Join(root, "link")))
	must(os.Symlink(".", filepath.Join(root, "loop")))
	must(os.Symlink("../../secret", filepath.Join(root, "in", "leak")))
	root, err := filepath.EvalSymlinks(root)
	must(err)
	before := tree(f, top)
	f.Fuzz(func(t *testing.T, pattern string) {
		c := &catalog{r: &Runtime{}, dir: root, out: &sink{}}
		found, err := c.match(root, pattern)
		if err == nil {
			for name, real := range found {
				if !within(root, real) || !filepath.IsLocal(name) {
					t.Fatalf("%q names %q, which is %s", pattern, name, real)
				}
			}
		}
		if _, err := choose(pattern, []*engine.Entry{{Key: engine.FileKey("out/f.txt"), Files: []engine.File{{Path: "out/f.txt"}}}}); err != nil && err.Error() == "" {
			t.Fatal("an error without a text")
		}
		if filepath.IsLocal(filepath.FromSlash(pattern)) {
			return // it would be brought, or is in the way
		}
		if err := c.bring(t.Context(), root, wanted{path: pattern}); err == nil {
			t.Fatalf("%q was brought", pattern)
		}
		if after := tree(t, top); after != before {
			t.Fatalf("%q changed\n%s\nto\n%s", pattern, before, after)
		}
	})
}

// tree is the names of all files below a folder.
func tree(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}
