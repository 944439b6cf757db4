package runner

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// planKey is where the header of a run keeps the plan that it was begun with.
const planKey = "plan"

// belonging says which run the containers of a plan belong to. It is in the runner's volume, beside the run's id.
type belonging struct {
	Run  string `json:"run"`
	Plan string `json:"plan"`
}

const belongingFile = "begun.json"

// chooser chooses the run of a plan that is started without one.
type chooser struct {
	*session
	dir    string // the runner's volume
	plan   string // digest of the definition, the parameters and what replaces them
	given  []string
	header engine.Header // of a new run
}

// begin chooses the run, writes its header if it is missing and informs the other containers: the definition and the run's
// id go to the volume that they share.
func (s *session) begin(ctx context.Context, environ []string, h engine.Header) error {
	c := &chooser{session: s, dir: filepath.Dir(s.env[runnerenv.RunFile]), plan: s.env[runnerenv.Plan], header: h}
	if s.env[runnerenv.RunFile] == "" || s.env[runnerenv.DefinitionFile] == "" {
		return fmt.Errorf("%s and %s are not set, so there is no place to write the run", runnerenv.RunFile, runnerenv.DefinitionFile)
	}
	if err := c.override(environ); err != nil {
		return err
	}
	was, err := c.pick(ctx)
	if err != nil {
		return err
	}
	var end *store.End
	if was != nil {
		c.run = was.Run
		if end, err = c.store.End(ctx, c.run); err != nil {
			return err
		}
	}
	c.run = cmp.Or(c.run, store.NewRunID(time.Now()))
	giveBack := func() {}
	if end == nil || c.retry() { // else nothing runs
		if giveBack, err = c.takePlace(ctx); err != nil {
			return err
		}
	}
	if was == nil {
		err = c.create(ctx)
	} else {
		err = c.goOn(ctx, *was, end)
	}
	if err == nil {
		err = c.tell()
	}
	if err != nil {
		giveBack()
	}
	return err
}

// override replaces initial parameters by those that the environment of this start holds (SEMANTICS 2).
func (c *chooser) override(environ []string) error {
	var named []string
	for _, kv := range environ {
		if strings.HasPrefix(kv, params.Prefix) {
			c.given = append(c.given, kv)
		}
	}
	if len(c.given) == 0 && len(c.pipeline.Parameters) == 0 {
		return nil
	}
	for _, p := range c.header.Parameters {
		name, _ := json.Marshal(p.Name) // a string always marshals
		named = append(named, string(name)+":"+string(p.Value.JSON))
	}
	text := []byte("{" + strings.Join(named, ",") + "}")
	all, list := params.Load(params.Sources{File: "parameters.json", FileBytes: text, Env: c.given, Declared: c.pipeline.Parameters})
	if err := unfit(list); err != nil {
		return err
	}
	c.header.Parameters = all
	if len(c.given) == 0 {
		return nil
	}
	slices.Sort(c.given)
	c.plan += "+" + digest(c.given)
	return nil
}

