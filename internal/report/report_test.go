package report_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hostile is a text that ends a script where it is not escaped.
const hostile = `</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>` + "\u2028"

// runOf makes a run of one step with that name, whose first attempt failed, in a store of its own.
func runOf(t testing.TB, name, log string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), t.TempDir())
	must(t, err)
	p := &ir.Pipeline{Name: name, Graph: &ir.Graph{Nodes: []ir.Node{&ir.Task{Common: ir.Common{Name: "a"}, Command: &ir.Shell{Script: name}}}}}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	definition, err := irjson.Encode(p)
	must(t, err)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	must(t, st.CreateRun(t.Context(), engine.Header{Run: "r", Pipeline: name, Target: "local", Started: start, Definition: definition}))
	before := engine.InitialScope(nil)
	after, err := before.Save(st.Blobs(t.Context()))
	must(t, err)
	for n, status := range []engine.Status{engine.Failed, engine.Success} {
		w, err := st.LogWriter(t.Context(), "r", "a", n+1)
		must(t, err)
		_, err = io.WriteString(w, log)
		must(t, err)
		must(t, w.Close())
		rec := engine.Record{Path: "a", Attempt: n + 1, Kind: "shell", Status: status, Started: start, Ended: start.Add(time.Second), Before: before.Digest(), After: after}
		if status == engine.Failed {
			rec.Failure = &engine.Failure{Step: "a", Kind: engine.KindError, Message: name}
		} else {
			rec.Returns = []engine.Named{{Name: "n", Value: engine.Value{JSON: []byte("123456789012345678901234567890")}}}
		}
		must(t, st.PutRecord(t.Context(), "r", rec))
	}
	return st
}

// A page holds all attempts with their logs, and numbers as they are.
func TestOf(t *testing.T) {
	t.Parallel()
	doc, err := report.Of(t.Context(), runOf(t, "p", "one\ntwo\n"), []string{"r", "r"}, report.Options{Program: "test", Now: time.Unix(0, 0)})
	must(t, err)
	first, second := doc.Runs[0].Attempts["a#1"], doc.Runs[0].Attempts["a#2"]
	if first.Failure == nil || first.Log.Text != "one\ntwo\n" || second.Returns[0].Text != "123456789012345678901234567890" {
		t.Errorf("got %+v, %+v", first, second)
	}
	if doc.Comparison == nil || len(doc.Comparison.Runs) != 2 {
		t.Error("two runs are compared")
	}
}

// Of a long log the page has the end, from the beginning of a line on, and says how much is missing.
func TestLongLog(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&long, "line %d\n", i)
	}
	a, err := report.AttemptOf(t.Context(), runOf(t, "p", long.String()), "r", "a", 1)
	must(t, err)
	if l := a.Log; l.Size != int64(long.Len()) || l.Skipped != l.Size-int64(len(l.Text)) || l.Skipped == 0 || !strings.HasPrefix(l.Text, "line ") || !strings.HasSuffix(l.Text, "line 99999\n") {
		t.Errorf("size %d, skipped %d, %d bytes from %.20q", l.Size, l.Skipped, len(l.Text), l.Text)
	}
}

// Whatever names, commands and logs hold, the page's data stays data.
func TestWriteHostile(t *testing.T) {
	t.Parallel()
	doc, err := report.Of(t.Context(), runOf(t, hostile, hostile+"\x00\xff"), []string{"r"}, report.Options{Program: hostile})
	must(t, err)
	var page strings.Builder
	must(t, doc.Write(&page))
	_, after, ok := strings.Cut(page.String(), `id="data">`)
	if !ok {
		t.Fatal("no data")
	}
	data, _, _ := strings.Cut(after, "</script>")
	var back struct {
		Runs []struct{ Summary struct{ Pipeline string } }
	}
	must(t, json.Unmarshal([]byte(data), &back))
	if back.Runs[0].Summary.Pipeline != hostile || strings.Contains(page.String(), "<img") || strings.Count(page.String(), "<script") != 2 {
		t.Error("the page holds markup of the run")
	}
}

// A page of a definition has no run.
func TestOfDefinition(t *testing.T) {
	t.Parallel()
	d := &drawing.Diagram{Nodes: []drawing.Node{{Path: "a", Name: "a", Kind: "stub"}}}
	var page strings.Builder
	must(t, report.OfDefinition("title & more", d, report.Options{}).Write(&page))
	if !strings.Contains(page.String(), "<title>title &amp; more</title>") || !strings.Contains(page.String(), `"path":"a"`) {
		t.Error("the definition is missing")
	}
}
