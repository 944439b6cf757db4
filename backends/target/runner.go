package target

import "cmp"

// RunnerImage is the image that provides the runner of a release of this program, such as v1.2.3; empty: of the latest.
func RunnerImage(release string) string {
	return "ghcr.io/runnable-render/runner:" + cmp.Or(release, "latest")
}
