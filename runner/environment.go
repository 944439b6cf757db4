package runner

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// environment is what the variables say.
type environment map[string]string

func readEnvironment(environ []string) environment {
	e := environment{}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(name, "RUNNABLE_") {
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
func (e environment) definition() (*ir.Pipeline, json.RawMessage, error) {
	text := []byte(e[runnerenv.Definition])
	if len(text) == 0 {
		file := e[runnerenv.DefinitionFile]
		if file == "" {
			return nil, nil, fmt.Errorf("neither %s nor %s is set: this program is started by what runnable-render renders", runnerenv.Definition, runnerenv.DefinitionFile)
		}
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return nil, nil, fmt.Errorf("the definition: %w", err)
		}
	}
	text, err := unpack(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", runnerenv.Definition, err)
	}
	p, err := irjson.Decode(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", runnerenv.Definition, err)
	}
	return p, text, nil
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
func (e environment) parameters() ([]engine.Named, error) {
	if e[runnerenv.ParamNames] == "" {
		return nil, nil
	}
	var names []string
	if err := json.Unmarshal([]byte(e[runnerenv.ParamNames]), &names); err != nil {
		return nil, fmt.Errorf("%s is not a JSON list of names: %w", runnerenv.ParamNames, err)
	}
	out := make([]engine.Named, len(names))
	for i, name := range names {
		key := fmt.Sprintf("%s%d", runnerenv.Param, i)
		text, err := base64.StdEncoding.DecodeString(e[key])
		if err != nil {
			return nil, fmt.Errorf("%s (parameter %q) is not base64: %w", key, name, err)
		}
		out[i] = engine.Named{Name: name, Value: engine.ParseText(string(text))}
	}
	return out, nil
}
