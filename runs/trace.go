package runs

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/store"
)

// Trace returns the canonical trace of a run, which is equal on every target (SEMANTICS 6): a line for each
// record, sorted by path and attempt, then the final parameters and the run's status.
func Trace(ctx context.Context, s *store.Store, run string) (string, error) {
	r, err := Of(ctx, s, run)
	if err != nil {
		return "", err
	}
	records, err := s.ListRecords(ctx, run)
	if err != nil {
		return "", err
	}
	lines := make([]string, len(records))
	for i, rec := range records {
		lines[i] = traceLine(rec)
	}
	slices.Sort(lines)
	for _, v := range r.Summary.Parameters {
		lines = append(lines, "parameter "+v.Name+" "+traceValue(v.Value))
	}
	lines = append(lines, "status "+string(r.Summary.Status))
	return strings.Join(lines, "\n") + "\n", nil
}

func traceLine(rec engine.Record) string {
	parts := []string{rec.Path, fmt.Sprintf("#%d", rec.Attempt), string(rec.Status)}
	if rec.Failure != nil {
		parts = append(parts, string(rec.Failure.Kind))
	}
	for _, r := range rec.Returns {
		parts = append(parts, r.Name+"="+traceValue(r.Value))
	}
	for _, f := range rec.Files {
		parts = append(parts, f.Stage+":"+f.Path+"@"+f.Hash[:min(12, len(f.Hash))])
	}
	return strings.Join(parts, " ")
}

// traceValue is a value in short: its text, or the hash of one that is long or pickled.
func traceValue(v engine.Value) string {
	if v.JSON != nil && len(v.JSON) <= 200 {
		return string(v.JSON)
	}
	sum := v.Digest()
	return "sha256:" + hex.EncodeToString(sum[:8])
}
