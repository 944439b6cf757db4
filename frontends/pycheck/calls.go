package pycheck

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// fileUse is a file that a function reads or writes under a name that stands in its source.
type fileUse struct {
	name      string
	constant  string // the module's name that holds the file's, until it is resolved
	writes    bool
	line, col int
	end       int
}

// fileName is what the name of a file in the working folder looks like.
var fileName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[\pL\pN_][\pL\pN_ ./+-]*\.[A-Za-z][A-Za-z0-9]{0,9}$`)
})

// reading and writing are how the names of functions begin that read or write the file that they are given.
var (
	reading = []string{"read", "load", "open_", "imread", "genfromtxt", "parse", "from_csv", "from_json", "from_file"}
	writing = []string{"to_", "write", "save", "dump", "export", "imwrite", "imsave"}
)

// content are functions that take what is read or written, and no file.
var content = []string{"read", "write", "writelines", "write_text", "write_bytes", "loads", "dumps"}

// pathArguments are the names under which functions take a file.
var pathArguments = []string{"path", "file", "filename", "fname", "filepath", "fp", "path_or_buf", "filepath_or_buffer"}

func beginsWith(word string, beginnings []string) bool {
	for _, b := range beginnings {
		if strings.HasPrefix(word, b) {
			return true
		}
	}
	return false
}

// scan looks through a piece of a function for the functions that it calls and the files that it names.
func (p *parser) scan(start, end int) {
	f := p.top().fn
	if f == nil {
		return
	}
	var open []int // the brackets around, by index
	for i := start; i < end; i++ {
		switch t := p.tokens[i]; {
		case t.kind == op && strings.Contains("([{", t.text):
			if t.text == "(" && i > start && p.tokens[i-1].kind == name && (i-1 == start || p.tokens[i-2].text != ".") {
				f.calls[p.tokens[i-1].text] = true
			}
			open = append(open, i)
		case t.kind == op && strings.Contains(")]}", t.text):
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case t.kind == name && t.text == "yield" && !p.top().inner:
			f.yields = true
		case t.kind == name && t.text == "raise":
			f.raises = true
		case (t.kind == str || t.kind == name) && len(open) > 0:
			p.file(f, i, open[len(open)-1], end)
		}
	}
}

// file takes an argument of a call for a file, if it looks like one and the function reads or writes.
func (p *parser) file(f *function, i, bracket, end int) {
	t := p.tokens[i]
	if p.tokens[bracket].text != "(" || bracket == 0 || p.tokens[bracket-1].kind != name {
		return
	}
	switch before := p.tokens[i-1].text; {
	case before == "=" && !slices.Contains(pathArguments, p.tokens[i-2].text), before != "(" && before != "," && before != "=":
		return
	case i+1 < end && p.tokens[i+1].text != "," && p.tokens[i+1].text != ")":
		return // a part of an expression
	}
	if t.kind == str && !fileName().MatchString(t.text) || t.kind == name && strings.ToUpper(t.text) != t.text {
		return
	}
	writes, known := p.mode(p.tokens[bracket-1].text, i, bracket, end)
	if !known {
		return
	}
	use := fileUse{name: t.text, writes: writes, line: t.line, col: t.col, end: t.end}
	if t.kind == name {
		use.name, use.constant = "", t.text
	}
	f.files = append(f.files, use)
}

// mode tells whether a call writes or reads its argument at i; known is false for other calls.
func (p *parser) mode(callee string, i, bracket, end int) (writes, known bool) {
	switch {
	case callee == "open":
		for j := i + 1; j < end && j < i+6; j++ {
			if p.tokens[j].text == ")" && p.tokens[j].kind == op {
				break
			}
			if p.tokens[j].kind == str {
				return strings.ContainsAny(p.tokens[j].text, "wax"), true
			}
		}
		return false, true
	case callee == "Path" || callee == "PurePath":
		after := closing(p.tokens[bracket:end], 0) + bracket
		if after+2 >= end || p.tokens[after+1].text != "." {
			return false, false
		}
		method := p.tokens[after+2].text
		return strings.HasPrefix(method, "write"), strings.HasPrefix(method, "write") || strings.HasPrefix(method, "read")
	case slices.Contains(content, callee):
		return false, false
	case beginsWith(callee, writing):
		return true, true
	case beginsWith(callee, reading):
		return false, true
	}
	return false, false
}

// resolve puts the values of the module's constants in place of their names.
func (f *function) resolve(constants map[string]string) {
	kept := f.files[:0]
	for _, u := range f.files {
		if u.constant != "" {
			u.name = constants[u.constant]
		}
		if fileName().MatchString(u.name) {
			kept = append(kept, u)
		}
	}
	f.files = kept
}

// uses returns the files of a function and of those that it calls in its module, each file once, the reads of files
// that it has written itself left out.
func (m *module) uses(f *function) (reads, writes []fileUse) {
	seen, queue := map[*function]bool{f: true}, []*function{f}
	var all []fileUse
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		all = append(all, at.files...)
		for _, called := range sortedKeys(at.calls) {
			if next := m.functions[called]; next != nil && !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	had := map[string]bool{}
	for _, u := range all {
		if u.writes && !had[u.name] {
			had[u.name] = true
			writes = append(writes, u)
		}
	}
	for _, u := range all {
		if !u.writes && !had[u.name] {
			had[u.name] = true
			reads = append(reads, u)
		}
	}
	return reads, writes
}
