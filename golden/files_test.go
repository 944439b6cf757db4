package golden

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// TestFilesEverywhere runs random pipelines whose steps put and get a handful of names, many of them at the same time:
// plainly, each step in a folder of its own, as pods, and several runs at once in one folder. All give one trace.
func TestFilesEverywhere(t *testing.T) {
	t.Parallel()
	seeds := matrix.Of(1, 4)
	if os.Getenv("FULL") != "" {
		seeds = 100
	}
	program := testbuild.Program(t, "cmd/runnable-step")
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			text := (&filesPipeline{rand: rand.New(rand.NewPCG(7, uint64(seed)))}).text()
			c := &Case{Name: "files", Dir: filepath.Join(t.TempDir(), "files")}
			c.Expect.Params = []string{"xs=[1,2]"}
			if err := os.Mkdir(c.Dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(c.Dir, "pipeline.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p := newPods(t, c, program)
			p.drive()
			want := traceOf(t, p.store, "golden")
			same := func(what, got string) {
				t.Helper()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-pods +here):\n%s\n%s", what, diff, text)
				}
			}
			for i, flags := range [][]string{nil, {"--isolate"}, {"-j", "1"}} {
				dir := copied(t, c)
				id := fmt.Sprint("r", i)
				runFiles(t, c, dir, id, flags...)
				same(strings.Join(append([]string{"run"}, flags...), " "), traceOf(t, filepath.Join(dir, ".runnable"), id))
			}
			for _, n := range []int{2, 4, 8} {
				dir := copied(t, c)
				var all sync.WaitGroup
				for i := range n {
					all.Go(func() { runFiles(t, c, dir, fmt.Sprint("r", i)) })
				}
				all.Wait()
				for i := range n {
					same(fmt.Sprintf("run %d of %d at once", i, n), traceOf(t, filepath.Join(dir, ".runnable"), fmt.Sprint("r", i)))
				}
			}
		})
	}
}

func copied(t *testing.T, c *Case) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), c.Name)
	if err := os.CopyFS(dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runFiles(t *testing.T, c *Case, dir, id string, flags ...string) {
	cmd := exec.Command(os.Args[0], append(append([]string{"run", "--run-id", id, "--format", "json"}, c.Args()...), flags...)...)
	cmd.Dir, cmd.Env = dir, environment(c)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v\n%s", err, out.Bytes())
	}
}

