// The script leaves a child behind that holds the log open; the time limit ends both.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("hangs", `sleep 300 &
sleep 300
`).Timeout(time.Second).
			OnFailure(p.Stub("go on")),
	))
}
