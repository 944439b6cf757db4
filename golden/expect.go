// Package golden reads the cases of this folder and compares what a run came to with them.
//
// A case is a folder with a definition, the functions and files that it uses, and a hand-written expect.yaml: what
// every target's run must come to, derived from docs/semantics.md and never from a tool's output. The files that
// tests write beside it (ir.txt, argo.yaml, …) only show what has changed.
package golden

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Case is one folder.
type Case struct {
	Name   string
	Dir    string
	Expect Expect
}

// Expect is an expect.yaml. Description and Semantics are for readers.
type Expect struct {
	Description string        `yaml:"description"`
	Semantics   string        `yaml:"semantics"` // the lines of docs/semantics.md that the case shows
	Status      engine.Status `yaml:"status"`
	Exit        int           `yaml:"exit"`        // of `runnable-render run`
	FailedStep  string        `yaml:"failed_step"` // of a run that failed
	// Steps holds every step that ran, by path, and no other; Absent those that a reader might expect beside them.
	Steps  map[string]Step `yaml:"steps"`
	Absent []string        `yaml:"absent"`
	// Parameters are all parameters at the end. A failed run may leave them out.
	Parameters Values   `yaml:"parameters"`
	Metrics    Values   `yaml:"metrics"`
	Warnings   []string `yaml:"warnings"` // codes, each as often as it is told
	// Hooks holds what was done after the end, in order, and no other.
	Hooks []Hook `yaml:"hooks"`

	Env     map[string]string `yaml:"env"`     // of the command that runs or renders
	Params  []string          `yaml:"params"`  // --param
	Secrets map[string]string `yaml:"secrets"` // to be provided as the target does
	Nowhere []string          `yaml:"nowhere"` // text that nothing that is kept or printed may hold
	Only    []string          `yaml:"only"`    // targets that can show it: local, argo, compose, slurm, kubernetes, stepfunctions; empty: all
	Seconds int               `yaml:"seconds"` // a local run that takes longer is wrong; 0: no matter
}

// Step is what one step came to. A composite has a status and, where it failed by itself, a failure.
type Step struct {
	Status   engine.Status      `yaml:"status"`
	Failure  engine.FailureKind `yaml:"failure"`
	Attempts int                `yaml:"attempts"` // 0 stands for the usual 1
	Returns  Values             `yaml:"returns"`
	Put      map[string]string  `yaml:"put"` // path to content; <any>: whatever it is
	Get      map[string]string  `yaml:"get"`
	Message  []string           `yaml:"message"` // each a part of the failure's message
	Log      []string           `yaml:"log"`     // each a part of the last attempt's log
}

// Hook is what one hook came to.
type Hook struct {
	Name    string   `yaml:"name"`
	Kind    string   `yaml:"kind"`
	OK      bool     `yaml:"ok"`
	Message []string `yaml:"message"` // each a part of what it says where it failed
}

// UnmarshalYAML reads a step, or a status alone.
func (s *Step) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.Status = engine.Status(n.Value)
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(stepKeys, key.Value) {
			return fmt.Errorf("line %d: %q is not a key of a step", key.Line, key.Value)
		}
	}
	type plain Step // without this method
	return n.Decode((*plain)(s))
}

var stepKeys = []string{"status", "failure", "attempts", "returns", "put", "get", "message", "log"}

// Load reads the case in a folder.
func Load(dir string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "expect.yaml"))
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &Case{Name: filepath.Base(abs), Dir: abs}
	if err := strict(text, &c.Expect); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "expect.yaml"), err)
	}
	if err := c.Expect.complete(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "expect.yaml"), err)
	}
	return c, nil
}

// All reads the cases below a folder, by name.
func All(root string) ([]*Case, error) {
	files, err := fs.Glob(os.DirFS(root), "*/expect.yaml")
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, f := range files {
		c, err := Load(filepath.Join(root, filepath.Dir(f)))
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// complete checks what an expectation must say so that it cannot pass by silence.
func (e *Expect) complete() error {
	switch {
	case e.Description == "" || e.Semantics == "":
		return errors.New("description and semantics say what the case is for")
	case e.Status != engine.Success && e.Status != engine.Failed:
		return fmt.Errorf("status %q", e.Status)
	case (e.Exit == 0) != (e.Status == engine.Success):
		return fmt.Errorf("exit %d does not go with %s", e.Exit, e.Status)
	case (e.FailedStep == "") != (e.Status == engine.Success):
		return errors.New("a failed run, and no other, has a failed_step")
	case e.Status == engine.Success && e.Parameters == nil:
		return errors.New("a run that succeeds has parameters, if only {}")
	case e.Steps == nil:
		return errors.New("steps are missing")
	}
	for _, path := range e.Absent {
		if _, ok := e.Steps[path]; ok {
			return fmt.Errorf("%s is among the steps and absent", path)
		}
	}
	return nil
}

// Runs reports whether a target can show the case.
func (c *Case) Runs(target string) bool {
	return len(c.Expect.Only) == 0 || slices.Contains(c.Expect.Only, target)
}

// ParamsFile is the parameters file, or empty.
func (c *Case) ParamsFile() string {
	if _, err := os.Stat(filepath.Join(c.Dir, "params.yaml")); err != nil {
		return ""
	}
	return "params.yaml"
}

// Definition is the file that holds the case's definition: pipeline.yaml, else a flow of Metaflow's in flow.py, else
// pipeline.py, for what only a Python definition can say.
func (c *Case) Definition() string {
	for _, name := range []string{"pipeline.yaml", "flow.py"} {
		if _, err := os.Stat(filepath.Join(c.Dir, name)); err == nil {
			return name
		}
	}
	return "pipeline.py"
}

// Args are the arguments of `runnable-render run` and `render`, for use in the case's folder.
func (c *Case) Args() []string {
	args := []string{c.Definition()}
	if file := c.ParamsFile(); file != "" {
		args = append(args, "-p", file)
	}
	for _, p := range c.Expect.Params {
		args = append(args, "--param", p)
	}
	return args
}

// strict decodes YAML and refuses keys that it does not know.
func strict(text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	return dec.Decode(into)
}
