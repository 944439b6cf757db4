package pycheck

import "strings"

// shape is what one return statement returns.
type shape struct {
	kind      string   // "tuple", "mapping", "nothing", another word for a value that is neither, "" for one that is not known
	size      int      // of a tuple
	keys      []string // of a mapping
	open      bool     // a mapping with further keys
	line, col int
	end       int
}

// shapeOf says what an expression makes, as far as its form tells.
func shapeOf(tokens []token) shape {
	if len(tokens) == 0 {
		return shape{kind: "nothing"}
	}
	depth := 0
	for _, t := range tokens {
		if t.kind == op && strings.Contains("([{", t.text) {
			depth++
		} else if t.kind == op && strings.Contains(")]}", t.text) {
			depth--
		} else if depth == 0 && t.kind == name && t.text == "lambda" {
			return shape{}
		}
	}
	parts := split(tokens)
	if len(parts) > 1 || tokens[len(tokens)-1].text == "," && tokens[len(tokens)-1].kind == op {
		for _, part := range parts {
			if len(part) == 0 || part[0].kind == op && part[0].text == "*" { // no Python, or as many as what is unpacked holds
				return shape{}
			}
		}
		return shape{kind: "tuple", size: len(parts)}
	}
	first, closed := tokens[0], closing(tokens, 0) == len(tokens)-1
	switch {
	case first.kind == op && first.text == "(" && closed:
		inside := tokens[1 : len(tokens)-1]
		if len(inside) == 0 {
			return shape{kind: "tuple"}
		}
		if comprehension(inside) {
			return shape{kind: "a generator"}
		}
		return shapeOf(inside)
	case first.kind == op && first.text == "{" && closed:
		return mapping(tokens[1 : len(tokens)-1])
	case first.kind == op && first.text == "[" && closed:
		return shape{kind: "a list"}
	case len(tokens) > 1:
		return shape{}
	case first.kind == number:
		return shape{kind: "a number"}
	case first.kind == str:
		return shape{kind: "a text"}
	case first.text == "None":
		return shape{kind: "nothing"}
	case first.text == "True" || first.text == "False":
		return shape{kind: "a truth value"}
	}
	return shape{}
}

// comprehension reports whether a for stands in no bracket of its own.
func comprehension(tokens []token) bool {
	depth := 0
	for _, t := range tokens {
		switch {
		case t.kind == op && strings.Contains("([{", t.text):
			depth++
		case t.kind == op && strings.Contains(")]}", t.text):
			depth--
		case depth == 0 && t.kind == name && t.text == "for":
			return true
		}
	}
	return false
}

// mapping reads the keys of a display of a mapping.
func mapping(tokens []token) shape {
	if comprehension(tokens) {
		return shape{}
	}
	s := shape{kind: "mapping"}
	for _, part := range split(tokens) {
		switch {
		case len(part) > 1 && part[0].kind == str && part[1].text == ":":
			s.keys = append(s.keys, part[0].text)
		case len(part) > 0 && part[0].text == "**", len(part) > 1 && colonAt(part) > 0:
			s.open = true
		default:
			return shape{kind: "a set"}
		}
	}
	return s
}

// colonAt is the place of the first colon that stands in no bracket, -1 if there is none.
func colonAt(tokens []token) int {
	depth := 0
	for i, t := range tokens {
		switch {
		case t.kind == op && strings.Contains("([{", t.text):
			depth++
		case t.kind == op && strings.Contains(")]}", t.text):
			depth--
		case depth == 0 && t.kind == op && t.text == ":":
			return i
		}
	}
	return -1
}
