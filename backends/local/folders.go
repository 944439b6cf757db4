package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir"
)

// Folders says in which folder each step of a run works (SEMANTICS 4). Steps that follow one another share one; what can
// run at the same time as others, a branch, an item or a step of a graph of needs, has one of its own, which holds what
// the folder around it held when the first of them began. When all in it has ended, what it put is brought into the
// folder around it as soon as a step goes on there: the version that this step sees.
type Folders struct {
	FolderOptions
	steps   *Steps
	mu      sync.Mutex
	lanes   map[string]*lane
	graphs  map[*ir.Graph][]int
	root    string
	release func() error // removes root
	forks   int
	main    *lane
	held    held
}

// FolderOptions say how a run comes by its folders.
type FolderOptions struct {
	Definition string                 // its file
	Beside     bool                   // another run works in the folder: this one has a folder of its own for all its steps
	Leave      func(name string) bool // what no folder of a step's own holds, by slash path below the working folder; may be nil
}

// lane is a folder with the steps that share it.
type lane struct {
	key   string
	group string // the composite, or the graph of needs, whose lanes run beside it
	above *lane  // nil: the run's
	jobs  int    // that are queued or run, in it or below; Folders.mu guards it

	mu     sync.Mutex // guards what follows
	dir    string     // empty: no step has needed it
	own    *workfolder.Folder
	forks  *workfolder.Source  // of what runs at the same time within it
	forked string              // the group that these forks are for
	behind map[engine.Key]bool // files put elsewhere, which a step that goes on here has first brought
	put    map[engine.Key]bool // files put here
	moving map[string]string   // hash of files put here that are not copied → path
}

// Separate gives the steps of a run their folders. Close removes those that it made.
func (s *Steps) Separate(ctx context.Context, o FolderOptions) (*Folders, error) {
	f := &Folders{FolderOptions: o, steps: s, lanes: map[string]*lane{}, graphs: map[*ir.Graph][]int{}}
	f.main = &lane{dir: s.Dir, behind: map[engine.Key]bool{}}
	s.Folders = f
	if !o.Beside {
		return f, nil
	}
	if err := f.stepAside(ctx); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// stepAside makes a folder of its own for the run, without what its steps have put in earlier runs, or put now in another.
func (f *Folders) stepAside(ctx context.Context) error {
	root, err := f.temp()
	if err != nil {
		return err
	}
	left := leftovers(ctx, f.steps.Dir, filepath.Base(f.Definition), f.steps.Pipeline)
	forks, err := workfolder.New(f.steps.Dir, filepath.Join(root, "run"), workfolder.Options{
		Leave: func(name string) bool { return f.leaves(name) || left(name) },
	})
	if err != nil {
		return err
	}
	f.main.above = &lane{dir: f.steps.Dir, forks: forks}
	if f.main.own, err = forks.Take(); err == nil {
		f.main.dir = f.main.own.Dir
	}
	return err
}

// Dir is the folder of the run as a whole, in which steps work that nothing runs beside.
func (f *Folders) Dir() string { return f.main.dir }

func (f *Folders) leaves(name string) bool {
	return name == ".runnable" || f.Leave != nil && f.Leave(name) || f.root != "" && name == below(f.steps.Dir, f.root)
}

// temp is where the folders lie.
func (f *Folders) temp() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != "" {
		return f.root, nil
	}
	root, release, err := workfolder.NewRoot()
	if err == nil {
		f.root, f.release = root, release
		f.held.dir = filepath.Join(root, "held")
		err = os.Mkdir(f.held.dir, 0o700)
	}
	return root, err
}

// laneOf finds the lane of the node at a path. The caller holds mu.
func (f *Folders) laneOf(path string) (*lane, error) {
	levels, err := engine.Levels(f.steps.Pipeline, path)
	if err != nil {
		return nil, err
	}
	at := f.main
	for k, level := range levels {
		lanes, ok := f.graphs[level.Graph]
		if !ok {
			lanes = lanesOf(level.Graph)
			f.graphs[level.Graph] = lanes
		}
		if head := lanes[level.Graph.Index(level.Node.Base().Name)]; head != alone {
			at = f.lane(ir.Join(level.Path, level.Graph.Nodes[head].Base().Name), level.Path, at)
		}
		if k+1 < len(levels) && splits(level.Node) {
			at = f.lane(levels[k+1].Path, ir.Join(level.Path, level.Node.Base().Name), at)
		}
	}
	return at, nil
}

// splits reports whether the graphs of a composite can run at the same time. Items always have folders of their own, so
// that the number of them at a time changes nothing.
func splits(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.Parallel:
		return len(n.Branches) > 1
	case *ir.Map:
		return true
	case *ir.Conditional, *ir.Loop, *ir.Nested, *ir.Task, *ir.Stub:
	}
	return false
}

func (f *Folders) lane(key, group string, above *lane) *lane {
	l := f.lanes[key]
	if l == nil {
		l = &lane{key: key, group: group, above: above, behind: map[engine.Key]bool{}}
		f.lanes[key] = l
	}
	return l
}

// Reached names jobs that are to run.
func (f *Folders) Reached(jobs []engine.Job) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, job := range jobs {
		l, err := f.laneOf(job.Path)
		if err != nil {
			return err
		}
		for ; l != nil; l = l.above {
			l.jobs++
		}
	}
	return nil
}

