package compose

import (
	"maps"
	"regexp"
	"slices"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// declared are the options of a plan, as flags and the section `compose:` of the configuration say them: settings for
// every step, and under `overrides:` settings by the key that a step's own `overrides:` names.
type declared struct {
	Image       string `flag:"image" root:"image" is:"image" help:"image that holds the pipeline's code"`
	RunnerImage string `flag:"runner-image" root:"runner-image" is:"image" help:"image that provides the runner"`
	Version     string `flag:"compose-version" is:"2" help:"2: for 2.23 and later only, with secrets as files (default: for 1.29 too)"`

	Defaults  section            `cfg:",inline"`
	Overrides map[string]section `cfg:"overrides" help:"groups of settings, by the key that a step's overrides select"`
}

// section is the form of [Settings] in the configuration.
type section struct {
	Image      string            `cfg:"image" help:"of steps that name none"`
	Env        map[string]string `cfg:"env" keys:"variable" help:"variables of the steps' containers"`
	Resources  amounts           `cfg:"resources" help:"of steps that ask for none"`
	PullPolicy string            `cfg:"pull_policy" is:"always|never|missing|build" help:"when compose pulls an image"`
	Extras     Extras            `cfg:",inline"`
}

// StepSettings implements [target.Stepwise]: those of a step are those of an override.
func (Target) StepSettings() any { return &section{} }

// Kind implements [target.Kinds].
func (*section) Kind(is string) target.Kind { return kindNamed(is) }

// Wrong implements [target.Checked].
func (s *section) Wrong() (key, why string) { return s.Extras.twice() }

// Wrong implements [target.Checked].
func (d *declared) Wrong() (key, why string) { return d.Defaults.Wrong() }

type amounts struct {
	CPU    string `cfg:"cpu" is:"cpu" help:"cores, such as 500m or 2"`
	Memory string `cfg:"memory" is:"memory" help:"memory, such as 512Mi"`
	GPU    string `cfg:"gpu" help:"number of GPUs"`
}

// Codes implements [target.Codes].
func (*declared) Codes() (key, value string) { return codeConfig, codeConfig }

// Kind implements [target.Kinds].
func (*declared) Kind(is string) target.Kind { return kindNamed(is) }

var deviceForm = regexp.MustCompile(`^/[^:]*(:/[^:]*(:[rwm]{1,3})?)?$`)

func kindNamed(is string) target.Kind {
	switch is {
	case "variable":
		return target.Kind{
			Want: "the name of a variable, and none that the runner in a container reads",
			Fits: func(name string) bool { return ir.ValidEnvName(name) && !runnerenv.Sets(name) },
		}
	case "device":
		return target.Kind{Want: "the path of a device, as in /dev/fuse or /dev/sda:/dev/xvda:r", Fits: deviceForm.MatchString}
	case "bytes":
		return target.Kind{
			Want: "a compose size, such as 512m or 2g", Fits: bytesForm.MatchString,
			Doubt: func(text string) string { return ir.Implausible("memory", text) },
		}
	}
	return target.Kind{}
}

// settings are the options as [Render] takes them.
func (d *declared) options() Options {
	o := Options{Image: d.Image, RunnerImage: d.RunnerImage, Version: Version(d.Version), Defaults: d.Defaults.settings(), Overrides: map[string]Settings{}}
	for key, s := range d.Overrides {
		o.Overrides[key] = s.settings()
	}
	return o
}

func (s section) settings() Settings {
	out := Settings{Image: s.Image, Resources: ir.Resources{CPU: s.Resources.CPU, Memory: s.Resources.Memory, GPU: s.Resources.GPU}, PullPolicy: s.PullPolicy, Extras: s.Extras}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Env = append(out.Env, ir.EnvVar{Name: name, Value: s.Env[name]})
	}
	return out
}
