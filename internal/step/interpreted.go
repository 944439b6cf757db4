package step

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/execpath"
	"github.com/runnable-render/runnable-render/ir"
)

// What the folder of an attempt holds for a script that names its interpreter. The script has a folder to itself:
// interpreters look for modules beside the file that they run.
const (
	ownScript   = "own/script"
	preludeFile = "prelude"
)

// interpreted prepares a script whose first line names its interpreter (SEMANTICS 3). It runs from a file, as the system
// would run it, but is not executed itself: temporary folders often allow no programs, and a fork of ours may still have
// the file open. For a shell, our prelude takes the place of the first line, so that $0 and line numbers stay.
func (a *attempt) interpreted(i ir.Interpreter, script, vars string) (command, *failure) {
	argv, f := a.interpreterArgs(i)
	if f != nil {
		return command{}, f
	}
	file := filepath.Join(a.tmp, ownScript)
	err := os.Mkdir(filepath.Dir(file), 0o700)
	names := returnedVariables(a.task.Returns)
	if err == nil && i.Shell() && len(names) > 0 {
		before := filepath.Join(a.tmp, preludeFile)
		err = os.WriteFile(before, []byte(prelude(vars, names)), 0o600)
		_, rest, _ := strings.Cut(script, "\n")
		script = ". " + shellQuote(before) + "\n" + rest
	}
	if err == nil {
		err = os.WriteFile(file, []byte(script), 0o600)
	}
	if err != nil {
		return command{}, fail(engine.KindError, "cannot prepare the script: %v", err)
	}
	return command{argv: append(argv, file), dir: a.Dir}, nil
}

// interpreterArgs are the interpreter, found, and its argument. `env -S` is not left to env, of which not every image's
// knows it, where its words need no more than being split.
func (a *attempt) interpreterArgs(i ir.Interpreter) ([]string, *failure) {
	program := i.Program
	if !filepath.IsAbs(program) {
		program = filepath.Join(a.Dir, program)
	}
	if err := execpath.Executable(program); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("there is no such program here")
		}
		return nil, fail(engine.KindError, "the script asks for the interpreter %s in its first line: %v", i.Program, err)
	}
	words, split := strings.CutPrefix(i.Argument, "-S")
	switch {
	case i.Argument == "":
		return []string{program}, nil
	case split && filepath.Base(program) == "env" && !strings.ContainsAny(words, `"'\$#`):
		return append([]string{program}, strings.Fields(words)...), nil
	}
	return []string{program, i.Argument}, nil
}
