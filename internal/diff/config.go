package diff

import (
	"maps"
	"slices"
	"strings"
)

// Configuration is what a configuration file says of where a pipeline runs.
type Configuration struct {
	Shared  map[string]string // for all targets, by key
	Targets map[string][]byte // the sections of targets, each a JSON object
}

// Configurations compares two configurations.
func Configurations(before, after Configuration) []Change {
	return differences(before.facts(), after.facts())
}

func (c Configuration) facts() facts {
	var f facts
	for key, value := range c.Shared {
		f.add(Targets, key, value)
	}
	for name, section := range c.Targets {
		if len(section) > 0 {
			f.object(Targets, name, string(section))
		}
	}
	for i := range f {
		key := f[i].what[strings.LastIndexByte(f[i].what, '.')+1:]
		switch strings.ToLower(strings.ReplaceAll(key, "_", "")) {
		case "image":
			f[i].kind = Image
		case "cronschedule":
			f[i].kind = Schedule
		}
		f[i].class = f[i].kind.class()
		f[i].what = "configuration " + f[i].what
	}
	return f
}

// Program is what the program of a definition sets besides the pipeline.
type Program struct {
	Environ        map[string]string // variables of the steps' environment
	ParametersFile string            // empty: none
}

// Programs compares what two programs set. Values of variables are not told: any of them may be a secret.
func Programs(before, after Program) []Change {
	out := differences(before.facts(), after.facts())
	for i, change := range out {
		switch {
		case change.Kind != Env:
		case change.Old == "":
			out[i].New = "a value"
		case change.New == "":
			out[i].Old = "a value"
		default:
			out[i].Old, out[i].New = "a value", "another value"
		}
	}
	return out
}

func (p Program) facts() facts {
	var f facts
	f.add(Parameters, "parameters file of the program", p.ParametersFile)
	for _, name := range slices.Sorted(maps.Keys(p.Environ)) {
		f.add(Env, "variable "+name+" of the program", clear(p.Environ[name]))
	}
	return f
}
