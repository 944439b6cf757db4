package pycheck

// module is what a module's source says of its functions.
type module struct {
	file      string // as the user calls it
	functions map[string]*function
	names     map[string]bool   // everything that may be a name of the module besides
	constants map[string]string // names that hold one text
	open      bool              // names may come from elsewhere: a star import, a __getattr__
}

// function is one at the top level of a module, also below an if or a try.
type function struct {
	name      string
	line, col int
	params    []param
	takesRest bool // **kwargs, or an argparse.Namespace
	decorated bool
	async     bool
	yields    bool
	raises    bool
	redefined bool
	returns   []shape
	calls     map[string]bool // functions that it calls by a bare name
	files     []fileUse
}

// param is an argument that gets its value by name.
type param struct {
	name     string
	optional bool
}

// block is what an indented part of the source belongs to.
type block struct {
	fn    *function // the function at the top level that it is a part of, nil outside of any
	inner bool      // within a function or class of that function's: its returns are not the function's
	class bool
}

// parse reads the source of a module.
func parse(file, src string) *module {
	p := &parser{tokens: scan(src), m: &module{file: file, functions: map[string]*function{}, names: map[string]bool{}, constants: map[string]string{}}}
	p.blocks = []block{{}}
	for p.at < len(p.tokens) {
		p.statement()
	}
	for _, f := range p.m.functions {
		f.resolve(p.m.constants)
	}
	return p.m
}

type parser struct {
	m         *module
	tokens    []token
	at        int
	blocks    []block
	header    *block // of the statement before an indentation
	decorated bool
}

func (p *parser) top() block { return p.blocks[len(p.blocks)-1] }

func (p *parser) is(text string) bool {
	return p.at < len(p.tokens) && p.tokens[p.at].text == text && (p.tokens[p.at].kind == op || p.tokens[p.at].kind == name)
}

// statement reads one statement up to its end, or the header of a compound one up to its colon.
func (p *parser) statement() {
	switch t := p.tokens[p.at]; t.kind {
	case newline:
		p.at++
		return
	case indent:
		b := p.top()
		if p.header != nil {
			b, p.header = *p.header, nil
		}
		p.blocks = append(p.blocks, b)
		p.at++
		return
	case dedent:
		if len(p.blocks) > 1 {
			p.blocks = p.blocks[:len(p.blocks)-1]
		}
		p.at++
		return
	case name, number, str, opaque, op: // a statement begins
	}
	p.header = nil
	switch {
	case p.is("@"):
		p.decorated = true
		p.scanTo(p.line(p.at))
		return
	case p.is("async") && p.at+1 < len(p.tokens) && p.tokens[p.at+1].text == "def":
		p.at++
		p.define(true)
	case p.is("def"):
		p.define(false)
	case p.is("class"):
		p.class()
	default:
		p.simple()
	}
	p.decorated = false
}

// line returns the index of the end of the logical line from i on.
func (p *parser) line(i int) int {
	for i < len(p.tokens) && p.tokens[i].kind != newline {
		i++
	}
	return i
}

// define reads the header of a function.
func (p *parser) define(async bool) {
	p.at++
	outer := p.top()
	if p.at >= len(p.tokens) || p.tokens[p.at].kind != name {
		p.at = p.line(p.at)
		return
	}
	t := p.tokens[p.at]
	f := &function{name: t.text, line: t.line, col: t.col, decorated: p.decorated, async: async, calls: map[string]bool{}}
	p.at++
	if p.is("[") { // type parameters
		p.at = p.closing(p.at) + 1
	}
	if !p.is("(") {
		p.at = p.line(p.at)
		return
	}
	end := min(p.closing(p.at), len(p.tokens)-1)
	f.params, f.takesRest = params(p.tokens[p.at+1 : end])
	if outer.fn != nil {
		p.scan(p.at, end) // defaults may call
	}
	p.at = p.colon(end)
	inside := block{fn: f}
	switch {
	case outer.fn != nil:
		inside = block{fn: outer.fn, inner: true}
	case outer.class:
		inside = block{fn: f, class: true} // a method: no function of the module
	default:
		if p.m.functions[f.name] != nil {
			f.redefined = true
		}
		p.m.functions[f.name] = f
		if f.name == "__getattr__" {
			p.m.open = true
		}
	}
	p.body(inside)
}

func (p *parser) class() {
	outer := p.top()
	if p.at+1 < len(p.tokens) && outer.fn == nil {
		p.m.names[p.tokens[p.at+1].text] = true
	}
	p.at = p.colon(p.at)
	p.body(block{fn: outer.fn, inner: outer.fn != nil, class: true})
}

