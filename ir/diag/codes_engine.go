package diag

// BadReducer is the code of a map's reducer that cannot be read.
const BadReducer = "RR0320"

// BadExpression is the code of an expression that does not compile.
const BadExpression = "RR0322"

func engineCodes() []Code {
	return []Code{{
		Code:  BadExpression,
		Title: "an expression does not compile",
		Explanation: `expression, iterate_over and break_when are Python's expressions over the names of the visible
parameters, with its functions sum, round, abs, len, min, max, sorted, range and the like, but no modules. They are compiled
when the definition is checked, in a language that means the same on every target.`,
		Bad:  "dag:\n  steps:\n    m: {type: map, iterate_over: \"range(3\", iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
		Good: "dag:\n  steps:\n    m: {type: map, iterate_over: range(3), iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
	}, {
		Code:  BadReducer,
		Title: "a map's reducer cannot be read",
		Explanation: `A reducer makes one value of the values that a map's items returned. It is a name (all, any, first,
last, len, max, mean, min, sorted, sum), a lambda of Python's expressions, or a dotted Python function that is called with
the values. A lambda is compiled when the definition is checked, in a language that has Python's expressions and its
functions sum, round, abs, len, min, max, sorted and the like, but no modules; so it means the same on every target.`,
		Bad:  "m:\n  type: map\n  reducer: maxx",
		Good: "m:\n  type: map\n  reducer: max",
	}}
}
