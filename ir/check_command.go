package ir

import (
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// interpreter reports a first line that was meant to name an interpreter and names none that could be found (SEMANTICS 3).
func (c *checker) interpreter(n *Task) {
	script, ok := n.Command.(*Shell)
	if !ok {
		return
	}
	i, named := script.Interpreter()
	switch {
	case named && !strings.Contains(i.Program, "/"):
		c.errorf(codeInterpreter, n.Span, "the first line of the script of %q is \"#!%s\", which does not give the path of a program; write #!/bin/bash, or #!/usr/bin/env %s", n.Name, i.Program, i.orPython())
	case !named && strings.HasPrefix(strings.TrimLeft(script.Body(), " \t"), "#!"):
		c.list.Add(diag.Warningf(codeInterpreter, n.Span, "the #! of the script of %q comes after blanks, so it is a comment and /bin/sh runs the script; remove the blanks", n.Name))
	}
}

// orPython is the program, or an example of one.
func (i Interpreter) orPython() string {
	if i.Program == "" {
		return "python3"
	}
	return i.Program
}

// resources reports amounts that mean something else than they were written for.
func (c *checker) resources(b *Common) {
	for _, a := range b.Resources.Amounts() {
		if why := Implausible(a.Key, a.Text); why != "" {
			c.errorf(CodeImplausible, b.Span, "%q has resources.%s %s, which %s", b.Name, a.Key, a.Text, why)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Resources.Extended)) {
		if why := WrongExtended(name); why != "" {
			c.errorf(CodeExtended, b.Span, "%q has resources.extended %q, which %s", b.Name, name, why)
		}
		if text := b.Resources.Extended[name]; !Whole(text) {
			c.errorf(CodeExtended, b.Span, "%q has resources.extended %s %q; it must be a whole number, such as 1", b.Name, name, text)
		}
	}
}
