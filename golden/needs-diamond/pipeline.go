// a, then b and c beside each other, then d.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	a := p.Shell("a", `export a=a`).Returns("a")
	b := p.Shell("b", `export b="b($a)"`).Returns("b").Needs(a)
	c := p.Shell("c", `export c="c($a)"`).Returns("c").Needs(a)
	d := p.Shell("d", `export d="$b+$c"`).Returns("d").Needs(b, c)
	p.Main(p.New("", d, b, c, a))
}
