package target

// About says what a target is.
type About struct {
	Title string // one line
	Codes string // what the codes of its own messages begin with, such as RR1; empty: it has none
	// Limits says of the features that the target does not express by its own means what becomes of them.
	Limits map[Feature]string
	// LimitsRuns says that the target keeps to the concurrency of a pipeline. For others, one that has it is refused.
	LimitsRuns bool
	// BeginsByEvents says that the target begins runs by a pipeline's events, or that whoever uses it begins each. For others, a pipeline
	// that has events is refused.
	BeginsByEvents bool
}

// Feature is something that a definition may ask for.
type Feature string

// The features, in the order in which they are listed.
const (
	Parallel    Feature = "parallel"
	Map         Feature = "map"
	Conditional Feature = "conditional"
	Loop        Feature = "loop"
	Needs       Feature = "needs"
	Handlers    Feature = "on_failure"
	Retries     Feature = "retry"
	Timeouts    Feature = "timeout"
	Images      Feature = "image"
	Resources   Feature = "resources"
	GPUs        Feature = "gpu"
	Secrets     Feature = "secrets"
	Schedules   Feature = "schedule"
	Hooks       Feature = "hooks"
)

// Features are all of them.
func Features() []Feature {
	return []Feature{Parallel, Map, Conditional, Loop, Needs, Handlers, Retries, Timeouts, Images, Resources, GPUs, Secrets, Schedules, Hooks}
}
