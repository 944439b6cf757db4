package pipeline

import (
	"github.com/runnable-render/runnable-render/ir"
)

// ParallelStep runs all its branches.
type ParallelStep struct {
	settings[ParallelStep]
	arms     []*Arm
	failFast bool
}

// Parallel makes a step that runs branches at the same time.
func Parallel(name string, branches ...*Arm) *ParallelStep {
	s := &ParallelStep{arms: branches}
	return s.begin(s, name, here())
}

// FailFast starts nothing new after the first failure.
func (s *ParallelStep) FailFast() *ParallelStep {
	s.failFast = true
	return s
}

// OnePod runs the steps of all branches in one pod, on targets that have pods or jobs.
func (s *ParallelStep) OnePod() *ParallelStep { return s.onePod(here()) }

// MapStep runs its steps once for each item of a list.
type MapStep struct {
	settings[MapStep]
	node ir.Map
	body body
}

// Map makes a step that runs steps once for each item of the parameter iterateOn, which they see as iterateAs.
func Map(name, iterateOn, iterateAs string, steps ...Step) *MapStep {
	at := here()
	s := &MapStep{body: body{steps: steps, span: at}}
	s.node.IterateOn = ir.Ref{Name: iterateOn, Span: at}
	s.node.IterateAs = ir.Ref{Name: iterateAs, Span: at}
	return s.begin(s, name, at)
}

// MapOver is [Map] over the list that an expression over the parameters makes, such as "range(n)".
func MapOver(name, iterateOver, iterateAs string, steps ...Step) *MapStep {
	at := here()
	s := &MapStep{body: body{steps: steps, span: at}}
	s.node.IterateOver = ir.Expression{Text: iterateOver, Span: at}
	s.node.IterateAs = ir.Ref{Name: iterateAs, Span: at}
	return s.begin(s, name, at)
}

// Describe says what the steps do for an item.
func (s *MapStep) Describe(text string) *MapStep {
	s.body.description = text
	return s
}

// Reduce makes one value of the values that the items returned: max min sum len first last mean sorted any all, a
// lambda, or a dotted Python function.
func (s *MapStep) Reduce(reducer string) *MapStep {
	s.node.Reducer, s.node.ReducerSpan = reducer, here()
	return s
}

// Parallelism is the number of items at a time.
func (s *MapStep) Parallelism(n int) *MapStep {
	s.node.Parallelism = n
	return s
}

// FailFast starts nothing new after the first failure.
func (s *MapStep) FailFast() *MapStep {
	s.node.FailFast = true
	return s
}

// OnePod runs the steps of all items in one pod, on targets that have pods or jobs.
func (s *MapStep) OnePod() *MapStep { return s.onePod(here()) }

// ConditionalStep runs the branch that a parameter's value names.
type ConditionalStep struct {
	settings[ConditionalStep]
	node ir.Conditional
	arms []*Arm
}

// Conditional makes a step that runs the branch named by the value of parameter.
func Conditional(name, parameter string, branches ...*Arm) *ConditionalStep {
	at := here()
	s := &ConditionalStep{arms: branches}
	s.node.Parameter = ir.Ref{Name: parameter, Span: at}
	return s.begin(s, name, at)
}

// ConditionalBy is [Conditional] by the value of an expression over the parameters, such as "accuracy >= threshold", whose
// branches are "true" and "false".
func ConditionalBy(name, expression string, branches ...*Arm) *ConditionalStep {
	at := here()
	s := &ConditionalStep{arms: branches}
	s.node.Expression = ir.Expression{Text: expression, Span: at}
	return s.begin(s, name, at)
}

// Default makes steps the branch for all other values.
func (s *ConditionalStep) Default(steps ...Step) *ConditionalStep {
	s.arms = append(s.arms[:len(s.arms):len(s.arms)], &Arm{ir.DefaultBranch, body{steps: steps, span: here()}})
	s.node.Default = ir.DefaultBranch
	return s
}

// DefaultBranch makes one of the branches that for all other values, too.
func (s *ConditionalStep) DefaultBranch(name string) *ConditionalStep {
	s.node.Default = name
	return s
}

// FailFast starts nothing new in the branch after the first failure.
func (s *ConditionalStep) FailFast() *ConditionalStep {
	s.node.FailFast = true
	return s
}

// OnePod runs the steps of the whole branch in one pod, on targets that have pods or jobs.
func (s *ConditionalStep) OnePod() *ConditionalStep { return s.onePod(here()) }

