package wfformat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir"
)

// stepName is the step's name for the id of a task or file; ids that differ give names that differ.
//
// The dot, which paths use, becomes a colon. What else a name must not hold, and the two characters that this takes,
// are written with a tilde. An id too long for a name is cut, and a digest of the whole id stands behind.
func stepName(id string) string {
	if ir.IsTerminal(id) {
		return "~t" + id
	}
	var b strings.Builder
	length := 0
	for i, r := range id {
		piece := escaped(id[i:], r)
		length += utf8.RuneCountInString(piece)
		b.WriteString(piece)
		if length > ir.MaxNameLength {
			return cut(id)
		}
	}
	return b.String()
}

// escaped is one character of an id as it stands in a name. rest begins with it.
func escaped(rest string, r rune) string {
	switch {
	case r == '.':
		return ":"
	case r == ':':
		return "~c"
	case r == '~':
		return "~~"
	case r == '%':
		return "~p"
	case r == utf8.RuneError && !strings.HasPrefix(rest, string(utf8.RuneError)):
		return fmt.Sprintf("~x%02x", rest[0])
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return fmt.Sprintf("~u%04x", r)
	}
	return string(r)
}

// cut is the name of an id that is too long: its beginning, and behind ~h, which nothing else gives, its digest.
func cut(id string) string {
	const kept = 100
	var b strings.Builder
	length := 0
	for i, r := range id {
		piece := escaped(id[i:], r)
		if length += utf8.RuneCountInString(piece); length > kept {
			break
		}
		b.WriteString(piece)
	}
	sum := sha256.Sum256([]byte(id))
	return b.String() + "~h" + hex.EncodeToString(sum[:16])
}
