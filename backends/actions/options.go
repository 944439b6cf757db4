package actions

import (
	"regexp"
	"strings"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// Options says how to render, as flags and the section `actions:` of the configuration say it.
type Options struct {
	Image   string `flag:"image" root:"image" cfg:"image" is:"image" help:"image of the containers that steps run in (default: the machine itself)"`
	RunsOn  string `flag:"runs-on" cfg:"runs_on" is:"labels" help:"labels of the machine that jobs run on, separated by commas (default: ubuntu-latest)"`
	Timeout int    `cfg:"timeout_minutes" is:"count" help:"time limit in minutes of jobs whose steps have none (default: 360)"`
	MapJobs int    `cfg:"map_jobs" is:"count" help:"the most jobs that a map starts, each for its share of the items (default: 256, GitHub's limit)"`

	RunnerSHA256 string `flag:"runner-sha256" cfg:"runner_sha256" is:"sha256" help:"checksum of the program runnable-step that each job downloads, from the release's SHA256SUMS"`
	RunnerURL    string `cfg:"runner_url" is:"url" help:"address from which each job downloads the program (default: the release that renders)"`
	RunnerPath   string `flag:"runner-path" cfg:"runner_path" is:"program" help:"path of the program on the machines or in the images, such as /usr/local/bin/runnable-step; then nothing is downloaded"`

	Checkout    string            `cfg:"checkout" is:"action" help:"action that checks out the repository, in jobs that run steps (default: actions/checkout, pinned)"`
	Login       []target.Raw      `cfg:"login" help:"steps at the beginning of every job, such as the login to the store's cloud"`
	Setup       []target.Raw      `cfg:"setup" help:"steps after the checkout in jobs that run steps, such as setup-python and pip install"`
	Env         map[string]string `cfg:"env" keys:"variable" help:"variables of all jobs; GitHub expressions are evaluated"`
	Permissions map[string]string `cfg:"permissions" is:"read|write|none" help:"permissions of the workflow's token in addition to contents: read, such as id-token: write for an OIDC login"`
	Concurrency string            `cfg:"concurrency" help:"concurrency group: one of its runs goes on at a time (default: with a schedule, the pipeline's name)"`
	Schedule    string            `cfg:"schedule" is:"schedule" help:"a cron schedule of five fields, in UTC; replaces the definition's schedules"`
	Directory   string            `cfg:"directory" is:"directory" help:"folder of the repository that is the project's root (default: the repository's)"`
}

// Settings are what a step can say for itself, under `targets: {actions: …}`; empty fields say nothing.
type Settings struct {
	Image       string `cfg:"image" is:"image" help:"image of the step's container"`
	RunsOn      string `cfg:"runs_on" is:"labels" help:"labels of the step's machine, separated by commas"`
	Timeout     int    `cfg:"timeout_minutes" is:"count" help:"time limit of the step's job in minutes"`
	Environment string `cfg:"environment" is:"name" help:"environment of the repository whose secrets and rules hold for the step's job"`
}

// What GitHub limits (docs.github.com/en/actions/reference/limits).
const (
	hostedMinutes = 6 * 60      // of a job on GitHub's own machines
	ownMinutes    = 5 * 24 * 60 // of a job on other machines
	maxMatrix     = 256         // jobs of a matrix
	maxFile       = 500_000     // bytes of a workflow
	maxInputs     = 25          // of a dispatch
	maxText       = 1000        // characters of a value in a field of its own
	maxDocument   = 32_000      // of the document of all others; GitHub takes 65,535 for all
	maxEnv        = 120 << 10   // bytes of a variable: the system takes 128 KiB with its name
	serviceTime   = 10          // minutes for a job of the runner alone, and for what surrounds a step
)

// checkout is the action that brings the repository.
const (
	checkout        = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
	checkoutVersion = "v4.2.2"
)

// Codes of what the target cannot express, or does not take.
const (
	codeMachine   = "RR6001"
	codeRunner    = "RR6002"
	codeSecret    = "RR6003"
	codeLimit     = "RR6004"
	codeSetting   = "RR6005"
	codeResources = "RR6006"
	codeKey       = "RR6007"
)

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeKey, codeSetting }

// Kind implements [target.Kinds].
func (*Options) Kind(is string) target.Kind { return kindOf(is) }

// Kind implements [target.Kinds].
func (*Settings) Kind(is string) target.Kind { return kindOf(is) }

func kindOf(is string) target.Kind {
	forms := map[string]struct{ want, pattern string }{
		"labels":    {"labels such as ubuntu-24.04 or self-hosted, gpu", `^[\w.-]+( *, *[\w.-]+)*$`},
		"count":     {"a whole number from 1", `^[1-9][0-9]{0,5}$`},
		"sha256":    {"64 hexadecimal digits", `^[0-9a-f]{64}$`},
		"url":       {"a URL that begins with https", `^https?://[^\s"'$\\]+$`},
		"program":   {"an absolute path of letters, digits and -_./", `^/[\w./-]+$`},
		"action":    {"an action such as actions/checkout@v4", `^[\w.-]+/[\w./-]+@[\w./-]+$`},
		"directory": {"a relative path of letters, digits and -_./", `^\w[\w./-]*$`},
	}
	switch form, ok := forms[is]; {
	case ok:
		return target.Kind{Want: form.want, Fits: regexp.MustCompile(form.pattern).MatchString}
	case is == "variable":
		return target.Kind{Want: "the name of a variable that the runner does not read", Fits: func(s string) bool { return ir.ValidEnvName(s) && !runnerenv.Sets(s) }}
	case is == "schedule":
		return target.Kind{Want: `a cron schedule of five fields with at least five minutes between runs, such as "0 3 * * *"`, Fits: isSchedule}
	}
	return target.Kind{}
}

// labels are the labels of a machine.
func labels(text string) []string { return strings.Split(strings.ReplaceAll(text, " ", ""), ",") }
