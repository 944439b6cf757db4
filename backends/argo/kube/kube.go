// Package kube asks a cluster about Argo workflows.
package kube

import (
	"cmp"
	"context"
	"os/exec"
	"regexp"
	"strings"

	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/backends/target"
)

// Target is Argo, which can be asked whether a run goes on.
type Target struct{ argo.Target }

// workflowName is a name as the cluster gives them. What stands in a store is not trusted to be one.
var workflowName = regexp.MustCompile(`^[a-z0-9][-a-z0-9.]*$`)

// Probe implements [target.Prober]. It asks kubectl, in the namespace that is the current one.
func (Target) Probe(ctx context.Context, h target.Header) (target.State, string) {
	name := cmp.Or(h.Code["workflow"], h.Run)
	if !workflowName.MatchString(name) {
		return target.Unknown, "argo list"
	}
	hint := "argo get " + name
	out, err := exec.CommandContext(ctx, "kubectl", "get", "workflows.argoproj.io", name, "--output", "jsonpath={.metadata.uid} {.status.phase}").Output()
	if err != nil {
		return target.Unknown, hint // no kubectl, no cluster, another namespace: nothing is known
	}
	uid, phase, _ := strings.Cut(string(out), " ")
	switch {
	case uid != h.Code["workflow_uid"]:
		return target.Unknown, hint
	case phase == "Succeeded", phase == "Failed", phase == "Error":
		return target.Ended, hint
	}
	return target.Going, hint
}
