package golang

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// place is how the compiler, and the go command, begin a message.
var place = regexp.MustCompile(`^(\S[^:]*\.go):(\d+)(?::(\d+))?: (.*)$`)

// compilerErrors reads what go build printed. Indented lines belong to the message above them.
func compilerErrors(dir, text string) (list diag.List) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		m := place.FindStringSubmatch(line)
		switch {
		case m != nil:
			at, _ := strconv.Atoi(m[2])
			col, _ := strconv.Atoi(m[3])
			file := m[1]
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, file)
			}
			span := diag.Span{File: filepath.ToSlash(file), Line: at, Col: col}
			list.Add(diag.Errorf(codeBuild, span, "%s", m[4]))
		case strings.HasPrefix(line, "\t") && len(list) > 0:
			list[len(list)-1].Message += "; " + strings.TrimSpace(line)
		}
	}
	return list
}

// Relate writes the places of a pipeline, which its program knows by absolute names, as they are seen from the working
// folder; p may be nil.
func Relate(p *ir.Pipeline, list diag.List) {
	for i := range list {
		relate(&list[i].Span)
		for j := range list[i].Notes {
			relate(&list[i].Notes[j].Span)
		}
	}
	if p == nil {
		return
	}
	relate(&p.Span)
	for _, g := range ir.Graphs(p) {
		relate(&g.Span)
		relate(&g.Start.Span)
	}
	for v := range ir.Walk(p) {
		for _, s := range spans(v.Node) {
			relate(s)
		}
	}
}

// relate writes a file below the working folder by its relative name.
func relate(s *diag.Span) {
	if !filepath.IsAbs(s.File) {
		return
	}
	wd, err := os.Getwd()
	if err != nil {
		return
	}
	if rel, err := filepath.Rel(wd, s.File); err == nil && filepath.IsLocal(rel) {
		s.File = filepath.ToSlash(rel)
	}
}

// spans are all the places of a node.
func spans(n ir.Node) []*diag.Span {
	var out []*diag.Span
	for _, p := range ir.Places(n) {
		out = append(out, p.Span)
	}
	if !ir.Repeats(n) {
		branches := ir.Subgraphs(n)
		for i := range branches {
			out = append(out, &branches[i].Span)
		}
	}
	return out
}
