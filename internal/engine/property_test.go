package engine_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
)

// blobs is a blob store in a map.
type blobs map[string][]byte

func (b blobs) Get(x engine.Blob) ([]byte, error) {
	if data, ok := b[x.Hash]; ok {
		return data, nil
	}
	return nil, errors.New("no such blob")
}

func (b blobs) Put(data []byte) (engine.Blob, error) {
	hash := fmt.Sprintf("%x", sha256.Sum256(data))
	b[hash] = slices.Clone(data)
	return engine.Blob{Hash: hash, Size: int64(len(data))}, nil
}

// facts are a run's facts in maps.
type facts struct {
	records map[string]*engine.Record
	exits   map[string]*engine.Exit
}

func newFacts() *facts {
	return &facts{records: map[string]*engine.Record{}, exits: map[string]*engine.Exit{}}
}

func (f *facts) Latest(path string) (*engine.Record, error) { return f.records[path], nil }
func (f *facts) Exit(path string) (*engine.Exit, error)     { return f.exits[path], nil }
func (f *facts) KeepExit(path string, e *engine.Exit) error { f.exits[path] = e; return nil }

func textOf(s *engine.Scope, b engine.Blobs) oracle.Params {
	out := oracle.Params{}
	for name, v := range s.Params() {
		text, err := v.Text(b)
		if err != nil {
			text = []byte(err.Error())
		}
		out[name] = string(text)
	}
	return out
}

func initialScope(p oracle.Params) *engine.Scope {
	var named []engine.Named
	for name, text := range p {
		named = append(named, engine.Named{Name: name, Value: engine.Value{JSON: []byte(text)}})
	}
	slices.SortFunc(named, func(a, b engine.Named) int { return strings.Compare(a.Name, b.Name) })
	return engine.InitialScope(named)
}

// record makes the record of what the oracle's leaf comes to.
func record(job engine.Job, res oracle.Result) *engine.Record {
	rec := &engine.Record{Path: job.Path, Attempt: 1, Status: engine.Success, Before: job.Before.Digest()}
	if res.Failed {
		rec.Status = engine.Failed
		rec.Failure = &engine.Failure{Step: job.Path, Kind: engine.FailureKind(res.Kind), Message: res.Message}
		return rec
	}
	if t, ok := job.Node.(*ir.Task); ok {
		for _, r := range t.Returns {
			if text, ok := res.Returns[r.Name]; ok {
				rec.Returns = append(rec.Returns, engine.Named{Name: r.Name, Value: engine.Value{Kind: r.Kind, JSON: []byte(text)}})
			}
		}
	}
	return rec
}

func failureOf(f *engine.Failure) *oracle.Failure {
	if f == nil {
		return nil
	}
	return &oracle.Failure{Step: f.Step, Kind: string(f.Kind), Message: f.Message}
}

// same compares failures; words that are the engine's own do not count.
func same(got, want *oracle.Failure) bool {
	if got == nil || want == nil {
		return got == want
	}
	return got.Step == want.Step && got.Kind == want.Kind && (want.Message == "" || got.Message == "" || got.Message == want.Message)
}

// play walks a case with the engine, jobs in a random order, and returns what ran and what it came to. check is
// called for each job before it runs.
func play(c *oracle.Case, r *rand.Rand, f *facts, b blobs, check func(engine.Job)) (oracle.Run, *engine.Outcome) {
	m := engine.NewMachine(c.Pipeline, initialScope(c.Initial), b)
	var run oracle.Run
	queue := m.Start()
	for len(queue) > 0 {
		i := r.IntN(len(queue))
		job := queue[i]
		queue = slices.Delete(queue, i, i+1)
		check(job)
		res := c.Leaf(job.Path, job.Node)
		rec := record(job, res)
		out := engine.LeafOutcome(job.Before, rec)
		rec.After, _ = out.After.Save(b)
		f.records[job.Path] = rec
		run.Leaves = append(run.Leaves, oracle.Leaf{Path: job.Path, Scope: textOf(job.Before, b), Handling: failureOf(job.Handling), Failed: res.Failed})
		queue = append(queue, m.Done(job.Path, out)...)
	}
	slices.SortFunc(run.Leaves, func(x, y oracle.Leaf) int { return strings.Compare(x.Path, y.Path) })
	out := m.Result()
	run.Failed, run.Params, run.Failure = !out.Status.OK(), textOf(out.After, b), failureOf(out.Failure)
	return run, out
}

