package ir

import (
	"path"
	"strings"
)

// Interpreter is what a script's first line asks for: `#!`, a program, and at most one argument, as the system reads it.
type Interpreter struct {
	Program  string
	Argument string // empty: none
}

// Interpreter returns what the script's first line asks for; ok is false for one that runs under /bin/sh. Blank lines
// before it do not count, so that a text between triple quotes may begin on a line of its own.
func (c *Shell) Interpreter() (i Interpreter, ok bool) {
	first, _, _ := strings.Cut(c.Body(), "\n")
	line, ok := strings.CutPrefix(first, "#!")
	if !ok {
		return Interpreter{}, false
	}
	line = strings.TrimSpace(line)
	i.Program = line
	if end := strings.IndexAny(line, " \t"); end >= 0 {
		i.Program, i.Argument = line[:end], strings.TrimSpace(line[end:])
	}
	return i, true
}

// Body is the script from its first line that is not blank on.
func (c *Shell) Body() string {
	text := c.Script
	for {
		line, rest, more := strings.Cut(text, "\n")
		if !more || strings.TrimSpace(line) != "" {
			return text
		}
		text = rest
	}
}

// Name is the name of the program that reads the script: of `/usr/bin/env -S NAME=value bash -e` it is bash.
func (i Interpreter) Name() string {
	name := path.Base(i.Program)
	if name != "env" && name != "busybox" {
		return name
	}
	for word := range strings.FieldsSeq(i.Argument) {
		word = strings.TrimPrefix(word, "-S")
		if word != "" && !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
			return path.Base(word)
		}
	}
	return name
}

// Shell reports whether the script is read by a shell of the family of sh: sh, bash, dash, ash, ksh or zsh.
func (i Interpreter) Shell() bool {
	switch i.Name() {
	case "sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh":
		return true
	}
	return false
}
