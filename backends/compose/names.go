package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// namer gives services their names: the step's path where compose allows it as a name, else the path without what is
// not allowed, and a hash of it. Paths that differ get names that differ.
type namer map[string]string // name → path

// newNamer makes a namer that knows the services that are no steps, and gives the clean paths their names first, so
// that no hash can take one away.
func newNamer(paths []string) namer {
	n := namer{runnerService: "", beginService: "", resultService: ""}
	for _, p := range paths {
		if _, taken := n[p]; !taken && clean(p) {
			n[p] = p
		}
	}
	return n
}

// give returns the name of the service for a path.
func (n namer) give(path string) string {
	if n[path] == path {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	hash := hex.EncodeToString(sum[:])
	wish := slug(path)
	for digits := 6; ; digits += 2 {
		name := wish + "-" + hash[:digits]
		if have, taken := n[name]; !taken || have == path {
			n[name] = path
			return name
		}
	}
}

// clean reports whether a path is a name that compose and the engine take as it is.
func clean(path string) bool {
	return path != "" && len(path) <= maxNameChars && !strings.ContainsFunc(path, notInName) && path == strings.Trim(path, "-._")
}

func notInName(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_' && r != '-'
}

// slug replaces what a name cannot hold by single dashes, and cuts what is too long.
func slug(path string) string {
	var b strings.Builder
	for _, r := range path {
		if notInName(r) {
			if !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
			continue
		}
		b.WriteRune(r)
	}
	s := strings.Trim(b.String(), "-._")
	if len(s) > maxNameChars-20 {
		s = strings.Trim(s[:maxNameChars-20], "-._")
	}
	if s == "" {
		return "step"
	}
	return s
}

// argument writes a path for the runner's command line. Names hold no percent sign, so a first dash, which would be
// taken for a flag, goes as %2D.
func argument(path string) string {
	if rest, ok := strings.CutPrefix(path, "-"); ok {
		return "%2D" + rest
	}
	return path
}

// clip cuts text to one line of at most n characters.
func clip(text string, n int) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	r := []rune(strings.TrimSpace(line))
	if len(r) > n {
		r, more = r[:n-1], true
	}
	if more {
		return string(r) + "…"
	}
	return string(r)
}