func compare(t *testing.T, got, want oracle.Run) bool {
	t.Helper()
	opt := cmp.Comparer(same)
	if diff := cmp.Diff(want, got, opt); diff != "" {
		t.Errorf("engine differs (-oracle +engine):\n%s", diff)
		return false
	}
	return true
}

const seeds = 3000

// The engine, told outcomes in any order, says of random pipelines what the naive evaluator says.
func TestEngineAgreesWithOracle(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		c := oracle.Random(seed)
		want := oracle.Evaluate(c.Pipeline, c.Initial, c.Leaf)
		got, _ := play(c, rand.New(rand.NewPCG(seed, 2)), newFacts(), blobs{}, func(engine.Job) {})
		if !compare(t, got, want) {
			t.Fatalf("seed %d:\n%s", seed, ir.Dump(c.Pipeline))
		}
	}
}

// What the machine gives to a step, a resolver derives from the facts alone, kept exits or not.
func TestResolverAgreesWithMachine(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds / 3) {
		c := oracle.Random(seed)
		f, b := newFacts(), blobs{}
		_, out := play(c, rand.New(rand.NewPCG(seed, 3)), f, b, func(job engine.Job) {
			for _, careful := range []bool{false, true} {
				r := &engine.Resolver{Pipeline: c.Pipeline, Initial: initialScope(c.Initial), Facts: f, Blobs: b, Careful: careful}
				got, err := r.Step(job.Path)
				if err != nil {
					t.Fatalf("seed %d, %s (careful %t): %v\n%s", seed, job.Path, careful, err, ir.Dump(c.Pipeline))
				}
				if diff := cmp.Diff(textOf(job.Before, b), textOf(got.Before, b)); diff != "" || got.Before.Digest() != job.Before.Digest() {
					t.Fatalf("seed %d, %s (careful %t):\n%s%s", seed, job.Path, careful, diff, ir.Dump(c.Pipeline))
				}
				if !same(failureOf(got.Handling), failureOf(job.Handling)) {
					t.Fatalf("seed %d, %s: handles %v, want %v\n%s", seed, job.Path, got.Handling, job.Handling, ir.Dump(c.Pipeline))
				}
			}
		})
		replay, err := engine.ReplayRun(c.Pipeline, initialScope(c.Initial), f, b, nil)
		if err != nil || replay.Outcome == nil {
			t.Fatalf("seed %d: replay: %v, missing %v", seed, err, replay)
		}
		if replay.Outcome.Status != out.Status || replay.Outcome.After.Digest() != out.After.Digest() {
			t.Fatalf("seed %d: the replay came to something else", seed)
		}
	}
}

// A step that the run does not come to is told apart: its resolver says so.
func TestResolverKnowsWhatIsNotReached(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds / 3) {
		c := oracle.Random(seed)
		f, b := newFacts(), blobs{}
		play(c, rand.New(rand.NewPCG(seed, 4)), f, b, func(engine.Job) {})
		r := &engine.Resolver{Pipeline: c.Pipeline, Initial: initialScope(c.Initial), Facts: f, Blobs: b}
		for v := range ir.Walk(c.Pipeline) {
			if strings.Contains(v.Path, ir.AnyItem) || !ir.IsLeaf(v.Node) || f.records[v.Path] != nil {
				continue
			}
			if _, err := r.Step(v.Path); !errors.Is(err, engine.ErrNotReached) {
				t.Fatalf("seed %d, %s: got %v\n%s", seed, v.Path, err, ir.Dump(c.Pipeline))
			}
		}
	}
}
