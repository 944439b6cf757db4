// A secret is in the task's environment, and nowhere else.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("shell", `echo "the token is $API_TOKEN"
export length=${#API_TOKEN} hash="$(printf %s "$API_TOKEN" | sha256sum | cut -c1-24)"
`).Returns("length", "hash").Secrets("API_TOKEN"),
		p.Python("steps.check").Named("python").Returns("same").Secrets("API_TOKEN"),
	))
}
