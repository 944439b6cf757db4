package diag

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var codeForm = regexp.MustCompile(`^RR\d{4}$`)

func TestCodes(t *testing.T) {
	t.Parallel()
	codes := Codes()
	if len(codes) == 0 {
		t.Fatal("no codes")
	}
	for i, c := range codes {
		if !codeForm.MatchString(c.Code) {
			t.Errorf("%q is no code", c.Code)
		}
		if i > 0 && codes[i-1].Code >= c.Code {
			t.Errorf("%s comes twice or out of order", c.Code)
		}
		first, _ := utf8.DecodeRuneInString(c.Title)
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || strings.Contains(c.Title, "\n") || unicode.IsUpper(first) && !startsWithName(c.Title) {
			t.Errorf("%s: the title is one line, lower case and without a full stop: %q", c.Code, c.Title)
		}
		if !strings.HasSuffix(strings.TrimSpace(c.Explanation), ".") {
			t.Errorf("%s: the explanation is made of sentences: %q", c.Code, c.Explanation)
		}
		if c.Good == c.Bad && c.Bad != "" {
			t.Errorf("%s: the good example is the bad one", c.Code)
		}
		if got, ok := Lookup(strings.ToLower(c.Code)); !ok || got.Code != c.Code {
			t.Errorf("Lookup does not find %s", c.Code)
		}
	}
	if _, ok := Lookup("RR9999"); ok {
		t.Error("Lookup finds what is not there")
	}
}

// startsWithName reports whether a title starts with a proper name or an abbreviation.
func startsWithName(title string) bool {
	word, _, _ := strings.Cut(title, " ")
	return word == strings.ToUpper(word) || strings.HasPrefix(word, "Argo") || strings.HasPrefix(word, "Kubernetes") || strings.HasPrefix(word, "Python")
}
