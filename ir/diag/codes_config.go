package diag

// configCodes are those of the configuration file, the parameters file and the environment, RR04xx and RR035x.
func configCodes() []Code {
	return []Code{
		{
			Code: "RR0350", Title: "the parameters file is not valid YAML or JSON",
			Explanation: "The file that --parameters or RUNNABLE_PARAMETERS_FILE names must be one YAML 1.2 document, or one JSON object, in UTF-8.",
			Bad:         "depth: [1, 2\n", Good: "depth: [1, 2]\n",
		},
		{
			Code: "RR0351", Title: "a parameter or key is given twice",
			Explanation: "With two values for one key it is unclear which one is meant, and programs differ in the one they take. Remove one. To replace a value of the file for one run, use --param or RUNNABLE_PRM_<name>.",
			Bad:         "depth: 1\ndepth: 2\n", Good: "depth: 2\n",
		},
		{
			Code: "RR0352", Title: "the value of a parameter has no JSON form",
			Explanation: "Parameters are JSON values, so that every step on every target reads the same. NaN, infinities, numbers too large for a double, keys that are lists or mappings, custom tags, aliases of what they stand in, and bytes that are not UTF-8 have no form there.",
			Bad:         "limit: .inf\n", Good: "limit: null\n",
		},
		{
			Code: "RR0353", Title: "the parameters file is not a mapping",
			Explanation: "A parameters file is a mapping of names and values at its top.",
			Bad:         "- 1\n- 2\n", Good: "numbers: [1, 2]\n",
		},
		{
			Code: "RR0354", Title: "the parameters file cannot be read",
			Explanation: "The file that --parameters names, or RUNNABLE_PARAMETERS_FILE in its place, does not exist or cannot be read. The variable takes precedence over the flag: unset it if you do not want that.",
		},
		{
			Code: "RR0355", Title: "an ambiguous parameter name",
			Explanation: "RUNNABLE_PRM_<name> and --param <name>=value mean the parameter of exactly that name; else the one of the file that has the name in other case; else a new one in lower case. Here several fit. Write the name exactly as the file has it.",
		},
		{
			Code: "RR0356", Title: "a parameter has no name or no value",
			Explanation: "Write --param name=value, or RUNNABLE_PRM_name=value in the environment. The value is read as JSON where it parses, else as a string.",
		},
		{
			Code: "RR0357", Title: "a parameter that nothing reads (warning)",
			Explanation: "The parameter was given by --param, in the environment (RUNNABLE_PRM_) or in the parameters file, and no step reads it: no function takes an argument of that name, no script names it, no composite goes by it. Most often it is misspelt, and the parameter that was meant keeps its default. Where a step may read parameters that cannot be seen, such as a function with **kwargs or a script that starts other programs, this is not told.",
		},
		{
			Code: "RR0359", Title: "a parameter that the pipeline does not declare",
			Explanation: "The pipeline declares its parameters under `dag.parameters`, and --param names another one; most often it is misspelt. Write the name as it is declared, or declare the parameter.",
		},
		{
			Code: "RR0360", Title: "a required parameter without a value",
			Explanation: "The pipeline declares the parameter as required: a run does not begin without a value for it. Give it by --param name=value, as RUNNABLE_PRM_name in the environment, or in the parameters file; on Argo by `argo submit -p name=value`.",
		},
		{
			Code: "RR0361", Title: "the value of a parameter does not fit its declaration",
			Explanation: "The pipeline declares the parameter with a type, and perhaps with choices or bounds. A value that is given as text, by --param, in the environment or to Argo, is read by that type: of type str 1.10 is a text, of type float a number. The path of a file is read where the run is started.",
		},
		{
			Code: "RR0362", Title: "a parameter of the environment or the parameters file that the pipeline does not declare (warning)",
			Explanation: "The pipeline declares its parameters under `dag.parameters`, and the parameters file or a variable RUNNABLE_PRM_ names another one. Steps see it all the same, but most often it is misspelt, and the parameter that was meant keeps its default.",
		},
		{
			Code: "RR0358", Title: "an acceptance of a warning that matches nothing (warning)",
			Explanation: "A warning is accepted by its code: by a remark `# runnable: ignore RR0524` on its line or alone above it, by the key `ignore` of a step, or by the key `ignore` of the configuration. Here one is accepted that there is not, or the code is that of no warning; an acceptance that stays behind would hide the next warning. Only `check` tells this.",
			Bad:         "dag:\n  steps:\n    a: {type: stub, ignore: [RR0524]}\n",
			Good:        "dag:\n  steps:\n    a: {type: stub}\n",
		},
		{
			Code: "RR0401", Title: "the configuration file is not valid YAML",
			Explanation: "The configuration must be one YAML 1.2 document in UTF-8.",
		},
		{
			Code: "RR0402", Title: "a key of the configuration is given twice",
			Explanation: "With two values for one key it is unclear which one is meant. Dashes and underscores are the same: run-log-store and run_log_store are one key.",
			Bad:         "store: a\nstore: b\n", Good: "store: b\n",
		},
		{
			Code: "RR0403", Title: "a value of the configuration has no JSON form",
			Explanation: "The configuration holds JSON values: no NaN, no infinities, no custom tags, no keys that are lists or mappings, no aliases of what they stand in.",
		},
		{
			Code: "RR0404", Title: "unknown key in the configuration",
			Explanation: "A key that nothing reads is usually misspelt, so it is an error. Keys that begin with x- are free for other tools. Keys of a service stand below config: or beside type:, not both.",
			Bad:         "stroe: s3://data/runs\n", Good: "store: s3://data/runs\n",
		},
		{
			Code: "RR0405", Title: "a value of the configuration has the wrong type",
			Explanation: "The key takes another type of value: a string, true or false, or a mapping.",
			Bad:         "image: [a, b]\n", Good: "image: a\n",
		},
		{
			Code: "RR0406", Title: "a service of the configuration is not supported",
			Explanation: "The section knows no service of that type, or not that setting of it. Elsewhere it may be said otherwise; the message says how.",
			Bad:         "secrets: {type: vault}\n", Good: "secrets: {type: env-secrets}\n",
		},
		{
			Code: "RR0407", Title: "a key of the configuration is missing",
			Explanation: "The section cannot work without the key that is named.",
			Bad:         "catalog: {type: s3}\n", Good: "catalog: {type: s3, bucket: data}\n",
		},
		{
			Code: "RR0408", Title: "two keys of the configuration contradict each other",
			Explanation: "Two keys set the same thing in different ways. Keep one of them.",
		},
		{
			Code: "RR0409", Title: "credentials in the configuration",
			Explanation: "A configuration file is shared and committed; credentials in it leak. They are used for the store of this file, for runs on this machine, and are never written anywhere, so a rendered manifest does not have them. Use the usual chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role.",
			Bad:         "catalog: {type: minio, aws_access_key_id: me, aws_secret_access_key: secret}\n", Good: "catalog: {type: minio}\n",
		},
		{
			Code: "RR0410", Title: "a variable of the configuration is not set",
			Explanation: "${X} and $X in the values of the configuration stand for the environment variable RUNNABLE_VAR_X. One that is not set stays as it is written. $$ stands for one dollar sign.",
		},
		{
			Code: "RR0411", Title: "a key of the configuration has no effect",
			Explanation: "The key is accepted so that a file written for Runnable works unchanged, but it has no effect here. Runnable keeps its log and its files in two places; here one store holds both, and store: names it.",
		},
		{
			Code: "RR0412", Title: "what the configuration wants steps to run in is not here",
			Explanation: "The executor that the configuration names runs jobs on Kubernetes. A run on this machine would run them on it instead, with its files and its programs, which is not what was asked for. Render for a target that has containers, or name the executor local.",
		},
	}
}