// body begins what stands behind a colon: on the same line, or indented on the next ones.
func (p *parser) body(b block) {
	if p.at < len(p.tokens) && p.tokens[p.at].kind != newline {
		p.blocks = append(p.blocks, b)
		end := p.line(p.at)
		for p.at < end {
			p.simple()
		}
		p.blocks = p.blocks[:len(p.blocks)-1]
		return
	}
	p.header = &b
}

// colon returns the index behind the colon that ends a header.
func (p *parser) colon(i int) int {
	for depth := 0; i < len(p.tokens) && p.tokens[i].kind != newline; i++ {
		if p.tokens[i].kind != op {
			continue
		}
		switch p.tokens[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth = max(0, depth-1)
		case ":":
			if depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// closing returns the index of the bracket that closes the one at i.
func (p *parser) closing(i int) int { return closing(p.tokens, i) }

func closing(tokens []token, i int) int {
	for depth := 0; i < len(tokens); i++ {
		if tokens[i].kind != op {
			continue
		}
		switch tokens[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(tokens)
}

// simple reads a statement that is no definition: its returns, its names, its calls.
func (p *parser) simple() {
	start, end := p.at, p.at
	for depth := 0; end < len(p.tokens) && p.tokens[end].kind != newline; end++ {
		if t := p.tokens[end]; t.kind == op {
			switch t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			case ";":
				if depth == 0 {
					goto found
				}
			}
		}
	}
found:
	for i := start; i < end; i++ {
		if t := p.tokens[i]; t.kind == name && t.text == "return" && (i == start || p.tokens[i-1].text == ":") {
			p.returned(i, end)
		}
	}
	p.scanTo(end)
	if p.top().fn == nil && !p.top().class {
		p.moduleNames(start, end)
	}
	if p.at < len(p.tokens) && p.is(";") {
		p.at++
	}
}

func (p *parser) returned(i, end int) {
	b := p.top()
	if b.fn == nil || b.inner {
		return
	}
	s := shapeOf(p.tokens[i+1 : end])
	s.line, s.col, s.end = p.tokens[i].line, p.tokens[i].col, p.tokens[i].end
	if last := p.tokens[end-1]; last.line == s.line {
		s.end = last.end
	}
	b.fn.returns = append(b.fn.returns, s)
}

func (p *parser) scanTo(end int) {
	p.scan(p.at, end)
	p.at = end
}

// moduleNames takes every word of a statement of the module itself for a name that it may have.
func (p *parser) moduleNames(start, end int) {
	tokens := p.tokens[start:end]
	for i, t := range tokens {
		switch {
		case t.kind == name:
			p.m.names[t.text] = true
		case t.text == "*" && i > 0 && tokens[i-1].text == "import":
			p.m.open = true
		}
	}
	if len(tokens) == 3 && tokens[0].kind == name && tokens[1].text == "=" && tokens[2].kind == str {
		p.m.constants[tokens[0].text] = tokens[2].text
	}
}

// params reads what stands between the parentheses of a definition.
func params(tokens []token) (out []param, rest bool) {
	for _, part := range split(tokens) {
		if len(part) == 0 || part[0].text == "/" || part[0].text == "*" {
			continue // *args, or what parts arguments from those by name alone
		}
		if part[0].text == "**" {
			rest = true
			continue
		}
		optional, annotation := false, []string{}
		for i, depth := 1, 0; i < len(part); i++ {
			switch part[i].text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			case "=":
				optional = optional || depth == 0 && part[i].kind == op
			default:
				if !optional {
					annotation = append(annotation, part[i].text)
				}
			}
		}
		if n := len(annotation); n > 0 && annotation[n-1] == "Namespace" {
			rest = true
			continue
		}
		out = append(out, param{part[0].text, optional})
	}
	return out, rest
}

// split splits tokens at the commas that stand in no bracket and no lambda.
func split(tokens []token) [][]token {
	var out [][]token
	depth, start, lambdas := 0, 0, 0
	for i, t := range tokens {
		if t.kind == name && t.text == "lambda" && depth == 0 {
			lambdas++ // its arguments stand before its colon
		}
		if t.kind != op {
			continue
		}
		switch t.text {
		case ":":
			if depth == 0 {
				lambdas = max(0, lambdas-1)
			}
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 && lambdas == 0 {
				out = append(out, tokens[start:i])
				start = i + 1
			}
		}
	}
	if start < len(tokens) {
		out = append(out, tokens[start:])
	}
	return out
}
