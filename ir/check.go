package ir

import "github.com/runnable-render/runnable-render/ir/diag"

// MaxNameLength is the number of characters (code points) that the name of a step or a branch may have.
const MaxNameLength = 200

// The codes of this package's diagnostics; diag.Lookup explains them.
const (
	codeEmptyName     = "RR0150"
	codeNameCharacter = "RR0151"
	codeNameControl   = "RR0152"
	codeNameLength    = "RR0153"
	codeNameTwice     = "RR0154"
	codeNameTerminal  = "RR0155"
	codeParameterName = "RR0156"

	codeUnknownStep    = "RR0104"
	codeItself         = "RR0202"
	codeCycle          = "RR0203"
	codeUnreachable    = "RR0204"
	codeMixedStyles    = "RR0205"
	codeHandlerNeeds   = "RR0206"
	codeHandlerShared  = "RR0207"
	codeHandlerNeeded  = "RR0208"
	codeHandlerHandled = "RR0209"
	codeNeedsTerminal  = "RR0210"
	codeNeedsTwice     = "RR0211"
	codeNoBranches     = "RR0212"
	codeNoBody         = "RR0213"
	codeUnknownDefault = "RR0214"
	codeNoGraph        = "RR0215"

	codeBranchesClash   = "RR0301"
	codeStepsClash      = "RR0302"
	codeItemReturned    = "RR0303"
	codeIndexReturned   = "RR0304"
	codeMaxIterations   = "RR0305"
	codeMissing         = "RR0306"
	codeTwoControls     = "RR0321"
	codeReturnTwice     = "RR0307"
	codeReturnKind      = "RR0308"
	codeInput           = "RR0309"
	codeNotJSON         = "RR0310"
	codeRange           = "RR0311"
	codeEnvironmentName = "RR0312"
	codeOverrideTwice   = "RR0313"
	codePattern         = "RR0314"
	codeHook            = "RR0315"
	codePutsClash       = "RR0316"
	codeInterpreter     = "RR0318"
	codePods            = "RR0330"
	codePackage         = "RR0340"
)

// Check finishes a pipeline that a frontend has made: it fills what was left out (Style, Start, Next, the kind of
// returns, the default name), builds the indexes, and tells what is wrong with it. Backends get only pipelines for
// which the list holds no error. The list is in no particular order.
//
// A graph that several composites share is checked once. The work grows linearly with the definition, and neither
// the length of a chain nor the width of a graph grows the stack.
func Check(p *Pipeline) diag.List {
	c := &checker{p: p}
	for _, pass := range []struct {
		name string
		run  func(*checker)
	}{
		{"shape", (*checker).shape}, // first: later passes rely on every composite having its graphs
		{"names", (*checker).names}, // before resolve, so that a bad name is told where it is given, not where it is used
		{"declared", (*checker).declared},
		{"parameters", (*checker).parameters}, // fills the kind of returns, which dataflow reads
		{"catalog", (*checker).catalog},
		{"hooks", (*checker).hooks},
		{"resolve", (*checker).resolve},   // fills Style, Start and Next: the edges that graph walks
		{"graph", (*checker).graph},       // cycles, handlers, unreachable steps
		{"dataflow", (*checker).dataflow}, // last: what can be returned where, along the edges
		{"puts", (*checker).puts},         // and what can be put where
	} {
		pass.run(c)
	}
	return c.list
}

// checker is one run of the passes.
type checker struct {
	p       *Pipeline
	graphs  []*place // every graph once, the outer before the inner
	list    diag.List
	guesses int // suggestions made so far
}

// place is a graph with what earlier passes found wrong with it, so that later ones need not speak of what only
// follows from that.
type place struct {
	graph    *Graph
	misnamed bool // names do not tell its steps apart
	dangling bool // a reference in it leads nowhere
	cyclic   bool
}

func (c *checker) errorf(code string, span diag.Span, format string, args ...any) {
	c.list.Add(diag.Errorf(code, span, format, args...))
}

// maxGuesses bounds the search for names that were meant: each looks at every known name.
const maxGuesses = 50

// didYouMean is [diag.DidYouMean] with a note at the place of the name that was probably meant.
func (c *checker) didYouMean(d diag.Diagnostic, name string, known func() []string, at func(name string) diag.Span) diag.Diagnostic {
	if c.guesses++; c.guesses > maxGuesses {
		return d
	}
	if near := diag.Nearest(name, known()); near != "" {
		d.Message += diag.DidYouMean(name, []string{near})
		if place := at(near); !place.IsZero() {
			d = d.With(place, "%q is here", near)
		}
	}
	return d
}
