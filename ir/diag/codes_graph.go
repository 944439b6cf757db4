package diag

// graphCodes are those of names (RR0150 to RR0199, and RR0104, a reference to an unknown step), of the graph
// (RR02xx) and of parameters and dataflow (RR03xx).
func graphCodes() []Code {
	return []Code{
		{
			Code: "RR0104", Title: "a reference to an unknown step",
			Explanation: "next, on_failure, needs and start_at name a step of the same graph, or success or fail. They cannot name steps of another branch, of the body of a map or loop, or of the enclosing graph.",
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
			Explanation: "Names appear in logs and on terminals. A control character, such as a line break or an escape, and bytes that are not UTF-8 would garble them.",
			Bad:         "dag:\n  steps:\n    \"load\\ndata\": {type: stub}\n",
			Good:        "dag:\n  steps:\n    load data: {type: stub}\n",
		},
		{
			Code: "RR0153", Title: "a name that is too long",
			Explanation: "The name of a step or a branch has at most 200 characters, so that a path of several names fits into the limits of every target.",
		},
		{
			Code: "RR0154", Title: "two steps or branches with the same name",
			Explanation: "Every step of a graph, and every branch of a composite, has a unique name. Steps of different graphs may share a name: their paths differ. The graph under a conditional's default is the branch named default.",
		},
		{
			Code: "RR0155", Title: "a step named like a terminal",
			Explanation: "Every graph ends in success or fail; both exist without being written. Steps of type success and fail may have these names and change nothing; any other step needs another name.",
			Bad:         "dag:\n  steps:\n    success: {type: stub}\n",
			Good:        "dag:\n  steps:\n    succeed: {type: stub}\n",
		},
		{
			Code: "RR0156", Title: "an empty or unprintable parameter name",
			Explanation: "A returned value, the item of a map and the index of a loop become parameters; their names must not be empty or contain control characters.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: \"n\\tk\"}]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: n}]}\n",
		},
		{
			Code: "RR0202", Title: "a step that refers to itself",
			Explanation: "A step cannot be its own next step, its own handler or its own predecessor. To repeat a step, put it into a loop or give it retry.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: a}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: success}\n",
		},
		{
			Code: "RR0203", Title: "a cycle of steps",
			Explanation: "A graph only goes forward. The message names the steps of the cycle in the order in which they follow or need each other. Without next, a step goes to the next step in file order that no on_failure names; so a handler that is written before its step leads back to the step, unless the handler has a next.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, next: a}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, next: success}\n",
		},
		{
			Code: "RR0204", Title: "a step that never runs (warning)",
			Explanation: "No path from the start of the graph leads to this step, through next or on_failure.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: success}\n    b: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub}\n",
		},
		{
			Code: "RR0205", Title: "two styles in one graph",
			Explanation: "A graph uses either next and start_at, and runs one step at a time, or needs, and runs each step as soon as the steps it needs are done. The branches of its composites may use the other style.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, next: b}\n    b: {type: stub, needs: [a]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub}\n    b: {type: stub, needs: [a]}\n",
		},
		{
			Code: "RR0206", Title: "a handler with needs",
			Explanation: "In a graph of needs a step named by an on_failure runs when that one step failed, and sees the same scope. It waits for nothing else.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub, needs: [a]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub}\n",
		},
		{
			Code: "RR0207", Title: "one handler for two steps",
			Explanation: "In a graph of needs a handler belongs to one step: steps that need that step see the handler's results instead. Give each step a handler of its own, or put the steps into one branch and handle that.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a], on_failure: h}\n    h: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a], on_failure: k}\n    h: {type: stub}\n    k: {type: stub}\n",
		},
		{
			Code: "RR0208", Title: "a handler that is needed",
			Explanation: "A handler runs only when its step fails, so no step can need it. Need the handled step: after its handler has succeeded, the steps that need it run and see the handler's results.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    h: {type: stub}\n    b: {type: stub, needs: [h]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    h: {type: stub}\n    b: {type: stub, needs: [a]}\n",
		},
		{
			Code: "RR0209", Title: "a handler of a handler in a graph of needs",
			Explanation: "In a graph of needs the failure of a handler is the failure of its step. To handle a failure of the handler, make the handler a composite whose branch is a chain with its own on_failure.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub, on_failure: k}\n    k: {type: stub}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, on_failure: h}\n    b: {type: stub, needs: [a]}\n    h: {type: stub}\n",
		},
		{
			Code: "RR0210", Title: "a terminal in needs",
			Explanation: "A graph ends in success or fail; no step can need them.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, needs: [success]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, needs: []}\n",
		},
		{
			Code: "RR0211", Title: "a step that is needed twice",
			Explanation: "The order of needs decides which of two values is newer, so each step may appear only once.",
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
			Explanation: "The default of a conditional is one of its branches: it runs for every value that is not the name of a branch.",
		},
		{
			Code: "RR0215", Title: "a pipeline without steps",
			Explanation: "There is nothing to run or to render.",
		},
		{
			Code: "RR0301", Title: "branches of a parallel that change the same name (warning)",
			Explanation: "Branches run at the same time and their results are added in definition order, so the last branch that changes a name wins and the other values are lost. Return each result under a name of its own.",
			Bad:         "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, returns: [{name: r}]}}}\n        r: {steps: {a: {type: task, command: m.g, returns: [{name: r}]}}}\n",
			Good:        "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, returns: [{name: r1}]}}}\n        r: {steps: {a: {type: task, command: m.g, returns: [{name: r2}]}}}\n",
		},
		{
			Code: "RR0302", Title: "unordered steps that change the same name (warning)",
			Explanation: "Neither of the two steps comes after the other, so only the order of needs in a step after both decides which value counts. Return each result under a name of its own, or let one step need the other.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: r}]}\n    b: {type: task, command: m.g, returns: [{name: r}]}\n    c: {type: stub, needs: [a, b]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, returns: [{name: r}]}\n    b: {type: task, command: m.g, needs: [a], returns: [{name: r}]}\n    c: {type: stub, needs: [b]}\n",
		},
		{
			Code: "RR0303", Title: "the item of a map is returned",
			Explanation: "The item belongs to the map: each iteration has its own, and it does not leave the map. Return a value made from the item under another name.",
			Bad:         "dag:\n  steps:\n    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: x}]}}}\n",
			Good:        "dag:\n  steps:\n    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: y}]}}}\n",
		},
		{
			Code: "RR0304", Title: "the index of a loop is returned (warning)",
			Explanation: "The index belongs to the loop, which counts it: each iteration begins with the index, whatever the one before returned. Return the value under another name.",
			Bad:         "dag:\n  steps:\n    l:\n      type: loop\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: i}]}}}\n",
			Good:        "dag:\n  steps:\n    l:\n      type: loop\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch: {steps: {a: {type: task, command: m.f, returns: [{name: n}]}}}\n",
		},
		{
			Code: "RR0305", Title: "a loop with less than one iteration",
			Explanation: "A loop runs its body, then looks at break_on; so it runs at least once and max_iterations is 1 or more.",
			Bad:         "dag:\n  steps:\n    l: {type: loop, max_iterations: 0, break_on: done, index_as: i, branch: {steps: {a: {type: stub}}}}\n",
			Good:        "dag:\n  steps:\n    l: {type: loop, max_iterations: 3, break_on: done, index_as: i, branch: {steps: {a: {type: stub}}}}\n",
		},
		{
			Code: "RR0306", Title: "a step lacks a required key",
			Explanation: "A task has a command; a map has iterate_on and iterate_as, a conditional a parameter, a loop break_on and index_as: each is the name of a parameter.",
		},
		{
			Code: "RR0319", Title: "an invalid declaration of a parameter",
			Explanation: "A declared parameter has a type (str, int, float, bool, list, object or file), or a default that has one. Its default and its choices are of that type, a minimum and a maximum are for numbers, and a required parameter has no default.",
			Bad:         "dag:\n  parameters:\n    rate: {type: float, default: fast}\n  steps:\n    a: {type: stub}\n",
			Good:        "dag:\n  parameters:\n    rate: {type: float, default: 0.1}\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0321", Title: "a step that is controlled both by a parameter and by an expression",
			Explanation: "A conditional has parameter or expression, a map iterate_on or iterate_over, a loop break_on or break_when. With both, it would be unclear which one counts.",
			Bad:         "dag:\n  steps:\n    m: {type: map, iterate_on: xs, iterate_over: range(3), iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
			Good:        "dag:\n  steps:\n    m: {type: map, iterate_over: range(3), iterate_as: x, branch: {steps: {a: {type: stub}}}}\n",
		},
		{
			Code: "RR0307", Title: "a value that is returned twice",
			Explanation: "returns names each value of a task once; with two values of one name it would be unclear which counts.",
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
			Explanation: "Limits, waiting times and parallelism are zero, which means none, or more. A time is at most a billion seconds.",
		},
		{
			Code: "RR0312", Title: "an environment variable that cannot be set",
			Explanation: "The name of a variable is not empty, holds neither `=` nor control characters, and appears once in env. A secret is a variable of its name.",
		},
		{
			Code: "RR0313", Title: "an override given twice",
			Explanation: "overrides names one group of settings for each executor.",
		},
		{
			Code: "RR0314", Title: "a catalog pattern that leaves the working folder",
			Explanation: "The catalog carries files below the working folder from step to step. An absolute path, or one with `..`, means something else on every machine. Write patterns relative to the working folder; a folder means everything in it.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: steps.train, catalog: {put: [/tmp/model.bin]}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: steps.train, catalog: {put: [out/model.bin]}}\n",
		},
		{
			Code: "RR0315", Title: "an invalid hook",
			Explanation: "A hook, which runs when a run has ended, is a command (a script for /bin/sh) or a webhook (an http or https URL that gets the run's summary). For a secret URL, name a secret or a variable with webhook_from.",
			Bad:         "dag:\n  on_failure: [{webhook: hooks.example.org/ci}]\n  steps: {a: {type: stub}}\n",
			Good:        "dag:\n  on_failure: [{webhook: https://hooks.example.org/ci}]\n  steps: {a: {type: stub}}\n",
		},
		{
			Code: "RR0316", Title: "steps that can run at the same time put the same path (warning)",
			Explanation: "Branches of a parallel, and unordered steps of a graph of needs, run in folders of their own: each continues with the file that it put. A step after both gets only one of the files: that of the last branch, or of the step that it names last in needs. Put each result under a path of its own.",
			Bad:         "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, catalog: {put: [data.csv]}}}}\n        r: {steps: {a: {type: task, command: m.g, catalog: {put: [data.csv]}}}}\n",
			Good:        "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        l: {steps: {a: {type: task, command: m.f, catalog: {put: [left.csv]}}}}\n        r: {steps: {a: {type: task, command: m.g, catalog: {put: [right.csv]}}}}\n",
		},
		{
			Code: "RR0318", Title: "a first line that names no interpreter",
			Explanation: "A script whose first line begins with #! runs under the interpreter whose path follows: #!/bin/bash, or #!/usr/bin/env python3 for one on PATH. If blanks come before #!, the line is an ordinary comment, and /bin/sh runs the script.",
			Bad:         "dag:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: |\n        #!bash\n        echo hello\n",
			Good:        "dag:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: |\n        #!/bin/bash\n        echo hello\n",
		},
		{
			Code: "RR0340", Title: "packages in a form that pip does not accept",
			Explanation: "The packages of a Python step are requirements that pip can install from an index: a name, extras in brackets, and versions, such as pandas[parquet]==2.2.3. Options and paths are not accepted. Each package is named once. Functions and notebooks in Python use packages; on another step they have no effect, and a warning says so.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: steps.load, packages: [-r requirements.txt]}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: steps.load, packages: [pandas==2.2.3]}\n",
		},
		{
			Code: "RR0330", Title: "an invalid value of pods",
			Explanation: "On targets with pods or jobs, each step has a pod or job of its own. `pods: one` on a composite or on the pipeline runs all steps inside in a single one, which saves starting the others. The key has no other value.",
			Bad:         "dag:\n  pods: single\n  steps:\n    a: {type: task, command_type: shell, command: ls}\n",
			Good:        "dag:\n  pods: one\n  steps:\n    a: {type: task, command_type: shell, command: ls}\n",
		},
		{
			Code: "RR0317", Title: "an unlikely amount without a unit",
			Explanation: "Amounts are Kubernetes quantities. A bare number for memory means bytes, and no program runs in less than 6 MiB; a bare number for cpu means whole cores, and 100 or more are probably meant as thousandths. Write 512Mi for 512 MiB, 500m for half a core.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {memory: 512, cpu: 500}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {memory: 512Mi, cpu: 500m}}\n",
		},
		{
			Code: "RR0334", Title: "an invalid extended resource",
			Explanation: "An extended resource is one that an administrator or a device plugin adds to nodes. Its name has a domain, as in example.com/fpga, and a step asks for a whole number of it. For the usual GPUs use resources.gpu.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {extended: {fpga: 1}}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, resources: {extended: {example.com/fpga: 1}}}\n",
		},
		{
			Code: "RR0335", Title: "an invalid memory factor",
			Explanation: "retry.memory_factor multiplies the memory of a step after a failure of kind oom. It is at least 1, needs retries that cover such a failure, and makes the memory of the last attempt at most 1024 times that of the first.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command: m.f, retry: {limit: 2, on: [timeout], memory_factor: 2}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command: m.f, retry: {limit: 2, on: [timeout, oom], memory_factor: 2}}\n",
		},
		{
			Code: "RR0336", Title: "an invalid limit of runs",
			Explanation: "`concurrency` limits how many runs go on at a time. limit is a number (default: one). group is a name that pipelines share, in lower-case letters, digits and dashes. on_conflict says what a run does when the limit is reached: wait, fail or cancel.",
			Bad:         "dag:\n  concurrency: {on_conflict: abort}\n  steps:\n    a: {type: stub}\n",
			Good:        "dag:\n  concurrency: {on_conflict: cancel}\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0337", Title: "an invalid schedule",
			Explanation: "A schedule is a cron schedule of five fields (minute, hour, day, month, day of the week) or a word such as @daily. concurrency_policy is allow, forbid or replace; starting_deadline is a duration; keep_succeeded and keep_failed are numbers from 0 on.",
			Bad:         "dag:\n  schedule: [{cron: \"0 3 * *\"}]\n  steps:\n    a: {type: stub}\n",
			Good:        "dag:\n  schedule: [{cron: \"0 3 * * *\"}]\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0338", Title: "an event that cannot be",
			Explanation: "An event begins a run: webhook is the path of a request, calendar has five fields of cron or is a word such as @daily, succeeded names another pipeline. Each is an entry of its own. Its parameters say where in the event values are, for parameters that the pipeline declares; each that is required has one.",
			Bad:         "dag:\n  events: [{webhook: train}]\n  steps:\n    a: {type: stub}\n",
			Good:        "dag:\n  events: [{webhook: /train}]\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0381", Refusal: true, Title: "the target begins no runs by events",
			Explanation: "`events` begin runs on Argo, by Argo Events, where the pipeline is rendered with -o DIR/. A run on this machine begins when you start it. Other targets know no events, so nothing would begin there.",
		},
		{
			Code: "RR0380", Refusal: true, Title: "the target does not limit runs",
			Explanation: "`concurrency` limits how many runs go on at a time. A run on this machine, in compose or as a Kubernetes Job holds a place in the store while it goes on, and Argo has locks. Other targets start any number of runs.",
		},
		{
			Code: "RR0323", Title: "an unknown or missing input of a nested pipeline",
			Explanation: "If the definition of a nested pipeline declares parameters, inputs may bind only those, and must bind all that are required. A literal must fit the declared type, choices and bounds.",
		},
		{
			Code: "RR0324", Title: "a nested pipeline has no such value to return",
			Explanation: "The names in returns are those inside the nested pipeline: the values that its steps return, and its parameters. For another name outside, write {name: inside, as: outside}.",
		},
		{
			Code: "RR0331", Title: "settings for a target that has none",
			Explanation: "Under targets, a step has settings for single targets, by their names: argo, compose, slurm, actions or stepfunctions, or a target of a plugin or a custom build. The targets local and kubernetes run all steps in one place, so steps have no settings of their own there.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, targets: {argoo: {node_selector: {disk: ssd}}}}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, targets: {argo: {node_selector: {disk: ssd}}}}\n",
		},
		{
			Code: "RR0332", Title: "an unknown key in the settings for a target",
			Explanation: "The settings of a step for a target have the keys of the groups under overrides in that target's section of the configuration; docs/options.md lists them. They are checked whichever target you render.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, targets: {argo: {node_selectors: {disk: ssd}}}}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, targets: {argo: {node_selector: {disk: ssd}}}}\n",
		},
		{
			Code: "RR0333", Title: "a wrong value in the settings for a target",
			Explanation: "The target cannot use the value. The message says what is wrong and what is allowed; docs/options.md lists the values of each key.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, targets: {argo: {tolerations: {key: gpu}}}}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub, targets: {argo: {tolerations: [{key: gpu, operator: Exists}]}}}\n",
		},
	}
}
