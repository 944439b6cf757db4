package diag

// kubernetesCodes are those of rendering to a Job of Kubernetes, RR4xxx.
func kubernetesCodes() []Code {
	return []Code{
		{
			Code: "RR4001", Refusal: true, Title: "the steps do not share an image",
			Explanation: "A Kubernetes Job runs the whole pipeline in one pod, so all steps run in one image. Name one with --image, with image: on the steps, or in the configuration. To run steps in different images, render for Argo, which starts a pod for each step.",
		},
		{
			Code: "RR4002", Refusal: true, Title: "a secret is not in the cluster",
			Explanation: "The pod gets its secrets from a Kubernetes Secret that has a key of each secret's name. Name it with secret_from_k8s in the section kubernetes of the configuration. A key becomes an environment variable of the pod, so its name has letters, digits and underscores.",
		},
		{
			Code: "RR4003", Refusal: true, Title: "the definition does not fit into the Job",
			Explanation: "The Job holds the definition in an environment variable of its container, compressed above 60 KiB. The system limits a variable to 128 KiB. Split the pipeline, or render for Argo.",
		},
		{
			Code: "RR4004", Title: "an invalid setting of the Job",
			Explanation: "Kubernetes would not accept an image, a schedule or a variable of the container; or a step has an override, which is impossible because one pod runs all steps. A schedule is a cron schedule of five fields. A variable must not have the name of one of the runner's variables.",
		},
		{
			Code: "RR4005", Title: "a setting of the Job has no effect",
			Explanation: "The key is accepted so that Runnable's configuration works unchanged. It has no effect, because rendering submits nothing and the manifest itself determines what the key would.",
		},
		{
			Code: "RR4006", Title: "an amount that Kubernetes cannot read",
			Explanation: "Resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu).",
		},
		{
			Code: "RR4007", Title: "an unknown key in the Job's settings",
			Explanation: "The section kubernetes of the configuration, and Runnable's job executors k8s-job and mini-k8s-job, have no such key. Keys are accepted in snake_case and in camelCase.",
		},
	}
}
