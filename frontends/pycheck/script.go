package pycheck

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// How the commands of a script use the files that their arguments name; of all others the arguments are read.
var (
	readsNothing = words("echo printf rm rmdir mkdir test [ [[ export readonly unset local return exit kill sleep which command type set alias true false :")
	writesAll    = words("tee touch truncate mkfifo")
	writesLast   = words("cp mv ln install rsync")
	// skipped are words that stand before a command.
	skipped = words("if then elif else while until do ! time exec nice sudo env { fi done esac")
)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// outputOption is an option whose value is a file that is written.
var outputOption = regexp.MustCompile(`^--?o(ut\w*(-\w+)*)?$`)

// localFile is what the argument of a command looks like that may be a file of the working folder: it has an ending or
// lies in a folder, so that it is no subcommand.
var localFile = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\./)?[\pL\pN_][\pL\pN_@+-]*([./][\pL\pN_@+-]+)+$`)
})

// scriptUses returns the files that a shell script reads and writes under names that stand in its text, each once; what
// it has written itself is not read. A script that changes its folder tells nothing.
func scriptUses(script string) (reads, writes []fileUse) {
	var u scriptFiles
	for _, c := range commands(script) {
		if len(c.words) > 0 && (c.words[0] == "cd" || c.words[0] == "pushd") {
			return nil, nil
		}
		u.command(c)
	}
	for _, name := range u.written {
		writes = append(writes, fileUse{name: name, writes: true})
	}
	for _, name := range u.read {
		if !slices.Contains(u.written, name) {
			reads = append(reads, fileUse{name: name})
		}
	}
	return reads, writes
}

// script looks at a script, as far as it is one for a shell.
func (c *checker) script(t *ir.Task, cmd *ir.Shell, at spot) {
	i, named := cmd.Interpreter()
	c.readByScript(cmd.Script, !named || i.Shell())
	if named && !i.Shell() {
		return
	}
	if !named {
		c.dialect(t, cmd.Script)
	}
	u := &user{task: t, spot: at}
	u.reads, u.writes = scriptUses(cmd.Script)
	c.users = append(c.users, u)
}

// ofBash are commands that bash knows, and not every sh.
var ofBash = words("[[ source function declare typeset let shopt mapfile readarray pushd popd")

// dialect warns of a script that is written for bash and does not say so. Where /bin/sh is another shell, most of that is
// no error that ends it: it goes on, another way.
func (c *checker) dialect(t *ir.Task, script string) {
	l := &shellLexer{src: script}
	l.list(0)
	what := l.bash
	for _, cmd := range l.out {
		words := cmd.words
		for len(words) > 0 && skipped[words[0]] {
			words = words[1:]
		}
		if what != "" || len(words) < 2 {
			continue
		}
		switch {
		case ofBash[words[0]]:
			what = words[0]
		case words[0] == "[" && slices.Contains(words, "=="):
			what = "[ … == … ]"
		}
	}
	if what != "" {
		c.list.Add(diag.Warningf(codeDialect, t.Span, "%q uses %s, which bash has but not every /bin/sh; begin the script with the line #!/bin/bash", t.Name, what))
	}
}

// scriptFiles are the names of files, each once.
type scriptFiles struct{ read, written []string }

func (u *scriptFiles) add(list *[]string, word string) {
	name := path.Clean(word)
	if word != "" && name != "." && filepath.IsLocal(name) && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

func (u *scriptFiles) command(c command) {
	for _, w := range c.from {
		u.add(&u.read, w)
	}
	for _, w := range c.to {
		u.add(&u.written, w)
	}
	words := c.words
	for len(words) > 0 && (skipped[words[0]] || assignment.MatchString(words[0])) {
		words = words[1:]
	}
	if len(words) < 2 || readsNothing[words[0]] {
		return
	}
	name, args := path.Base(words[0]), words[1:]
	for i, w := range args {
		option, value, has := strings.Cut(w, "=")
		switch {
		case has && outputOption.MatchString(option):
			u.add(&u.written, value)
		case !localFile().MatchString(w):
		case writesAll[name], writesLast[name] && i == len(args)-1, i > 0 && outputOption.MatchString(args[i-1]):
			u.add(&u.written, w)
		default:
			u.add(&u.read, w)
		}
	}
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
