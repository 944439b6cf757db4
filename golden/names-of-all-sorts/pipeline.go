// Names hold anything but a dot and a percent sign, and those that differ stay different.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	parallel := p.Parallel("p",
		p.Branch("0", p.Shell("*", "export n9=9").Returns("n9")),
		p.Branch("*", p.Shell("0", "export n10=10").Returns("n10")),
	)
	p.Main(p.New("",
		p.Shell("a b", "export n1=1").Returns("n1"),
		p.Shell("a-b", "export n2=2").Returns("n2"),
		p.Shell("A-b", "export n3=3").Returns("n3"),
		p.Shell("ünï/cödé ✓", "export n4=4").Returns("n4"),
		p.Shell(`it's "quoted" {{x}} $HOME`, "export n5=5").Returns("n5"),
		p.Shell("not", "export n6=6").Returns("n6"),
		p.Shell("true", "export n7=7").Returns("n7"),
		p.Shell("--help", "export n8=8").Returns("n8"),
		p.Shell("/etc/passwd", "export n11=11").Returns("n11"),
		p.Shell("<script>alert(1)</script>", "export n12=12").Returns("n12"),
		p.Shell("; rm -rf ~ `id` $(id) | x", "export n13=13").Returns("n13"),
		p.Shell("{{=1}} {{inputs}} ${X:-y} #", "export n14=14").Returns("n14"),
		parallel,
		p.Shell("y", "export sum=$((n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14))").Returns("sum").
			Needs(p.Name("a b"), p.Name("a-b"), p.Name("A-b"), p.Name("ünï/cödé ✓"), p.Name(`it's "quoted" {{x}} $HOME`), p.Name("not"), p.Name("true"), p.Name("--help"),
				parallel, p.Name("/etc/passwd"), p.Name("<script>alert(1)</script>"), p.Name("; rm -rf ~ `id` $(id) | x"), p.Name("{{=1}} {{inputs}} ${X:-y} #")),
	))
}
