// json, text and metric.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("make", `export number=5 digits=5 score=0.75
export list='["a", {"b": 1.0}]' raw='["a"]'
`).Returns("number").Texts("digits").Returns("list").Texts("raw").Metrics("score"),
		p.Python("steps.types").Returns("types").Metrics("loss"),
	))
}
