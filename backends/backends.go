// Package backends is the table of the built-in targets.
package backends

import (
	"github.com/runnable-render/runnable-render/backends/actions"
	"github.com/runnable-render/runnable-render/backends/airflow"
	"github.com/runnable-render/runnable-render/backends/argo/kube"
	"github.com/runnable-render/runnable-render/backends/compose/up"
	"github.com/runnable-render/runnable-render/backends/kubernetes"
	"github.com/runnable-render/runnable-render/backends/local/here"
	slurm "github.com/runnable-render/runnable-render/backends/slurm/up"
	"github.com/runnable-render/runnable-render/backends/stepfunctions"
	"github.com/runnable-render/runnable-render/backends/target"
)

// All are the targets, in the order in which they are listed.
func All() []target.Target {
	return []target.Target{
		kube.Target{},
		up.Target{},
		kubernetes.Target{},
		slurm.Target{},
		actions.Target{},
		stepfunctions.Target{},
		airflow.Target{},
		here.Target{},
	}
}
