package app

import (
	"path/filepath"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// where is what leads back to a run's facts, from any folder.
type where struct {
	store           *store.Store
	in              *inputs // nil: the run is looked at without its definition
	flags           *inputFlags
	python, workdir string
	isolate         bool
	start           *startFlags // of a run elsewhere
}

// commands are the commands that a summary names. They work from every folder, so the store is always named; the
// header of a local run names the definition.
func (a *command) commands(sum *runs.Summary, w where) *runs.Commands {
	if strings.HasPrefix(w.store.String(), "mem:") {
		return nil // it goes with this process
	}
	c := &runs.Commands{Logs: a.logsLine(sum, w)}
	if sum.Status == engine.Failed || sum.Status == engine.Interrupted {
		c.Retry = a.retryLine(sum.RunID, w)
	}
	return c
}

// logsLine prints the log of the step that failed, else of all.
func (a *command) logsLine(sum *runs.Summary, w where) string {
	line := a.self() + " runs logs " + quoteArg(sum.RunID)
	if step := sum.Failed(); step != nil && sum.Status != engine.Success {
		line += " " + quoteArg(step.Path)
	}
	return line + w.storeFlags()
}

// retryLine goes on with a run as it was started.
func (a *command) retryLine(run string, w where) string {
	line := a.self() + " retry " + quoteArg(run) + w.storeFlags()
	if w.in != nil && !liesBeside(w.store, project.Absolute(w.in.file)) {
		line += " --file " + quoteArg(project.Absolute(w.in.file))
	}
	if w.python != "" {
		line += " --python " + quoteArg(interpreter(w.python))
	}
	if w.start != nil {
		line += w.start.line()
	}
	if w.isolate {
		line += " --isolate"
	}
	if w.workdir != "" {
		line += " --workdir " + quoteArg(project.Absolute(w.workdir))
	}
	return line
}

// storeFlags name the store, and the configuration where something of it counts that is not found by itself.
func (w where) storeFlags() string {
	out := " --store " + quoteArg(w.store.String())
	if w.in == nil {
		if w.flags != nil && w.flags.config != "" {
			out += " --config " + quoteArg(project.Absolute(w.flags.config))
		}
		return out
	}
	file := w.in.configFile
	if file == "" || w.in.flags.config == "" && filepath.Dir(project.Absolute(file)) == filepath.Dir(project.Absolute(w.in.file)) && w.in.config.Keys == nil {
		return out
	}
	flag := " --config " + quoteArg(project.Absolute(file))
	if w.in.config.Keys != nil && w.in.flags.store == "" {
		return flag // its keys are for the store that it names
	}
	return out + flag
}

// interpreter is a Python interpreter as named in every folder: by its path, or by the name that PATH knows.
func interpreter(python string) string {
	if strings.ContainsRune(python, filepath.Separator) {
		return project.Absolute(python)
	}
	return python
}
