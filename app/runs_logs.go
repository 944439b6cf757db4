package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

func (a *command) runsLogsCommand() *cobra.Command {
	var f inputFlags
	var follow bool
	var format string
	cmd := &cobra.Command{
		Use:   "logs RUN [STEP]",
		Short: "Print the logs of a run, or of one step and the steps inside it",
		Long: `Print the logs of a run, or of one step and the steps inside it, each line with its step.

On a terminal, control characters are escaped and only colours are kept; a file or pipe gets every byte unchanged.

--follow prints new lines until the run ends, wherever it runs, as long as it writes to this store. In a folder lines
appear as they are written; in a bucket a log appears when its attempt has ended.

--format json prints an object for each line: step, attempt and text.`,
		Args: operands([]string{"RUN"}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				l := &logs{json: format == "json", store: st, run: run, out: a.stdout, terminal: isTerminal(a.stdout), read: map[string]*openLog{}}
				if len(args) == 2 {
					l.path = args[1]
				}
				if err := l.print(cmd.Context(), follow); err != nil {
					return err
				}
				return l.explain(cmd.Context(), a)
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, stepsOf)
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "follow the logs until the run ends")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	complete(cmd, "format", "text", "json")
	return cmd
}

// logs prints the logs of the steps at and below a path.
type logs struct {
	store *store.Store
	run   string
	path  string // empty: all
	out   io.Writer
	// What a step wrote is handed on as it is, but to a terminal, which it could repaint.
	terminal bool
	json     bool                // an object for each line
	read     map[string]*openLog // by attempt
	seen     []string            // the steps that have begun
	lines    int
}

// print prints what there is, and when it follows what is still to come.
func (l *logs) print(ctx context.Context, follow bool) error {
	if _, err := l.store.Header(ctx, l.run); err != nil {
		return err
	}
	for {
		e, _, err := runs.EntryOf(ctx, l.store, l.run)
		if err != nil {
			return err
		}
		going := follow && e.Status == engine.Running
		if err := l.look(ctx, !going); err != nil || !going {
			return err
		}
		select {
		case <-ctx.Done():
			return told(ExitInterrupted)
		case <-time.After(lookEvery):
		}
	}
}

// look prints what is new, attempt by attempt in start order.
func (l *logs) look(ctx context.Context, last bool) error {
	attempts, err := l.attempts(ctx)
	if err != nil {
		return err
	}
	for _, at := range attempts {
		k := engine.Writer(at.path, at.attempt)
		log := l.read[k]
		if log == nil {
			log = &openLog{path: at.path, attempt: at.attempt}
			l.read[k] = log
			l.seen = append(l.seen, at.path)
		}
		if log.done {
			continue
		}
		prefix := progress.Text(at.path) + " | "
		if at.attempt > 1 {
			prefix = fmt.Sprintf("%s #%d | ", progress.Text(at.path), at.attempt)
		}
		err := log.lines(ctx, l.store, l.run, at.ended || last, func(piece []byte, whole bool) error {
			if l.json {
				return l.object(log, piece, whole)
			}
			before, after := prefix, "\n"
			if log.inLine {
				before = ""
			}
			if !whole {
				after = ""
			}
			l.lines++
			log.inLine = !whole
			if l.terminal {
				piece = []byte(progress.Clean(progress.Settled(string(piece))))
			}
			_, err := fmt.Fprintf(l.out, "%s%s%s", before, piece, after)
			return err
		})
		if err != nil {
			return err
		}
		log.done = at.ended
	}
	return nil
}

// longestText is the number of bytes of a line that one object holds; what a longer line has beyond it comes in the next.
const longestText = 16 << 20

// logLine is a line of a log as JSON.
type logLine struct {
	Step    string `json:"step"`
	Attempt int    `json:"attempt"`
	Text    string `json:"text"`
	More    bool   `json:"more,omitempty"` // the next object goes on with the line
}

