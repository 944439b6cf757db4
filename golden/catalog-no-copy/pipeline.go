// store_copy: false records the hash; a later get verifies the file where it is.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("record", "true").Put("big.dat").NoCopy(),
		p.Shell("verify", "export content=$(cat big.dat)").Returns("content").Get("big.dat"),
	))
}
