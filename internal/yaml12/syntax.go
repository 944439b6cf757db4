package yaml12

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Parse returns the root node of the one document in a text: nil where there is none, or where it cannot be read, which is
// reported.
func (r *Reader) Parse(text []byte) *yaml.Node {
	r.lines = diag.SplitLines(text)
	size := len(text)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !r.checkText(text) {
		return nil
	}
	text = asVersion11(text)
	dec := yaml.NewDecoder(bytes.NewReader(text))
	doc, err := decode(dec)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		var more *yaml.Node
		if more, err = decode(dec); err == nil {
			r.report(diag.Errorf("RR0006", r.whole(more.Line), "a second document starts here; put it into a file of its own or delete the `---`"))
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		r.report(explain(r, text, err))
		return nil
	}
	if !checkTree(r, doc.Content[0], size) {
		return nil
	}
	return doc.Content[0]
}

var version12 = regexp.MustCompile(`\A(?:[ \t]*(?:#.*)?\r?\n)*%YAML[ \t]+1\.2(?:\s|\z)`)

// asVersion11 makes the directive `%YAML 1.2` read 1.1, the only version that the library lets pass. The syntax that
// is used here is the same, and types are resolved by the rules of 1.2 in any case.
func asVersion11(text []byte) []byte {
	at := version12.FindIndex(text)
	if at == nil {
		return text
	}
	text = bytes.Clone(text)
	text[bytes.LastIndexByte(text[:at[1]], '2')] = '1'
	return text
}

// decode reads one document. The library panics on nothing that is known; should it, that is told like its errors.
func decode(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: the text cannot be read: %v", r)
		}
	}()
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, io.EOF
	}
	return doc, nil
}

// checkText refuses what is not text, or is read as different text by different readers, with the place of the first
// such character: the library tells the byte or nothing at all.
func (r *Reader) checkText(text []byte) bool {
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		r.report(diag.Errorf("RR0002", r.At(1, 1, 1), "the file is in UTF-16; save it as UTF-8"))
		return false
	}
	line, col := 1, 1
	for i := 0; i < len(text); {
		c := text[i]
		if c >= 0x20 && c < 0x7f || c == '\t' {
			i++
			col++
			continue
		}
		if c == '\n' || c == '\r' {
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			i++
			line, col = line+1, 1
			continue
		}
		char, size := utf8.DecodeRune(text[i:])
		if char == utf8.RuneError && size == 1 {
			r.report(diag.Errorf("RR0002", r.At(line, col, 1), "the byte 0x%02X is not UTF-8; save the file as UTF-8", text[i]))
			return false
		}
		if what := forbidden(char); what != "" && !(r.isData() && endsSomeLines(char)) {
			r.report(diag.Errorf("RR0003", r.At(line, col, 1), "the character U+%04X (%s) is not allowed in a file; delete it, or write %s in a double-quoted text", char, what, escape(char)))
			return false
		}
		i += size
		col++
	}
	return true
}

// endsSomeLines reports whether some readers alone take a character for the end of a line, or for none. Text that is
// data may hold it.
func endsSomeLines(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff }

// forbidden names a character that YAML 1.2 does not allow, or that YAML 1.1 readers take for a line end and
// YAML 1.2 readers do not.
func forbidden(r rune) string {
	switch {
	case r == 0:
		return "NUL"
	case r == 0x85:
		return "next line, a line end to some readers only"
	case r == 0x2028, r == 0x2029:
		return "a separator that ends a line for some readers only"
	case r == 0xfeff:
		return "a byte order mark inside the text"
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return "a control character"
	case r == 0xfffe, r == 0xffff:
		return "no character"
	}
	return ""
}

func escape(r rune) string {
	if r < 0x100 {
		return fmt.Sprintf(`"\x%02X"`, r)
	}
	return fmt.Sprintf(`"\u%04X"`, r)
}
