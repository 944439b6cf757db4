// Package runnerenv names the variables by which a rendered target tells the runner in a container what to do
// (docs/architecture.md). A step's command does not see those that only the runner needs.
package runnerenv

import "strings"

// What the variables hold.
const (
	Definition     = "RUNNABLE_DEFINITION"      // the pipeline, as irjson or packed
	DefinitionFile = "RUNNABLE_DEFINITION_FILE" // a file that holds it
	Run            = "RUNNABLE_RUN_ID"
	RunFile        = "RUNNABLE_RUN_ID_FILE" // compose: begin chooses the run and writes it here
	Store          = "RUNNABLE_STORE"       // URL
	Target         = "RUNNABLE_TARGET"      // its name
	Parameters     = "RUNNABLE_PARAMETERS"  // JSON document of the initial parameters
	Owner          = "RUNNABLE_OWNER"       // Argo: the workflow's UID
	Workflow       = "RUNNABLE_WORKFLOW"    // Argo: its name
	ParamNames     = "RUNNABLE_PARAM_NAMES" // JSON list of the initial parameters' names
	Param          = "RUNNABLE_PARAM_"      // and a parameter's index: its value
	Image          = "RUNNABLE_IMAGE"       // of the container
	Python         = "RUNNABLE_PYTHON"      // the interpreter
	Source         = "RUNNABLE_SOURCE"      // the definition's path in its project
	Tag            = "RUNNABLE_TAG"         // compose: the run's tags
	Plan           = "RUNNABLE_PLAN"        // compose: digest of the definition and the parameters
	Retry          = "RUNNABLE_RETRY"       // compose: the last run's failed steps run again
	Secrets        = "RUNNABLE_SECRETS"     // a folder that holds a file for each secret
	Workers        = "RUNNABLE_WORKERS"     // how many steps run at a time in one container
	Umask          = "RUNNABLE_UMASK"       // compose: that of the user whose folder is the store, in octal

	CapabilitiesVariable = "RUNNABLE_CAPABILITIES" // of the target ([Capabilities])
)

// ItemsAtOnce is how many items of a map that says no parallelism run at a time where [Workers] is set: the container has the
// resources for that many.
const ItemsAtOnce = 4

// Sets reports whether a target sets the variable of this name itself. A setting of the user's would take its place, and
// the runner would look for another run, or in another store. The interpreter is the user's to name.
func Sets(name string) bool {
	switch name {
	case CapabilitiesVariable, Parameters, Definition, DefinitionFile, Run, RunFile, Store, Target, Owner, Workflow, ParamNames, Image, Source, Tag, Plan, Retry, Secrets, Umask, Workers:
		return true
	}
	index, ok := strings.CutPrefix(name, Param)
	return ok && index != "" && strings.Trim(index, "0123456789") == ""
}
