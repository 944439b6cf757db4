// Events say what begins runs, and change nothing of what a run comes to.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

type parameters struct {
	Version string
	Rows    int
}

func main() {
	p.Main(p.New("",
		p.Shell("load", `export loaded="$rows of $version"`).Texts("loaded"),
	).
		Parameters(parameters{Version: "none", Rows: 3}).
		Events(
			p.Event{Webhook: "/train", Parameters: map[string]string{"version": "body.version", "rows": "body.data.rows"}},
			p.Event{Calendar: "0 3 * * *", Timezone: "Europe/Berlin", Parameters: map[string]string{"version": "eventTime"}},
		))
}
