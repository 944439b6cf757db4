package diag

// argoCodes are those of rendering to Argo, RR1xxx.
func argoCodes() []Code {
	return append(argoInputCodes(), argoLimitCodes()...)
}

// argoInputCodes are those of the configuration and of what a definition asks of Argo.
func argoInputCodes() []Code {
	return []Code{
		{
			Code: "RR1001", Title: "the Argo configuration is not valid YAML",
			Explanation: "The file that -c names, or the config of its executor, is not valid YAML or JSON. Fix the line that the message names.",
		},
		{
			Code: "RR1002", Title: "unknown or repeated key in the Argo configuration",
			Explanation: "The configuration of the argo executor takes Runnable's keys, in snake_case or camelCase, and a few more; docs/argo.md lists them. " +
				"A misspelt key would have no effect, so it is an error.",
		},
		{
			Code: "RR1003", Title: "wrong value in the Argo configuration",
			Explanation: "The value does not have the form that the key needs, for example text instead of a whole number, or part of an entry is missing.",
		},
		{
			Code: "RR1004", Title: "a step has no image",
			Explanation: "On Argo every step runs in a container image that holds what the step needs, except the runner, which an init container brings. " +
				"Name the image with --image, with defaults.image in the configuration file, or with image: on the step or on a composite around it.",
			Bad:  "dag:\n  steps:\n    hello:\n      type: task\n      command_type: shell\n      command: echo hello\n",
			Good: "dag:\n  steps:\n    hello:\n      type: task\n      command_type: shell\n      command: echo hello\n      image: python:3.12-slim\n",
		},
		{
			Code: "RR1005", Title: "unknown override",
			Explanation: "The step selects a group with `overrides: {argo: KEY}`, and the configuration's `overrides` has no such KEY. The step would silently run with the defaults.",
			Bad:         "dag:\n  steps:\n    train:\n      type: task\n      command_type: shell\n      command: ./train\n      image: trainer:1\n      overrides: {argo: huge}\n",
		},
		{
			Code: "RR1006", Title: "not a Kubernetes quantity",
			Explanation: "Write amounts of CPU, memory and GPUs as Kubernetes quantities: 500m or 2 for CPU, 512Mi or 4Gi for memory, 1 for a GPU.",
			Bad:         "dag:\n  steps:\n    train:\n      type: task\n      command_type: shell\n      command: ./train\n      image: trainer:1\n      resources: {memory: 4 GB}\n",
			Good:        "dag:\n  steps:\n    train:\n      type: task\n      command_type: shell\n      command: ./train\n      image: trainer:1\n      resources: {memory: 4Gi}\n",
		},
		{
			Code: "RR1007", Title: "a secret has no source on Argo",
			Explanation: "On Argo a step's secrets come from one Kubernetes Secret, by secretKeyRef; the manifest never holds their values. Name that Secret under secret_from_k8s in the " +
				"configuration; its keys are the names that the steps list under secrets.",
			Bad: "dag:\n  steps:\n    load:\n      type: task\n      command_type: shell\n      command: ./load\n      image: loader:1\n      secrets: [DB_PASSWORD]\n",
		},
		{
			Code: "RR1008", Title: "a store that pods cannot share",
			Explanation: "The steps of a run find each other's results in the store, so every pod must reach it: a bucket (s3://, gs://, azblob://), a claim named by pvc_for_runnable, " +
				"or by default a claim that Argo makes for the workflow.",
		},
		{
			Code: "RR1009", Refusal: true, Title: "text that Argo would change",
			Explanation: "Argo reads {{…}} in a manifest as one of its template tags, and fails on control characters. Put text that must reach a pod unchanged into the definition, a parameter or a Secret.",
		},
		{
			Code: "RR1020", Refusal: true, Title: "a backoff factor that is not a whole number",
			Explanation: "Argo multiplies the wait between attempts by whole numbers only. The factor is rounded up, so that waits are never shorter than you asked for.",
		},
		{
			Code: "RR1021", Refusal: true, Title: "the cap of a backoff needs Argo 3.7",
			Explanation: "The cap limits each wait. Argo has it since 3.7, but without --argo-version the manifest is for 3.6 to 4.1. The cap is left out; the number of attempts stays the same.",
		},
		{
			Code: "RR1022", Title: "a configuration key that has no effect",
			Explanation: "The key is one of Runnable's. Another setting replaces it here; the message names it.",
		},
		{
			Code: "RR1023", Refusal: true, Title: "a schedule in a single Workflow",
			Explanation: "Standard output gets a single Workflow, which runs once when it is submitted. Render with -o DIR/ to get the CronWorkflow.",
		},
		{
			Code: "RR1024", Title: "invalid image name",
			Explanation: "An image is named as for `docker pull`: a repository in lower case, optionally with a registry before it and a tag or digest after it. Kubernetes would leave the pod waiting with InvalidImageName.",
			Bad:         "dag:\n  steps:\n    train: {type: task, command_type: shell, command: ./train, image: Trainer}\n",
			Good:        "dag:\n  steps:\n    train: {type: task, command_type: shell, command: ./train, image: \"registry.example/trainer:1\"}\n",
		},
		{
			Code: "RR1026", Title: "a step that cannot share its pod",
			Explanation: "`pods: one` runs the steps of a composite, or of the pipeline, in one Argo pod. A pod has one image and one group of settings, so all steps in it must use the same image, and settings for argo (`targets`, `overrides`) belong on the composite. The pod gets the resources of the steps that run at the same time.",
		},
		{
			Code: "RR1027", Title: "memory grows at every retry (warning)",
			Explanation: "With retry.memory_factor, a retry after a failure of kind oom has more memory. Argo tells a pod only the number of the retry, not its cause, so the memory grows after failures of other kinds too. With `on: [oom]` no other failure is retried.",
		},
		{
			Code: "RR1028", Refusal: true, Title: "on Argo, runs always wait for one another",
			Explanation: "`concurrency` becomes a lock of the workflow (a mutex, or a semaphore for more than one run), and Argo lets the next workflow wait for it. Argo cannot refuse a workflow, or stop the one that holds the lock. For scheduled runs, cron_schedule.concurrency_policy can skip a run or replace the previous one.",
			Bad:         "dag:\n  concurrency: {on_conflict: cancel}\n  steps:\n    a: {type: task, command_type: shell, command: ./a, image: a:1}\n",
			Good:        "dag:\n  concurrency: {limit: 2}\n  steps:\n    a: {type: task, command_type: shell, command: ./a, image: a:1}\n",
		},
		{
			Code: "RR1029", Title: "an event that Argo Events cannot be given",
			Explanation: "Events begin runs by an EventSource and a Sensor of Argo Events, which -o DIR/ writes; a single Workflow on standard output leaves them out (warning). To watch the runs of another pipeline, Argo Events needs a namespace. What an event gives becomes arguments of the Workflow, which `expose_parameters_as_inputs: false` takes away.",
		},
		{
			Code: "RR1025", Title: "a step may take longer than the workflow",
			Explanation: "Argo ends a workflow after a time limit (one day unless the configuration says otherwise), whatever the timeouts of its steps. Other targets have no such limit.",
		},
		{
			Code: "RR1090", Refusal: true, Title: "the rendered manifest is not valid",
			Explanation: "Argo's own validator checks every manifest before it is printed, and it refused this one. The usual cause is a configuration value that is copied into the manifest, such as an affinity, and has the wrong form.",
		},
	}
}

