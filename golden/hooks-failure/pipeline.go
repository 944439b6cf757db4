// What is done when a run has failed. The webhook cannot be reached.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("", p.Shell("work", "exit 3")).
		OnSuccess(p.Hook{Command: "exit 1"}).
		OnFailure(
			p.Hook{Command: `grep -q '"run_id"' && test "$RUNNABLE_STATUS $RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND" = "FAIL work error"`},
			p.Hook{Webhook: "http://127.0.0.1:9/hook", Timeout: 5 * time.Second},
		))
}
