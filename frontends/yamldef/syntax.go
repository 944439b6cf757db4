package yamldef

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

// load reads the one document that a definition is. The node is nil where a diagnostic says why.
func load(s *source, text []byte) (*yaml.Node, diag.List) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if list := checkText(s, text); len(list) > 0 {
		return nil, list
	}
	text = asVersion11(text)
	dec := yaml.NewDecoder(bytes.NewReader(text))
	doc, err := decode(dec)
	switch {
	case errors.Is(err, io.EOF):
		return nil, diag.List{emptyFile(s)}
	case err != nil:
		return nil, diag.List{explain(s, text, err)}
	}
	if list := onlyDocument(s, dec, text); len(list) > 0 {
		return nil, list
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && kindOf(root) == isNull {
		return nil, diag.List{emptyFile(s)}
	}
	return root, nil
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

func emptyFile(s *source) diag.Diagnostic {
	return diag.Errorf("RR0001", s.at(1, 1, 1), "the file is empty; a definition starts with `dag:`, and `runnable-render init` writes one to start from")
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

// onlyDocument refuses a second document.
func onlyDocument(s *source, dec *yaml.Decoder, text []byte) diag.List {
	doc, err := decode(dec)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return diag.List{explain(s, text, err)}
	}
	span := s.whole(doc.Line)
	return diag.List{diag.Errorf("RR0006", span, "a second document starts here; one file holds one pipeline, so put this one into a file of its own or delete the `---`")}
}

// checkText refuses what is no text, or is read as different text by different readers, with the place of the first
// such character: the library tells the byte or nothing at all.
func checkText(s *source, text []byte) diag.List {
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return diag.List{diag.Errorf("RR0002", s.at(1, 1, 1), "the file is in UTF-16; save it as UTF-8")}
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
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return diag.List{diag.Errorf("RR0002", s.at(line, col, 1), "the byte 0x%02X is not UTF-8; save the file as UTF-8", c)}
		}
		if what := forbidden(r); what != "" {
			return diag.List{diag.Errorf("RR0003", s.at(line, col, 1), "the character U+%04X (%s) may not stand in a definition as it is; delete it, or write %s in a double-quoted text", r, what, escape(r))}
		}
		i += size
		col++
	}
	return nil
}

// forbidden names a character that YAML 1.2 does not allow, or that YAML 1.1 readers take for a line end and
// YAML 1.2 readers do not.
func forbidden(r rune) string {
	switch {
	case r == 0:
		return "NUL"
	case r == 0x85:
		return "next line, a line end to some readers only"
	case r == 0x2028, r == 0x2029:
		return "a separator that is a line end to some readers only"
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