// LoopStep runs its steps again and again.
type LoopStep struct {
	settings[LoopStep]
	node ir.Loop
	body body
}

// Loop makes a step that runs steps until the parameter breakOn is true, at most so many times. They see the number of
// the iteration, from 0, as indexAs.
func Loop(name string, maxIterations int, breakOn, indexAs string, steps ...Step) *LoopStep {
	at := here()
	s := &LoopStep{body: body{steps: steps, span: at}}
	s.node.MaxIterations = maxIterations
	s.node.BreakOn = ir.Ref{Name: breakOn, Span: at}
	s.node.IndexAs = ir.Ref{Name: indexAs, Span: at}
	return s.begin(s, name, at)
}

// LoopUntil is [Loop] until an expression over the parameters is true after an iteration.
func LoopUntil(name string, maxIterations int, breakWhen, indexAs string, steps ...Step) *LoopStep {
	at := here()
	s := &LoopStep{body: body{steps: steps, span: at}}
	s.node.MaxIterations = maxIterations
	s.node.BreakWhen = ir.Expression{Text: breakWhen, Span: at}
	s.node.IndexAs = ir.Ref{Name: indexAs, Span: at}
	return s.begin(s, name, at)
}

// Describe says what the steps do in an iteration.
func (s *LoopStep) Describe(text string) *LoopStep {
	s.body.description = text
	return s
}

// FailFast starts nothing new in an iteration after the first failure.
func (s *LoopStep) FailFast() *LoopStep {
	s.node.FailFast = true
	return s
}

// OnePod runs the steps of all iterations in one pod, on targets that have pods or jobs.
func (s *LoopStep) OnePod() *LoopStep { return s.onePod(here()) }

// NestedStep runs the pipeline of another definition.
type NestedStep struct {
	settings[NestedStep]
	node ir.Nested
}

// Nested makes a step that runs the pipeline of another definition, in any language, in a scope of its own: it sees what the
// step binds, and of what it returns the steps that follow see what the step names.
func Nested(name, definition string) *NestedStep {
	at := here()
	s := &NestedStep{}
	s.node.Definition = ir.Ref{Name: definition, Span: at}
	return s.begin(s, name, at)
}

// Inputs gives the pipeline parameters under the names that they have outside.
func (s *NestedStep) Inputs(names ...string) *NestedStep {
	for _, name := range names {
		s.node.Inputs = append(s.node.Inputs, ir.Input{Arg: name, From: []string{name}, Span: here()})
	}
	return s
}

// Bind gives a parameter of the pipeline the value of another one; of several, the list of their values.
func (s *NestedStep) Bind(inside string, params ...string) *NestedStep {
	at := here()
	if len(params) == 0 {
		s.problem(at, "Bind(%q) names no parameter; give one, or Value for a literal", inside)
		return s
	}
	s.node.Inputs = append(s.node.Inputs, ir.Input{Arg: inside, Span: at, From: params, List: len(params) > 1})
	return s
}

// BindList gives a parameter of the pipeline the list of the values of parameters.
func (s *NestedStep) BindList(inside string, params ...string) *NestedStep {
	s.node.Inputs = append(s.node.Inputs, ir.Input{Arg: inside, Span: here(), From: append([]string{}, params...), List: true})
	return s
}

// Value gives a parameter of the pipeline a value of its own, written as JSON.
func (s *NestedStep) Value(inside string, value any) *NestedStep {
	at := here()
	text, err := jsonText(value)
	if err != nil {
		s.problem(at, "the value of %q cannot be written as JSON: %v", inside, err)
	}
	s.node.Inputs = append(s.node.Inputs, ir.Input{Arg: inside, Span: at, Value: text})
	return s
}

// Returns names what the steps that follow see of what the pipeline returns.
func (s *NestedStep) Returns(names ...string) *NestedStep {
	for _, name := range names {
		s.node.Returns = append(s.node.Returns, ir.Return{Name: name, Kind: ir.JSON, Span: here()})
	}
	return s
}

// ReturnAs is [NestedStep.Returns] for one name that is another one outside.
func (s *NestedStep) ReturnAs(inside, outside string) *NestedStep {
	r := ir.Return{Name: outside, Kind: ir.JSON, Span: here()}
	if inside != outside {
		r.Key = inside
	}
	s.node.Returns = append(s.node.Returns, r)
	return s
}

// OnePod runs the steps of the pipeline in one pod, on targets that have pods or jobs.
func (s *NestedStep) OnePod() *NestedStep { return s.onePod(here()) }
