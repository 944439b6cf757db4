package diag

// kubernetesCodes are those of rendering to a Job of Kubernetes, RR4xxx.
func kubernetesCodes() []Code {
	return []Code{
		{
			Code: "RR4001", Refusal: true, Title: "the steps do not share an image",
			Explanation: "A Job of Kubernetes runs the whole pipeline in one pod, so all steps run in one image. Name one with --image, with image: on the steps, or in the configuration. For steps in different images render for Argo, which starts a pod for each.",
		},
		{
			Code: "RR4002", Refusal: true, Title: "a secret is not in the cluster",
			Explanation: "The pod gets secrets from a Secret of Kubernetes, by keys that are called as they are. Name it with secret_from_k8s in the section kubernetes of the configuration. A key is a variable of the pod, so its name has letters, digits and underscores.",
		},
		{
			Code: "RR4003", Refusal: true, Title: "the definition does not fit into the Job",
			Explanation: "The Job holds the definition in a variable of its container, as it is up to 60 KiB and packed above. The system limits a variable to 128 KiB. Split the pipeline, or render for Argo.",
		},
		{
			Code: "RR4004", Title: "an invalid setting of the Job",
			Explanation: "An image, a schedule or a variable of the container is not what Kubernetes takes, or a step has an override, which one pod for all steps cannot give. A schedule has the five fields of cron; a variable has a name that is none of the runner's own.",
		},
		{
			Code: "RR4005", Title: "a setting of the Job has no effect",
			Explanation: "The key is accepted so that Runnable's configuration works unchanged, but rendering submits nothing, and the manifest says by itself what the key would.",
		},
		{
			Code: "RR4006", Title: "an amount that Kubernetes cannot read",
			Explanation: "Resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu).",
		},
		{
			Code: "RR4007", Title: "an unknown key of the Job's settings",
			Explanation: "The section kubernetes of the configuration, and Runnable's job executors k8s-job and mini-k8s-job, have no such key. Keys are taken in snake_case and in camelCase.",
		},
	}
}