// pick finds the run that is to go on; nil: a new one begins.
func (c *chooser) pick(ctx context.Context) (*engine.Header, error) {
	if c.run != "" {
		return c.named(ctx)
	}
	var was belonging
	text, err := os.ReadFile(filepath.Join(c.dir, belongingFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		_ = json.Unmarshal(text, &was) // an unreadable file names no run
	}
	if was.Run != "" && (was.Plan == c.plan || c.retry()) {
		h, err := c.store.Header(ctx, was.Run)
		if err == nil || !errors.Is(err, store.ErrNoRun) {
			return &h, err
		}
	}
	h, err := c.search(ctx)
	if err == nil && h == nil && c.retry() {
		err = fmt.Errorf("%s is set, and there is no run to retry; begin one without it, or name a run with RUN_ID", runnerenv.Retry)
	}
	return h, err
}

// named is the run that RUN_ID names, where it has begun.
func (c *chooser) named(ctx context.Context) (*engine.Header, error) {
	h, err := c.store.Header(ctx, c.run)
	switch {
	case errors.Is(err, store.ErrNoRun) && c.retry():
		return nil, fmt.Errorf("there is no run %q to retry; leave out %s, or RUN_ID to retry the last one", c.run, runnerenv.Retry)
	case errors.Is(err, store.ErrNoRun):
		return nil, nil
	case err != nil:
		return nil, err
	case c.retry():
		return &h, nil // of any target (SEMANTICS 6)
	case h.Target != c.target:
		return nil, fmt.Errorf("run %q belongs to another target (%s); give another RUN_ID, leave it out, or set %s=1 to continue that run here", c.run, h.Target, runnerenv.Retry)
	case h.Code[planKey] != c.plan:
		return nil, fmt.Errorf("run %q was begun with another definition or other parameters; give another RUN_ID, or set %s=1 to run what failed in it with this definition", c.run, runnerenv.Retry)
	}
	return &h, nil
}

// search finds, in a store of the project's own, the last run of this plan that has no end, or, for a retry, the last
// of this pipeline. A bucket may hold runs that go on elsewhere: they are not looked at.
func (c *chooser) search(ctx context.Context) (*engine.Header, error) {
	if _, own := c.store.Folder(); !own {
		return nil, nil
	}
	ids, err := c.store.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var last *engine.Header
	for _, id := range ids {
		h, err := c.store.Header(ctx, id)
		if errors.Is(err, store.ErrNoRun) { // begun and killed
			continue
		}
		if store.Corrupted(err) {
			fmt.Fprintf(c.stderr, "run %s is left out: %v\n", id, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		fits, err := c.fits(ctx, h)
		if err != nil {
			return nil, err
		}
		if fits && (last == nil || h.Started.After(last.Started)) {
			last = &h
		}
	}
	return last, nil
}

// fits reports whether a run is one that a start of this plan without a name goes on with.
func (c *chooser) fits(ctx context.Context, h engine.Header) (bool, error) {
	if h.Target != c.target || h.Pipeline != c.header.Pipeline {
		return false, nil
	}
	if !c.retry() {
		end, err := c.store.End(ctx, h.Run)
		if err != nil || end != nil || h.Code[planKey] != c.plan {
			return false, err
		}
	}
	elsewhere, err := c.goesOn(ctx, h.Run)
	return !elsewhere, err
}

// create begins a new run.
func (c *chooser) create(ctx context.Context) error {
	c.header.Run = c.run
	c.header.Code[planKey] = c.plan
	if err := c.store.CreateRun(ctx, c.header); err != nil {
		return err
	}
	c.session.header = c.header
	fmt.Fprintf(c.stdout, "run %s begins\n", c.run)
	return nil
}

// goOn takes up a run that has begun. A retry takes the definition as it is now, as a local one does; the parameters
// stay.
func (c *chooser) goOn(ctx context.Context, h engine.Header, end *store.End) error {
	c.session.header = h
	switch {
	case c.retry():
		if err := errors.Join(c.sameParameters(h), c.sameSteps(ctx, h)); err != nil {
			return err
		}
		if h.Code == nil {
			h.Code = map[string]string{}
		}
		h.Definition, h.Code[planKey] = c.header.Definition, c.plan
		fmt.Fprintf(c.stdout, "run %s is retried: steps that failed run again\n", c.run)
		c.session.header = h
		return errors.Join(c.store.PutHeader(ctx, h), c.store.Reopen(ctx, c.run))
	case end != nil:
		fmt.Fprintf(c.stdout, "run %s has ended (%s); RUNNABLE_RETRY=1 runs its failed steps again, RUN_ID=NAME begins another run\n", c.run, end.Status)
	default:
		fmt.Fprintf(c.stdout, "run %s continues\n", c.run)
	}
	return nil
}

// sameParameters refuses a retry that was given other values than the run has.
func (c *chooser) sameParameters(h engine.Header) error {
	if len(c.given) == 0 {
		return nil
	}
	has := map[string][]byte{}
	for _, p := range h.Parameters {
		has[p.Name] = p.Value.JSON
	}
	for _, p := range c.header.Parameters {
		if !bytes.Equal(has[p.Name], p.Value.JSON) {
			return fmt.Errorf("run %q has another value of the parameter %q, and a retry keeps a run's parameters; leave out %s%s, or begin another run with RUN_ID", c.run, p.Name, params.Prefix, p.Name)
		}
	}
	return nil
}

// sameSteps refuses a retry by a definition in which a step that succeeded is another (SEMANTICS 6): it would be kept as
// it was.
func (c *chooser) sameSteps(ctx context.Context, h engine.Header) error {
	if bytes.Equal(h.Definition, c.header.Definition) {
		return nil
	}
	was, err := runs.Of(ctx, c.store, h.Run)
	if err != nil {
		return err
	}
	is, err := irjson.Decode(c.header.Definition)
	if err != nil {
		return err
	}
	edits, err := runs.Edited(was, is, func(string) bool { return false })
	at := slices.IndexFunc(edits, func(e runs.Edit) bool { return !e.Accepted })
	if err != nil || at < 0 {
		return err
	}
	e := edits[at]
	if e.Is == "" {
		return fmt.Errorf("step %s succeeded in run %q and is no longer in the definition, which a retry continues; put it back, or start another run with RUN_ID", e.Path, c.run)
	}
	return fmt.Errorf("step %s succeeded in run %q and has been edited since; a retry keeps it as it was: undo the edit, or start another run with RUN_ID\nit was\n%s\nand is\n%s", e.Path, c.run, e.Was, e.Is)
}

// tell writes what the other containers read, the run's id last.
func (c *chooser) tell() error {
	if err := writeFile(c.env[runnerenv.DefinitionFile], c.session.header.Definition); err != nil {
		return err
	}
	text, err := json.Marshal(belonging{Run: c.run, Plan: c.plan})
	if err != nil {
		return err
	}
	return errors.Join(writeFile(filepath.Join(c.dir, belongingFile), text), writeFile(c.env[runnerenv.RunFile], []byte(c.run+"\n")))
}

// writeFile writes a file whole or not at all, for everyone to read.
func writeFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// retry reports whether failed steps are to run again.
func (s *session) retry() bool {
	switch strings.ToLower(s.env[runnerenv.Retry]) {
	case "", "0", "false", "no":
		return false
	}
	return true
}

func digest(texts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:6])
}
