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

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/params"
)

// The variables that a rendered target sets (docs/architecture.md). They are the runner's own: a step's command
// does not see those that only the runner needs.
const (
	envDefinition     = "RUNNABLE_DEFINITION"
	envDefinitionFile = "RUNNABLE_DEFINITION_FILE"
	envRun            = "RUNNABLE_RUN_ID"
	envRunFile        = "RUNNABLE_RUN_ID_FILE" // compose: begin chooses the run and writes it here
	envStore          = "RUNNABLE_STORE"
	envTarget         = "RUNNABLE_TARGET"
	envOwner          = "RUNNABLE_OWNER"
	envWorkflow       = "RUNNABLE_WORKFLOW"
	envParamNames     = "RUNNABLE_PARAM_NAMES"
	envParam          = "RUNNABLE_PARAM_"
	envImage          = "RUNNABLE_IMAGE"
	envPython         = "RUNNABLE_PYTHON"
	envTag            = "RUNNABLE_TAG"
	envPlan           = "RUNNABLE_PLAN"    // compose: digest of the definition and the parameters
	envRetry          = "RUNNABLE_RETRY"   // compose: the last run's failed steps run again
	envSecrets        = "RUNNABLE_SECRETS" // a folder that holds a file for each secret
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
		switch name {
		case envDefinition, envDefinitionFile, envRunFile, envStore, envTarget, envOwner, envWorkflow, envParamNames, envImage, envPython, envTag, envPlan, envRetry, envSecrets:
			continue
		}
		if strings.HasPrefix(name, params.Prefix) { // the run's header has them
			continue
		}
		if n, ok := strings.CutPrefix(name, envParam); ok && strings.Trim(n, "0123456789") == "" && n != "" {
			continue
		}
		out = append(out, kv)
	}
	return out
}

// definition reads the pipeline, and its text as the header keeps it.
func (e environment) definition() (*ir.Pipeline, json.RawMessage, error) {
	text := []byte(e[envDefinition])
	if len(text) == 0 {
		file := e[envDefinitionFile]
		if file == "" {
			return nil, nil, fmt.Errorf("neither %s nor %s is set: this program is started by what runnable-render renders", envDefinition, envDefinitionFile)
		}
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return nil, nil, fmt.Errorf("the definition: %w", err)
		}
	}
	text, err := unpack(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", envDefinition, err)
	}
	p, err := irjson.Decode(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", envDefinition, err)
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
	if e[envParamNames] == "" {
		return nil, nil
	}
	var names []string
	if err := json.Unmarshal([]byte(e[envParamNames]), &names); err != nil {
		return nil, fmt.Errorf("%s is no JSON list of names: %w", envParamNames, err)
	}
	out := make([]engine.Named, len(names))
	for i, name := range names {
		key := fmt.Sprintf("%s%d", envParam, i)
		text, err := base64.StdEncoding.DecodeString(e[key])
		if err != nil {
			return nil, fmt.Errorf("%s (parameter %q) is no base64: %w", key, name, err)
		}
		out[i] = engine.Named{Name: name, Value: engine.ParseText(string(text))}
	}
	return out, nil
}
