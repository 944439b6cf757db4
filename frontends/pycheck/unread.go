package pycheck

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

const codeUnread = "RR0357"

// unread warns of parameters that were given and that nothing can read: most often they are misspelt. It is silent where a
// step may read what cannot be seen, and about names that a step returns, which the parameter stands in for.
func (c *checker) unread() {
	if c.readsAny || len(c.o.Given) == 0 {
		return
	}
	returned := map[string]bool{}
	for _, r := range ir.Returnable(c.p.Graph) {
		returned[r.Name] = true
	}
	var wanted []string // by steps, and given by nobody
	for _, name := range sortedKeys(c.read) {
		if c.read[name] && !c.initial[name] && !returned[name] {
			wanted = append(wanted, name)
		}
	}
	for _, name := range c.o.Initial {
		at, given := c.o.Given[name]
		if _, reads := c.read[name]; given && !reads && !returned[name] {
			c.list.Add(diag.Warningf(codeUnread, at, "nothing reads the parameter %q%s", name, diag.DidYouMean(name, wanted)))
		}
	}
}

// reads notes what a function takes.
func (c *checker) reads(f *function) {
	c.readsAny = c.readsAny || f.takesRest || f.decorated
	for _, name := range f.takes() {
		c.read[name] = true
	}
}

// readByScript notes what a script may read: the names that stand in it, or anything, where it hands its environment to a
// program that is not known or is written in another language than the shell's.
func (c *checker) readByScript(script string, shell bool) {
	c.mentions(script)
	for _, variable := range variables().FindAllStringSubmatch(script, -1) {
		c.read[variable[1]] = true
	}
	for name := range c.initial { // one that is not an identifier is read as a file
		if strings.Contains(script, name) {
			c.read[name] = true
		}
	}
	c.readsAny = c.readsAny || !shell || strings.Contains(script, "RUNNABLE_PARAMS") || slices.ContainsFunc(commands(script), readsEnvironment)
}

var identifiers = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`) })

var variables = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`) })

// blind are commands that read no variable but those that their arguments name.
var blind = words(`echo printf rm rmdir mkdir test [ [[ export readonly unset local return exit kill sleep which command type set alias true false :
	cat cp mv ln ls wc sort uniq head tail cut tr tee touch date seq sed grep basename dirname expr cd pwd read shift trap wait umask chmod mktemp
	sha256sum md5sum diff cmp paste od du df stat for case function eval if fi done esac then else`)

func readsEnvironment(c command) bool {
	words := c.words
	for len(words) > 0 && (skipped[words[0]] && words[0] != "env" || assignment.MatchString(words[0])) {
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return false
	case words[0] == "set" || words[0] == "export":
		return len(words) == 1 || words[1] == "-p" // prints all of them
	case words[0] == "eval" || words[0] == "command":
		return true
	}
	return !blind[words[0]]
}

// notebook notes the names that stand in a notebook; parameters go into one of its cells, and are variables of all.
func (c *checker) notebook(n *ir.Notebook) {
	file, _ := c.o.Layout.File(n.Path)
	text, err := os.ReadFile(file)
	if err != nil {
		c.readsAny = true
		return
	}
	c.mentions(string(text))
}

// mentions notes the words of a text: each may be the name of a parameter, but most are not.
func (c *checker) mentions(text string) {
	for _, word := range identifiers().FindAllString(text, -1) {
		if _, noted := c.read[word]; !noted {
			c.read[word] = false
		}
	}
}
