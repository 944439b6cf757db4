package diag

// wfformatCodes are those of recorded workflows in WfFormat (RR060x).
func wfformatCodes() []Code {
	return []Code{
		{
			Code: "RR0601", Title: "the file is not JSON",
			Explanation: "A definition whose name ends in .json is a recorded workflow in WfCommons' WfFormat, which is JSON: one object, UTF-8, no duplicate keys, nothing after it. The place is where reading stopped.",
			Bad:         "{\"schemaVersion\": \"1.5\", \"workflow\": {}\n",
			Good:        "{\"schemaVersion\": \"1.5\", \"workflow\": {}}\n",
		},
		{
			Code: "RR0602", Title: "the file is not WfFormat",
			Explanation: "A definition whose name ends in .json is read as WfCommons' WfFormat: an object with schemaVersion and workflow.specification.tasks. Definitions of this project are YAML, Python or Go; rename one in JSON to end in .yaml, since JSON is YAML.",
		},
		{
			Code: "RR0603", Title: "an unknown version of WfFormat",
			Explanation: "WfFormat's versions differ in the place of tasks, files and commands, so only version 1.5 is read. WfCommons' tools include a program that converts older instances.",
			Bad:         "\"schemaVersion\": \"1.3\"\n",
			Good:        "\"schemaVersion\": \"1.5\"\n",
		},
		{
			Code: "RR0604", Title: "a value of the wrong type in a WfFormat file",
			Explanation: "The WfFormat schema defines the type of each key: ids are text, parents and files are lists of ids, times and sizes are numbers.",
			Bad:         "\"parents\": \"split\"\n",
			Good:        "\"parents\": [\"split\"]\n",
		},
		{
			Code: "RR0605", Title: "executed tasks that do not fit the specification",
			Explanation: "workflow.execution.tasks has one entry, by id, for each task of workflow.specification.tasks. An entry with an unknown or repeated id would be lost, so it is an error.",
		},
		{
			Code: "RR0606", Title: "children that disagree with parents",
			Explanation: "WfFormat gives each edge twice, in the children of one task and in the parents of the other. Steps need their parents; an edge given only in children would be lost, and the child would run too early.",
			Bad:         "{\"id\": \"a\", \"parents\": [], \"children\": [\"b\"]}, {\"id\": \"b\", \"parents\": [], \"children\": []}\n",
			Good:        "{\"id\": \"a\", \"parents\": [], \"children\": [\"b\"]}, {\"id\": \"b\", \"parents\": [\"a\"], \"children\": []}\n",
		},
		{
			Code: "RR0607", Title: "a file that the catalog cannot carry",
			Explanation: "The catalog carries a file to a step from an earlier step. It cannot carry a file that a later or unrelated step writes, nor one whose path leads out of the working folder.",
		},
		{
			Code: "RR0608", Title: "a task without a recorded command",
			Explanation: "WfFormat allows a task without a command. Then there is nothing to run: --as-stubs makes every step a stub, --scale makes it sleep for a fraction of the recorded time.",
		},
		{
			Code: "RR0609", Title: "an impossible quantity in a WfFormat file",
			Explanation: "Times, cores and sizes are numbers of 0 or more.",
			Bad:         "\"runtimeInSeconds\": -1\n",
			Good:        "\"runtimeInSeconds\": 1\n",
		},
		{
			Code: "RR0610", Title: "options of WfFormat for another definition",
			Explanation: "--as-stubs and --scale replace the commands of a recorded workflow. They do not apply to other definitions.",
		},
	}
}
