package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// HeaderVersion is the version of the form of [engine.Header] and [End].
const HeaderVersion = 1

// End is the fact that a run ended (runs/<run>/end.json).
type End struct {
	Version    int                 `json:"version"`
	Status     engine.Status       `json:"status"`
	Ended      time.Time           `json:"ended"`
	Failure    *engine.Failure     `json:"failure,omitempty"`
	Parameters []engine.Named      `json:"parameters,omitempty"` // the final ones
	Metrics    []engine.Named      `json:"metrics,omitempty"`
	Hooks      []engine.HookResult `json:"hooks,omitempty"` // once they have run
}

// NewRunID is a run id that sorts by time and that no other run has.
func NewRunID(now time.Time) string {
	return now.UTC().Format("20060102-150405-") + strings.ToLower(rand.Text()[:4])
}

func headerKey(run string) string  { return runKey(run) + "run.json" }
func endKey(run string) string     { return runKey(run) + "end.json" }
func retriedKey(run string) string { return runKey(run) + "retried.json" }

// CreateRun writes the header of a new run. Where the run exists the error is a [*RunExistsError]; a header that is
// the same to the last byte is no error.
func (s *Store) CreateRun(ctx context.Context, h engine.Header) error {
	if err := CheckRunID(h.Run); err != nil {
		return err
	}
	if h.Version == 0 {
		h.Version = HeaderVersion
	}
	ok, err := s.createJSON(ctx, headerKey(h.Run), h)
	if err != nil || ok {
		return err
	}
	there, err := s.Header(ctx, h.Run)
	if err != nil {
		return err
	}
	return &RunExistsError{there}
}

// PutHeader replaces the header of a run.
func (s *Store) PutHeader(ctx context.Context, h engine.Header) error {
	if err := CheckRunID(h.Run); err != nil {
		return err
	}
	if h.Version == 0 {
		h.Version = HeaderVersion
	}
	if err := s.noteChange(ctx, h.Run); err != nil {
		return err
	}
	return s.writeJSON(ctx, headerKey(h.Run), h)
}

// Header returns the header of a run. Where there is none the error is [ErrNoRun].
func (s *Store) Header(ctx context.Context, run string) (engine.Header, error) {
	var h engine.Header
	if err := CheckRunID(run); err != nil {
		return h, err
	}
	ok, err := s.readJSON(ctx, headerKey(run), &h)
	switch {
	case err != nil:
		var e *Error
		if Corrupted(err) && errors.As(err, &e) {
			e.Hint = "put it back from a copy, or remove the run with runs rm --force"
		}
		return h, err
	case !ok:
		return h, s.noRun(run)
	case h.Version > HeaderVersion:
		return h, s.fail("read", headerKey(run), tooNew(h.Version))
	case h.Run != run:
		return h, s.fail("read", headerKey(run), errCorrupt{fmt.Sprintf("it is the header of run %q", h.Run)})
	}
	return h, nil
}

func (s *Store) noRun(run string) error {
	return &Error{Store: s.url, Op: "find", Key: "run " + run, Err: ErrNoRun, Hint: "list the runs, or name the store that holds it"}
}

func tooNew(version int) error {
	return fmt.Errorf("a newer program wrote it (version %d); use that one", version)
}

// Runs returns the ids of all runs, sorted.
func (s *Store) Runs(ctx context.Context) ([]string, error) {
	var out []string
	for name, err := range s.bucket.list(ctx, "runs/") {
		if err != nil {
			return nil, s.fail("list", "runs/", err)
		}
		dir, ok := strings.CutSuffix(name, "/")
		if !ok {
			continue
		}
		if run, ok := unescape(dir); ok && CheckRunID(run) == nil {
			out = append(out, run)
		}
	}
	slices.Sort(out)
	return out, nil
}

// PutEnd writes how a run ended, and replaces the end of an earlier try.
func (s *Store) PutEnd(ctx context.Context, run string, e End) error {
	if err := CheckRunID(run); err != nil {
		return err
	}
	if e.Version == 0 {
		e.Version = HeaderVersion
	}
	return s.writeJSON(ctx, endKey(run), e)
}

// End returns how a run ended, or nil for one that has not.
func (s *Store) End(ctx context.Context, run string) (*End, error) {
	if err := CheckRunID(run); err != nil {
		return nil, err
	}
	var e End
	if ok, err := s.readJSON(ctx, endKey(run), &e); err != nil || !ok {
		return nil, err
	}
	if e.Version > HeaderVersion {
		return nil, s.fail("read", endKey(run), tooNew(e.Version))
	}
	return &e, nil
}

// Reopen notes that a run is about to be retried, and takes back that it ended.
func (s *Store) Reopen(ctx context.Context, run string) error {
	if err := CheckRunID(run); err != nil {
		return err
	}
	if err := s.noteChange(ctx, run); err != nil {
		return err
	}
	// In this order: killed between the two, the run shows as ended and as retried, which is true enough.
	if err := s.writeJSON(ctx, retriedKey(run), retried{time.Now().UTC()}); err != nil {
		return err
	}
	if err := s.bucket.remove(ctx, endKey(run)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.fail("remove", endKey(run), err)
	}
	return nil
}

// Reopened returns when the run was retried last; the zero time where it never was.
func (s *Store) Reopened(ctx context.Context, run string) (time.Time, error) {
	if err := CheckRunID(run); err != nil {
		return time.Time{}, err
	}
	var mark retried
	if _, err := s.readJSON(ctx, retriedKey(run), &mark); err != nil {
		return time.Time{}, err
	}
	return mark.At, nil
}

// retried is what is written when a run is retried.
type retried struct {
	At time.Time `json:"at"`
}

// Retried reports whether records of an earlier walk may lie in the run: it was reopened, or it ended and goes on
// all the same, as a workflow does that its own orchestrator retries.
func (s *Store) Retried(ctx context.Context, run string) (bool, error) {
	if err := CheckRunID(run); err != nil {
		return false, err
	}
	for _, key := range []string{retriedKey(run), endKey(run)} {
		switch _, err := s.bucket.size(ctx, key); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, s.fail("read", key, err)
		}
	}
	return false, nil
}

// RemoveRun removes a run: its header first, so that what a removal that was killed leaves is no run any more. Blobs
// stay for [Store.Collect]. A run that is not there is no error.
func (s *Store) RemoveRun(ctx context.Context, run string) error {
	if err := CheckRunID(run); err != nil {
		return err
	}
	if err := s.noteChange(ctx, run); err != nil {
		return err
	}
	if err := s.bucket.remove(ctx, headerKey(run)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.fail("remove", headerKey(run), err)
	}
	for _, key := range []string{runKey(run), controlsKey(run)} {
		if err := s.bucket.removeAll(ctx, key); err != nil {
			return s.fail("remove", key, err)
		}
	}
	return nil
}

// Status returns the status of a run: as it ended, else INTERRUPTED when the process that drove it is known to be
// dead, else RUNNING (SEMANTICS 6).
func (s *Store) Status(ctx context.Context, run string) (engine.Status, error) {
	end, err := s.End(ctx, run)
	if err != nil {
		return "", err
	}
	if end != nil {
		return end.Status, nil
	}
	o, err := s.Owner(ctx, run)
	if err != nil {
		return "", err
	}
	if o == nil || o.Alive() {
		return engine.Running, nil
	}
	// It may have written its end and gone between the two looks.
	if end, err = s.End(ctx, run); err != nil || end == nil {
		return engine.Interrupted, err
	}
	return end.Status, nil
}
