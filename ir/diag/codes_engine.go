package diag

// BadReducer is the code of a map's reducer that cannot be read.
const BadReducer = "RR0320"

func engineCodes() []Code {
	return []Code{{
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
