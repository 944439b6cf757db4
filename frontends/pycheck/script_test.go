package pycheck

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestScriptUses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, reads, writes string }{
		{"sort <a.txt >b", "a.txt", "b"},
		{"sort a.txt 2>&1 2>errors.txt | tee -a ./log.txt", "a.txt", "errors.txt log.txt"},
		{"cat a.txt >>a.txt", "", "a.txt"},
		{`export x="$(jq .n "in/a b.json" c.json)"`, "c.json", ""},
		{`x=$(( n * 2 )); if [ -f a.txt ]; then wc -l a.txt; fi`, "a.txt", ""},
		{"cp -r a.txt d/b.txt out.d/", "a.txt d/b.txt", ""},
		{"mv a.txt b.txt", "a.txt", "b.txt"},
		{"python3 train.py --data d.csv -o m.bin --output=n.bin --outdir x.d", "train.py d.csv", "m.bin n.bin x.d"},
		{"cat <<'E' >a.txt\nsort b.txt\nE\nsort c.txt", "c.txt", "a.txt"},
		{"cat a.txt # and b.txt\n# cat c.txt", "a.txt", ""},
		{`cat "$d/a.txt" ~/b.txt *.txt /etc/c.txt ../d.txt`, "", ""},
		{"curl -s https://example.com/a.json >/dev/null", "", ""},
		{"(cd d && cat a.txt)", "", ""},
		{`cat $(cat $(cat a.txt) b.txt`, "a.txt b.txt", ""},
		{"cat 'a.txt", "a.txt", ""},
		{"", "", ""},
	} {
		reads, writes := scriptUses(c.script)
		if got := namesOf(reads); got != c.reads {
			t.Errorf("%q reads %q, want %q", c.script, got, c.reads)
		}
		if got := namesOf(writes); got != c.writes {
			t.Errorf("%q writes %q, want %q", c.script, got, c.writes)
		}
	}
}

func namesOf(uses []fileUse) string {
	var out []string
	for _, u := range uses {
		out = append(out, u.name)
	}
	return strings.Join(out, " ")
}

// FuzzScript checks that any text is read to its end, and that only words of the text are named.
func FuzzScript(f *testing.F) {
	f.Add("cat <a.txt >b.txt; x=$(c 'd.e' <<E\nE\n)")
	f.Fuzz(func(t *testing.T, script string) {
		reads, writes := scriptUses(script)
		for _, u := range append(reads, writes...) {
			if !filepath.IsLocal(u.name) {
				t.Errorf("%q names %q", script, u.name)
			}
		}
	})
}
