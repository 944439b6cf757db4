package report

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Limits of what a page holds of logs, in bytes. Of a long log the end counts.
const (
	logShown  = 512 << 10
	logsInAll = 24 << 20 // in one file
)

// Attempt is what is known of one attempt.
type Attempt struct {
	Inputs  []Value           `json:"inputs,omitempty"`
	Returns []Value           `json:"returns,omitempty"`
	Files   []engine.File     `json:"files,omitempty"`
	Code    map[string]string `json:"code,omitempty"`
	Failure *engine.Failure   `json:"failure,omitempty"`
	Log     *Log              `json:"log,omitempty"` // nil: there is none
}

// Log is the end of a log.
type Log struct {
	Text    string `json:"text"`
	Size    int64  `json:"size"`              // of the whole, in bytes
	Skipped int64  `json:"skipped,omitempty"` // bytes before the text
}

// AttemptOf reads what is known of an attempt. One that goes on has a log alone.
func AttemptOf(ctx context.Context, s *store.Store, run, path string, attempt int) (*Attempt, error) {
	records, err := s.Records(ctx, run, path)
	if err != nil {
		return nil, err
	}
	a := &Attempt{}
	for i := range records {
		if records[i].Attempt == attempt {
			a = attemptOf(s.Blobs(ctx), &records[i])
		}
	}
	a.Log, err = readLog(ctx, s, run, path, attempt, logShown)
	return a, err
}

func attemptOf(blobs engine.Blobs, rec *engine.Record) *Attempt {
	return &Attempt{
		Inputs: values(blobs, rec.Inputs), Returns: values(blobs, rec.Returns), Files: rec.Files, Code: rec.Code, Failure: rec.Failure,
	}
}

// attempts reads all attempts of a run. The logs of what failed come first, as long as there is room.
func attempts(ctx context.Context, s *store.Store, d *runs.Details, left *int) (map[string]*Attempt, error) {
	out := map[string]*Attempt{}
	blobs := s.Blobs(ctx)
	for i := range d.Records {
		rec := &d.Records[i]
		out[engine.Writer(rec.Path, rec.Attempt)] = attemptOf(blobs, rec)
	}
	for _, st := range d.Starts {
		if id := engine.Writer(st.Path, st.Attempt); out[id] == nil {
			out[id] = &Attempt{}
		}
	}
	spans := slices.Clone(d.Timeline(d.Summary.Started).Spans)
	slices.SortStableFunc(spans, func(a, b runs.Span) int { return cmp.Compare(rank(a.Status), rank(b.Status)) })
	for _, span := range spans {
		log, err := readLog(ctx, s, d.Summary.RunID, span.Path, span.Attempt, min(logShown, *left))
		if err != nil {
			return nil, err
		}
		if log != nil {
			*left -= len(log.Text)
		}
		if a := out[span.ID()]; a != nil {
			a.Log = log
		}
	}
	return out, nil
}

func rank(s engine.Status) int {
	if s.OK() {
		return 1
	}
	return 0
}

// readLog reads the end of a log, from the beginning of a line on; nil where there is no log.
func readLog(ctx context.Context, s *store.Store, run, path string, attempt, limit int) (*Log, error) {
	kept, err := s.OpenLog(ctx, run, path, attempt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer kept.Close()
	end, size, err := lastBytes(kept, limit)
	if err != nil {
		return nil, err
	}
	if size > int64(len(end)) {
		if i := slices.Index(end, '\n'); i >= 0 {
			end = end[i+1:]
		}
	}
	return &Log{Text: strings.ToValidUTF8(string(end), "�"), Size: size, Skipped: size - int64(len(end))}, nil
}

// lastBytes returns the end of what is read, and how much there was.
func lastBytes(r io.Reader, limit int) (end []byte, size int64, err error) {
	if seeker, ok := r.(io.Seeker); ok {
		if size, err = seeker.Seek(0, io.SeekEnd); err == nil {
			if _, err = seeker.Seek(max(0, size-int64(limit)), io.SeekStart); err != nil {
				return nil, 0, err
			}
			end, err = io.ReadAll(io.LimitReader(r, int64(limit)))
			return end, size, err
		}
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		size += int64(n)
		if end = append(end, buf[:n]...); len(end) > 2*limit+len(buf) {
			end = append(end[:0], end[len(end)-limit:]...)
		}
		if errors.Is(err, io.EOF) {
			return end[max(0, len(end)-limit):], size, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
}
