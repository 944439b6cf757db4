package diag

// pythonCodes are those of Python definitions (RR050x, RR051x) and of the functions that steps call (RR052x).
func pythonCodes() []Code {
	return []Code{
		{
			Code: "RR0501", Title: "the definition is not valid Python",
			Explanation: "The chosen interpreter ($VIRTUAL_ENV, .venv beside the definition, or python3) could not compile the file. Syntax that is newer than the interpreter is an error too.",
		},
		{
			Code: "RR0502", Title: "the definition failed while it was read",
			Explanation: "A Python definition is a program that builds a pipeline. It raised an exception before it called execute(). The place is the last line that ran in your own files.",
		},
		{
			Code: "RR0503", Title: "a missing module",
			Explanation: "Your own modules are beside the definition, in its folder or in packages below it. A missing module that looks like one of them is an error; a package that is merely not installed on this machine is not, because only the machine that runs the steps needs it.",
			Bad:         "from your_mll_code import train\n",
			Good:        "from your_ml_code import train\n",
		},
		{
			Code: "RR0504", Title: "a name that a module lacks",
			Explanation: "The module exists but has no function or other name like that.",
		},
		{
			Code: "RR0505", Title: "the file defines no pipeline",
			Explanation: "A definition calls execute() on a Pipeline, or makes exactly one Pipeline, or has a function main() that does so or returns it.",
			Good:        "Pipeline(steps=[PythonTask(function=train)]).execute()\n",
		},
		{
			Code: "RR0506", Title: "the file defines several pipelines",
			Explanation: "One definition is one pipeline: rendered files, runs and retries belong to one definition. Put each pipeline into a file of its own, and shared code into a module beside them.",
		},
		{
			Code: "RR0507", Title: "an invalid argument",
			Explanation: "A constructor of the package runnable does not accept that argument, lacks one, or needs another type of value. All arguments are given by name.",
			Bad:         "PythonTask(function=train, retruns=[\"model\"])\n",
			Good:        "PythonTask(function=train, returns=[\"model\"])\n",
		},
		{
			Code: "RR0508", Title: "a function that no step can find",
			Explanation: "A step runs in a process of its own, often on another machine, and finds its function by module and name. A lambda, a function inside another function, a functools.partial and a method of an object have no such name. Define a function at the top level of a module; bind arguments with inputs.",
			Bad:         "PythonTask(function=lambda: 1, returns=[\"one\"])\n",
			Good:        "PythonTask(function=one, returns=[\"one\"])\n",
		},
		{
			Code: "RR0509", Title: "the definition cannot be run",
			Explanation: "A Python definition needs an interpreter, Python 3.9 or later: the configured one, $VIRTUAL_ENV, .venv beside the definition, or python3. The message says what went wrong.",
		},
		{
			Code: "RR0510", Title: "a step's module is not on this machine (warning)",
			Explanation: "The function of a step belongs to a module that is neither beside the definition nor installed here. That is fine if the step's image has it; otherwise the step fails. The function cannot be checked.",
		},
		{
			Code: "RR0511", Title: "a definition that depends on the order of a set (warning)",
			Explanation: "A set has no order. Definitions are read with a fixed hash seed, so the order stays the same on one machine; another version of Python may give another order, and `render --check` then finds a difference. Write sorted(...) around the set, or use a list.",
			Bad:         "Parallel(name=\"p\", branches={r: Stub(name=\"s\") for r in {\"eu\", \"us\"}})\n",
			Good:        "Parallel(name=\"p\", branches={r: Stub(name=\"s\") for r in [\"eu\", \"us\"]})\n",
		},
		{
			Code: "RR0520", Title: "a function's argument that nothing provides",
			Explanation: "A Python function gets its arguments by name from what is visible at its step: initial parameters and what the steps before it returned. inputs binds an argument to a parameter of another name, or to a list of several. It is only a warning if parameters may still be given when the pipeline runs, or if the failure has a handler.",
			Bad:         "# def report(accuracy): ...\nsteps:\n  train: {type: task, command: steps.train, returns: [{name: acc}]}\n  report: {type: task, command: steps.report}\n",
			Good:        "steps:\n  train: {type: task, command: steps.train, returns: [{name: acc}]}\n  report: {type: task, command: steps.report, inputs: {accuracy: acc}}\n",
		},
		{
			Code: "RR0521", Title: "a function that its module lacks",
			Explanation: "The module is beside the definition, and its source has no function, class or other name like that.",
		},
		{
			Code: "RR0522", Title: "a function whose result does not match returns",
			Explanation: "With two or more names in returns, the function returns a tuple of that length or a mapping with those keys; an entry with a key takes it from a mapping. The message points at the return in the source.",
		},
		{
			Code: "RR0523", Title: "inputs names an unknown argument or parameter",
			Explanation: "Each name under inputs is an argument of the function, bound to a parameter that is visible at the step.",
		},
		{
			Code: "RR0524", Title: "a file that reaches no later step (warning)",
			Explanation: "One step writes a file by name and a later one reads it, but no catalog carries it. Steps share a folder only when they run locally; in containers only the catalog carries files between steps.",
			Bad:         "load: {type: task, command: steps.load}      # writes data.csv\ntrain: {type: task, command: steps.train}    # reads data.csv\n",
			Good:        "load: {type: task, command: steps.load, catalog: {put: [data.csv]}}\ntrain: {type: task, command: steps.train, catalog: {get: [data.csv]}}\n",
		},
		{
			Code: "RR0525", Title: "a return that is probably misspelt (warning)",
			Explanation: "A step returns a name that nothing uses, while a later function has an argument of nearly the same name that keeps its default.",
		},
		{
			Code: "RR0526", Title: "a composite depends on a parameter that nothing provides",
			Explanation: "A map's iterate_on and a conditional's parameter must name a visible parameter: an initial one, or one that an earlier step returned. Otherwise the composite fails. A loop whose break_on names nothing runs max_iterations times. It is only a warning if parameters may still be given when the pipeline runs, or if the failure has a handler.",
			Bad:         "list: {type: task, command: steps.list, returns: [{name: files}]}\neach: {type: map, iterate_on: file, iterate_as: f, branch: …}\n",
			Good:        "list: {type: task, command: steps.list, returns: [{name: files}]}\neach: {type: map, iterate_on: files, iterate_as: f, branch: …}\n",
		},
		{
			Code: "RR0527", Title: "a script for bash that runs under sh (warning)",
			Explanation: "A script without #! in its first line runs under /bin/sh, which on many machines and in most images is dash or busybox. There [[, arrays, source, &> and other bash syntax are unknown commands or mean something else, and the script continues with a wrong result.",
			Bad:         "command_type: shell\ncommand: |\n  if [[ $mode == prod* ]]; then export done=yes; fi\n",
			Good:        "command_type: shell\ncommand: |\n  #!/bin/bash\n  if [[ $mode == prod* ]]; then export done=yes; fi\n",
		},
		{
			Code: "RR0528", Title: "a missing module with a name close to another one",
			Explanation: "The command of a Python step is module.function. You have no module of that name, none is installed in the virtual environment, and one of yours has nearly that name.",
			Bad:         "load: {type: task, command: stesp.load}\n",
			Good:        "load: {type: task, command: steps.load}\n",
		},
		{
			Code: "RR0529", Title: "a file that a step runs is missing",
			Explanation: "A notebook, or the file that a script starts, is not beside the definition, is in no catalog, and no other step writes it. It is only a warning if an earlier step or command may create it.",
			Bad:         "explore: {type: task, command_type: notebook, command: explroe.ipynb}\n",
			Good:        "explore: {type: task, command_type: notebook, command: explore.ipynb}\n",
		},
		{
			Code: "RR0530", Title: "a module that is found here but not in an image (warning)",
			Explanation: "An image holds the project, and a step in it looks for modules beside the definition, in the project's root, in src, and in folders of the project that a Python definition adds to sys.path. On this machine the module is found through a folder outside the project or the variable PYTHONPATH. An image has neither, unless you build it with them.",
			Bad:         "sys.path.insert(0, \"/home/ada/lib\")\n",
			Good:        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), \"../lib\"))\n",
		},
	}
}
