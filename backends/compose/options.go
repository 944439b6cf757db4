// Package compose renders a pipeline as a docker-compose plan (docs/compose.md).
//
// Each step becomes a service that waits for the services of the steps before it. Every such service exits 0 once its
// record is written, whatever the record says. So a step that must not run finds that out from the records before it,
// and the last service, result, reports the status of the run. Rendering is pure: the same pipeline and options give
// the same bytes.
package compose

import (
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// Options says how to render. The zero value renders a plan that keeps its facts in a volume of its own.
type Options struct {
	Image       string // for steps that name none; goes before Defaults.Image
	RunnerImage string // empty: that of Release
	Release     string // this tool's, such as v1.2.3; empty: latest
	Store       string // bucket URL; empty: a volume of the project

	Defaults   Settings            // for every step
	Overrides  map[string]Settings // by the key that a step's `overrides:` gives for compose (or local-container)
	ConfigFile string              // where Defaults and Overrides came from, for messages

	Parameters []Parameter // the initial parameters, in their order
	Version    Version
	// Definition is the definition's slash path below the root of its project, which the image has as its working folder;
	// empty: the definition lies in that folder itself, or nothing is looked for beside it.
	Definition string
	Source     string // the definition's file, for the comment at the head, without its folder; empty: left out
}

// Parameter is one initial parameter.
type Parameter = target.Parameter

// Settings is what the configuration says of the containers of steps; empty fields say nothing.
type Settings struct {
	Image      string
	Env        []ir.EnvVar
	Resources  ir.Resources
	PullPolicy string // always, never, missing, build
	Extras     Extras
}

// Version is the compose that the plan is for. The zero Version stands for 1.29 and all of 2.
type Version string

// V2 is for 2.23 and later alone: secrets become files in the containers that ask for them, and a chain may be long.
const V2 Version = "2"

const (
	// HooksService is the service that runs hooks, where the definition has some.
	HooksService = "hooks"

	// FileName is the key of the plan in what Render returns.
	FileName = "compose.yaml"
)

// Limits of a plan.
const (
	maxServices  = 2500      // compose 2 makes the containers of all of them before the first starts
	maxDepth     = 200       // 1.29 follows a chain by recursion: it took 200 services and failed with 250
	maxEdges     = 20_000    // compose 2 reads no more than 100,000 nodes of a file
	maxAliases   = 2000      // compose 2 compares each use of an anchor with all others
	maxPaths     = 3_000_000 // both follow each path from each service before every command (1 to 3 µs each)
	maxItems     = 200       // services of one map; a longer list is worked off inside one service
	maxPlain     = 96 << 10  // bytes of a definition that travels as it is
	maxEnv       = 127 << 10 // bytes of one variable: the system takes 128 KiB with its name
	maxEnviron   = 1 << 20   // bytes of all parameters: the system takes 2 MiB with everything else
	maxDirect    = 100       // edges between two composites before a service joins them
	maxNameChars = 100       // of a service's name
)

// Where things stand inside every container. The paths are the same in all of them.
const (
	runnerDir   = "/runnable/runner" // the runner, the run's id, the definition: written by runner and begin
	storeDir    = "/runnable/store"
	runnerFile  = runnerDir + "/runnable-step"
	runFile     = runnerDir + "/run-id"
	definition  = runnerDir + "/definition.json"
	secretsDir  = "/run/secrets"
	runnerMount = "runner:" + runnerDir
	storeMount  = "store:" + storeDir
)

// The services that are no steps.
const (
	runnerService = "runner"
	beginService  = "begin"
	resultService = "result"
)
