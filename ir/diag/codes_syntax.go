package diag

// syntaxCodes are those of files as such, RR0001 to RR0099.
func syntaxCodes() []Code {
	return []Code{
		{
			Code: "RR0001", Title: "the file is empty",
			Explanation: "The file holds nothing except perhaps comments. A definition is a mapping with the key `dag`. `runnable-render init` writes one to start from.",
			Bad:         "# to be written\n",
			Good:        "dag:\n  steps:\n    hello: {type: task, command_type: shell, command: echo hello}\n",
		},
		{
			Code: "RR0002", Title: "the file is not UTF-8",
			Explanation: "Definitions are UTF-8 text. In another encoding the text would depend on the reader, so other encodings are refused. Save the file as UTF-8 in your editor, or convert it: `iconv -f WINDOWS-1252 -t UTF-8`.",
		},
		{
			Code: "RR0003", Title: "a character that a definition may not contain",
			Explanation: "Control characters are not YAML, and U+0085, U+2028 and U+2029 end a line for some YAML readers and not for others. Delete the character, or write it as an escape in a double-quoted text.",
			Good:        "command: \"printf '\\x07'\"\n",
		},
		{
			Code: "RR0004", Title: "a tab in the indentation",
			Explanation: "YAML is indented with spaces only, because the width of a tab depends on the editor. In a block of text (after `|`) tabs are fine after the block's own indentation.",
			Bad:         "dag:\n\tsteps: {}\n",
			Good:        "dag:\n  steps: {}\n",
		},
		{
			Code: "RR0005", Title: "the text is not valid YAML",
			Explanation: "The text cannot be read as YAML. The usual causes are a colon followed by a space in text without quotes, a quote or bracket that is never closed, a value that starts with one of @ ` % * & ! | >, and a line whose indentation differs from its neighbours.",
			Bad:         "command: echo done: yes\n",
			Good:        "command: 'echo done: yes'\n",
		},
		{
			Code: "RR0006", Title: "more than one document",
			Explanation: "A line `---` starts another YAML document. One file holds one pipeline; put the other into a file of its own.",
			Bad:         "dag: {steps: {}}\n---\ndag: {steps: {}}\n",
			Good:        "dag: {steps: {}}\n",
		},
		{
			Code: "RR0007", Title: "a repeated key",
			Explanation: "A mapping holds each key once. Many readers silently use the last of two; here it is an error. Keys that come from a merge key (<<) may be repeated: the mapping's own key wins.",
			Bad:         "steps:\n  train: {type: stub}\n  train: {type: stub}\n",
			Good:        "steps:\n  train: {type: stub}\n  evaluate: {type: stub}\n",
		},
		{
			Code: "RR0008", Title: "an endless or undefined alias",
			Explanation: "An alias (*name) repeats the value that has the anchor (&name) before it. Here there is no such anchor, or the alias is inside that very value, which would then have no end.",
			Bad:         "branch: *train\ntrain: &train {steps: {}}\n",
			Good:        "train: &train {steps: {}}\nbranch: *train\n",
		},
		{
			Code: "RR0009", Title: "aliases that expand too far",
			Explanation: "Aliases of values that hold aliases multiply: ten of ten of ten are a thousand. The file would expand to far more values than its size suggests, so it is refused before it fills the memory. Write the values out, or use a map or loop.",
		},
		{
			Code: "RR0010", Title: "nested too deeply",
			Explanation: "Values may be nested 5000 levels deep, enough for more than a thousand nested composites. Split the pipeline.",
		},
		{
			Code: "RR0011", Title: "a merge key with a wrong value",
			Explanation: "The merge key << adds the keys of another mapping to this one. Its value is an alias of a mapping, or a list of such aliases.",
			Bad:         "train:\n  <<: [1, 2]\n  type: stub\n",
			Good:        "defaults: &defaults {type: stub}\ntrain:\n  <<: *defaults\n",
		},
		{
			Code: "RR0013", Title: "an unknown YAML type",
			Explanation: "A word that begins with ! gives a value a type. Only the core types are allowed here (!!str, !!int, !!float, !!bool, !!null, !!map, !!seq), and the value must have the form of that type. Text that begins with ! needs quotes.",
			Bad:         "command: !python steps.train\n",
			Good:        "command: steps.train\n",
		},
		{
			Code: "RR0014", Title: "a file that no frontend reads",
			Explanation: "The file's ending determines the language of a definition: .yaml or .yml for YAML, .py for Python, .go for Go, .json for WfFormat.",
		},
		{
			Code: "RR0015", Title: "a key that is not text",
			Explanation: "Keys are text. A plain 1, 1.5, true or ~ is a number, a boolean or nothing to YAML, and 1 and \"1\" would be two keys. Put the key in quotes.",
			Bad:         "branches:\n  1: {steps: {}}\n",
			Good:        "branches:\n  \"1\": {steps: {}}\n",
		},
		{
			Code: "RR0020", Title: "a definition of another tool",
			Explanation: "The file belongs to another tool: a pipeline of Kubeflow, Metaflow, Airflow, Prefect, Kedro, dvc or the like, a workflow of Argo, GitHub Actions or Snakemake, a compose file. Its imports or keys identify the tool. The message says what to do with it; docs/define.md lists the equivalents of each tool's terms. A YAML definition has the key `dag`, and a Python definition imports `runnable`.",
			Bad:         "stages:\n  train:\n    cmd: python train.py\n    outs: [model.pkl]\n",
			Good:        "dag:\n  steps:\n    train:\n      type: task\n      command_type: shell\n      command: python train.py\n      catalog: {put: [model.pkl]}\n",
		},
		{
			Code: "RR0021", Title: "a nested definition that cannot be used",
			Explanation: "A step of the type pipeline names the file of a definition by a path with slashes. The file is looked for beside the definition that names it, then in the working folder and in the project's root. It must be in the project, like the code of its steps, so that an image holds it. With all nested definitions a pipeline has at most 200,000 steps, and they are nested at most 100 deep.",
		},
		{
			Code: "RR0022", Title: "definitions that use each other",
			Explanation: "A definition may not run itself, directly or through other definitions: such a pipeline would never end. The notes show the steps on the way. To repeat steps, put them into a loop or a map.",
		},
		{
			Code: "RR0023", Title: "code that nested definitions do not share",
			Explanation: "All definitions of a run share one environment: Python searches one list of folders for modules, those of the outer definition first, and one program holds the Go functions. So two modules of one name in different folders hide one another, and Go functions of two programs cannot be combined. Rename a module; put the Go functions into one package.",
		},
		{
			Code: "RR0024", Title: "a setting of a run in a nested definition",
			Explanation: "Settings of the run come from the outer definition: hooks, schedules and events of a nested definition, and the arguments of its execute(), have no effect (warning). A variable that its program sets in os.environ has no effect either, if a definition that was read before sets it to another value. Only parameters of the run can have a file as their default, so a nested pipeline must be given such a parameter in inputs.",
		},
	}
}
