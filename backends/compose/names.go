package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// namer gives services their names: the step's path where compose allows it as a name, else the path without what is
// not allowed, and a hash of it. Paths that differ get names that differ.
//
// No name followed by a dot is the beginning of another: compose 2 takes services a and a.b, where both merge the same
// anchor, for a node that holds itself, and refuses the file.
type namer struct {
	names map[string]string // name → path; the beginnings of names are taken by nobody's path
	fixed []string          // of services that are no steps
}

// taken stands for what is no step's path: the empty name is none.
const taken = ""

// newNamer makes a namer that knows the names of services that are no steps. Those paths that can be names as they are get
// them first, so that no hash can take one away.
func newNamer(paths []string, fixed ...string) namer {
	n := namer{names: map[string]string{}, fixed: fixed}
	for _, name := range fixed {
		n.names[name] = taken
	}
	for _, p := range paths {
		if !clean(p) || n.reserved(p) {
			continue
		}
		n.names[p] = p
		for i := range p {
			if p[i] == '.' {
				n.names[p[:i]] = taken
			}
		}
	}
	return n
}

// reserved reports whether the first segment of a path is the name of a service that is no step.
func (n namer) reserved(path string) bool {
	first, _, _ := strings.Cut(path, ".")
	return slices.Contains(n.fixed, first)
}

// give returns the name of the service for a path that is not given out twice.
func (n namer) give(path string) string {
	if path != taken && n.names[path] == path {
		return path
	}
	wish := slug(path)
	if n.reserved(path) {
		wish = "step-" + wish
	}
	return n.hashed(wish, path)
}

// more returns the name of a service that does something else with the composite at path than to run it.
func (n namer) more(path, what string) string {
	if name := path + "-" + what; clean(name) && !n.reserved(path) {
		if _, there := n.names[name]; !there {
			n.names[name] = name
			return name
		}
	}
	return n.hashed(slug(path)+"-"+what, path+"."+what)
}

func (n namer) hashed(wish, path string) string {
	sum := sha256.Sum256([]byte(path))
	hash := hex.EncodeToString(sum[:])
	for digits := 6; ; digits += 2 {
		name := wish + "-" + hash[:digits]
		if _, there := n.names[name]; !there {
			n.names[name] = path
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

// slug replaces what a name cannot hold by single dashes, dots too (so that no other name begins it), and cuts what is
// too long.
func slug(path string) string {
	var b strings.Builder
	for _, r := range path {
		if notInName(r) || r == '.' {
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
