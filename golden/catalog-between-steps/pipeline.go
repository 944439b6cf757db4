// Files go from step to step by the catalog alone.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("write", `mkdir -p data/deep/er
echo 2 > two.txt
echo 3 > data/three.txt
echo 4 > data/deep/four.csv
echo 5 > data/deep/er/five.txt
`).Put("two.txt", "data"),
		p.Shell("read", "export sum=$(($(cat two.txt) + $(cat data/three.txt) + $(cat data/deep/er/five.txt)))").Returns("sum").Get("**/*.txt"),
		p.Shell("folder", "export four=$(cat data/deep/four.csv)").Returns("four").Get("data/deep").Put("data/deep/*.csv", "data/deep/four.*"),
	))
}
