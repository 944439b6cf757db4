package runner

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// environment is what the variables say.
type environment map[string]string

func readEnvironment(environ []string) environment {
	e := environment{}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			e[name] = value
		}
	}
	return e
}

// userEnvironment is the environment without what is the runner's own.
func userEnvironment(environ []string) []string {
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case name == runnerenv.Run: // a step has it too
		case name == runnerenv.Python, runnerenv.Sets(name):
			continue
		case strings.HasPrefix(name, params.Prefix): // the run's header has them
			continue
		}
		out = append(out, kv)
	}
	return out
}

// definition reads the pipeline, and its text as the header keeps it.
func (s *session) definition(ctx context.Context) (json.RawMessage, error) {
	text, err := s.definitionText(ctx)
	if err != nil {
		return nil, err
	}
	if text, err = unpack(text); err == nil {
		s.pipeline, err = irjson.Load(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", runnerenv.Definition, err)
	}
	return text, nil
}

// definitionText finds the definition: in the environment, in the store where that names its digest, in a file, or in
// the header of a run that has begun.
func (s *session) definitionText(ctx context.Context) ([]byte, error) {
	text, file := s.env[runnerenv.Definition], s.env[runnerenv.DefinitionFile]
	digest, published := strings.CutPrefix(text, store.DefinitionPrefix)
	switch {
	case published:
		return s.store.Definition(ctx, digest)
	case text != "":
		return []byte(text), nil
	case file != "":
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the definition: %w", err)
		}
		return text, nil
	}
	h, err := s.store.Header(ctx, s.run)
	if s.run == "" || errors.Is(err, store.ErrNoRun) {
		return nil, fmt.Errorf("neither %s nor %s is set, and run %q has not begun: this program is started by what runnable-render renders", runnerenv.Definition, runnerenv.DefinitionFile, s.run)
	}
	return h.Definition, err
}

// maxDefinition bounds what a compressed definition may unpack to.
const maxDefinition = 64 << 20

func unpack(text []byte) ([]byte, error) {
	packed, ok := bytes.CutPrefix(text, []byte("gz:"))
	if !ok {
		return text, nil
	}
	zipped, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(packed)))
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxDefinition))
}

// parameters reads the initial parameters.
func (s *session) parameters(environ []string) ([]engine.Named, error) {
	if s.can.Parameters == runnerenv.ParametersPlain {
		return s.plainParameters([]byte(s.env[runnerenv.Parameters]), environ)
	}
	return s.encodedParameters()
}

// plainParameters are those of a JSON document, and over them variables.
func (s *session) plainParameters(document []byte, environ []string) ([]engine.Named, error) {
	var given []string
	for _, kv := range environ {
		if strings.HasPrefix(kv, params.Prefix) {
			given = append(given, kv)
		}
	}
	sources := params.Sources{Env: given, Declared: s.pipeline.Parameters}
	if len(document) > 0 {
		sources.File, sources.FileBytes = runnerenv.Parameters+".json", document
	}
	out, list := params.Load(sources)
	return out, unfit(list)
}

// unfitError says that a parameter does not fit its declaration: the run cannot begin.
type unfitError struct{ message string }

// Error implements error.
func (e unfitError) Error() string { return e.message }

// unfit is the first error of a list, if there is one.
func unfit(list diag.List) error {
	for _, d := range list.Sorted() {
		switch {
		case params.Unfit(d):
			return unfitError{d.Message}
		case d.Severity == diag.Error:
			return fmt.Errorf("initial parameters: %s", d.Message)
		}
	}
	return nil
}

func (s *session) encodedParameters() ([]engine.Named, error) {
	var names []string
	if text := s.env[runnerenv.ParamNames]; text != "" {
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			return nil, fmt.Errorf("%s is not a JSON list of names: %w", runnerenv.ParamNames, err)
		}
	}
	texts := make([]string, len(names))
	for i, name := range names {
		key := fmt.Sprintf("%s%d", runnerenv.Param, i)
		text, err := base64.StdEncoding.DecodeString(s.env[key])
		if err != nil {
			return nil, fmt.Errorf("%s (parameter %q) is not base64: %w", key, name, err)
		}
		texts[i] = string(text)
	}
	// Where begin chooses the run, it alone has all values, and the header has them for the others.
	out, list := params.Encoded(s.pipeline.Parameters, names, texts, s.chosen())
	return out, unfit(list)
}
