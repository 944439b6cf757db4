// Package web holds the page that shows definitions and runs, built from the sources beside it, and puts data into it.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
)

//go:embed dist/main.js
var script []byte

//go:embed dist/style.css
var style []byte

// Write writes the page with its data, in one file that needs nothing else. Its policy allows this script and this
// style alone, and no connection but, for a page that is served, to where it came from.
func Write(w io.Writer, title string, data any, live bool) error {
	text, err := encode(data)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	b.WriteString("<meta http-equiv=\"Content-Security-Policy\" content=\"" + Policy(live) + "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	b.WriteString("<title>" + html.EscapeString(title) + "</title>\n<style>")
	b.Write(style)
	b.WriteString("</style>\n</head>\n<body>\n<div id=\"app\"><noscript>This page needs JavaScript.</noscript></div>\n<script type=\"application/json\" id=\"data\">")
	b.Write(text)
	b.WriteString("</script>\n<script>")
	b.Write(script)
	b.WriteString("</script>\n</body>\n</html>\n")
	_, err = w.Write(b.Bytes())
	return err
}

// Policy is the page's Content-Security-Policy.
func Policy(live bool) string {
	policy := "default-src 'none'; script-src " + hashed(script) + "; style-src " + hashed(style) + "; img-src data:; base-uri 'none'; form-action 'none'"
	if live {
		policy += "; connect-src 'self'"
	}
	return policy
}

func hashed(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// encode writes JSON that can stand in a script element: nothing in it ends the element, for <, > and & are escaped.
func encode(data any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(true)
	if err := e.Encode(data); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
