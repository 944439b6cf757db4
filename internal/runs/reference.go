package runs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The words that stand for the newest run, and for the newest that failed. After a colon the name of a pipeline may follow.
const (
	Latest     = "@latest"
	LastFailed = "@failed"
)

// CheckReference says what is wrong with a text that can name no run.
func CheckReference(ref string) error {
	if strings.HasPrefix(ref, "@") || store.CheckTag(ref) == nil {
		return nil
	}
	return store.CheckRunID(ref)
}

// AmbiguousError is the error of a reference that fits several runs.
type AmbiguousError struct {
	Reference string
	Runs      []Entry // the newest first
}

func (e *AmbiguousError) Error() string {
	const most = 5
	var named []string
	for i, run := range e.Runs {
		if i == most && len(e.Runs) > most+1 {
			named = append(named, fmt.Sprintf("… and %d more", len(e.Runs)-i))
			break
		}
		named = append(named, describe(run))
	}
	return fmt.Sprintf("%q matches %d runs: %s; write the id of one", e.Reference, len(e.Runs), strings.Join(named, ", "))
}

func describe(e Entry) string {
	if e.Pipeline == "" { // it cannot be read
		return e.RunID
	}
	return fmt.Sprintf("%s (%s, %s)", e.RunID, e.Pipeline, e.Status)
}

// Find returns the run that a reference names among those of a store, the newest first: its id, @latest, @failed or
// @latest:PIPELINE, its tag, or the beginning or end of its id, if that fits no other run. A tag counts before a part of an id:
// the one was chosen, the other is chance.
func Find(entries []Entry, unread []Unread, ref string) (string, error) {
	word, pipeline, named := strings.Cut(ref, ":")
	if word == Latest || word == LastFailed {
		return newest(entries, word, pipeline, named)
	}
	var tagged, fits []Entry
	for _, e := range entries {
		switch {
		case e.RunID == ref:
			return ref, nil
		case slices.Contains(e.Tags, ref):
			tagged = append(tagged, e)
		case fitsID(e.RunID, ref):
			fits = append(fits, e)
		}
	}
	for _, u := range unread {
		if fitsID(u.RunID, ref) {
			fits = append(fits, Entry{RunID: u.RunID})
		}
	}
	if len(tagged) > 0 {
		fits = tagged
	}
	switch len(fits) {
	case 0:
		return "", noMatch(entries, ref)
	case 1:
		return fits[0].RunID, nil
	}
	return "", &AmbiguousError{ref, fits}
}

func fitsID(id, ref string) bool { return strings.HasPrefix(id, ref) || strings.HasSuffix(id, ref) }

// newest returns the newest run, or the newest that failed, of one pipeline or of any.
func newest(entries []Entry, word, pipeline string, named bool) (string, error) {
	var pipelines []string
	for _, e := range entries {
		pipelines = append(pipelines, e.Pipeline)
		if (word == Latest || e.Status == engine.Failed) && (!named || e.Pipeline == pipeline) {
			return e.RunID, nil
		}
	}
	switch {
	case named && !slices.Contains(pipelines, pipeline):
		return "", fmt.Errorf("%w of a pipeline %q%s", store.ErrNoRun, pipeline, diag.DidYouMean(pipeline, pipelines))
	case word == LastFailed && len(entries) > 0:
		return "", fmt.Errorf("%w: none has failed", store.ErrNoRun)
	}
	return "", store.ErrNoRun
}

// noMatch says that a reference fits no run, and what was probably meant.
func noMatch(entries []Entry, ref string) error {
	known := []string{Latest, LastFailed}
	for _, e := range entries {
		known = append(append(known, e.RunID), e.Tags...)
	}
	slices.Sort(known)
	return fmt.Errorf("%w%s", store.ErrNoRun, diag.DidYouMean(ref, slices.Compact(known)))
}
