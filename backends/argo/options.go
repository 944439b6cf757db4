// Package argo renders a pipeline as an Argo Workflow (docs/argo.md).
//
// Each composite becomes its own DAG template; leaf steps share one container template for each profile of image,
// resources and the like, and get their path as an argument. The definition travels once, as a workflow argument.
// Rendering is pure: the same pipeline and options give the same bytes.
package argo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/target"
)

// Options says how to render. The zero value renders one Workflow that keeps its facts in a claim of its own.
type Options struct {
	Config     Config `cfg:",inline"`
	ConfigFile string // where Config came from, for messages

	// These go before what Config says.
	Image          string `flag:"image" root:"image" is:"image" help:"image that holds the pipeline's code"`
	RunnerImage    string `flag:"runner-image" root:"runner-image" is:"image" help:"image that provides the runner"`
	Namespace      string `flag:"namespace" root:"namespace" is:"namespace" help:"namespace of the objects"`
	ServiceAccount string `flag:"service-account" root:"service-account" is:"name" help:"service account of the pods"`
	Store          string

	Parameters []Parameter // the initial parameters, in their order
	// Definition is the definition's slash path below the root of its project, which the image has as its working folder;
	// empty: the definition lies in that folder itself, or nothing is looked for beside it.
	Definition string
	Version    Version `flag:"argo-version" is:"argo version" help:"3.5, 3.6, 3.7, 4.0 or 4.1 (default: valid on all from 3.6)"`
	Directory  bool    // several objects, for `-o DIR/`
	// Unvalidated leaves out Argo's own validation, which takes most of the time; for measuring the rest.
	Unvalidated bool
	Release     string // this tool's, such as v1.2.3: the tag of the runner where no image of one is named; empty: latest
}

// Parameter is one initial parameter.
type Parameter = target.Parameter

// Version is the Argo release that the manifest is for. The zero Version stands for all of 3.6 to 4.1.
type Version string

// Versions are the releases that can be named.
func Versions() []Version { return []Version{"3.5", "3.6", "3.7", "4.0", "4.1"} }

// ParseVersion reads the text of a version.
func ParseVersion(text string) (Version, error) {
	v := Version(strings.TrimPrefix(text, "v"))
	if v != "" && !slices.Contains(Versions(), v) {
		return "", fmt.Errorf("no such Argo version: %q; there are 3.5, 3.6, 3.7, 4.0 and 4.1", text)
	}
	return v, nil
}

// atLeast reports whether every release that the manifest is for is at least w.
func (v Version) atLeast(w Version) bool {
	if v == "" {
		v = "3.6"
	}
	return v >= w
}

// before reports whether every release that the manifest is for is older than w.
func (v Version) before(w Version) bool { return v != "" && v < w }

const (
	// SingleFile is the key of the one Workflow in what Render returns without Directory.
	SingleFile = "wf.yaml"
)

// Limits of a manifest. Argo 4's resource definitions allow 200 templates and 200 tasks in a DAG; the controller
// allows 100 nested calls; etcd takes 1.5 MiB, and what the run adds has to fit as well.
const (
	maxTemplates  = 200
	maxTasks      = 200
	maxDepth      = 99
	maxObject     = 1 << 20
	maxPlain      = 96 << 10
	maxEnv        = 128<<10 - 64
	maxParamValue = 90 << 10
	flatLoop      = 90
)
