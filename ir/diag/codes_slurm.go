package diag

// slurmCodes are those of rendering for Slurm, RR7xxx.
func slurmCodes() []Code {
	return []Code{
		{
			Code: "RR7001", Refusal: true, Title: "the nodes do not share the store",
			Explanation: "Jobs run on any node, so the store is a folder that all of them share, by its absolute path, or a bucket. Folders below /tmp, /var/tmp, /dev/shm and /run are each node's own. With a bucket, jobs still need a shared folder for the script and their logs: folder in the section slurm of the configuration.",
		},
		{
			Code: "RR7002", Refusal: true, Title: "the pipeline has too many jobs",
			Explanation: "Each step is a job; a map, a conditional and a loop take two more. Slurm holds 10,000 jobs of all users together (MaxJobCount) unless the site says otherwise. Say pods: one on composites, so that each runs in one job.",
		},
		{
			Code: "RR7003", Refusal: true, Title: "the definition does not fit into the script",
			Explanation: "The script holds the definition, and Slurm takes scripts of up to 4 MiB (max_script_size). The initial parameters travel in a variable, for which the system has 128 KiB.",
		},
		{
			Code: "RR7004", Title: "an amount that Slurm cannot give",
			Explanation: "Resources are written in Kubernetes' notation: 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu). Slurm gives whole processors, mebibytes and GPUs, so the first two are rounded up.",
		},
		{
			Code: "RR7005", Refusal: true, Title: "the steps of a job do not agree",
			Explanation: "With pods: one, all steps of a composite or pipeline run in one job, in one image and with one job's settings. Give the settings to the composite, or leave out pods: one.",
		},
		{
			Code: "RR7006", Title: "the pipeline has many jobs",
			Explanation: "To submit more than 1,000 jobs takes minutes, and many sites allow a user fewer at a time. Say pods: one on composites of short steps, so that each runs in one job.",
		},
		{
			Code: "RR7007", Title: "an image is not used",
			Explanation: "Steps run on the nodes as they are, unless the section slurm of the configuration says containers: apptainer (or singularity), which runs each step in its image.",
		},
		{
			Code: "RR7008", Title: "an invalid setting of a job",
			Explanation: "A key of the section slurm of the configuration is not known, or its value is not what sbatch takes, or a step names an override that is not there. Values are passed on to sbatch as they are written, so they hold no blanks and quotes.",
		},
		{
			Code: "RR7009", Refusal: true, Title: "extended resources are Kubernetes' alone",
			Explanation: "Kubernetes knows of an extended resource which nodes have how many of it. Slurm has generic resources, whose names are the site's: say which ones the step uses under targets: {slurm: {gres: …}}.",
		},
		{
			Code: "RR7010", Title: "memory that jobs of a node share is not sized (warning)",
			Explanation: "The jobs of a node share its /dev/shm, and what a job puts there counts as its memory. Ask for that much more memory. The step runs as if resources.shm were not there.",
		},
	}
}
