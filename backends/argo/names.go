package argo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// namer gives out names that are different for different wishes: lower-case letters, digits and dashes. A name is
// its wish as far as that can be; a hash of the wish is added only where it was cut or is taken.
type namer map[string]bool

// give returns the name for a wish, at most limit characters long, and takes it.
func (n namer) give(wish string, limit int) string {
	name := slug(wish)
	if len(name) > limit || n[name] {
		h := hash8(wish)
		name = strings.TrimRight(name[:min(len(name), limit-9)], "-") + "-" + h
	}
	for i := 2; n[name]; i++ {
		name = strings.TrimRight(slug(wish)[:min(len(slug(wish)), limit-14)], "-") + "-" + hash8(fmt.Sprint(wish, i))
	}
	n[name] = true
	return name
}

// slug turns any text into lower-case letters, digits and single dashes.
func slug(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case 'A' <= r && r <= 'Z':
			b.WriteRune(r - 'A' + 'a')
		default:
			if s := b.String(); s != "" && s[len(s)-1] != '-' {
				b.WriteByte('-')
			}
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "x-" + hash8(text)
}

func hash8(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// segment writes a step's name as a part of the path that travels through Argo. Names hold no percent sign, so what
// Argo or a command line could take for something else goes as %XX, byte for byte, and the runner reads it back.
func segment(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)), r == '_', r == ' ' && i > 0,
			strings.ContainsRune("-+@=:,/~", r) && i > 0, r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		default:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	return b.String()
}

// label makes a valid Kubernetes label value of any text.
func label(text string) string {
	s := slug(text)
	return strings.Trim(s[:min(len(s), 63)], "-")
}

// clip cuts text to one line of at most n characters.
func clip(text string, n int) string {
	text = strings.TrimSpace(text)
	line, _, more := strings.Cut(text, "\n")
	r := []rune(strings.TrimSpace(line))
	if len(r) > n {
		r, more = r[:n-1], true
	}
	if more {
		return string(r) + "…"
	}
	return string(r)
}
