// Package report gathers the data that the page shows about definitions and runs, and writes it as one file.
package report

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/web"
)

// Version is the version of the form of [Document], which the page reads.
const Version = 1

// Document is what a page holds. Its JSON form is web/src/model.ts.
type Document struct {
	Version    int            `json:"version"`
	Program    string         `json:"program"` // what made it
	Made       time.Time      `json:"made"`
	Live       bool           `json:"live,omitempty"`  // the page asks for its runs
	Title      string         `json:"title,omitempty"` // of a definition
	Graph      *drawing.Model `json:"graph,omitempty"` // of a definition
	Runs       []*Run         `json:"runs,omitempty"`
	Comparison *Comparison    `json:"comparison,omitempty"` // of several runs
}

// Run is a run as the page shows it.
type Run struct {
	Summary  runs.Summary        `json:"summary"` // without values: those below hold numbers of any size
	Graph    *drawing.Model      `json:"graph"`
	Timeline *runs.Timeline      `json:"timeline"`
	Course   []runs.Series       `json:"course,omitempty"`
	Declared []Declared          `json:"declared,omitempty"` // parameters, in the order of the definition
	Initial  []Value             `json:"initial,omitempty"`
	Final    []Value             `json:"final,omitempty"`
	Files    []Put               `json:"files,omitempty"`
	Code     map[string][]string `json:"code,omitempty"`
	Attempts map[string]*Attempt `json:"attempts,omitempty"` // by "path#number"; in a file, not in a live page
}

// Declared is what a definition says of a parameter.
type Declared struct {
	Name   string `json:"name"`
	Type   string `json:"type,omitempty"`
	Help   string `json:"help,omitempty"`
	Values string `json:"values"` // what holds where none is given, and which there may be
}

// Put is a file that a step put.
type Put struct {
	Path string `json:"path"`
	Step string `json:"step"`
	Hash string `json:"sha256"`
	Size int64  `json:"size"`
}

// Options says what goes into a file.
type Options struct {
	Program  string                               // that makes it
	Now      time.Time                            // when; the end of what goes on
	Commands func(s *runs.Summary) *runs.Commands // what to type next; nil: nothing
}

// Of gathers runs with all that is known of them; of several also the comparison.
func Of(ctx context.Context, s *store.Store, ids []string, o Options) (*Document, error) {
	doc := &Document{Version: Version, Program: o.Program, Made: o.Now.UTC()}
	var all []*runs.Details
	left := logsInAll
	for _, id := range ids {
		d, err := runs.Read(ctx, s, id)
		if err != nil {
			return nil, err
		}
		if o.Commands != nil {
			d.Summary.Commands = o.Commands(d.Summary)
		}
		run := RunOf(d, o.Now)
		if run.Attempts, err = attempts(ctx, s, d, &left); err != nil {
			return nil, err
		}
		doc.Runs, all = append(doc.Runs, run), append(all, d)
	}
	if len(all) > 1 {
		c, err := runs.Compare(all)
		if err != nil {
			return nil, err
		}
		doc.Comparison = ComparisonOf(c)
	}
	return doc, nil
}

// RunOf is a run without its attempts' details. now is the end of what goes on.
func RunOf(d *runs.Details, now time.Time) *Run {
	r := &Run{
		Summary: *d.Summary, Graph: drawing.Of(d.Pipeline).Bundled().Model(), Timeline: d.Timeline(now),
		Course: d.Course(), Declared: declared(d.Pipeline), Initial: values(nil, d.Header.Parameters), Final: values(nil, d.Summary.Parameters), Code: d.Code(),
	}
	r.Summary.Parameters, r.Summary.Metrics = nil, nil
	// A run that has just begun has none yet; the page wants lists.
	r.Summary.Steps = append([]runs.Step{}, r.Summary.Steps...)
	r.Timeline.Spans = append([]runs.Span{}, r.Timeline.Spans...)
	for _, seen := range d.Replay.Seen {
		for _, f := range seen.Record.Files {
			if f.Stage == engine.StagePut {
				r.Files = append(r.Files, Put{f.Path, seen.Record.Path, f.Hash, f.Size})
			}
		}
	}
	slices.SortStableFunc(r.Files, func(a, b Put) int { return cmp.Compare(a.Path, b.Path) })
	return r
}

func declared(p *ir.Pipeline) []Declared {
	var out []Declared
	for _, one := range p.Parameters {
		values, _ := cut(one.Standing(), valueShown)
		out = append(out, Declared{one.Name, string(one.Type), one.Help, values})
	}
	return out
}

// OfDefinition is a page of a definition, or of what a target makes of it.
func OfDefinition(title string, d *drawing.Diagram, o Options) *Document {
	return &Document{Version: Version, Program: o.Program, Made: o.Now.UTC(), Title: title, Graph: d.Bundled().Model()}
}

// Write writes the document as one page that needs nothing else, neither a network nor a server.
func (d *Document) Write(w io.Writer) error {
	title := d.Title
	if len(d.Runs) > 0 {
		title = d.Runs[0].Summary.Pipeline + " " + d.Runs[0].Summary.RunID
	}
	return web.Write(w, title, d, d.Live)
}
