package report

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir"
)

// Limits of what a page holds of values, in bytes.
const (
	valueShown = 16 << 10  // of a value's text
	valueRead  = 512 << 10 // of a value that is kept as a blob: larger ones are named alone
)

// Value is a value by its text, so that a number of any size stays what it is.
type Value struct {
	Name string       `json:"name"`
	Kind ir.ValueKind `json:"kind,omitempty"`
	Text string       `json:"text"`          // JSON; empty: a pickled object, or more than a page holds
	Cut  bool         `json:"cut,omitempty"` // there is more of it
	Hash string       `json:"sha256"`
	Size int64        `json:"size"`
}

// values makes values for the page. Without blobs those that are kept as such are named alone.
func values(blobs engine.Blobs, named []engine.Named) []Value {
	out := make([]Value, len(named))
	for i, n := range named {
		out[i] = valueOf(blobs, n)
	}
	return out
}

func valueOf(blobs engine.Blobs, n engine.Named) Value {
	v := Value{Name: n.Name, Kind: n.Value.Kind}
	digest := n.Value.Digest()
	v.Hash = hex.EncodeToString(digest[:])
	switch val := n.Value; {
	case val.Items != nil:
		v.Text = fmt.Sprintf(`{"objects":%d}`, len(val.Items))
		v.Size = int64(len(v.Text))
	case val.Blob != nil:
		v.Hash, v.Size = val.Blob.Hash, val.Blob.Size
		if blobs == nil || val.IsObject() || v.Size > valueRead {
			break
		}
		if text, err := val.Text(blobs); err == nil { // one that was removed is named alone
			v.Text = string(text)
		}
	default:
		v.Text, v.Size = string(val.JSON), int64(len(val.JSON))
	}
	v.Text, v.Cut = cut(v.Text, valueShown)
	return v
}

// cut returns the beginning of a text, and whether there is more.
func cut(s string, limit int) (string, bool) {
	if len(s) <= limit {
		return s, false
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit], true
}

// Comparison is a comparison of runs by the texts of values.
type Comparison struct {
	Runs       []runs.Compared `json:"runs"`
	Parameters []Row           `json:"parameters"`
	Metrics    []Row           `json:"metrics"`
	Results    []Row           `json:"results"`
	Files      []Row           `json:"files"`
	Code       []Row           `json:"code"`
	Steps      []Row           `json:"steps"`
}

// Row is a row of a comparison; null where a run has no value, else its JSON text.
type Row struct {
	Name   string    `json:"name"`
	Values []*string `json:"values"`
	Differ bool      `json:"differ"`
}

// ComparisonOf makes a comparison for the page.
func ComparisonOf(c *runs.Comparison) *Comparison {
	return &Comparison{
		Runs: c.Runs, Parameters: rows(c.Parameters), Metrics: rows(c.Metrics), Results: rows(c.Results),
		Files: rows(c.Files), Code: rows(c.Code), Steps: rows(c.Steps),
	}
}

func rows(in []runs.Row) []Row {
	out := make([]Row, len(in))
	for i, r := range in {
		out[i] = Row{Name: r.Name, Differ: r.Differ, Values: make([]*string, len(r.Values))}
		for k, v := range r.Values {
			out[i].Values[k] = text(v)
		}
	}
	return out
}

func text(v json.RawMessage) *string {
	if v == nil {
		return nil
	}
	s, _ := cut(string(v), valueShown)
	return &s
}
