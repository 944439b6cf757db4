package airflow

import (
	"regexp"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/target"
)

// Options says how to render, as flags and the section `airflow:` of the configuration say it.
type Options struct {
	Operator       string            `flag:"operator" cfg:"operator" is:"bash|kubernetes|docker" help:"what tasks are: processes of the worker, pods or containers (default: bash)"`
	Image          string            `flag:"image" root:"image" cfg:"image" is:"image" help:"image of the pods and containers whose steps name none"`
	RunnerImage    string            `flag:"runner-image" root:"runner-image" is:"image" help:"image that brings the runner into pods"`
	Namespace      string            `flag:"namespace" root:"namespace" cfg:"namespace" is:"namespace" help:"namespace of the pods"`
	ServiceAccount string            `flag:"service-account" root:"service-account" cfg:"service_account" is:"name" help:"service account of the pods"`
	Runner         string            `cfg:"runner" is:"program" help:"the program runnable-step on the workers or in the images (default: that on PATH)"`
	Folder         string            `cfg:"folder" is:"folder" help:"folder of the project on the workers, which each step gets a copy of (default: the DAG file's)"`
	Tags           []string          `cfg:"tags" is:"tag" help:"tags of the DAG (default: runnable-render)"`
	Schedule       string            `cfg:"schedule" is:"schedule" help:"five fields of cron: when runs begin, in place of the definition's schedules"`
	TimeZone       string            `cfg:"time_zone" is:"zone" help:"time zone of the schedule (default: UTC)"`
	ActiveRuns     int               `cfg:"max_active_runs" is:"count" help:"runs that go on at a time (default: 1 with a schedule, else Airflow's)"`
	MapLength      int               `cfg:"max_map_length" is:"count" help:"items that a map may have: Airflow's core.max_map_length (default: 1024)"`
	Connections    map[string]string `cfg:"connections" is:"tag" help:"by the names of secrets, the connections whose passwords they are (default: those with their names)"`
	KubeSecret     string            `cfg:"secret_from_k8s" is:"name" help:"the Secret of Kubernetes that holds the secrets of pods"`

	Settings `cfg:",inline"`
}

// Settings are those of a task: of all, or under `targets: {airflow: …}` of a step itself; empty fields say nothing.
type Settings struct {
	Pool      string `cfg:"pool" is:"tag" help:"pool whose slots the task takes"`
	PoolSlots int    `cfg:"pool_slots" is:"count" help:"how many slots of the pool it takes"`
	Priority  int    `cfg:"priority_weight" help:"the task's weight in the queue of those that are ready"`
	Queue     string `cfg:"queue" is:"tag" help:"queue of the workers that run the task"`
	Executor  string `cfg:"executor" is:"tag" help:"executor of the task, where Airflow has several"`
	Timeout   int    `cfg:"execution_timeout" is:"count" help:"seconds after which Airflow ends the task, with all attempts of its step"`
}

// The operators.
const (
	bash       = "bash"
	kubernetes = "kubernetes"
	docker     = "docker"
)

// Limits.
const (
	maxMapLength = 1024      // Airflow's core.max_map_length, where nobody has changed it
	maxName      = 60        // characters that an id keeps of a name
	maxID        = 250       // characters of a task's id, with those of the groups around it
	maxGroups    = 20        // groups in groups: a reader, and Python, have limits; what is deeper runs in place
	manyTasks    = 1000      // a DAG of more is slow for everybody
	maxEnv       = 120 << 10 // bytes of a variable: the system takes 128 KiB with its name
	skipped      = "99"      // the exit code by which tasks are skipped
)

// storeVariable is the Variable of Airflow that names the store.
const storeVariable = "runnable_store"

// Codes of what the target cannot express, or says of a definition.
const (
	codeOperator = "RR5001"
	codeImage    = "RR5002"
	codeSecret   = "RR5003"
	codeLimit    = "RR5004"
	codeSetting  = "RR5005"
	codeEffect   = "RR5006"
	codeValue    = "RR5007"
	codeKey      = "RR5008"
)

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeKey, codeSetting }

// Kind implements [target.Kinds], for the options too.
func (*Settings) Kind(is string) target.Kind {
	forms := map[string]struct{ want, pattern string }{
		"tag":     {"up to 100 letters, digits, hyphens, underscores, dots and colons", `^[\w.:-]{1,100}$`},
		"program": {"a program's name, or an absolute path, of letters, digits and -_./", `^[\w./-]+$`},
		"folder":  {"an absolute path of letters, digits and -_./", `^/[\w./-]*$`},
		"count":   {"a whole number from 1", `^[1-9][0-9]{0,8}$`},
	}
	if form, ok := forms[is]; ok {
		return target.Kind{Want: form.want, Fits: regexp.MustCompile(form.pattern).MatchString}
	}
	return kubekind.Of(is)
}
