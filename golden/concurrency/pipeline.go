// A limit of runs that go on at a time changes nothing of what a run comes to.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("load", "export loaded=3").Returns("loaded"),
		p.Shell("check", "test $loaded = 3"),
	).
		Concurrency(p.Concurrency{Group: "golden-concurrency", OnConflict: p.Wait}))
}
