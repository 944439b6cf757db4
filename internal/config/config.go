// Package config reads the configuration file: where a run keeps its facts, what it runs on, where secrets come from.
// It accepts Runnable's keys, so that its users can migrate without changes, and the keys of this project.
package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The names in the environment, and of the file that is read where none is named.
const (
	FileVariable = "RUNNABLE_CONFIGURATION_FILE"
	VarPrefix    = "RUNNABLE_VAR_"
	DefaultFile  = "runnable-config.yaml"
)

// Config is what a configuration file says. The zero Config is that of an empty file.
type Config struct {
	Store string // folder or URL of the store; empty: the default. A relative folder is below the working folder
	Keys  *Keys  // of the store, where the file holds them; nil: the usual chain of credentials

	Secrets Secrets

	Executor     Section    // pipeline-executor; its Type is empty where there is none
	JobExecutor  Section    // job-executor, likewise
	Container    *Container // of a pipeline-executor of type local-container
	JobContainer *Container // of a job-executor of that type
	Parallel     *bool      // enable_parallel of the local executors; nil: not said

	Image, RunnerImage        string
	Namespace, ServiceAccount string
	Python                    string    // the interpreter
	Preload                   *[]string // Python libraries that are kept in memory for steps beside the listed ones; nil: those alone; empty: none

	Ignore []Accepted // warnings that are accepted in every definition

	Targets map[string]Section // of a target's name, or of a pipeline-executor of type argo
}

// Shared are the keys that the options of any target may take, by their names.
func (c *Config) Shared() map[string]string {
	return map[string]string{"image": c.Image, "runner-image": c.RunnerImage, "namespace": c.Namespace, "service-account": c.ServiceAccount}
}

// Sections are the targets that may have a section of their own.
type Sections struct {
	Names []string
	Other func(name string) bool // reports whether another name is one of a target; nil: none is
}

// Accepted is the code of a warning that is accepted.
type Accepted struct {
	Code string
	Span diag.Span
}

// Keys are credentials that a configuration file holds, as Runnable's for MinIO do. They are used for the store of
// that file and never shown or written: no formatting or encoding of a Keys holds its content.
type Keys struct{ id, secret string }

// Reveal returns the key's id and the secret.
func (k *Keys) Reveal() (id, secret string) { return k.id, k.secret }

// String implements fmt.Stringer; like the methods after it, it gives stars.
func (k Keys) String() string { return "***" }

// GoString implements fmt.GoStringer.
func (k Keys) GoString() string { return "***" }

// MarshalText implements encoding.TextMarshaler.
func (k Keys) MarshalText() ([]byte, error) { return []byte("***"), nil }

// SecretSource is where secrets come from.
type SecretSource int

// The sources of secrets (SEMANTICS 5).
const (
	SecretsEnv    SecretSource = iota // the environment
	SecretsDotenv                     // a dotenv file
	SecretsNone                       // nowhere
)

// Secrets says where secrets come from.
type Secrets struct {
	Source SecretSource
	File   string // of SecretsDotenv
}

// Section is a part of the file that another package decodes.
type Section struct {
	Type  string
	JSON  []byte // a compact JSON object; nil: there is no such section
	Span  diag.Span
	spans map[string]diag.Span
}

// At returns the place of what a JSON pointer (/a/0/b) names, or of the nearest thing above it.
func (s Section) At(pointer string) diag.Span {
	for pointer != "" {
		if span, ok := s.spans[pointer]; ok {
			return span
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return s.Span
}

// Find returns the configuration file that counts: the one that the environment names, else the one given, else
// runnable-config.yaml in dir, the folder of the definition, or in the working folder, where it is there; else "".
func Find(given, dir string, env []string) (string, error) {
	if v, ok := lookup(env, FileVariable); ok && v != "" {
		return v, nil
	}
	if given != "" {
		return given, nil
	}
	for _, name := range []string{filepath.Join(dir, DefaultFile), DefaultFile} {
		switch _, err := os.Stat(name); {
		case err == nil:
			return name, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
	}
	return "", nil
}

func lookup(env []string, name string) (string, bool) {
	for _, kv := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

const (
	codeSyntax    = "RR0401"
	codeDuplicate = "RR0402"
	codeValue     = "RR0403"
	codeKey       = "RR0404"
	codeType      = "RR0405"
	codeService   = "RR0406"
	codeMissing   = "RR0407"
	codeConflict  = "RR0408"
	codeKeys      = "RR0409"
	codeVariable  = "RR0410"
	codeNoEffect  = "RR0411"
)

// Parse reads a configuration with sections of targets. The environment, name=value each, gives the values of ${X} and $X as RUNNABLE_VAR_X.
// With an error among the diagnostics the Config is nil.
func Parse(file string, src []byte, env []string, sections Sections) (*Config, diag.List) {
	r := &yaml12.Reader{File: filepath.ToSlash(file), Codes: yaml12.Codes{Syntax: codeSyntax, Duplicate: codeDuplicate, Value: codeValue}}
	p := &parser{r: r, cfg: &Config{Targets: map[string]Section{}}, sections: sections}
	if root := r.Parse(src); root != nil {
		e := expander{r: r, env: env, seen: map[*yaml.Node]bool{}}
		e.expand(root)
		p.root(root)
	}
	p.locate()
	if r.Diags.HasErrors() {
		return nil, r.Diags.Sorted()
	}
	return p.cfg, r.Diags.Sorted()
}
