package diff

import "strings"

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
