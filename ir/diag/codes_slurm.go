package diag

// slurmCodes are those of rendering for Slurm, RR7xxx.
func slurmCodes() []Code {
	return []Code{
		{
			Code: "RR7001", Refusal: true, Title: "the nodes do not share the store",
			Explanation: "Jobs run on any node, so the store must be a bucket, or a folder that all nodes share, given by its absolute path. Folders below /tmp, /var/tmp, /dev/shm and /run are local to each node. With a bucket, jobs still need a shared folder for the script and their logs: folder in the section slurm of the configuration.",
		},
		{
			Code: "RR7002", Refusal: true, Title: "the pipeline has too many jobs",
			Explanation: "Each step is a job; a map, a conditional and a loop have two more. Slurm holds 10,000 jobs of all users together (MaxJobCount), unless your site changes that. Set pods: one on composites, so that each runs in one job.",
		},
		{
			Code: "RR7003", Refusal: true, Title: "the definition does not fit into the script",
			Explanation: "The script holds the definition, and Slurm accepts scripts of up to 4 MiB (max_script_size). The initial parameters are passed in an environment variable, which the system limits to 128 KiB.",
		},
		{
			Code: "RR7004", Title: "an amount that Slurm cannot allocate",
			Explanation: "Resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu). Slurm allocates whole processors, mebibytes and GPUs, so the first two are rounded up.",
		},
		{
			Code: "RR7005", Refusal: true, Title: "the steps of a job have different settings",
			Explanation: "With pods: one, all steps of a composite or pipeline run in one job, in one image and with one job's settings. Put the settings on the composite, or leave out pods: one.",
		},
		{
			Code: "RR7006", Title: "the pipeline has many jobs",
			Explanation: "Submitting more than 1,000 jobs takes minutes, and many sites allow a user fewer at a time. Set pods: one on composites of short steps, so that each runs in one job.",
		},
		{
			Code: "RR7007", Title: "an image is not used",
			Explanation: "Steps run directly on the nodes, unless the section slurm of the configuration sets containers: apptainer (or singularity), which runs each step in its image.",
		},
		{
			Code: "RR7008", Title: "an invalid setting of a job",
			Explanation: "A key of the section slurm of the configuration is unknown, sbatch would not accept its value, or a step selects an override that does not exist. Values are passed to sbatch as they are, so they must not contain blanks or quotes.",
		},
		{
			Code: "RR7009", Refusal: true, Title: "extended resources exist only in Kubernetes",
			Explanation: "Kubernetes knows which nodes have how many of an extended resource. Slurm has generic resources, whose names depend on the site: say which ones the step uses under targets: {slurm: {gres: …}}.",
		},
		{
			Code: "RR7010", Title: "shared memory cannot be sized on Slurm (warning)",
			Explanation: "The jobs of a node share its /dev/shm, and what a job stores there counts as its memory. Ask for that much more memory. The step runs as if resources.shm were not there.",
		},
	}
}
