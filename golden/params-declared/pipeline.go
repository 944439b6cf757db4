// Declared parameters are read by their types.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

type parameters struct {
	Version string  `param:"version,required" help:"The release to train."`
	Rate    float64 `minimum:"0" maximum:"1"`
	Rounds  int     `minimum:"1"`
	Fast    bool
	Mode    string `choices:"exact,fast" help:"How to train."`
	Columns []string
	Options map[string]any
	Note    *string
	Query   p.FileContent
}

func main() {
	p.Main(p.New("",
		p.Python("steps.look").Returns("seen"),
	).Parameters(parameters{Rate: 1, Rounds: 3, Mode: "exact", Columns: []string{"a", "b"}, Query: "query.sql"}))
}
