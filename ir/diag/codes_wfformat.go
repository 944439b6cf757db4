package diag

// wfformatCodes are those of recorded workflows in WfFormat (RR060x).
func wfformatCodes() []Code {
	return []Code{
		{
			Code: "RR0601", Title: "the file is not JSON",
			Explanation: "A definition whose name ends in .json is a recorded workflow in WfCommons' WfFormat, which is JSON: one object, UTF-8, no key given twice in one object, nothing behind it. The place is where reading stopped.",
			Bad:         "{\"schemaVersion\": \"1.5\", \"workflow\": {}\n",
			Good:        "{\"schemaVersion\": \"1.5\", \"workflow\": {}}\n",
		},
		{
			Code: "RR0602", Title: "the file is not WfFormat",
			Explanation: "A definition whose name ends in .json is read as WfCommons' WfFormat: an object with schemaVersion and workflow.specification.tasks. Definitions of this project are YAML, Python or Go; one in JSON may be renamed to end in .yaml, since JSON is YAML.",
		},
		{
			Code: "RR0603", Title: "a version of WfFormat that is not known",
			Explanation: "WfFormat's versions differ in where tasks, files and commands stand, so only the one that is known is read: 1.5. WfCommons' tools hold a program that brings older instances to it.",
			Bad:         "\"schemaVersion\": \"1.3\"\n",
			Good:        "\"schemaVersion\": \"1.5\"\n",
		},
		{
			Code: "RR0604", Title: "a value of the wrong type in a WfFormat file",
			Explanation: "The WfFormat schema says of each key what its value is: ids are text, parents and files are lists of ids, times and sizes are numbers.",
			Bad:         "\"parents\": \"split\"\n",
			Good:        "\"parents\": [\"split\"]\n",
		},
		{
			Code: "RR0605", Title: "executed tasks that do not fit the specification",
			Explanation: "workflow.execution.tasks tells of each task of workflow.specification.tasks how it was run, by its id and once. An entry with another id, or a second one, would be dropped in silence, so it is an error.",
		},
		{
			Code: "RR0606", Title: "children that disagree with parents",
			Explanation: "WfFormat tells of each edge twice, among the children of one task and among the parents of the other. Steps need their parents; an edge that children alone tell of would be lost and the child run too early.",
			Bad:         "{\"id\": \"a\", \"parents\": [], \"children\": [\"b\"]}, {\"id\": \"b\", \"parents\": [], \"children\": []}\n",
			Good:        "{\"id\": \"a\", \"parents\": [], \"children\": [\"b\"]}, {\"id\": \"b\", \"parents\": [\"a\"], \"children\": []}\n",
		},
		{
			Code: "RR0607", Title: "a file that the catalog cannot bring",
			Explanation: "A file comes to a step by the catalog from a step before it. One that a later or unrelated step writes cannot, and a path that leads upwards is outside of what the catalog carries.",
		},
		{
			Code: "RR0608", Title: "a task without a recorded command",
			Explanation: "WfFormat may leave the command of a task out. There is nothing to run then: --as-stubs makes every step a stub, --scale lets it sleep for a fraction of the recorded time.",
		},
		{
			Code: "RR0609", Title: "an impossible quantity in a WfFormat file",
			Explanation: "Times, cores and sizes are numbers of 0 or more.",
			Bad:         "\"runtimeInSeconds\": -1\n",
			Good:        "\"runtimeInSeconds\": 1\n",
		},
		{
			Code: "RR0610", Title: "options of WfFormat for another definition",
			Explanation: "--as-stubs and --scale say what stands in place of the commands of a recorded workflow. Other definitions say themselves what their steps do.",
		},
	}
}
