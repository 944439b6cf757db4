package runs

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
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
	executed := engine.ExecutedNotebooks(r.Pipeline, records)
	lines := make([]string, len(records))
	for i, rec := range records {
		lines[i] = traceLine(rec, executed)
	}
	slices.Sort(lines)
	for _, v := range r.Summary.Parameters {
		lines = append(lines, "parameter "+v.Name+" "+traceValue(v.Value))
	}
	lines = append(lines, "status "+string(r.Summary.Status))
	return strings.Join(lines, "\n") + "\n", nil
}

// traceLine is a record in short. An executed notebook, wherever it came to, has no hash there: it holds times.
func traceLine(rec engine.Record, executed map[string]bool) string {
	parts := []string{rec.Path, fmt.Sprintf("#%d", rec.Attempt), string(rec.Status)}
	if rec.Failure != nil {
		parts = append(parts, string(rec.Failure.Kind))
	}
	for _, r := range rec.Returns {
		parts = append(parts, r.Name+"="+traceValue(r.Value))
	}
	for _, f := range rec.Files {
		hash := f.Hash[:min(12, len(f.Hash))]
		if executed[f.Hash] {
			hash = "executed"
		}
		parts = append(parts, f.Stage+":"+f.Path+"@"+hash)
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
