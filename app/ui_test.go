package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A run that cannot be read does not hide the others on the page; who serves it is told once.
func TestPageBesideADamagedRun(t *testing.T) {
	t.Parallel()
	w := newElsewhere(t, "local", "dag: {steps: {only: {type: stub}}}\n")
	for _, id := range []string{"good", "bad"} {
		w.command(0, "run", w.file, "--run-id", id)
	}
	if err := os.Truncate(filepath.Join(w.store, "runs", "bad", "run.json"), 9); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("runnable-render", "ui", "--address", "127.0.0.1:0", "--store", w.store)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, said.String())
	}
	for range 2 {
		var list []struct {
			RunID string `json:"run_id"`
		}
		r, err := http.Get(strings.TrimSpace(address) + "api/runs")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(r.Body).Decode(&list); err != nil || len(list) != 1 || list[0].RunID != "good" {
			t.Errorf("%v, %v", list, err)
		}
		_ = r.Body.Close()
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if n := strings.Count(said.String(), "warning: run bad is left out: "); n != 1 {
		t.Errorf("warned %d times\n%s", n, &said)
	}
}
