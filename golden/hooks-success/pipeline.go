// What is done when a run has succeeded; a hook that fails changes nothing about it.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("work", "export x=1").Returns("x"),
	).OnSuccess(
		p.Hook{Command: `grep -q '"status" *:.*"SUCCESS"' && test "$RUNNABLE_STATUS of $RUNNABLE_PIPELINE" = "SUCCESS of hooks-success"`},
		p.Hook{Command: `test ${#API_TOKEN} = 21 && echo "the token is $API_TOKEN"`, Secrets: p.HookSecrets("API_TOKEN")},
		p.Hook{Command: `test -z "$API_TOKEN$RUNNABLE_FAILED_STEP$x"`},
		p.Hook{Command: "echo no; exit 3"},
		p.Hook{Command: "sleep 60", Timeout: 300 * time.Millisecond},
		p.Hook{WebhookFrom: "HOOK_URL"},
	).OnFailure(p.Hook{Command: "exit 1"}))
}
