//go:build e2e

package airflow_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
)

// order is what a worker is to do with a DAG file.
type order struct {
	File   string            `json:"file"`
	Env    map[string]string `json:"env,omitempty"`
	Import bool              `json:"import,omitempty"`
}

// answer is what Airflow says of it.
type answer struct {
	State, Error string
	Leaves       []string
	Tasks        map[string]string
}

// worker is a process that runs DAGs one after another, with a database of its own.
type worker struct {
	orders  io.WriteCloser
	answers *bufio.Reader
	log     string // of Airflow and the tasks
	seen    int64  // how much of it has been taken
}

func newWorker(t *testing.T) *worker {
	t.Helper()
	for _, name := range []string{"AIRFLOW_HOME", "E2E_BIN"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/airflow/run sets it", name)
		}
	}
	dir := t.TempDir()
	base, err := os.ReadFile(filepath.Join(os.Getenv("AIRFLOW_HOME"), "airflow.db"))
	if err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(dir, "airflow.db")
	if err := os.WriteFile(database, base, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &worker{log: filepath.Join(dir, "log")}
	log, err := os.Create(w.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.CommandContext(t.Context(), "python", "drive.py")
	cmd.Env = append(compare.Environ(), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=sqlite:///"+database, "AIRFLOW__LOGGING__BASE_LOG_FOLDER="+filepath.Join(dir, "logs"))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if w.orders, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.answers = bufio.NewReader(out)
	t.Cleanup(func() {
		_ = w.orders.Close() // it ends then
		_ = cmd.Wait()
	})
	return w
}

// do hands over an order and waits for the answer.
func (w *worker) do(t *testing.T, o order) answer {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.orders.Write(append(text, '\n')); err != nil {
		t.Fatalf("%v\n%s", err, tail(w.said(t)))
	}
	line, err := w.answers.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(w.said(t)))
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return a
}

// said is what Airflow and the tasks have printed since it was last asked for.
func (w *worker) said(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(w.log)
	if err != nil {
		t.Fatal(err)
	}
	from := w.seen
	w.seen = int64(len(text))
	return text[from:]
}
