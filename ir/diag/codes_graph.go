package diag

// graphCodes are those of names (RR0150 to RR0199, and RR0104, a reference to an unknown step), of the graph
// (RR02xx) and of parameters and dataflow (RR03xx).
func graphCodes() []Code {
	return []Code{
		{
			Code: "RR0104", Title: "a reference to an unknown step",
			Explanation: "next, on_failure, needs and start_at name a step of the same graph, or success or fail. Steps of another branch, of the body of a map or loop, or of the graph around them cannot be named.",
			Bad:         "dag:\n  steps:\n    load: {type: stub, next: trian}\n    train: {type: stub}\n",
			Good:        "dag:\n  steps:\n    load: {type: stub, next: train}\n    train: {type: stub}\n",
		},
		{
			Code: "RR0150", Title: "an empty name",
			Explanation: "Every step and every branch has a name: logs, records and messages use it.",
			Bad:         "dag:\n  steps:\n    \"\": {type: stub}\n",
			Good:        "dag:\n  steps:\n    load: {type: stub}\n",
		},
		{
			Code: "RR0151", Title: "a name with a dot or a percent sign",
			Explanation: "The names of steps and branches may hold anything but `.` and `%`. Dots join the names of a path, as in fan.left.train, and `%` stands for a blank where paths are written on a command line.",
			Bad:         "dag:\n  steps:\n    load.data: {type: stub}\n",
			Good:        "dag:\n  steps:\n    load_data: {type: stub}\n",
		},
		{
			Code: "RR0152", Title: "an unprintable name",
			Explanation: "Names stand in lines of logs and on terminals. A control character, such as a line end or an escape, or bytes that are not UTF-8 would break those.",
			Bad:         "dag:\n  steps:\n    \"load\\ndata\": {type: stub}\n",
			Good:        "dag:\n  steps:\n    load data: {type: stub}\n",
		},
		{
			Code: "RR0153", Title: "a name that is too long",
			Explanation: "The name of a step or a branch has at most 200 characters, so that a path of several names still fits where targets keep it.",
		},
		{
			Code: "RR0154", Title: "two steps or branches with one name",
			Explanation: "Within one graph every step, and within one composite every branch, has a name of its own. Steps of different graphs may share a name: their paths differ. The graph under a conditional's default is the branch named default.",
		},
		{
			Code: "RR0155", Title: "a step named like a terminal",
			Explanation: "Every graph ends at success or at fail; both are there without being written. Steps of those names that are of type success and fail are allowed and say nothing; any other step needs another name.",
			Bad:         "dag:\n  steps:\n    success: {type: stub}\n",
			Good:        "dag:\n  steps:\n    succeed: {type: stub}\n",
		},
		{
			Code: "RR0156", Title: "an empty or unprintable parameter name",
			Explanation: "A returned value, the item of a map and the index of a loop become parameters under a name, which is not empty and holds no control characters.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: \"n\\tk\"}]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: n}]}\n",
		},
		{
			Code: "RR0202", Title: "a step that refers to itself",
			Explanation: "A step cannot be its own next step, its own handler or its own predecessor. To repeat a step put it into a loop, or give it retry.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: a}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: success}\n",
		},
		{
			Code: "RR0203", Title: "a cycle of steps",
			Explanation: "A graph only goes forward. The message names the steps of the circle in the order in which they lead to each other, or need each other. Where next is left out, a step leads to the next one in file order that no on_failure names; so a handler that stands before its step leads back to it unless it says where it goes.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, next: a}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, next: success}\n",
		},
		{
			Code: "RR0204", Title: "a step that never runs (warning)",
			Explanation: "No way from the start of the graph leads to this step, by next or by on_failure.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: success}\n    b: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub}\n",
		},
		{
			Code: "RR0205", Title: "two styles in one graph",
			Explanation: "A graph is written with next and start_at, one step at a time, or with needs, where every step runs as soon as those it needs are done. One graph uses one of the two; the branches of its composites may use the other.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, needs: [a]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub}\n    b: {type: stub, needs: [a]}\n",
		},
		{
			Code: "RR0206", Title: "a handler with needs",
			Explanation: "In a graph of needs a step named by an on_failure runs when that one step failed, and sees what it saw. It waits for nothing else.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub, needs: [a]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub}\n",
		},
		{
			Code: "RR0207", Title: "one handler for two steps",
			Explanation: "In a graph of needs a handler belongs to one step: those that need the step see the handler's results in its place. Give each step a handler of its own, or put the steps into one branch and handle that.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a], on_failure: h}\n    h: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a], on_failure: k}\n    h: {type: stub}\n    k: {type: stub}\n",
		},
		{
			Code: "RR0208", Title: "a handler that is needed",
			Explanation: "A handler runs only when its step fails, so nothing can need it. Need the step: when its handler succeeded, those that need the step run, and see the handler's results in its place.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    h: {type: stub}\n    b: {type: stub, needs: [h]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    h: {type: stub}\n    b: {type: stub, needs: [a]}\n",
		},
		{
			Code: "RR0209", Title: "a handler of a handler in a graph of needs",
			Explanation: "In a graph of needs the failure of a handler is the failure of its step. Where the handler itself needs handling, make it a composite whose branch is a chain with its own on_failure.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub, on_failure: k}\n    k: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub}\n",
		},
		{
			Code: "RR0210", Title: "a terminal in needs",
			Explanation: "success and fail are where a graph ends; no step comes after them.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, needs: [success]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, needs: []}\n",
		},
		{
			Code: "RR0211", Title: "a step that is needed twice",
			Explanation: "The order of needs says which of two values is the newer one, so each step stands there once.",
			Bad:         "dag:\n  steps:\n    a: {type: stub}\n    b: {type: stub, needs: [a, a]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub}\n    b: {type: stub, needs: [a]}\n",
		},
		{
			Code: "RR0212", Title: "a composite without branches",
			Explanation: "A parallel runs its branches and a conditional chooses among them, so there must be at least one.",
			Bad:         "dag:\n  steps:\n    p: {type: parallel, branches: {}}\n",
			Good:        "dag:\n  steps:\n    p: {type: parallel, branches: {one: {steps: {a: {type: stub}}}}}\n",
		},
		{
			Code: "RR0213", Title: "a composite without steps to run",
			Explanation: "A map and a loop repeat the steps under branch; each branch of a parallel or a conditional has steps.",
		},
		{
			Code: "RR0214", Title: "a default that is not a branch",
			Explanation: "The default of a conditional is one of its branches: it runs for every value that no branch is named after.",
		},
		{
			Code: "RR0215", Title: "a pipeline without steps",
			Explanation: "There is nothing to run or to render.",
		},
		{
			Code: "RR0301", Title: "branches of a parallel that change one name (warning)",
			Explanation: "Branches run at the same time and their results are added in definition order, so the last branch that changes a name wins and the other values are lost. Return each result under a name of its own.",
			Bad:         "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, returns: [{name: r}]}}}\n        r: {steps: {a: {type: task, command: m.g, returns: [{name: r}]}}}\n",
			Good:        "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, returns: [{name: r1}]}}}\n        r: {steps: {a: {type: task, command: m.g, returns: [{name: r2}]}}}\n",
		},
		{
			Code: "RR0302", Title: "steps without an order that change one name (warning)",
			Explanation: "Neither of the two steps comes after the other, so nothing but the order of needs in the step that follows both says which value counts. Return each result under a name of its own, or let one step need the other.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: r}]}\n    b: {type: task, command: m.g, returns: [{name: r}]}\n    c: {type: stub, needs: [a, b]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: r}]}\n    b: {type: task, command: m.g, needs: [a], returns: [{name: r}]}\n    c: {type: stub, needs: [b]}\n",
		},
		{
			Code: "RR0303", Title: "the item of a map is returned",
			Explanation: "The item belongs to the map: each iteration has its own, and it does not leave the map. A step that makes something of the item returns it under another name.",
			Bad:         "dag:\n  steps:\n    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: x}]}}}\n",
			Good:        "dag:\n  steps:\n    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: y}]}}}\n",
		},
		{
			Code: "RR0304", Title: "the index of a loop is returned",
			Explanation: "The index belongs to the loop, which counts it; it does not leave the loop. Return the value under another name.",
			Bad:         "dag:\n  steps:\n    l:\n      type: loop\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: i}]}}}\n",
			Good:        "dag:\n  steps:\n    l:\n      type: loop\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: n}]}}}\n",
		},
		{
			Code: "RR0305", Title: "a loop that may not run once",
			Explanation: "A loop runs its body, then looks at break_on; so it runs at least once and max_iterations is 1 or more.",
			Bad:         "dag:\n  steps:\n    l: {type: loop, max_iterations: 0, break_on: done, index_as: i, branch: {steps: {a: {type: stub}}}}\n",
			Good:        "dag:\n  steps:\n    l: {type: loop, max_iterations: 3, break_on: done, index_as: i, branch: {steps: {a: {type: stub}}}}\n",
		},
		{
			Code: "RR0306", Title: "a step lacks what its type needs",
			Explanation: "A task has a command; a map has iterate_on and iterate_as, a conditional a parameter, a loop break_on and index_as: each is the name of a parameter.",
		},
		{
			Code: "RR0319", Title: "a parameter that is declared in a wrong way",
			Explanation: "A declared parameter has a type (str, int, float, bool, list, object or file), or a default that has one. Its default and its choices are of that type, a minimum and a maximum are for numbers, and a required parameter has no default.",
			Bad:         "dag:\n  parameters:\n    rate: {type: float, default: fast}\n  steps:\n    a: {type: stub}\n",
			Good:        "dag:\n  parameters:\n    rate: {type: float, default: 0.1}\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0321", Title: "a step that goes by a parameter and by an expression",
			Explanation: "A conditional has parameter or expression, a map iterate_on or iterate_over, a loop break_on or break_when. With both nothing would say which counts.",
			Bad:         "dag:\n  steps:\n    m: {type: map, iterate_on: xs, iterate_over: range(3), iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
			Good:        "dag:\n  steps:\n    m: {type: map, iterate_over: range(3), iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
		},
		{
			Code: "RR0307", Title: "a value that is returned twice",
			Explanation: "returns names each value of a task once; with two values of one name nothing would say which counts.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: n}, {name: n}]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: n}, {name: k}]}\n",
		},
		{
			Code: "RR0308", Title: "an unknown kind of value",
			Explanation: "The kinds are json, text (never decoded), metric (json, and reported) and object (pickled). A shell script has no Python objects to return.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command_type: shell, command: \"true\", returns: [{name: n, kind: object}]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command_type: shell, command: \"n=1; export n\", returns: [{name: n}]}\n",
		},
		{
			Code: "RR0309", Title: "an input without exactly one source",
			Explanation: "inputs binds each argument of a task's function once: to a parameter, to a list of parameters, or to {value: …}.",
		},
		{
			Code: "RR0310", Title: "text that is not JSON",
			Explanation: "The value of an input is JSON; the options of a notebook and the configuration of a plugin's command are a mapping.",
		},
		{
			Code: "RR0311", Title: "a number or a time out of range",
			Explanation: "Limits, waiting times and the number of iterations at a time are zero, for none, or more. A time is at most a billion seconds.",
		},
		{
			Code: "RR0312", Title: "an environment variable that cannot be set",
			Explanation: "The name of a variable is not empty, holds neither `=` nor control characters, and stands once in env. A secret comes as a variable of its name.",
		},
		{
			Code: "RR0313", Title: "an override given twice",
			Explanation: "overrides names one group of settings for each executor.",
		},
		{
			Code: "RR0314", Title: "a catalog pattern that leaves the working folder",
			Explanation: "The catalog carries files below the working folder from step to step. An absolute path, or one with `..`, names something else on every machine. Write patterns relative to the working folder; a directory takes all that it holds.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: steps.train, catalog: {put: [/tmp/model.bin]}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: steps.train, catalog: {put: [out/model.bin]}}\n",
		},
		{
			Code: "RR0315", Title: "an invalid hook",
			Explanation: "What is done when a run has ended is a command (a script for /bin/sh) or a webhook (an http or https URL that gets the run's summary). A URL that nobody may read comes from a secret or a variable, which webhook_from names.",
			Bad:         "dag:\n  on_failure: [{webhook: hooks.example.org/ci}]\n  steps: {a: {type: stub}}\n",
			Good:        "dag:\n  on_failure: [{webhook: https://hooks.example.org/ci}]\n  steps: {a: {type: stub}}\n",
		},
		{
			Code: "RR0316", Title: "steps that can run at the same time put one path (warning)",
			Explanation: "Branches of a parallel, and steps of a graph of needs without an order between them, run at the same time in folders of their own: each goes on with the file that it put. A step after both gets one of the files alone, that of the last branch, or of the step that it names last among its needs. Put each result under a path of its own.",
			Bad:         "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, catalog: {put: [data.csv]}}}}\n        r: {steps: {a: {type: task, command: m.g, catalog: {put: [data.csv]}}}}\n",
			Good:        "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, catalog: {put: [left.csv]}}}}\n        r: {steps: {a: {type: task, command: m.g, catalog: {put: [right.csv]}}}}\n",
		},
		{
			Code: "RR0318", Title: "a first line that names no interpreter",
			Explanation: "A script whose first line is #! is read by the interpreter that it names, by a path: #!/bin/bash, or #!/usr/bin/env python3 for one that is looked for on PATH. Behind blanks the line is a remark like any other, and /bin/sh runs the script.",
			Bad:         "dag:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: |\n        #!bash\n        echo hello\n",
			Good:        "dag:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: |\n        #!/bin/bash\n        echo hello\n",
		},
		{
			Code: "RR0317", Title: "an amount without a unit that can hardly be meant",
			Explanation: "Amounts are Kubernetes' quantities. A bare number of memory is bytes, and no program runs in less than 6 MiB; a bare number of cpu is whole cores, and a hundred or more of them are written as thousandths. Write 512Mi for 512 MiB, 500m for half a core.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {memory: 512, cpu: 500}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {memory: 512Mi, cpu: 500m}}\n",
		},
	}
}