// traceOf is the canonical trace of a run.
func traceOf(t *testing.T, folder, id string) string {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	trace, err := runs.Trace(ctx, st, id)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// filesPipeline makes the text of a random definition. A step gets what it can see, as far as that is simple to tell; one
// that gets what is not there fails alike everywhere.
type filesPipeline struct {
	rand *rand.Rand
	b    strings.Builder
	n    int
	puts []string // in the order of the text
}

// filesSight is what can be gotten: the pattern by the name that was put.
type filesSight map[string]string

func (p *filesPipeline) text() string {
	p.b.WriteString("dag:\n  name: files\n  steps:\n")
	p.chain(4, 2, filesSight{})
	return p.b.String()
}

func (p *filesPipeline) line(indent int, format string, args ...any) {
	p.b.WriteString(strings.Repeat(" ", indent) + fmt.Sprintf(format, args...) + "\n")
}

func (p *filesPipeline) name() string {
	p.n++
	return fmt.Sprint("s", p.n)
}

// chain writes steps that follow one another, or a graph of needs.
func (p *filesPipeline) chain(indent, depth int, see filesSight) {
	if p.rand.IntN(3) == 0 {
		p.needs(indent, see)
		return
	}
	for range 2 + p.rand.IntN(2) {
		if depth > 0 && p.rand.IntN(3) > 0 {
			p.composite(indent, depth-1, see)
		} else {
			p.task(indent, see, "")
		}
	}
	p.task(indent, see, "")
}

func (p *filesPipeline) needs(indent int, see filesSight) {
	var names []string
	var sights []filesSight
	for i := range 4 {
		sight := filesSight{}
		var needs []string
		for j := range i {
			if p.rand.IntN(2) == 0 {
				needs = append(needs, names[j])
				maps.Copy(sight, sights[j])
			}
		}
		if len(needs) == 0 {
			maps.Copy(sight, see)
		}
		names = append(names, p.task(indent, sight, "needs: ["+strings.Join(needs, ", ")+"]"))
		sights = append(sights, sight)
	}
	for _, sight := range sights {
		maps.Copy(see, sight)
	}
}

func (p *filesPipeline) composite(indent, depth int, see filesSight) {
	p.line(indent, "%s:", p.name())
	after := filesSight{}
	inner := func(indent int) {
		sight := maps.Clone(see)
		p.line(indent, "steps:")
		start := len(p.puts)
		p.chain(indent+2, depth, sight)
		for _, k := range p.puts[start:] {
			if v, ok := sight[k]; ok {
				after[k] = v
			}
		}
	}
	if p.rand.IntN(2) == 0 {
		p.line(indent+2, "type: map")
		p.line(indent+2, "iterate_on: xs")
		p.line(indent+2, "iterate_as: x%d", p.n)
		p.line(indent+2, "branch:")
		inner(indent + 4)
		for k := range after {
			after[k] = "{item}/" + k
		}
	} else {
		p.line(indent+2, "type: parallel")
		p.line(indent+2, "branches:")
		for _, b := range []string{"a", "b", "c"}[:2+p.rand.IntN(2)] {
			p.line(indent+4, "%s:", b)
			inner(indent + 6)
		}
	}
	maps.Copy(see, after)
}

// task writes a step that says what it got into what it puts: files, or folders that were files elsewhere.
func (p *filesPipeline) task(indent int, see filesSight, more string) string {
	name := p.name()
	var get []string
	for _, k := range slices.Sorted(maps.Keys(see)) {
		if p.rand.IntN(3) > 0 {
			get = append(get, fmt.Sprintf("%q", see[k]))
		}
	}
	puts := []string{"a", "b", "d/x", "d", "b/deep"}
	p.rand.Shuffle(len(puts), func(i, j int) { puts[i], puts[j] = puts[j], puts[i] })
	put := puts[0]
	script := "seen=none; "
	if len(get) > 0 { // what came as ITEM/PATH must not lie about when the next step looks for such
		script = fmt.Sprintf(`seen="$(for f in %s; do find $f -type f | sort | xargs cat; done | cksum)"; rm -rf [0-9]*; sleep 0.0%d; `, globs(get), p.rand.IntN(4))
	}
	switch put {
	case "d":
		script += `rm -rf d; mkdir d; echo "$RUNNABLE_STEP $seen" > d/$(printf %s "$RUNNABLE_STEP" | tr . _)`
	case "d/x", "b/deep":
		dir, _, _ := strings.Cut(put, "/")
		script += fmt.Sprintf(`test -d %[1]s || rm -f %[1]s; mkdir -p %[1]s; echo "$RUNNABLE_STEP $seen" >> %[2]s; echo "$RUNNABLE_STEP $seen" > %[2]s`, dir, put)
	default:
		script += fmt.Sprintf(`rm -rf %[1]s; echo "$RUNNABLE_STEP $seen" > %[1]s`, put)
	}
	p.line(indent, "%s:", name)
	p.line(indent+2, "type: task")
	p.line(indent+2, "command_type: shell")
	if more != "" {
		p.line(indent+2, "%s", more)
	}
	p.line(indent+2, "command: %q", script)
	p.line(indent+2, "catalog: {get: [%s], put: [%s]}", strings.Join(get, ", "), put)
	see[put] = put
	p.puts = append(p.puts, put)
	for k := range see {
		if strings.HasPrefix(k, put+"/") || strings.HasPrefix(put, k+"/") && k != "d" {
			delete(see, k)
		}
	}
	return name
}

// globs are the patterns as a shell finds their files.
func globs(get []string) string {
	var out []string
	for _, g := range get {
		g = strings.Trim(g, `"`)
		out = append(out, strings.Replace(g, "{item}/", "[0-9]*/", 1))
	}
	return strings.Join(out, " ")
}