// Of returns the folder of a job that is about to run. note warns the user.
func (f *Folders) Of(ctx context.Context, job engine.Job, note func(string)) (string, error) {
	f.mu.Lock()
	l, err := f.laneOf(job.Path)
	f.mu.Unlock()
	if err != nil {
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := f.ready(ctx, l, job.Before, note); err != nil || job.Reduce != nil {
		return l.dir, err
	}
	if err := l.unfork(); err != nil {
		return "", err
	}
	return l.dir, f.catchUp(ctx, l, job.Before)
}

// ready makes sure of a lane's folder. The caller holds its lock.
func (f *Folders) ready(ctx context.Context, l *lane, before *engine.Scope, note func(string)) error {
	if l.dir != "" {
		return nil
	}
	forks, err := f.forksOf(ctx, l.above, l.group, before, note)
	if err != nil {
		return err
	}
	if l.own, err = forks.Take(); err != nil {
		return err
	}
	l.dir = l.own.Dir
	return nil
}

// forksOf returns what makes the folders of a group within a lane: of the lane's folder as it is when the first of the
// group begins.
func (f *Folders) forksOf(ctx context.Context, l *lane, group string, before *engine.Scope, note func(string)) (*workfolder.Source, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := f.ready(ctx, l, before, note); err != nil {
		return nil, err
	}
	if l.forks != nil && l.forked == group {
		return l.forks, nil
	}
	if err := errors.Join(l.unfork(), f.catchUp(ctx, l, before)); err != nil {
		return nil, err
	}
	root, err := f.temp()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.forks++
	root = filepath.Join(root, strconv.Itoa(f.forks))
	f.mu.Unlock()
	if l.forks, err = workfolder.New(l.dir, root, workfolder.Options{Leave: f.leaves}); err != nil {
		return nil, err
	}
	l.forked = group
	shared, err := l.forks.Shared()
	if len(shared) > 0 {
		note(fmt.Sprintf("%s is too large to copy for each of the steps that run at the same time: they share %d of its files and folders, such as %s; in these, write only files with different names", l.dir, len(shared), shared[0]))
	}
	return l.forks, err
}

// unfork removes the folders of the group that was within the lane.
func (l *lane) unfork() error {
	if l.forks == nil {
		return nil
	}
	forks := l.forks
	l.forks, l.forked = nil, ""
	return forks.Close()
}

// catchUp brings what was put elsewhere meanwhile, in the version that counts in a scope.
func (f *Folders) catchUp(ctx context.Context, l *lane, scope *engine.Scope) error {
	if len(l.behind) == 0 {
		return nil
	}
	var files []engine.File
	var gone []string
	for key := range l.behind {
		e, path := scope.Get(key), ""
		if path, _ = key.File(); e == nil {
			continue
		}
		switch len(e.Files) {
		case 0:
			gone = append(gone, path)
		case 1:
			file := e.Files[0]
			file.Path = path
			files = append(files, file)
		}
	}
	clear(l.behind)
	return f.steps.bring(ctx, l.dir, files, gone)
}

// Ended records the outcome of a job, after Reached has named what runs next. Lanes in which nothing runs any more end.
func (f *Folders) Ended(job engine.Job, o engine.Outcome, ran bool) error {
	f.mu.Lock()
	l, err := f.laneOf(job.Path)
	if err != nil {
		f.mu.Unlock()
		return err
	}
	var over []*lane
	for at := l; at != nil; at = at.above {
		if at.jobs--; at.jobs == 0 && at.key != "" {
			over = append(over, at)
			delete(f.lanes, at.key)
		}
	}
	f.mu.Unlock()
	l.took(o, ran)
	for _, at := range over {
		err = errors.Join(err, f.end(at))
	}
	return err
}

// took notes what a step of the lane put. What did not run here is not in the folder.
func (l *lane) took(o engine.Outcome, ran bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	note := func(key engine.Key, e *engine.Entry) {
		path, ok := key.File()
		if !ok || l.key == "" {
			return
		}
		if l.put == nil {
			l.put, l.moving = map[engine.Key]bool{}, map[string]string{}
		}
		l.put[key] = true
		if !ran {
			l.behind[key] = true
		}
		if e != nil && len(e.Files) == 1 && e.Files[0].NoCopy {
			l.moving[e.Files[0].Hash] = path
		}
	}
	for _, key := range o.Changed {
		note(key, o.After.Get(key))
	}
	for _, e := range o.Kept {
		note(e.Key, e)
	}
}

// end gives a lane's folder back and hands what was put there to the lane around it.
func (f *Folders) end(l *lane) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.unfork()
	if l.own != nil {
		err = errors.Join(err, f.held.take(l.own, l.moving))
		l.own.Give()
	}
	l.above.mu.Lock()
	defer l.above.mu.Unlock()
	for _, keys := range []map[engine.Key]bool{l.put, l.behind} {
		for key := range keys {
			l.above.behind[key] = true
		}
	}
	return err
}

// Finish brings what the run put, and what it leaves visible, into the user's folder, where that is the run's.
func (f *Folders) Finish(ctx context.Context, out *engine.Outcome) error {
	f.main.mu.Lock()
	defer f.main.mu.Unlock()
	err := f.main.unfork()
	if out != nil && out.Status.OK() {
		err = errors.Join(err, f.catchUp(ctx, f.main, out.After))
	}
	return errors.Join(err, f.held.release(f.main.dir))
}

// HandOver brings all that a run beside others put, and leaves visible, into the user's folder.
func (f *Folders) HandOver(ctx context.Context, out *engine.Outcome) error {
	all := &lane{dir: f.steps.Dir, behind: map[engine.Key]bool{}}
	for e := range out.After.All() {
		if _, ok := e.Key.File(); ok {
			all.behind[e.Key] = true
		}
	}
	return f.catchUp(ctx, all, out.After)
}

// Close removes all folders but the user's.
func (f *Folders) Close() error {
	err := f.main.unfork()
	for _, l := range f.lanes {
		err = errors.Join(err, l.unfork())
	}
	if f.main.above != nil {
		err = errors.Join(err, f.main.above.unfork())
	}
	if f.root == "" {
		return err
	}
	return errors.Join(err, f.release())
}
