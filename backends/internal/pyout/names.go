package pyout

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxName bounds what a variable keeps of a name.
const maxName = 60

// Variables are names that Python can have for variables, by the names of whatever they hold. A name stays as it is where that
// can be. Of another, what Python cannot have becomes an underscore; where two would be one, or be taken, a hash is part of it.
func Variables(names []string, taken func(variable string) bool) map[string]string {
	count := map[string]int{}
	for _, name := range names {
		count[word(name)]++
	}
	out := map[string]string{}
	for _, name := range names {
		variable := word(name)
		if count[variable] > 1 && variable != name || len(name) > maxName || variable == "_" || slices.Contains(keywords, variable) || taken(variable) {
			variable = Hashed(variable, name)
		}
		out[name] = variable
	}
	return out
}

// Hashed is the beginning of a name with a hash of all of it.
func Hashed(beginning, name string) string {
	hash := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s_%x", strings.TrimRight(beginning[:min(len(beginning), maxName)], "_"), hash[:3])
}

var notWord = regexp.MustCompile(`[^A-Za-z0-9_]+`) // compiled once, by every import

// word is a name as far as a variable can have it.
func word(name string) string {
	out := notWord.ReplaceAllString(name, "_")
	if out == "" || out[0] >= '0' && out[0] <= '9' {
		return "_" + out
	}
	return out
}

// keywords cannot be variables.
var keywords = strings.Fields(`
	False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda
	nonlocal not or pass raise return try while with yield`)
