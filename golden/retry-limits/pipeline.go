// `on` says which failures are worth another try; `max_attempts` is Runnable's way to say it.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("wanted", "exit 3").Retry(1).RetryOn(p.ExitCode(3)).OnFailure(p.Success),
		p.Shell("unwanted", "exit 4").Retry(1).RetryOn(p.ExitCode(3)).OnFailure(p.Success),
		p.Shell("errors", "exit 5").Retry(1).RetryOn(p.OnError).OnFailure(p.Success),
		p.Shell("not late", "exit 6").Retry(1).RetryOn(p.OnTimeout).OnFailure(p.Success),
		p.Shell("late", "sleep 60").Retry(1).RetryOn(p.OnTimeout).Timeout(time.Second).OnFailure(p.Success),
		p.Shell("max attempts", "exit 1").Retry(1).OnFailure(p.Success),
		p.Stub("all").Needs(p.Name("wanted"), p.Name("unwanted"), p.Name("errors"), p.Name("not late"), p.Name("late"), p.Name("max attempts")),
	))
}
