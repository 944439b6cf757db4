//go:build e2e

// Package corpus reads, renders and runs recorded workflows: the instances of WfCommons' WfInstances, which are no
// part of this project. CORPUS names the archive; the default is where this project's machines keep it.
package corpus

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/ir"
)

// archive is the corpus, a tar of JSON files that xz packed.
func archive() string {
	return cmp.Or(os.Getenv("CORPUS"), "../../../shared/corpora/wfinstances.tar.xz")
}

// instance is one recorded workflow, read without the frontend.
type instance struct {
	name  string // of the file
	text  []byte
	tasks []string
	edges []edge // sorted
}

// edge leads from a parent to a child; both are indexes of tasks.
type edge struct{ from, to int }

// instances reads the corpus. It fails where there is none: SKIP=corpus leaves the stage out.
func instances(t *testing.T) []instance {
	t.Helper()
	if _, err := os.Stat(archive()); err != nil {
		t.Fatalf("there are no recorded workflows at %s: pack the JSON files of github.com/wfcommons/WfInstances with `tar -cJf`, and name the archive in CORPUS", archive())
	}
	packed := exec.Command("xz", "--decompress", "--stdout", archive())
	var messages bytes.Buffer
	packed.Stderr = &messages
	out, err := packed.StdoutPipe()
	if err == nil {
		err = packed.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []instance
	for files := tar.NewReader(out); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", archive(), err, messages.String())
		}
		if !strings.HasSuffix(head.Name, ".json") {
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read(t, head.Name, text))
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	if err := packed.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", archive(), err, messages.String())
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no instance", archive())
	}
	return all
}

func read(t *testing.T, name string, text []byte) instance {
	t.Helper()
	var file struct {
		Workflow struct {
			Specification struct {
				Tasks []struct {
					ID      string
					Parents []string
				}
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	in := instance{name: name, text: text}
	place := map[string]int{}
	for i, task := range file.Workflow.Specification.Tasks {
		in.tasks = append(in.tasks, task.ID)
		place[task.ID] = i
	}
	for i, task := range file.Workflow.Specification.Tasks {
		for _, parent := range task.Parents {
			in.edges = append(in.edges, edge{place[parent], i})
		}
	}
	slices.SortFunc(in.edges, compareEdges)
	return in
}

func compareEdges(a, b edge) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) }

// pipeline is the instance as the frontend reads it, checked.
func (in *instance) pipeline(t *testing.T, o wfformat.Options) *ir.Pipeline {
	t.Helper()
	r := frontends.Read(t.Context(), in.name, in.text, frontends.Options{WfFormat: o})
	if len(r.Diags) > 0 {
		t.Fatal(r.Diags)
	}
	if list := ir.Check(r.Pipeline); len(list) > 0 {
		t.Fatal(list)
	}
	return r.Pipeline
}

// edgesOf are the edges of a graph of needs, as indexes of its nodes.
func edgesOf(g *ir.Graph) []edge {
	var all []edge
	for i, n := range g.Nodes {
		for _, need := range n.Base().Needs {
			all = append(all, edge{g.Index(need.Name), i})
		}
	}
	slices.SortFunc(all, compareEdges)
	return all
}

// same fails where a graph is not that of the instance, task by task and edge by edge.
func (in *instance) same(t *testing.T, what string, g *ir.Graph) {
	t.Helper()
	if len(g.Nodes) != len(in.tasks) {
		t.Errorf("%s has %d tasks, the instance %d", what, len(g.Nodes), len(in.tasks))
	}
	if edges := edgesOf(g); !slices.Equal(edges, in.edges) {
		t.Errorf("%s has %d edges, the instance %d, or others", what, len(edges), len(in.edges))
	}
}

// totals counts what went through.
type totals struct{ instances, tasks, edges, bytes, largest int }

func (s totals) String() string {
	return fmt.Sprintf("%d instances, %d tasks, %d edges; %.0f bytes a task, the largest object %.0f KiB",
		s.instances, s.tasks, s.edges, float64(s.bytes)/float64(s.tasks), float64(s.largest)/1024)
}

func TestRead(t *testing.T) {
	t.Parallel()
	var sum totals
	for _, in := range instances(t) {
		for _, o := range []wfformat.Options{{}, {AsStubs: true}, {Scale: 0.01}} {
			in.same(t, in.name, in.pipeline(t, o).Graph)
		}
		sum.instances++
		sum.tasks += len(in.tasks)
		sum.edges += len(in.edges)
	}
	if sum.tasks < sum.instances {
		t.Errorf("only %v", sum)
	}
	t.Log(sum)
}
