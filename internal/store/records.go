package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Start is the fact that someone began an attempt. Without a record of it the attempt is going on, or was lost.
type Start struct {
	Path    string    `json:"path"`
	Attempt int       `json:"attempt"`
	Started time.Time `json:"started"`
	Host    string    `json:"host,omitempty"`
	PID     int       `json:"pid"`
	Mark    string    `json:"mark"` // tells one claim from another
}

// Claim takes the lowest free attempt number of a leaf.
func (s *Store) Claim(ctx context.Context, run, path string) (int, error) {
	if err := checkStep(run, path); err != nil {
		return 0, err
	}
	host, _ := os.Hostname()
	start := Start{Path: path, Started: time.Now().UTC(), Host: host, PID: os.Getpid(), Mark: rand.Text()}
	for n := 1; ; {
		start.Attempt = n
		data, err := encode(start)
		if err != nil {
			return 0, err
		}
		key := startKey(run, path, n)
		ok, err := s.settle(ctx, key, data, s.bucket.claim(ctx, key, data))
		if err != nil {
			return 0, err
		}
		if ok { // it may have a record all the same, by AddRecord
			ok, err = s.missing(ctx, recordKey(run, path, n))
		}
		if err != nil || ok {
			return n, err
		}
		if n, err = s.freeAfter(ctx, run, path, n); err != nil {
			return 0, err
		}
	}
}

// freeAfter returns the lowest attempt number above n of which nothing is there.
func (s *Store) freeAfter(ctx context.Context, run, path string, n int) (int, error) {
	taken := map[int]bool{}
	key := stepKey(run, path)
	for name, err := range s.bucket.list(ctx, key) {
		if err != nil {
			return 0, s.fail("list", key, err)
		}
		taken[attemptOf(name, startExt)] = true
		taken[attemptOf(name, recordExt)] = true
	}
	for n++; taken[n]; n++ {
	}
	return n, nil
}

func checkStep(run, path string) error {
	if err := CheckRunID(run); err != nil {
		return err
	}
	if path == "" {
		return errors.New("a step's path is empty")
	}
	return nil
}

// PutRecord writes the record of an attempt. It is written once: another record of the same attempt is an error.
func (s *Store) PutRecord(ctx context.Context, run string, rec engine.Record) error {
	if err := checkStep(run, rec.Path); err != nil {
		return err
	}
	if rec.Attempt < 1 {
		return fmt.Errorf("record of %s: attempt %d is less than 1", rec.Path, rec.Attempt)
	}
	if rec.Version == 0 {
		rec.Version = engine.RecordVersion
	}
	key := recordKey(run, rec.Path, rec.Attempt)
	ok, err := s.createJSON(ctx, key, rec)
	if err == nil && !ok {
		return &Error{Store: s.url, Op: "write", Key: key, Err: fmt.Errorf("the attempt has another record: %w", fs.ErrExist), Hint: "each attempt must be claimed"}
	}
	return err
}

// AddRecord writes a record as the lowest free attempt of its step, which it notes in the record. It is for an attempt
// that is over as soon as it begins: nobody need see that it is going on.
func (s *Store) AddRecord(ctx context.Context, run string, rec *engine.Record) error {
	if err := checkStep(run, rec.Path); err != nil {
		return err
	}
	for n := 1; ; {
		rec.Attempt = n
		free, err := s.missing(ctx, startKey(run, rec.Path, n))
		if err == nil && free {
			free, err = s.createJSON(ctx, recordKey(run, rec.Path, n), rec)
		}
		if err != nil || free {
			return err
		}
		if n, err = s.freeAfter(ctx, run, rec.Path, n); err != nil {
			return err
		}
	}
}

// missing reports whether there is no object with that key.
func (s *Store) missing(ctx context.Context, key string) (bool, error) {
	_, err := s.bucket.size(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, s.fail("read", key, err)
}

// Record returns the record of one attempt, or nil.
func (s *Store) Record(ctx context.Context, run, path string, attempt int) (*engine.Record, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	return s.readRecord(ctx, recordKey(run, path, attempt))
}

func (s *Store) readRecord(ctx context.Context, key string) (*engine.Record, error) {
	var rec engine.Record
	if ok, err := s.readJSON(ctx, key, &rec); err != nil || !ok {
		return nil, err
	}
	if rec.Version > engine.RecordVersion {
		return nil, s.fail("read", key, tooNew(rec.Version))
	}
	if !strings.HasSuffix(key, recordKey("", rec.Path, rec.Attempt)[len(runKey("")):]) {
		return nil, s.fail("read", key, errCorrupt{fmt.Sprintf("it is the record of attempt %d of %q", rec.Attempt, rec.Path)})
	}
	return &rec, nil
}

// attempts returns the numbers of the attempts of a leaf that have a record, in order.
func (s *Store) attempts(ctx context.Context, run, path string) ([]int, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	var out []int
	key := stepKey(run, path)
	for name, err := range s.bucket.list(ctx, key) {
		if err != nil {
			return nil, s.fail("list", key, err)
		}
		if n := attemptOf(name, recordExt); n > 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Records returns the records of all attempts of a leaf, in order.
func (s *Store) Records(ctx context.Context, run, path string) ([]engine.Record, error) {
	numbers, err := s.attempts(ctx, run, path)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(numbers))
	for i, n := range numbers {
		keys[i] = recordKey(run, path, n)
	}
	return s.readRecords(ctx, keys)
}

// Latest returns the record of the last attempt of a leaf that has one, or nil.
func (s *Store) Latest(ctx context.Context, run, path string) (*engine.Record, error) {
	numbers, err := s.attempts(ctx, run, path)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	return s.readRecord(ctx, recordKey(run, path, numbers[len(numbers)-1]))
}

// ListRecords returns all records of a run, by path and attempt.
func (s *Store) ListRecords(ctx context.Context, run string) ([]engine.Record, error) {
	keys, err := s.stepKeys(ctx, run, recordExt)
	if err != nil {
		return nil, err
	}
	out, err := s.readRecords(ctx, keys)
	slices.SortFunc(out, func(a, b engine.Record) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Attempt, b.Attempt))
	})
	return out, err
}

