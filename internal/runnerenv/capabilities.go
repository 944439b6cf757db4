package runnerenv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Capabilities say how the target that starts the runner is to be treated. The first four have no default: a renderer
// sets each. Their text, in [CapabilitiesVariable], is a word key=value for each.
type Capabilities struct {
	Exit     string // how a step's result is reported: [ExitCode] or [ExitRecord]
	Attempts string // how many attempts a call makes: [AttemptsOne] or [AttemptsAll]
	Begin    string // who chooses the run: [BeginTarget] or [BeginRunner]
	Control  string // where a control value goes: [ControlFile], [ControlStore], [ControlLine] or [ControlNone]

	Line       string // with ControlLine: the variable that names the file, as GITHUB_OUTPUT does
	Items      string // the control value of a map: [ItemsNumber], the default, or [ItemsList]
	Parameters string // how initial parameters arrive: [ParametersEncoded], the default, or [ParametersPlain]
	Folder     string // in which a step works: [FolderImage], the default, or [FolderOwn]
	Index      string // the variable that holds the number which a * in a path stands for, as SLURM_ARRAY_TASK_ID does
	Skipped    string // the exit code for a step that the run does not reach; empty: 0
}

// The values of [Capabilities].
const (
	ExitCode   = "code"   // 0, 1, and 75 where another attempt is due
	ExitRecord = "record" // 0 always; the record says what happened

	AttemptsOne = "one" // the target repeats the call
	AttemptsAll = "all"

	BeginTarget = "target" // the target names the run, and every command makes sure that it has begun
	BeginRunner = "runner" // the command begin chooses the run and passes it to the others in files

	ControlFile  = "file"  // named by --out
	ControlStore = "store" // control/RUN/PATH
	ControlLine  = "line"  // control=VALUE, appended to a file that another program names
	ControlNone  = "none"  // nobody reads one

	ItemsNumber = "number"
	ItemsList   = "list" // [0,1,2]

	ParametersEncoded = "encoded" // names as a JSON list, values as base64
	ParametersPlain   = "plain"   // a JSON document, and over it variables RUNNABLE_PRM_name

	FolderImage = "image" // the process's own where it is writable
	FolderOwn   = "own"   // a copy of it
)

// known are the capabilities of targets whose manifests do not say them: those that were rendered before there were any.
func known(target string) (Capabilities, bool) {
	switch target {
	case "argo":
		return Capabilities{Exit: ExitCode, Attempts: AttemptsOne, Begin: BeginTarget, Control: ControlFile}, true
	case "compose":
		return Capabilities{Exit: ExitRecord, Attempts: AttemptsAll, Begin: BeginRunner, Control: ControlNone}, true
	}
	return Capabilities{}, false
}

// CapabilitiesOf reads the capabilities of a target. What is missing or unknown is an error: the runner would take a
// failed step for a successful one, or the reverse.
func CapabilitiesOf(target, text string) (Capabilities, error) {
	if target == "" {
		return Capabilities{}, fmt.Errorf("%s is not set: this program is started by what runnable-render renders", Target)
	}
	if c, ok := known(target); ok && text == "" {
		return c, nil
	}
	if text == "" {
		return Capabilities{}, fmt.Errorf("%s is %q, and %s does not say how the runner has to treat it; set, for example, %s=%q",
			Target, target, CapabilitiesVariable, CapabilitiesVariable, "exit=code attempts=all begin=target control=file")
	}
	var c Capabilities
	for word := range strings.FieldsSeq(text) {
		if err := c.set(word); err != nil {
			return Capabilities{}, fmt.Errorf("%s: %w", CapabilitiesVariable, err)
		}
	}
	if err := c.complete(); err != nil {
		return Capabilities{}, fmt.Errorf("%s: %w", CapabilitiesVariable, err)
	}
	return c, nil
}

// String implements fmt.Stringer; it is what [CapabilitiesOf] reads.
func (c Capabilities) String() string {
	var words []string
	for _, f := range c.fields() {
		if *f.value != "" {
			words = append(words, f.key+"="+*f.value)
		}
	}
	return strings.Join(words, " ")
}

// SkippedCode is the exit code for a step that the run does not reach.
func (c Capabilities) SkippedCode() int {
	code, _ := strconv.Atoi(c.Skipped) // read before, or empty
	return code
}

// capability is one of [Capabilities].
type capability struct {
	key    string
	value  *string
	values []string          // those that it may have; nil: what fits
	fits   func(string) bool // nil: values
	want   string            // in words, with fits
	must   bool
}

// isVariable reports whether a shell can have a variable of this name.
func isVariable(name string) bool {
	for i, r := range name {
		if r != '_' && (r|0x20 < 'a' || r|0x20 > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// isCode reports whether a text is an exit code that a program is free to use.
func isCode(text string) bool {
	n, err := strconv.ParseUint(text, 10, 7)
	return err == nil && n <= 125 && text == strconv.FormatUint(n, 10)
}

func (c *Capabilities) fields() []capability {
	return []capability{
		{key: "exit", value: &c.Exit, values: []string{ExitCode, ExitRecord}, must: true},
		{key: "attempts", value: &c.Attempts, values: []string{AttemptsOne, AttemptsAll}, must: true},
		{key: "begin", value: &c.Begin, values: []string{BeginTarget, BeginRunner}, must: true},
		{key: "control", value: &c.Control, values: []string{ControlFile, ControlStore, ControlLine, ControlNone}, must: true},
		{key: "line", value: &c.Line, fits: isVariable, want: "the name of a variable"},
		{key: "items", value: &c.Items, values: []string{ItemsNumber, ItemsList}},
		{key: "parameters", value: &c.Parameters, values: []string{ParametersEncoded, ParametersPlain}},
		{key: "folder", value: &c.Folder, values: []string{FolderImage, FolderOwn}},
		{key: "index", value: &c.Index, fits: isVariable, want: "the name of a variable"},
		{key: "skipped", value: &c.Skipped, fits: isCode, want: "an exit code from 0 to 125"},
	}
}

// set reads one word.
func (c *Capabilities) set(word string) error {
	key, value, _ := strings.Cut(word, "=")
	var keys []string
	for _, f := range c.fields() {
		keys = append(keys, f.key)
		switch {
		case f.key != key:
		case *f.value != "":
			return fmt.Errorf("%q is given twice", key)
		case f.fits == nil && !slices.Contains(f.values, value):
			return fmt.Errorf("%s: %q is unknown; want %s", key, value, strings.Join(f.values, " or "))
		case f.fits != nil && !f.fits(value):
			return fmt.Errorf("%s: want %s, not %q", key, f.want, value)
		default:
			*f.value = value
			return nil
		}
	}
	return fmt.Errorf("unknown capability %q%s; known are %s", key, diag.DidYouMean(key, keys), strings.Join(keys, ", "))
}

// complete refuses what says too little, or contradicts itself.
func (c *Capabilities) complete() error {
	for _, f := range c.fields() {
		if f.must && *f.value == "" {
			return fmt.Errorf("%q is missing; set %s=%s", f.key, f.key, strings.Join(f.values, " or "+f.key+"="))
		}
	}
	switch {
	case c.Exit == ExitRecord && c.Attempts == AttemptsOne:
		return fmt.Errorf("with exit=record the target cannot see that another attempt is due; use attempts=all")
	case (c.Control == ControlLine) != (c.Line != ""):
		return fmt.Errorf("control=line and line=VARIABLE belong together")
	}
	return nil
}
