package slurm

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// Options are the flags of the target and its section of the configuration.
type Options struct {
	Image      string `flag:"image" root:"image" is:"image" help:"image of steps that name none; needs containers"`
	Containers string `cfg:"containers" is:"apptainer|singularity" help:"program that runs steps in their images (default: images are ignored)"`
	Runner     string `cfg:"runner" is:"program" help:"the program runnable-step (default: the one on PATH)"`
	Setup      string `cfg:"setup" help:"shell lines that run before each step, such as module load python"`
	Folder     string `cfg:"folder" is:"folder" help:"shared folder for the scripts and logs of jobs (default: slurm in the store's folder)"`

	Settings  `cfg:",inline"`
	Overrides map[string]Settings `cfg:"overrides" help:"groups of settings, by the key that a step's overrides select"`

	target.Inputs
}

// Settings are those of a job: of all, of a step's override, or under targets of a step itself.
type Settings struct {
	Partition string   `flag:"partition" cfg:"partition" is:"value" help:"partition of the jobs"`
	Account   string   `flag:"account" cfg:"account" is:"value" help:"account that the jobs are charged to"`
	QOS       string   `flag:"qos" cfg:"qos" is:"value" help:"quality of service of the jobs"`
	Time      string   `flag:"time" cfg:"time" is:"time" help:"time limit of a job (default: long enough for the step's timeout, else the partition's)"`
	Gres      string   `cfg:"gres" is:"value" help:"generic resources, such as gpu:a100:2; replaces gpu of the resources"`
	Options   []string `cfg:"options" is:"option" help:"further sbatch options, such as --exclusive or --constraint=intel"`
}

// StepSettings implements [target.Stepwise].
func (Target) StepSettings() any { return &Settings{} }

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeSetting, codeSetting }

// Kind implements [target.Kinds].
func (*Options) Kind(is string) target.Kind { return kindNamed(is) }

// Kind implements [target.Kinds].
func (*Settings) Kind(is string) target.Kind { return kindNamed(is) }

var (
	timeForm    = regexp.MustCompile(`^([0-9]+-)?[0-9]+(:[0-9]{1,2}){0,2}$`)
	valueForm   = regexp.MustCompile(`^[^\s'"\\#-][^\s'"\\#]*$`)
	optionForm  = regexp.MustCompile(`^--[a-z][-a-z0-9]*(=[^\s'"\\#]+)?$`)
	folderForm  = regexp.MustCompile(`^/[^\x00-\x1f%\\]*$`)
	programForm = regexp.MustCompile(`^(/[^\x00-\x1f]+|[^\x00-\x1f/]+)$`)
)

// ours are the options of sbatch that the script sets itself, or that would take a job from its place in the run.
var ours = []string{
	"array", "begin", "chdir", "dependency", "error", "export", "export-file", "hold", "job-name", "kill-on-invalid-dep", "no-requeue", "ntasks", "open-mode",
	"output", "parsable", "requeue", "signal", "test-only", "wait", "wrap",
}

func kindNamed(is string) target.Kind {
	switch is {
	case "time":
		return target.Kind{Want: "a Slurm time, such as 90 (minutes), 02:30:00 or 1-12", Fits: timeForm.MatchString}
	case "value":
		return target.Kind{Want: "a value of an sbatch option, without blanks and quotes", Fits: valueForm.MatchString}
	case "folder":
		return target.Kind{Want: "the absolute path of a folder that all nodes share", Fits: func(s string) bool { return folderForm.MatchString(s) && !nodesOwn(s) }}
	case "program":
		return target.Kind{Want: "a name on PATH or an absolute path", Fits: programForm.MatchString}
	case "option":
		return target.Kind{
			Want: "a long sbatch option that the script does not set itself, such as --exclusive or --licenses=a:2",
			Fits: func(s string) bool { return optionForm.MatchString(s) && !slices.Contains(ours, optionName(s)) },
		}
	}
	return target.Kind{}
}

func optionName(option string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(option, "--"), "=")
	return name
}

// nodesOwn reports whether a folder is local to each node.
func nodesOwn(folder string) bool {
	return slices.ContainsFunc([]string{"/tmp", "/var/tmp", "/dev/shm", "/run"}, func(own string) bool {
		return folder == own || strings.HasPrefix(folder, own+"/")
	})
}

// under lays settings over those of what is around.
func (s Settings) under(outer Settings) Settings {
	return Settings{
		Partition: cmp.Or(s.Partition, outer.Partition), Account: cmp.Or(s.Account, outer.Account), QOS: cmp.Or(s.QOS, outer.QOS), Time: cmp.Or(s.Time, outer.Time),
		Gres: cmp.Or(s.Gres, outer.Gres), Options: ir.Overlay(outer.Options, s.Options, optionName),
	}
}

// words are the settings as options of sbatch.
func (s Settings) words() []string {
	var out []string
	for _, o := range []struct{ name, value string }{
		{"partition", s.Partition}, {"account", s.Account}, {"qos", s.QOS}, {"time", s.Time}, {"gres", s.Gres},
	} {
		if o.value != "" {
			out = append(out, "--"+o.name+"="+o.value)
		}
	}
	return append(out, s.Options...)
}
