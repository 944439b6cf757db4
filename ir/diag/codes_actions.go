package diag

// actionsCodes are those of rendering to a workflow of GitHub Actions, RR6xxx.
func actionsCodes() []Code {
	return []Code{
		{
			Code: "RR6001", Refusal: true, Title: "a machine that GitHub Actions does not have",
			Explanation: "The runner is built for Linux only. GitHub's standard machines have no GPU; for a step that asks for one, give the labels of machines that have GPUs: targets: {actions: {runs_on: gpu-runner}}. Steps that share a job, such as the steps of a map item or of a loop, must have the same machine, image and environment.",
		},
		{
			Code: "RR6002", Title: "the jobs have no way to get the runner",
			Explanation: "Each job of a workflow starts on a fresh machine. It downloads the program runnable-step of the release that you render with, and verifies its checksum. Give the checksum by --runner-sha256: the line of runnable-step-linux-amd64 in the release's SHA256SUMS. If the machines or images already hold the program, give its path by --runner-path. A build that is not a release needs runner_url or --runner-path.",
		},
		{
			Code: "RR6003", Refusal: true, Title: "a secret name that GitHub does not accept",
			Explanation: "Names of repository secrets have letters, digits and underscores, and do not begin with a digit or with GITHUB_.",
		},
		{
			Code: "RR6004", Refusal: true, Title: "a limit of GitHub Actions is exceeded",
			Explanation: "GitHub stops a job after 6 hours on its own machines and after 5 days on others, reads workflows of up to 500 KB, and accepts 25 inputs for a run; the operating system limits a variable to 128 KiB. The message says which limit it is. Shorten time limits, divide the pipeline, or let parts of it share a job by pods: one.",
		},
		{
			Code: "RR6005", Title: "an invalid setting of the workflow",
			Explanation: "A schedule is a cron schedule of five fields, in UTC, with at least five minutes between runs; it cannot start a pipeline with a required parameter that has no value. A variable must not have the name of one of the runner's variables. There are no groups for overrides: give a step its settings directly, under targets: {actions: …}.",
		},
		{
			Code: "RR6006", Title: "resources have no effect on GitHub Actions",
			Explanation: "The labels of a machine determine its size. For a step that needs a larger machine, set targets: {actions: {runs_on: …}}; then there is no warning.",
		},
		{
			Code: "RR6007", Title: "an unknown key in the workflow's settings",
			Explanation: "The section actions of the configuration has no such key. Keys are accepted in snake_case and in camelCase; docs/options.md lists them.",
		},
	}
}
