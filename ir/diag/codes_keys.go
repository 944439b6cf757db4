package diag

// keyCodes are those of keys and their values, RR0100 to RR0149; those of names are in graphCodes.
func keyCodes() []Code {
	return []Code{
		{
			Code: "RR0101", Title: "an unknown key",
			Explanation: "A misspelt key would have no effect, so every key is checked against those that are allowed in its place. The message names the nearest one, or says where the key belongs. `runnable-render schema` prints all of them for your editor.",
			Bad:         "train:\n  type: task\n  comand: steps.train\n",
			Good:        "train:\n  type: task\n  command: steps.train\n",
		},
		{
			Code: "RR0102", Title: "a required key is missing",
			Explanation: "Each kind of step has required keys: a task its command, a map its branch, iterate_on and iterate_as, a conditional its parameter and branches, a loop its branch, max_iterations, break_on and index_as; every step has a type.",
			Bad:         "each:\n  type: map\n  iterate_on: files\n  branch: {steps: {}}\n",
			Good:        "each:\n  type: map\n  iterate_on: files\n  iterate_as: file\n  branch: {steps: {}}\n",
		},
		{
			Code: "RR0103", Title: "a value of the wrong type",
			Explanation: "The key needs a value of another type: text, a list, a mapping, a whole number, true or false. Types are those of YAML 1.2: yes and on are text, 014 is fourteen, 2024-01-01 is text. A value that looks like a number or a boolean but is meant as text needs quotes.",
			Bad:         "catalog: {put: model.bin}\ncommand: 42\n",
			Good:        "catalog: {put: [model.bin]}\ncommand: \"42\"\n",
		},
		{
			Code: "RR0105", Title: "the definition has no dag",
			Explanation: "A definition is a mapping with the key `dag`, which holds the steps. Other keys beside it are ignored and may hold YAML anchors.",
			Bad:         "steps:\n  hello: {type: stub}\n",
			Good:        "dag:\n  steps:\n    hello: {type: stub}\n",
		},
		{
			Code: "RR0106", Title: "an unknown type of step",
			Explanation: "A step is a task, stub, parallel, map, conditional, loop or pipeline, or an explicit success or fail. There is no type `dag`: to group steps, make them a branch of a composite; to run another definition, use the type pipeline.",
			Bad:         "train: {type: python, command: steps.train}\n",
			Good:        "train: {type: task, command: steps.train}\n",
		},
		{
			Code: "RR0107", Title: "a word that the key does not accept",
			Explanation: "The key takes one word of a fixed set: the type of a command, a kind of failure in retry.on. The message lists them.",
			Bad:         "retry: {limit: 2, on: [timeouts]}\n",
			Good:        "retry: {limit: 2, on: [timeout]}\n",
		},
		{
			Code: "RR0108", Title: "not a duration",
			Explanation: "A duration is a number with a unit, or several of them: 300ms, 30s, 5m, 1h30m. A number without a unit is seconds. Days are not a unit, because their length varies: write 24h.",
			Bad:         "timeout: 1 day\n",
			Good:        "timeout: 24h\n",
		},
		{
			Code: "RR0109", Title: "a number or quantity out of range",
			Explanation: "The value has the right type but makes no sense: no attempts, an exit code that means success, a quantity in a unit that Kubernetes does not know. The message says what is allowed.",
			Bad:         "max_attempts: 0\nresources: {memory: 2GB}\n",
			Good:        "max_attempts: 1\nresources: {memory: 2G}\n",
		},
		{
			Code: "RR0110", Title: "two keys with the same meaning",
			Explanation: "Both keys set the same thing, and only one can win: next and next_node, retry and max_attempts, a default graph and a branch called default. Delete one.",
			Bad:         "max_attempts: 3\nretry: {limit: 2}\n",
			Good:        "retry: {limit: 2}\n",
		},
		{
			Code: "RR0111", Title: "a misspelt key of a stub",
			Explanation: "A stub ignores unknown keys, so that any step can be skipped by changing its type to stub. This key looks like a misspelt key of a stub.",
			Bad:         "later: {type: stub, catlog: {get: [data.csv]}}\n",
			Good:        "later: {type: stub, catalog: {get: [data.csv]}}\n",
		},
		{
			Code: "RR0112", Title: "a key of a graph that is ignored",
			Explanation: "A graph accepts description, start_at and steps, and the dag also a name. Runnable ignores other keys silently, so they are a warning here, not an error; they have no effect.",
			Bad:         "dag:\n  start: a\n  steps: {a: {type: stub}}\n",
			Good:        "dag:\n  start_at: a\n  steps: {a: {type: stub}}\n",
		},
		{
			Code: "RR0113", Title: "a graph without steps",
			Explanation: "The graph has no key `steps`: it does nothing and succeeds. Write `steps: {}` if that is meant.",
			Bad:         "dag:\n  description: to be written\n",
			Good:        "dag:\n  description: to be written\n  steps: {}\n",
		},
		{
			Code: "RR0114", Title: "an invalid command",
			Explanation: "A command must not be empty, and the command of a notebook must be a path that ends in .ipynb. To do nothing, use a stub.",
			Bad:         "explore: {type: task, command_type: notebook, command: explore.py}\n",
			Good:        "explore: {type: task, command_type: notebook, command: explore.ipynb}\n",
		},
		{
			Code: "RR0115", Title: "a second success or fail",
			Explanation: "Every graph has exactly one terminal `success` and one `fail`, written or not, with exactly these names. A step of the type success or fail under another name would be a second one.",
			Bad:         "done: {type: success}\n",
			Good:        "success: {type: success}\n",
		},
		{
			Code: "RR0116", Title: "a value that should be a mapping",
			Explanation: "The key of a return selects one value of the mapping that a Python or Go function returns. A shell script or a notebook returns variables by name, so there is no mapping to select from.",
			Bad:         "command_type: shell\nreturns: [{name: best, key: model}]\n",
			Good:        "command_type: shell\nreturns: [{name: best}]\n",
		},
		{
			Code: "RR0117", Title: "a Python command that is not of the form module.function",
			Explanation: "The command of a python task is module.function. Anything else can only fail when it runs. A script needs `command_type: shell`.",
			Bad:         "train: {type: task, command: python train.py}\n",
			Good:        "train: {type: task, command_type: shell, command: python train.py}\n",
		},
		{
			Code: "RR0118", Title: "a key of another type of command",
			Explanation: "optional_ploomber_args belongs to notebooks and stream_end_type to async-python commands; on others it has no effect.",
			Bad:         "command: steps.train\nstream_end_type: done\n",
			Good:        "command: steps.train\ncommand_type: async-python\nstream_end_type: done\n",
		},
		{
			Code: "RR0120", Title: "a number that JSON cannot express",
			Explanation: "Parameters are JSON values: there is no infinity, no NaN, and no floating-point number beyond 1.8e308. Integers may be of any size.",
			Bad:         "inputs: {limit: {value: .inf}}\n",
			Good:        "inputs: {limit: {value: 1e300}}\n",
		},
		{
			Code: "RR0122", Title: "a branch called default is not the default",
			Explanation: "A branch of a conditional runs for the value of its name, so a branch called default runs only for the value \"default\". The key `default` names the branch for all other values, or holds its graph.",
			Bad:         "pick:\n  type: conditional\n  parameter: mode\n  branches:\n    fast: {steps: {}}\n    default: {steps: {}}\n",
			Good:        "pick:\n  type: conditional\n  parameter: mode\n  default: default\n  branches:\n    fast: {steps: {}}\n    default: {steps: {}}\n",
		},
	}
}
