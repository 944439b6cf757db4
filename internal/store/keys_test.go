package store

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"train", "train"},
		{"Train", "!train"},
		{"a b", "a%20b"},
		{"!a", "%21a"},
		{"%41", "%2541"},
		{"", "%"},
		{"con", "%63on"},
		{"com1", "%63om1"},
		{"com10", "com10"},
		{"CON", "!c!o!n"},
		{"a/b", "a%2Fb"},
		{"1.json", "1%2Ejson"},
		{"~x", "%7Ex"},
		{"é", "%C3%A9"},
		{"e\u0301", "e%CC%81"},
	} {
		if got := escape(tt.in); got != tt.want {
			t.Errorf("escape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := escapePath("map_step.0.Child"); got != "map_step/0/!child" {
		t.Error(got)
	}
}

func TestEscapeCut(t *testing.T) {
	t.Parallel()
	for pad := range 4 { // so that the cut meets each byte of an escape
		for _, unit := range []string{"é", "A", "x", "A é"} {
			long := strings.Repeat("x", pad) + strings.Repeat(unit, 300)
			a, b := escape(long), escape(long+"y")
			if a == b || len(a) > maxSegment || !strings.Contains(a, "~") {
				t.Errorf("%q %q", a, b)
			}
			head, _, _ := strings.Cut(a, "~")
			if s, ok := unescape(head); !ok || !strings.HasPrefix(long, s) {
				t.Errorf("%q was cut within an escape", a)
			}
		}
	}
}

func TestEscapePathLimit(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("segment.", 500) + "a"
	a, b := escapePath(deep), escapePath(deep+"b")
	if a == b || len(a) > maxPath+2+2*hashBytes {
		t.Errorf("%d bytes, equal %t", len(a), a == b)
	}
	if key := LogKey(strings.Repeat("r", maxRun), deep, 1000); len(key) > 1000 {
		t.Errorf("key has %d bytes", len(key))
	}
}

// Names that differ have folders that differ, also where case is folded; none holds a dot or is no name at all.
func FuzzEscape(f *testing.F) {
	long := strings.Repeat("A", 300)
	for _, s := range [][2]string{{"a", "A"}, {"a.b", "a/b"}, {"", "%"}, {"!a", "A"}, {"con", "%63on"}, {long, long + "a"}, {long, strings.ToLower(long)}, {"\xff", "\xfe"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := escape(a), escape(b)
		if (a == b) != (strings.ToLower(x) == strings.ToLower(y)) {
			t.Errorf("%q -> %q, %q -> %q", a, x, b, y)
		}
		if x == "" || len(x) > maxSegment || strings.ContainsAny(x, "./\\ :*?\"<>|\x00") {
			t.Errorf("%q -> %q", a, x)
		}
		for i := range len(x) {
			if x[i] > 0x7e || x[i] < 0x21 {
				t.Errorf("%q -> %q", a, x)
			}
		}
		if back, ok := unescape(x); ok && back != a || !ok && !strings.Contains(x, "~") {
			t.Errorf("%q -> %q -> %q, %t", a, x, back, ok)
		}
		p, q := escapePath(a), escapePath(b)
		if (a == b) != (strings.ToLower(p) == strings.ToLower(q)) {
			t.Errorf("paths %q -> %q, %q -> %q", a, p, b, q)
		}
	})
}

func TestCheckRunID(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		"r": true, "brave-fermi-2155": true, "My.Run_1": true, "a..b": true, strings.Repeat("a", 200): true,
		"": false, ".": false, "..": false, "a.": false, ".a": false, "-a": false, "a/b": false, "a b": false, "é": false,
		strings.Repeat("a", 201): false, strings.Repeat("A", 200): false,
	} {
		if err := CheckRunID(id); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Run ids that are taken have keys of their own, also where case is folded, below one folder and short enough for a
// file system; the key tells the id.
func FuzzRunID(f *testing.F) {
	for _, s := range [][2]string{{"a", "A"}, {"a.b", "a-b"}, {"con", "Con"}, {"..", "."}, {"a/../b", "a"}, {"-a", "a-"}, {"nul.x", "NUL.x"}, {strings.Repeat("A", 125), "x"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if CheckRunID(a) != nil {
			return
		}
		name := strings.TrimSuffix(strings.TrimPrefix(runKey(a), "runs/"), "/")
		if name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, "/\\ :*?\"<>|\x00") || strings.HasPrefix(name, ".") {
			t.Errorf("%q -> %q", a, name)
		}
		if back, ok := unescape(name); !ok || back != a {
			t.Errorf("%q -> %q -> %q", a, name, back)
		}
		if CheckRunID(b) == nil && (a == b) != strings.EqualFold(runKey(a), runKey(b)) {
			t.Errorf("%q and %q share %q", a, b, runKey(a))
		}
	})
}
