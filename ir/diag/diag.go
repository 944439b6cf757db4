// Package diag holds the messages about a definition: with their places, their codes and their printed forms.
//
// A [List] is built by appending, in any order, and is sorted and freed of duplicates once, before it is printed.
// Nothing here knows where a message came from; the package imports only the standard library.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a diagnostic stops the work.
type Severity int

const (
	// Error means that the definition cannot be used.
	Error Severity = iota
	// Warning means that the definition can be used, but probably not as its author meant.
	Warning
)

// String returns the word that stands in the printed message.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Span is a piece of a source file. The zero Span means "no place".
//
// Lines and columns count from 1, columns in code points. End is exclusive; an EndLine of 0 means a single
// code point, a Col of 0 the whole line.
type Span struct {
	File    string
	Line    int
	Col     int
	EndLine int
	EndCol  int
}

// IsZero reports whether the span names no place at all.
func (s Span) IsZero() bool { return s == Span{} }

// String returns file:line:col, as far as they are known.
func (s Span) String() string {
	switch {
	case s.Line == 0:
		return s.File
	case s.Col == 0:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Col)
	}
}

// Note is a second place or remark that belongs to a diagnostic.
type Note struct {
	Span    Span
	Message string
}

// Diagnostic is one message about a definition or its rendering.
type Diagnostic struct {
	Code     string // RR and four digits; [Lookup] tells more
	Severity Severity
	Span     Span
	Message  string // lower case, no full stop; the subject quoted, then what is wrong, then what to do
	Notes    []Note
}

// Errorf makes an error with one place.
func Errorf(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Error, Span: span, Message: fmt.Sprintf(format, args...)}
}

// Warningf makes a warning with one place.
func Warningf(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Warning, Span: span, Message: fmt.Sprintf(format, args...)}
}

// With returns the diagnostic with one more note.
func (d Diagnostic) With(span Span, format string, args ...any) Diagnostic {
	d.Notes = append(slices.Clip(d.Notes), Note{Span: span, Message: fmt.Sprintf(format, args...)})
	return d
}

// List is a set of diagnostics. The nil List is empty and ready to be appended to.
type List []Diagnostic

// Add appends one diagnostic.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// HasErrors reports whether the list holds at least one error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns the number of errors and of warnings.
func (l List) Count() (errors, warnings int) {
	for _, d := range l {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Sorted returns the list in reading order (file, line, column, code, text) and without duplicates.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, func(a, b Diagnostic) bool { return compare(a, b) == 0 })
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Span.File, b.Span.File),
		cmp.Compare(a.Span.Line, b.Span.Line),
		cmp.Compare(a.Span.Col, b.Span.Col),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
	)
}
