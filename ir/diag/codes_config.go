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
			Explanation: "With two values for one key it is unclear which one is meant, and programs differ in which they use. Remove one. To replace a value of the file for one run, use --param or RUNNABLE_PRM_<name>.",
			Bad:         "depth: 1\ndepth: 2\n", Good: "depth: 2\n",
		},
		{
			Code: "RR0352", Title: "the value of a parameter has no JSON form",
			Explanation: "Parameters are JSON values, so that every step on every target reads the same value. NaN, infinities, numbers too large for a double, keys that are lists or mappings, custom tags, circular aliases and bytes that are not UTF-8 have no JSON form.",
			Bad:         "limit: .inf\n", Good: "limit: null\n",
		},
		{
			Code: "RR0353", Title: "the parameters file is not a mapping",
			Explanation: "The top level of a parameters file is a mapping of names to values.",
			Bad:         "- 1\n- 2\n", Good: "numbers: [1, 2]\n",
		},
		{
			Code: "RR0354", Title: "the parameters file cannot be read",
			Explanation: "The file that --parameters names, or RUNNABLE_PARAMETERS_FILE in its place, does not exist or cannot be read. The variable takes precedence over the flag: unset it if you do not want that.",
		},
		{
			Code: "RR0355", Title: "an ambiguous parameter name",
			Explanation: "RUNNABLE_PRM_<name> and --param <name>=value mean the parameter of exactly that name; else the parameter in the file whose name differs only in case; else a new one in lower case. Here several match. Write the name exactly as in the file.",
		},
		{
			Code: "RR0356", Title: "a parameter has no name or no value",
			Explanation: "Write --param name=value, or RUNNABLE_PRM_name=value in the environment. The value is JSON if it parses, else a string.",
		},
		{
			Code: "RR0357", Title: "a parameter that nothing reads (warning)",
			Explanation: "The parameter was given by --param, in the environment (RUNNABLE_PRM_) or in the parameters file, and no step reads it: no function takes an argument of that name, no script names it, no composite uses it. Most often its name is misspelt, and the intended parameter keeps its default. There is no warning if a step may read any parameter, such as a function with **kwargs or a script that starts other programs.",
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
			Explanation: "A warning is accepted by its code: in a comment `# runnable: ignore RR0524` on its line or alone above it, with the key `ignore` of a step, or with the key `ignore` of the configuration. This acceptance matches no warning, or its code is not that of a warning; left in place, it would hide the next one. Only `check` reports this.",
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
			Explanation: "The configuration holds JSON values: no NaN, no infinities, no custom tags, no keys that are lists or mappings, no circular aliases.",
		},
		{
			Code: "RR0404", Title: "unknown key in the configuration",
			Explanation: "A key that nothing reads is usually misspelt, so it is an error. Keys that begin with x- are free for other tools. The keys of a service go below config: or beside type:, not both.",
			Bad:         "stroe: s3://data/runs\n", Good: "store: s3://data/runs\n",
		},
		{
			Code: "RR0405", Title: "a value of the configuration has the wrong type",
			Explanation: "The key needs another type of value: a string, true or false, or a mapping.",
			Bad:         "image: [a, b]\n", Good: "image: a\n",
		},
		{
			Code: "RR0406", Title: "a service of the configuration is not supported",
			Explanation: "The section has no service of that type, or the service has no such setting. The message names the alternative.",
			Bad:         "secrets: {type: vault}\n", Good: "secrets: {type: env-secrets}\n",
		},
		{
			Code: "RR0407", Title: "a key of the configuration is missing",
			Explanation: "The section needs the key that the message names.",
			Bad:         "catalog: {type: s3}\n", Good: "catalog: {type: s3, bucket: data}\n",
		},
		{
			Code: "RR0408", Title: "two keys of the configuration contradict each other",
			Explanation: "Two keys set the same thing in different ways. Keep one of them.",
		},
		{
			Code: "RR0409", Title: "credentials in the configuration",
			Explanation: "A configuration file is shared and committed; credentials in it leak. They are used for the store of this file, for runs on this machine, and are never written anywhere, so a rendered manifest does not hold them. Use the usual chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role.",
			Bad:         "catalog: {type: minio, aws_access_key_id: me, aws_secret_access_key: secret}\n", Good: "catalog: {type: minio}\n",
		},
		{
			Code: "RR0410", Title: "a variable of the configuration is not set",
			Explanation: "${X} and $X in the values of the configuration stand for the environment variable RUNNABLE_VAR_X. A reference to a variable that is not set stays as written. $$ stands for one dollar sign.",
		},
		{
			Code: "RR0411", Title: "a key of the configuration has no effect",
			Explanation: "The key is accepted so that a file written for Runnable works unchanged, but it has no effect here. Runnable keeps its log and its files in two places; here one store holds both, and store: names it.",
		},
		{
			Code: "RR0412", Title: "the configured executor does not run on this machine",
			Explanation: "The configured executor runs jobs on Kubernetes. A local run would run them directly on this machine instead, with its files and programs. Render for a target with containers, or set the executor to local.",
		},
	}
}