// object prints a line as an object once the line is whole.
func (l *logs) object(log *openLog, piece []byte, whole bool) error {
	log.text = append(log.text, piece...)
	if !whole && len(log.text) < longestText {
		return nil
	}
	l.lines++
	e := json.NewEncoder(l.out)
	e.SetEscapeHTML(false)
	err := e.Encode(logLine{log.path, log.attempt, string(log.text), !whole})
	log.text = log.text[:0]
	return err
}

// attemptLog is an attempt whose log is wanted.
type attemptLog struct {
	path    string
	attempt int
	at      time.Time
	ended   bool
}

// attempts are the attempts of the steps at and below the path, in start order.
func (l *logs) attempts(ctx context.Context) ([]attemptLog, error) {
	starts, err := l.store.ListStarts(ctx, l.run)
	if err != nil {
		return nil, err
	}
	records, err := l.store.ListRecords(ctx, l.run)
	if err != nil {
		return nil, err
	}
	found := map[string]attemptLog{}
	for _, s := range starts {
		found[engine.Writer(s.Path, s.Attempt)] = attemptLog{s.Path, s.Attempt, s.Started, false}
	}
	for _, r := range records { // a stub has a record alone
		found[engine.Writer(r.Path, r.Attempt)] = attemptLog{r.Path, r.Attempt, r.Started, true}
	}
	var out []attemptLog
	for _, at := range found {
		if l.path == "" || engine.Within(at.path, l.path) {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, func(x, y attemptLog) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.path, y.path), cmp.Compare(x.attempt, y.attempt))
	})
	return out, nil
}

// explain says why nothing was printed.
func (l *logs) explain(ctx context.Context, a *command) error {
	if l.lines > 0 {
		return nil
	}
	d, err := runs.Of(ctx, l.store, l.run)
	if err != nil {
		return err
	}
	node, err := engine.NodeAt(d.Pipeline, l.path)
	_, stub := node.(*ir.Stub)
	switch {
	case l.path == "":
		fmt.Fprintf(a.stderr, "no step of run %s has written anything\n", l.run)
	case len(l.seen) == 0 && err != nil:
		return fail(ExitInvalid, "run %s has no step %q; `%s runs show %s` lists them", l.run, l.path, a.Name, l.run)
	case len(l.seen) == 0:
		return fail(ExitInvalid, "step %q of run %s has not started; `%s runs show %s` lists those that have", l.path, l.run, a.Name, l.run)
	case stub:
		fmt.Fprintf(a.stderr, "%s is a stub: it runs nothing, so it has no log\n", progress.Text(l.path))
	default:
		fmt.Fprintf(a.stderr, "%s has written nothing\n", progress.Text(l.path))
	}
	return nil
}

// openLog is the log of an attempt, as far as it was read.
type openLog struct {
	path    string
	attempt int
	read    int64
	inLine  bool   // the line that was shown last has not come to its end
	text    []byte // as JSON: what has come of that line
	done    bool
}

// lines hands on the lines that a log has got; at its end also one that has no end. A line of any length comes in
// pieces of at most 64 KiB.
func (o *openLog) lines(ctx context.Context, st *store.Store, run string, end bool, show func(line []byte, whole bool) error) error {
	in, err := st.OpenLog(ctx, run, o.path, o.attempt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a stub, or a step that failed before its command
	}
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := io.CopyN(io.Discard, in, o.read); err != nil {
		return nil //nolint:nilerr // it has not got longer
	}
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		piece, err := r.ReadSlice('\n')
		over := errors.Is(err, io.EOF)
		switch {
		case over && (!end || len(piece) == 0):
			return nil // the rest of the line is still to come
		case err != nil && !over && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
		o.read += int64(len(piece))
		if err := show(bytes.TrimSuffix(piece, []byte("\n")), !errors.Is(err, bufio.ErrBufferFull)); err != nil || over {
			return err
		}
	}
}