// argoLimitCodes are those of what does not fit into Argo or Kubernetes.
func argoLimitCodes() []Code {
	const out = " Split the pipeline, or run it locally or with compose, which have no such limit."
	return []Code{
		{
			Code: "RR1010", Refusal: true, Title: "the manifest would be too large",
			Explanation: "Kubernetes limits an object to about a mebibyte, and the same object also holds the status of the run." + out,
		},
		{
			Code: "RR1011", Refusal: true, Title: "nested too deeply for Argo",
			Explanation: "Argo nests at most 100 calls of templates. Each composite takes one or two; a loop takes one for each iteration, or, with two levels of recursion, about twice the square root of their number." + out,
		},
		{
			Code: "RR1012", Refusal: true, Title: "a graph that cannot be split into DAGs",
			Explanation: "An Argo DAG holds at most 200 tasks. A longer chain is split at a step that every path goes through; here handlers bypass every step." + out,
		},
		{
			Code: "RR1013", Refusal: true, Title: "a parameter is too long",
			Explanation: "Initial parameters reach the pods in environment variables, which hold at most 128 KiB. Put longer values into a file in the image, the catalog or a bucket, and pass its name.",
		},
		{
			Code: "RR1014", Refusal: true, Title: "the definition is too long",
			Explanation: "The definition reaches the pods in an environment variable of at most 128 KiB, compressed if necessary. With -o DIR/ it goes into a ConfigMap, which holds a mebibyte." + out,
		},
		{
			Code: "RR1015", Refusal: true, Title: "too many templates",
			Explanation: "Argo 4 allows 200 templates in a workflow. Each composite and each branch of more than one step takes one. With --argo-version 3.7 there is no such limit." + out,
		},
	}
}