// ListStarts returns the start of every attempt of a run, by path and attempt. One without a record is going on, or
// its process died.
func (s *Store) ListStarts(ctx context.Context, run string) ([]Start, error) {
	keys, err := s.stepKeys(ctx, run, startExt)
	if err != nil {
		return nil, err
	}
	out := make([]Start, len(keys))
	err = s.Each(ctx, len(keys), func(ctx context.Context, i int) error {
		_, err := s.readJSON(ctx, keys[i], &out[i])
		if out[i].Path == "" && (err == nil || Corrupted(err)) {
			// Killed between the claim and its content: the key says enough.
			out[i] = Start{Path: pathOf(run, keys[i]), Attempt: attemptOf(path.Base(keys[i]), startExt)}
			return nil
		}
		return err
	})
	slices.SortFunc(out, func(a, b Start) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Attempt, b.Attempt))
	})
	return out, err
}

// pathOf reads the step's path from a key below it, as far as it was not cut.
func pathOf(run, key string) string {
	dirs := strings.Split(strings.TrimPrefix(path.Dir(key), stepsKey(run)), "/")
	for i, d := range dirs {
		if name, ok := unescape(d); ok {
			dirs[i] = name
		}
	}
	return strings.Join(dirs, ".")
}

// stepKeys returns the keys of all attempts of a run with that extension.
func (s *Store) stepKeys(ctx context.Context, run, ext string) ([]string, error) {
	if err := CheckRunID(run); err != nil {
		return nil, err
	}
	var keys []string
	prefix := stepsKey(run)
	for key, err := range s.bucket.walk(ctx, prefix) {
		if err != nil {
			return nil, s.fail("list", prefix, err)
		}
		if attemptOf(path.Base(key), ext) > 0 {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (s *Store) readRecords(ctx context.Context, keys []string) ([]engine.Record, error) {
	found := make([]*engine.Record, len(keys))
	err := s.Each(ctx, len(keys), func(ctx context.Context, i int) (err error) {
		found[i], err = s.readRecord(ctx, keys[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]engine.Record, 0, len(keys))
	for _, r := range found {
		if r != nil { // removed since it was listed
			out = append(out, *r)
		}
	}
	return out, nil
}

// Each calls do for 0 to n-1, as many at a time as suit the store, until one fails.
func (s *Store) Each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, s.width) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// PutEntry keeps the scope before a composite, unless one is kept already.
func (s *Store) PutEntry(ctx context.Context, run, path string, scope engine.ScopeRef) error {
	if err := checkStep(run, path); err != nil {
		return err
	}
	_, err := s.createJSON(ctx, stepKey(run, path)+"entry.json", scope)
	return err
}

// Entry returns the scope before a composite, or nil.
func (s *Store) Entry(ctx context.Context, run, path string) (*engine.ScopeRef, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	var ref engine.ScopeRef
	if ok, err := s.readJSON(ctx, stepKey(run, path)+"entry.json", &ref); err != nil || !ok {
		return nil, err
	}
	return &ref, nil
}

// PutExit keeps the outcome of a composite in place of what was kept before. One that says the same stays.
func (s *Store) PutExit(ctx context.Context, run, path string, e *engine.Exit) error {
	if err := checkStep(run, path); err != nil {
		return err
	}
	key := stepKey(run, path) + "exit.json"
	ok, err := s.createJSON(ctx, key, e)
	if err != nil || ok {
		return err
	}
	if there, err := s.GetExit(ctx, run, path); err == nil && there != nil && reflect.DeepEqual(there, e) {
		return nil
	} else if err != nil && !Corrupted(err) {
		return err
	}
	return s.writeJSON(ctx, key, e)
}

// GetExit returns what is kept of a composite, or nil.
func (s *Store) GetExit(ctx context.Context, run, path string) (*engine.Exit, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	var e engine.Exit
	if ok, err := s.readJSON(ctx, stepKey(run, path)+"exit.json", &e); err != nil || !ok {
		return nil, err
	}
	return &e, nil
}

// facts is one run as the engine reads it.
type facts struct {
	ctx context.Context //nolint:containedctx // the engine knows no contexts
	s   *Store
	run string
}

// Facts returns the run as the engine reads it.
func (s *Store) Facts(ctx context.Context, run string) engine.Facts { return facts{ctx, s, run} }

func (f facts) Latest(path string) (*engine.Record, error) { return f.s.Latest(f.ctx, f.run, path) }
func (f facts) Exit(path string) (*engine.Exit, error)     { return f.s.GetExit(f.ctx, f.run, path) }
func (f facts) KeepExit(path string, e *engine.Exit) error {
	return f.s.PutExit(f.ctx, f.run, path, e)
}
