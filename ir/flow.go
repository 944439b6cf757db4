package ir

// Flow runs a step of a Metaflow flow. The frontend for such flows makes it; options say what the Python side has to
// know of the step's place in its graph.
type Flow struct {
	Step    string // module.Flow.step
	Options string // a JSON object
}

// Text returns the dotted step.
func (c *Flow) Text() string { return c.Step }

func (c *Flow) parts() CommandParts { return CommandParts{"metaflow", &c.Step, &c.Options} }
