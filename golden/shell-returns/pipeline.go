// Exported variables come back: decoded as JSON where they parse, also after `exit 0`, with line breaks and blanks.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("exports", "export i=1 f=3.14 s=hello\nexport p='{\"x\": 10, \"foo\": \"bar\"}'\nexport q='\"quoted\"'\nexport blanks=\"  both  \"\nexport lines=\"one\ntwo\"\nexport tricky='a=b; $(c) `d` \\ \"e\"'\nexport nothing=null empty=\nexport one=1.0\nexport big=123456789012345678901234567890\necho '[/x] looks like markup'\nexit 0\n").Returns("i", "f", "s", "p", "q", "blanks", "lines", "tricky", "nothing", "empty", "one", "big"),
		p.Shell("last status", `false || true
(exit 3)
export x=4
`).Returns("x"),
		p.Shell("reads", "[ \"$i\" = 1 ] && [ \"$f\" = 3.14 ] && [ \"$s\" = hello ] && [ \"$p\" = '{\"x\": 10, \"foo\": \"bar\"}' ] &&\n[ \"$q\" = quoted ] && [ \"$blanks\" = \"  both  \" ] && [ \"$tricky\" = 'a=b; $(c) `d` \\ \"e\"' ] &&\n[ \"$nothing\" = null ] && [ \"$empty\" = \"\" ] && [ \"$one\" = 1.0 ] &&\n[ \"$big\" = 123456789012345678901234567890 ]\n"),
	))
}
