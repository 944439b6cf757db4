// One item fails: the others run to their end, the map fails, its handler runs, nothing merges.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "files", "file",
			p.Shell("load", `[ "$file" != bad.csv ] || exit 1
export rows=10
`).Returns("rows"),
			p.Stub("store"),
		).
			OnFailure(p.Shell("mend", `export saw="$RUNNABLE_FAILED_STEP ${rows-none} ${file-none}"`).Returns("saw")),
	))
}
