package diag

// actionsCodes are those of rendering to a workflow of GitHub Actions, RR6xxx.
func actionsCodes() []Code {
	return []Code{
		{
			Code: "RR6001", Refusal: true, Title: "a machine that GitHub Actions cannot give",
			Explanation: "The runner is there for Linux. GitHub's standard machines have no GPU, so a step that asks for one names the labels of a machine that has: targets: {actions: {runs_on: gpu-runner}}. Steps that share a job, such as those of an item of a map or of a loop, have the same machine, image and environment.",
		},
		{
			Code: "RR6002", Title: "nothing says where the jobs get the runner",
			Explanation: "Each job of a workflow begins on a fresh machine. It fetches the program runnable-step of the release that renders and compares it with a checksum, which --runner-sha256 gives: the line of runnable-step-linux-amd64 in the release's SHA256SUMS. Where the machines or images hold the program, --runner-path says where. A program that is of no release needs runner_url or --runner-path.",
		},
		{
			Code: "RR6003", Refusal: true, Title: "a secret that GitHub cannot hold",
			Explanation: "Secrets of a repository are named with letters, digits and underscores, do not begin with a digit, and do not begin with GITHUB_.",
		},
		{
			Code: "RR6004", Refusal: true, Title: "beyond a limit of GitHub Actions",
			Explanation: "GitHub ends a job on its own machines after 6 hours and on others after 5 days, reads workflows up to 500 KB, and takes 25 inputs for a run; the system limits a variable to 128 KiB. The message says which. Shorten time limits, divide the pipeline, or let parts of it share a job by pods: one.",
		},
		{
			Code: "RR6005", Title: "an invalid setting of the workflow",
			Explanation: "A schedule has the five fields of cron, in UTC, at least five minutes apart, and starts no pipeline that needs a value from somebody. A variable has a name that is none of the runner's own. There are no groups of settings for overrides: a step has its settings itself, under targets: {actions: …}.",
		},
		{
			Code: "RR6006", Title: "resources have no effect on GitHub Actions",
			Explanation: "The size of a machine goes by its labels. A step that needs a larger one names it: targets: {actions: {runs_on: …}}; the warning is then left out.",
		},
		{
			Code: "RR6007", Title: "an unknown key of the workflow's settings",
			Explanation: "The section actions of the configuration has no such key. Keys are taken in snake_case and in camelCase; options.md lists them.",
		},
	}
}
