package ir

// Command is what a task runs: one of [*Python], [*Shell], [*Notebook], [*GoFunc], [*Flow] and [*Plugin].
//
//sumtype:decl
type Command interface {
	// Text is the command as its author wrote it, for people.
	Text() string
	parts() CommandParts
}

// CommandKind is a kind of command, as `command_type` names it. Frontends, the JSON form and [Dump] read it.
type CommandKind struct {
	Name     string
	New      func() Command
	Script   bool   // the command is text of any number of lines
	Dotted   bool   // it is of the form module.function
	Suffix   string // it ends so
	Objects  bool   // it can return objects
	Mappings bool   // it can return a mapping of which one key is taken

	Option  string // the key that tasks have for this kind alone; empty: none
	Object  bool   // the option is a JSON object, else it is text
	Default string // the option where it is left out
	Label   string // of the option in [Dump]
}

// CommandKinds are the kinds that are built in. All others are a plugin's.
func CommandKinds() []CommandKind {
	return []CommandKind{
		{Name: "python", New: func() Command { return &Python{} }, Dotted: true, Objects: true, Mappings: true},
		{Name: "shell", New: func() Command { return &Shell{} }, Script: true},
		{Name: "notebook", New: func() Command { return &Notebook{} }, Suffix: ".ipynb", Objects: true,
			Option: "optional_ploomber_args", Object: true, Label: "options"},
		{Name: "async-python", New: func() Command { return &Python{Async: true} }, Dotted: true, Objects: true, Mappings: true,
			Option: "stream_end_type", Default: "done", Label: "stream_end"},
		{Name: "go", New: func() Command { return &GoFunc{} }, Mappings: true},
		{Name: "metaflow", New: func() Command { return &Flow{} }, Dotted: true, Option: "flow", Object: true, Label: "flow"},
	}
}

// CommandKindNamed returns the kind of a command_type, and whether it is built in.
func CommandKindNamed(name string) (k CommandKind, builtIn bool) {
	for _, k := range CommandKinds() {
		if k.Name == name {
			return k, true
		}
	}
	return CommandKind{
		Name: name, New: func() Command { return &Plugin{Kind: name} }, Script: true, Objects: true, Mappings: true,
		Option: "config", Object: true, Label: "config",
	}, false
}

// CommandTypes are the names of [CommandKinds].
func CommandTypes() []string {
	var names []string
	for _, k := range CommandKinds() {
		names = append(names, k.Name)
	}
	return names
}

// CommandParts are what a command of any kind consists of.
type CommandParts struct {
	Type   string // command_type
	Text   *string
	Option *string // nil: the kind has none
}

// PartsOf returns the parts of a command, to be read and written.
func PartsOf(c Command) CommandParts { return c.parts() }

// CommandType returns the word that a definition uses for the kind of c.
func CommandType(c Command) string { return c.parts().Type }

// Python calls a function.
type Python struct {
	Function  string // module.function
	Async     bool
	StreamEnd string // Async: the type of the event that carries the returns
}

// Text returns the dotted function.
func (c *Python) Text() string { return c.Function }

func (c *Python) parts() CommandParts {
	if c.Async {
		return CommandParts{"async-python", &c.Function, &c.StreamEnd}
	}
	return CommandParts{"python", &c.Function, nil}
}

// Shell runs a script with /bin/sh.
type Shell struct{ Script string }

// Text returns the script.
func (c *Shell) Text() string { return c.Script }

func (c *Shell) parts() CommandParts { return CommandParts{"shell", &c.Script, nil} }

// Notebook executes a Jupyter notebook.
type Notebook struct {
	Path    string // slash path, ends in .ipynb
	Options string // JSON object of further engine arguments; empty: none
}

// Text returns the notebook's path.
func (c *Notebook) Text() string { return c.Path }

func (c *Notebook) parts() CommandParts { return CommandParts{"notebook", &c.Path, &c.Options} }

// GoFunc calls a function of the user's own Go program.
type GoFunc struct{ Function string }

// Text returns the function's name.
func (c *GoFunc) Text() string { return c.Function }

func (c *GoFunc) parts() CommandParts { return CommandParts{"go", &c.Function, nil} }

// Plugin is a command of a kind that is not built in.
type Plugin struct {
	Kind   string // the command_type
	Body   string // the command
	Config string // JSON object of the keys that the kind takes; empty: none
}

// Text returns the command.
func (c *Plugin) Text() string { return c.Body }

func (c *Plugin) parts() CommandParts { return CommandParts{c.Kind, &c.Body, &c.Config} }
