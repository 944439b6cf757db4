package ir

// Command is what a task runs: one of [*Python], [*Shell], [*Notebook], [*GoFunc] and [*Plugin].
//
//sumtype:decl
type Command interface {
	// Text is the command as its author wrote it, for people.
	Text() string
	command()
}

func (*Python) command()   {}
func (*Shell) command()    {}
func (*Notebook) command() {}
func (*GoFunc) command()   {}
func (*Plugin) command()   {}

// Python calls a function.
type Python struct {
	Function  string // module.function
	Async     bool
	StreamEnd string // Async: the type of the event that carries the returns
}

// Text returns the dotted function.
func (c *Python) Text() string { return c.Function }

// Shell runs a script with /bin/sh.
type Shell struct{ Script string }

// Text returns the script.
func (c *Shell) Text() string { return c.Script }

// Notebook executes a Jupyter notebook.
type Notebook struct {
	Path    string // slash path, ends in .ipynb
	Options string // JSON object of further engine arguments; empty: none
}

// Text returns the notebook's path.
func (c *Notebook) Text() string { return c.Path }

// GoFunc calls a function of the user's own Go program.
type GoFunc struct{ Function string }

// Text returns the function's name.
func (c *GoFunc) Text() string { return c.Function }

// Plugin is a command of a kind that is not built in.
type Plugin struct {
	Kind   string // the command_type
	Body   string // the command
	Config string // JSON object of the keys that the kind takes; empty: none
}

// Text returns the command.
func (c *Plugin) Text() string { return c.Body }

// CommandType returns the word that a definition uses for the kind of c.
func CommandType(c Command) string {
	switch c := c.(type) {
	case *Python:
		if c.Async {
			return "async-python"
		}
		return "python"
	case *Shell:
		return "shell"
	case *Notebook:
		return "notebook"
	case *GoFunc:
		return "go"
	case *Plugin:
		return c.Kind
	}
	panic("ir: unknown command")
}
