package diag

// caseCodes are those of test files, RR08xx.
func caseCodes() []Code {
	return []Code{
		{
			Code: "RR0801", Title: "an unknown or missing key in a test file",
			Explanation: "A test file has the keys pipeline, parameters, mocks and cases, and each case the key expect; docs/test.md lists all of them. A misspelt key would check nothing, so it is an error. Top-level keys that begin with x- are free, for anchors.",
			Bad:         "cases:\n  one: {expects: {status: SUCCESS}}\n", Good: "cases:\n  one: {expect: {status: SUCCESS}}\n",
		},
		{
			Code: "RR0802", Title: "a wrong value in a test file",
			Explanation: "The value does not have the form that the key takes; the message says which that is. A text that looks like a number or a truth value stands in quotes.",
			Bad:         "cases:\n  one: {expect: {took: long}}\n", Good: "cases:\n  one: {expect: {took: 30s}}\n",
		},
		{
			Code: "RR0803", Title: "a test names a step that the pipeline does not have",
			Explanation: "Steps are named by their paths, with the number of an item or iteration, or with * for any: train.*.fit. `*` stands for any part of one name and `**` for any number of names. Tasks and stubs are mocked, and maps that a Python function reduces; the other composites are run by the engine. A mock or an expectation that fits no step would do nothing, so it is an error.",
		},
		{
			Code: "RR0804", Title: "a mock returns other names than its step",
			Explanation: "A mock of a step that succeeds returns what the step returns: each name of `returns` in the definition and no other. A value of kind text is a text. The value of an object stands for its pickle, which the engine never looks into. A name that is to be absent must be one that something returns.",
		},
		{
			Code: "RR0805", Title: "expectations that contradict each other",
			Explanation: "A run or a step that succeeds has no failure. What failed on the way and was handled stands below `handled` and `steps`.",
			Bad:         "cases:\n  one: {expect: {status: SUCCESS, failed: a}}\n", Good: "cases:\n  one: {expect: {failed: a}}\n",
		},
		{
			Code: "RR0806", Title: "a step without a mock would run code",
			Explanation: "A test starts no process. A case that comes to a task needs a mock for it, or for the map whose reducer is a Python function; stubs need none. Add the step below `mocks` of the case or of the file, by its path or a pattern.",
		},
		{
			Code: "RR0807", Title: "an expectation that is not met",
			Explanation: "The case came to something else than its expectation says. Either the pipeline does not do what it should, or the test does not say what the pipeline should do.",
		},
		{
			Code: "RR0808", Title: "a case that does not end",
			Explanation: "A case takes at most 100,000 attempts of steps. Let a mock return what ends the loop, or give it fewer items. A case also ends when the command is interrupted.",
		},
		{
			Code: "RR0809", Title: "the definition of a test file is not there",
			Explanation: "`pipeline` names the definition, as a path from the test file. Without it, the definition is the file beside it that is called as the test file is: train.yaml, train.py or train.go for train.test.yaml.",
		},
	}
}
