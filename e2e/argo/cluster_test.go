//go:build e2e

package argo_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/store"
)

// cluster is a Kubernetes with Argo, however it came about: all goes through kubectl.
type cluster struct {
	namespace string
	bin       string // folder of runnable-render and runnable-step
	claim     string // holds the facts of all runs
	images    *imageNames
	loading   *sync.Mutex // held while images are loaded
}

// kubectl runs one command and returns what it printed.
func (c *cluster) kubectl(ctx context.Context, stdin string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "kubectl", append([]string{"-n", c.namespace}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(errs.Bytes()))
	}
	return out.Bytes(), nil
}

// argo runs one command of Argo's own program and returns what it printed.
func (c *cluster) argo(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "argo", append([]string{"-n", c.namespace}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("argo %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// apply makes objects.
func (c *cluster) apply(t testing.TB, manifest string) {
	t.Helper()
	if _, err := c.kubectl(t.Context(), manifest, "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
}

// workflow is what the tests look at of a Workflow.
type workflow struct {
	Metadata struct {
		Name string `json:"name"`
		UID  string `json:"uid"`
	} `json:"metadata"`
	Status struct {
		Phase      string    `json:"phase"`
		Message    string    `json:"message"`
		StartedAt  time.Time `json:"startedAt"`
		FinishedAt time.Time `json:"finishedAt"`
		Nodes      map[string]struct {
			ID           string `json:"id"`
			Name         string `json:"name"`
			DisplayName  string `json:"displayName"`
			Type         string `json:"type"`
			Phase        string `json:"phase"`
			Message      string `json:"message"`
			TemplateName string `json:"templateName"`
			Inputs       struct {
				Parameters []struct{ Name, Value string } `json:"parameters"`
			} `json:"inputs"`
		} `json:"nodes"`
	} `json:"status"`
}

// submit creates a Workflow and returns its name.
func (c *cluster) submit(t testing.TB, manifest []byte) string {
	t.Helper()
	out, err := c.kubectl(t.Context(), string(manifest), "create", "-f", "-", "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(strings.TrimSpace(string(out)), "/")
	return name
}

func (c *cluster) get(ctx context.Context, name string) (*workflow, error) {
	out, err := c.kubectl(ctx, "", "get", "workflow", name, "-o", "json")
	if err != nil {
		return nil, err
	}
	w := &workflow{}
	return w, json.Unmarshal(out, w)
}

// wait returns the workflow once it is over.
func (c *cluster) wait(t testing.TB, name string) *workflow {
	t.Helper()
	if _, err := c.kubectl(t.Context(), "", "wait", "workflow/"+name, "--for=condition=Completed", "--timeout="+patience().String()); err != nil {
		t.Fatalf("%v\n%s", err, c.story(t, name))
	}
	w, err := c.get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// patience is how long one workflow may take. With FULL=1 the loop of 120 is as many pods, one after the other; without it
// a workflow that has not ended after a few minutes waits for something that never comes, such as room on a full disk.
func patience() time.Duration {
	if os.Getenv("FULL") == "1" {
		return 40 * time.Minute
	}
	return 10 * time.Minute
}

// story is what a failed test shows of a workflow: nodes that did not succeed, and the logs of their pods.
func (c *cluster) story(t testing.TB, name string) string {
	w, err := c.get(t.Context(), name)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", name, w.Status.Phase, w.Status.Message)
	for _, n := range w.Status.Nodes {
		if n.Phase != "Succeeded" && n.Phase != "Skipped" && n.Phase != "Omitted" {
			fmt.Fprintf(&b, "  %s %s %s %s\n", n.Name, n.Type, n.Phase, n.Message)
		}
	}
	logs, err := c.kubectl(t.Context(), "", "logs", "-l", "workflows.argoproj.io/workflow="+name, "-c", "main", "--tail=30", "--prefix", "--ignore-errors")
	for line := range strings.Lines(string(logs)) {
		if !strings.Contains(line, "argo=true") {
			b.WriteString(line)
		}
	}
	if err != nil {
		b.WriteString(err.Error())
	}
	return b.String()
}

// facts opens a copy of a run's part of the store, and of all blobs, that a pod reads from its claim.
func (c *cluster) facts(t *testing.T, reader, run string) *store.Store {
	t.Helper()
	out, err := c.kubectl(t.Context(), "", "exec", reader, "--", "tar", "-cf", "-", "-C", "/facts", "--", "runs/"+run, "blobs")
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := untar(bytes.NewReader(out), dir); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), dir)
	return closed(t, st, err)
}

func untar(r io.Reader, dir string) error {
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
}

// prepare makes the claim that keeps the facts of all runs, and a pod of its name to read them by.
func (c *cluster) prepare(t testing.TB) {
	c.apply(t, fmt.Sprintf(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: %s}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`, c.claim))
	t.Cleanup(func() {
		_, _ = c.kubectl(context.WithoutCancel(t.Context()), "", "delete", "pvc", c.claim, "--wait=false")
	})
	c.reader(t, c.claim, c.claim)
	if _, err := c.kubectl(t.Context(), "", "exec", c.claim, "--", "chmod", "777", "/facts"); err != nil {
		t.Fatal(err)
	}
}

// reader starts a pod that holds a claim at /facts.
func (c *cluster) reader(t testing.TB, pod, claim string) {
	t.Helper()
	c.apply(t, fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  terminationGracePeriodSeconds: 0
  securityContext: {runAsUser: 0}
  containers:
  - {name: main, image: "%s", command: [sleep, "100000"], volumeMounts: [{name: facts, mountPath: /facts}]}
  volumes: [{name: facts, persistentVolumeClaim: {claimName: %s}}]
`, pod, c.images.base, claim))
	t.Cleanup(func() {
		_, _ = c.kubectl(context.WithoutCancel(t.Context()), "", "delete", "pod", pod, "--wait=false")
	})
	if _, err := c.kubectl(t.Context(), "", "wait", "--for=condition=Ready", "--timeout=120s", "pod/"+pod); err != nil {
		t.Fatal(err)
	}
}

// secret makes a Secret.
func (c *cluster) secret(t testing.TB, name string, data map[string]string) {
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name}, "stringData": data})
	if err != nil {
		t.Fatal(err)
	}
	c.apply(t, string(text))
	t.Cleanup(func() {
		_, _ = c.kubectl(context.WithoutCancel(t.Context()), "", "delete", "secret", name, "--wait=false")
	})
}
