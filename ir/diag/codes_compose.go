package diag

// composeCodes are those of rendering to compose, RR2xxx.
func composeCodes() []Code {
	return []Code{
		{
			Code:        "RR2001",
			Title:       "a step has no image",
			Explanation: "With docker-compose every step runs in a container, and this step has no image. Name one with --image for all steps without an image, with image: on the step or a composite around it, or in the configuration file. A stub without a catalog needs no image.",
			Bad:         "dag:\n  steps:\n    hello: {type: task, command_type: shell, command: echo hello}\n",
			Good:        "dag:\n  steps:\n    hello: {type: task, command_type: shell, command: echo hello, image: \"debian:12\"}\n",
		},
		{
			Code:        "RR2002",
			Refusal:     true,
			Title:       "steps that share a container ask for different images",
			Explanation: "A loop, and a map over a list that is known only during the run, run inside one container with docker-compose, because a compose file cannot grow while it runs. All steps inside share that container's image. Give them one image; for a map, render with its list as an initial parameter that no step returns, so that each item gets containers of its own; or use Argo, which starts a pod for each step.",
			Bad:         "dag:\n  steps:\n    again:\n      type: loop\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch:\n        steps:\n          fit: {type: task, command_type: shell, command: \"true\", image: \"a:1\"}\n          test: {type: task, command_type: shell, command: \"true\", image: \"b:1\"}\n",
			Good:        "dag:\n  steps:\n    again:\n      type: loop\n      image: \"a:1\"\n      max_iterations: 3\n      break_on: done\n      index_as: i\n      branch:\n        steps:\n          fit: {type: task, command_type: shell, command: \"true\"}\n          test: {type: task, command_type: shell, command: \"true\"}\n",
		},
		{
			Code:        "RR2003",
			Refusal:     true,
			Title:       "the plan is too large for compose",
			Explanation: "Compose 2 creates the containers of all services before it starts the first, so a plan has at most 2500. Before every command both versions of compose follow each path through the services, so every branching multiplies the time: a million paths take one to three seconds, and a plan with more than three million is refused. docker-compose 1.29 also fails if more than 200 services form a chain; a plan for compose 2 only may be longer. Run the pipeline locally or on Argo, or combine steps that belong together.",
		},
		{
			Code:        "RR2004",
			Refusal:     true,
			Title:       "the definition cannot be put into the plan",
			Explanation: "The plan holds the definition in one variable of the service begin, compressed above 96 KiB. The system limits a variable to 128 KiB. Run the pipeline locally or on Argo, or split it.",
		},
		{
			Code:        "RR2005",
			Refusal:     true,
			Title:       "initial parameters are too large",
			Explanation: "Initial parameters travel in the environment of the service begin, and the system limits a variable to 128 KiB and all of them to 2 MiB. Put the data into a file of the image or the catalog and pass its name.",
		},
		{
			Code:        "RR2006",
			Title:       "containers cannot share this store",
			Explanation: "Each step of a plan runs in a container of its own, and all of them keep their records in one store. They do not see a folder of the machine that renders, and a store in memory ends with its process. Leave the store out, so that the plan keeps its records in a volume of the project, or name a bucket: s3://, gs:// or azblob://.",
		},
		{
			Code:        "RR2007",
			Title:       "invalid resources",
			Explanation: "Resources are written as in Kubernetes: CPUs as 2, 0.5 or 500m; memory as 512Mi, 2Gi or 500M; GPUs as a whole number.",
		},
		{
			Code:        "RR2008",
			Title:       "a secret's name is not a valid variable name",
			Explanation: "A plan never holds the value of a secret; compose passes on the variable of that name from its own environment or from the file .env. So the name must be a valid variable name: letters, digits and underscores, not starting with a digit.",
			Bad:         "dag:\n  steps:\n    push: {type: task, command_type: shell, command: \"true\", secrets: [api-key]}\n",
			Good:        "dag:\n  steps:\n    push: {type: task, command_type: shell, command: \"true\", secrets: [API_KEY]}\n",
		},
		{
			Code:        "RR2009",
			Title:       "an override is not in the configuration",
			Explanation: "A step's overrides name, for an executor, a group of settings under overrides in the configuration file. The plan uses the group named for compose, else the one for local-container; the executor local-container uses only its own. Add the group to the file or correct its name. Without a configuration this is a warning, and the step runs with the default settings.",
		},
		{
			Code:        "RR2010",
			Refusal:     true,
			Title:       "compose would misread the plan",
			Explanation: "Before a plan is printed, compose's own library reads it back, and the result is compared with the intended plan. A difference is a bug in runnable-render; please report it with the definition.",
		},
		{
			Code:        "RR2011",
			Title:       "the configuration of compose is wrong",
			Explanation: "The section compose of the configuration file holds image, env (a mapping of names to values), resources (cpu, memory, gpu) and pull_policy (always, never, missing, build) for every step, and under overrides groups of the same keys, which steps select with their own overrides. The message names the key and its place.",
		},
		{
			Code:        "RR2013",
			Title:       "steps of one container ask for different things",
			Explanation: "The steps of a loop, of a map whose list is not known beforehand, or of what says `pods: one`, share a container. It has the largest limits and all the devices, volumes, networks and hosts that any of them asks for, but one env and one pull_policy, and two steps cannot have different things in one place. Give them the same, or use Argo. With `pods: one`, settings for compose (`targets`, `overrides`) are those of the composite, and steps inside have none of their own.",
		},
		{
			Code:        "RR2014",
			Refusal:     true,
			Title:       "extended resources are Kubernetes' alone",
			Explanation: "Kubernetes knows of an extended resource which nodes have how many of it; compose knows nothing of the kind. Name the devices of this machine that the step uses under targets: {compose: {devices: […]}}, or render for Argo.",
			Bad:         "dag:\n  steps:\n    a: {type: task, command_type: shell, command: ./a, image: a:1, resources: {extended: {example.com/fpga: 1}}}\n",
			Good:        "dag:\n  steps:\n    a: {type: task, command_type: shell, command: ./a, image: a:1, resources: {extended: {example.com/fpga: 1}}, targets: {compose: {devices: [/dev/fpga0]}}}\n",
		},
		{
			Code:        "RR2015",
			Title:       "compose does not limit the disk (warning)",
			Explanation: "resources.disk is what Kubernetes calls ephemeral storage. Containers of one machine share its disk, and no limit that works everywhere can be set for one of them. The step runs as if the key were not there.",
		},
		{
			Code:        "RR2012",
			Title:       "invalid image name",
			Explanation: "An image is named as for docker pull: a repository in lower case, optionally with a registry before it and a tag or digest after it.",
			Bad:         "dag:\n  steps:\n    train: {type: task, command_type: shell, command: \"true\", image: Trainer}\n",
			Good:        "dag:\n  steps:\n    train: {type: task, command_type: shell, command: \"true\", image: \"registry.example/trainer:1\"}\n",
		},
	}
}
