package diag

// stepFunctionsCodes are those of rendering for AWS Step Functions, RR8xxx.
func stepFunctionsCodes() []Code {
	return []Code{
		{
			Code: "RR8001", Refusal: true, Title: "the store is no bucket of S3",
			Explanation: "Jobs of AWS Batch run on machines of their own, so the facts of a run are kept in a bucket of S3, from which the state machine reads how many items a map has and whether a loop is done. Give --store s3://bucket/folder, or leave it out and name the bucket when you deploy. The folder consists of letters, digits and !_.()-.",
		},
		{
			Code: "RR8002", Refusal: true, Title: "a secret cannot be a variable of a job",
			Explanation: "A job gets a secret as a variable, under the secret's name. Use letters, digits and underscores. Where it is kept, the parameter of the template says, by an ARN in Secrets Manager or Parameter Store.",
		},
		{
			Code: "RR8003", Refusal: true, Title: "the pipeline is beyond a limit of AWS",
			Explanation: "The history of an execution holds 25,000 events, a state machine 1 MiB, a job definition 24 KiB with the pipeline in it, a template 1 MiB, and a job on Fargate runs for 14 days. All of that is computed when you render. Parts with many steps run in one job with pods: one; a map whose items get executions of their own says distributed: true under targets.stepfunctions.",
		},
		{
			Code: "RR8004", Refusal: true, Title: "the steps do not share an image",
			Explanation: "With pods: one many steps run in one job, which has one image. Give them one image, or leave out pods: one.",
		},
		{
			Code: "RR8005", Title: "an amount that a job cannot have",
			Explanation: "Resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu). A job on Fargate has at most 16 processors, 120 GiB of memory and 200 GiB of disk, in steps: what a step asks for is rounded up. Its /dev/shm has 64 MiB. With platform: ec2 the machines of the queue are the limit, and the disk is theirs. Extended resources are Kubernetes' alone.",
		},
		{
			Code: "RR8006", Title: "an invalid setting of the state machine",
			Explanation: "A value in the section stepfunctions of the configuration is not what AWS takes, a step has a setting without effect, or a schedule is none of EventBridge. That has five fields of cron, which name days of the month or days of the week, not both; it has no when, keeps no number of runs, cannot end the last run, and starts runs without parameters.",
		},
		{
			Code: "RR8007", Title: "an unknown key of the state machine's settings",
			Explanation: "The section stepfunctions of the configuration has no such key. Keys are taken in snake_case and in camelCase.",
		},
	}
}
