// Package target is the contract between the command line and the targets: Argo, compose, programs on PATH and the
// targets of a custom build all implement it (docs/extending.md).
//
// A target's options are declared once, as a tagged struct. The flags of every command, the section of the configuration
// file with its places in messages, the file's JSON schema and the documentation's tables all come from the tags:
//
//	type options struct {
//		Partition string `flag:"partition" cfg:"partition" is:"name" help:"partition that the jobs go to"`
//		Exclusive bool   `cfg:"exclusive" help:"each job has its node alone"`
//	}
package target

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is what a pipeline is rendered for.
type Target interface {
	// Name is the word after --target, and the section of the configuration.
	Name() string
	// About says what the target is and can express.
	About() About
	// Options returns a pointer to a new struct of the target's options, with their defaults.
	Options() any
	// Render renders a pipeline that was checked. It is pure: no clock, environment or disk. What the target cannot
	// express is an error with the construct's place.
	Render(p *ir.Pipeline, in Inputs, options any) (Rendering, diag.List)
}

// Inputs is what comes to a pipeline when it is rendered, for every target alike.
type Inputs struct {
	Parameters []Parameter // the initial ones, in their order
	Store      string      // a bucket's URL, where one is configured
	// StoreFolder is the store where a folder is configured, as it is written there: for targets whose machines share it.
	StoreFolder string
	Source      string // the name of the definition's file
	// Definition is the definition's slash path below the root of its project, which an image has as its working folder;
	// empty: the definition lies in that folder itself, or nothing is looked for beside it.
	Definition string
	ConfigFile string // for messages; empty: there is none
	Release    string // of this program, such as v1.2.3; empty: it is none
	Folder     bool   // the output is a folder
}

// Parameter is an initial parameter.
type Parameter struct {
	Name  string
	Value json.RawMessage
}

// Document is parameters as a JSON document on one line.
func Document(all []Parameter) string {
	out := make([]string, len(all))
	for i, p := range all {
		name, _ := json.Marshal(p.Name) // a text always marshals
		out[i] = string(name) + ": " + strings.ReplaceAll(string(p.Value), "\n", " ")
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// Rendering is what a pipeline renders to.
type Rendering struct {
	Files   map[string][]byte // by name; a single one goes to stdout
	Comment string            // begins a comment of a file, such as #; empty: the files take none, and are not reviewed
	Notes   []string          // for people, after the rendering
	Pods    int               // how many pods a run starts, at least; 0: the target has none
	Next    string            // the command that starts it; %s stands for the file, or the folder where there are several
	// Diagram draws what was rendered; nil: it cannot be drawn.
	Diagram func() (*Diagram, error)
}

// Diagram is a drawing of what was rendered.
type Diagram = drawing.Diagram

// Run is a run that a target is to start.
type Run struct {
	ID      string
	Retry   bool     // the run goes on: what failed runs again
	Tags    []string // of a new run
	Folder  string   // the store, where it is a folder; else empty: it is the one that was rendered
	Dir     string   // the folder of the definition
	Environ []string // the user's, with the secrets of the pipeline
	Log     io.Writer
}

// Starter is a target that can start what it rendered.
type Starter interface {
	// Start starts a run and returns when it has ended, whatever it came to: the run's facts say that. When ctx ends,
	// the run is stopped. An error says that it could not be started, or was given up.
	Start(ctx context.Context, r Rendering, run Run) error
}

// Header is what is known of a run that a target is asked about.
type Header struct {
	Run  string
	Code map[string]string // what the runner noted of the target, such as workflow
}

// State is how a run stands with its target.
type State int

// The states.
const (
	Unknown State = iota // the target cannot be asked from here
	Going
	Ended
)

// Prober is a target that can tell whether a run goes on.
type Prober interface {
	// Probe asks. Hint is a command by which a person finds out.
	Probe(ctx context.Context, h Header) (state State, hint string)
}

// Count is a number with its noun, for notes.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
