// `inputs` binds names that do not match, so functions stay as they are.
package main

import (
	"encoding/json"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("one", `export first_result='{"name":"forest","score":0.8}'`).Returns("first_result"),
		p.Shell("two", `export second_result='{"name":"boost","score":0.9}'`).Returns("second_result"),
		p.Python("steps.best").
			Return(p.Return{Name: "winner", Key: "name"}).
			Return(p.Return{Name: "told", Key: "told"}).
			Bind("results", "one_more", "first_result", "second_result").
			Bind("label", "title").
			Value("digits", json.RawMessage("1")).
			Value("options", json.RawMessage(`{"deep":[1,"x"]}`)).Needs(p.Name("one"), p.Name("two")),
	))
}
