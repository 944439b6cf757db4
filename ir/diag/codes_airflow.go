package diag

// airflowCodes are those of rendering to a DAG of Airflow, RR5xxx.
func airflowCodes() []Code {
	return []Code{
		{
			Code: "RR5001", Refusal: true, Title: "the operator cannot give what the step asks for",
			Explanation: "Only pods can have GPUs and extended resources that a step asks for. Say --operator kubernetes, or, with the operator bash, send the step to workers that have one by a queue: targets: {airflow: {queue: NAME}}.",
		},
		{
			Code: "RR5002", Refusal: true, Title: "a step has no image, or one that its task cannot have",
			Explanation: "With the operator bash, tasks are processes of the worker and no step has an image. With kubernetes and docker each needs one: --image IMAGE, image: at the step, or image: in the section airflow of the configuration. Steps that share a task, in a loop, a map inside a map or a composite with pods: one, share its image.",
		},
		{
			Code: "RR5003", Refusal: true, Title: "a secret that Airflow cannot pass on",
			Explanation: "A secret is the password of a connection and becomes a variable of its task, so its name has letters, digits and underscores. Pods take secrets from a Secret of Kubernetes, which secret_from_k8s in the section airflow of the configuration names.",
		},
		{
			Code: "RR5004", Refusal: true, Title: "a limit of Airflow",
			Explanation: "A list is longer than Airflow maps (core.max_map_length, 1024), an id is longer than 250 characters, or the definition or its parameters do not fit into a variable. `pods: one` runs a composite in one task. A DAG of more than 1,000 tasks gets a warning: Airflow parses it again and again.",
		},
		{
			Code: "RR5005", Title: "an invalid setting of the DAG",
			Explanation: "A setting is not what Airflow takes: a schedule has five fields of cron, all schedules have one time zone, no `when`, deadline or history, a parameter without a value cannot stand in a DAG with a schedule, execution_timeout is longer than the step's own timeout, and steps that share a task have no settings of their own.",
		},
		{
			Code: "RR5006", Title: "a setting has no effect, or another one",
			Explanation: "A process of the worker has no resources of its own and a container no disk, a schedule of the configuration takes the place of the definition's, and parallelism holds for each task of a map's body where the body has several.",
		},
		{
			Code: "RR5007", Refusal: true, Title: "a value that Airflow cannot keep",
			Explanation: "Airflow's database keeps no text with U+0000 or half a surrogate pair, and Python reads no number of more than 4,000 digits. Amounts of resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu).",
		},
		{
			Code: "RR5008", Title: "an unknown key of the DAG's settings",
			Explanation: "The section airflow of the configuration has no such key. Keys are taken in snake_case and in camelCase.",
		},
	}
}
