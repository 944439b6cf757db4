//go:build e2e

package compose_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/webhook"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// receiver is a server on the engine's own network, with and without TLS, that prints each summary that it is sent. The
// tests cannot serve themselves: the engine may have a network of its own.
const receiver = `
import json, ssl, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        well = told["run_id"] == self.headers["X-Runnable-Run-Id"] and told["status"] == self.headers["X-Runnable-Status"]
        print(json.dumps({"told": told["run_id"] + " " + told["status"]}), flush=True)
        self.send_response(204 if well and self.path == "` + webhook.Path + `" else 400)
        self.end_headers()

    def log_message(self, *args):
        pass

plain, secure = ThreadingHTTPServer(("0.0.0.0", 0), Hooks), ThreadingHTTPServer(("0.0.0.0", 0), Hooks)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("/work/pair.pem")
secure.socket = tls.wrap_socket(secure.socket, server_side=True)
print(json.dumps({"http": plain.server_port, "https": secure.server_port}), flush=True)
threading.Thread(target=secure.serve_forever, daemon=True).start()
plain.serve_forever()
`

// hookServer is a receiver that runs.
type hookServer struct {
	container   string
	http, https string // addresses of the hook
	image       string // of steps: it has the certificate at /work/ca.pem
}

// said are the lines of a server's log, each read as JSON.
func (s *hookServer) said(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(docker(t, "logs", s.container)) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("the server says %s", line)
		}
		lines = append(lines, m)
	}
	return lines
}

// told are the summaries of a run that the server got.
func (s *hookServer) told(t *testing.T, run string) []string {
	t.Helper()
	var out []string
	for _, line := range s.said(t) {
		text, _ := line["told"].(string)
		if status, ok := strings.CutPrefix(text, run+" "); ok {
			out = append(out, status)
		}
	}
	return out
}

// serveHooks starts a receiver.
func (e *engine) serveHooks(t *testing.T) *hookServer {
	t.Helper()
	subnet, err := netip.ParsePrefix(strings.TrimSpace(docker(t, "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Subnet}}")))
	if err != nil {
		t.Fatal(err)
	}
	host := subnet.Masked().Addr().Next().String() // the machine, as containers reach it
	pair, certificate, err := webhook.Pair(host)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(stepUser, imagetar.File{Path: "work/", Mode: 0o755},
		imagetar.File{Path: "work/ca.pem", Mode: 0o644, Data: certificate}, imagetar.File{Path: "work/pair.pem", Mode: 0o644, Data: pair},
		imagetar.File{Path: "work/receiver.py", Mode: 0o644, Data: []byte(receiver)})
	if err != nil {
		t.Fatal(err)
	}
	image := images.New("hooks-"+e.version, "/work", e.root, layer)
	image.User = fmt.Sprint(stepUser)
	load(t, image)
	s := &hookServer{image: image.Name}
	s.container = strings.TrimSpace(docker(t, "run", "-d", "--network", "host", image.Name, "python3", "/work/receiver.py"))
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "-f", s.container).Run() })
	for started := time.Now(); len(s.said(t)) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Since(started) > time.Minute {
			t.Fatal("the server does not start")
		}
	}
	ports := s.said(t)[0]
	s.http, s.https = fmt.Sprintf("http://%s:%v%s", host, ports["http"], webhook.Path), fmt.Sprintf("https://%s:%v%s", host, ports["https"], webhook.Path)
	return s
}

const hooked = `
dag:
  on_success: [{webhook_from: HOOK_URL}, {command: 'test ${#PASSWORD} = 12 && echo "it is $PASSWORD"', secrets: [PASSWORD]}]
  on_failure: [{webhook_from: HOOK_URL}, 'test "$RUNNABLE_FAILED_STEP" = work', exit 3]
  steps: {work: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -ge 2 ]'}}
`

// hooks sees what is done when runs have ended: by a real server that containers post to, and by what is kept.
func (e *engine) hooks(t *testing.T) {
	s := e.serveHooks(t)
	dir := definition(t, hooked)
	if err := os.WriteFile(filepath.Join(dir, "runnable-config.yaml"), []byte("compose: {env: {SSL_CERT_FILE: /work/ca.pem}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := e.project(t, e.render(t, dir, s.image, nil, "pipeline.yaml"), []string{"PASSWORD=open  sesame", "HOOK_URL=" + s.https})
	check := func(what string, code, want int, told []string, well ...bool) {
		t.Helper()
		st, run := p.facts(t)
		if diff := cmp.Diff(told, s.told(t, run)); diff != "" || code != want {
			t.Errorf("%s: result ended with %d, want %d; the server was told (-want +got):\n%s\n%s", what, code, want, diff, p.log)
		}
		end, err := st.End(t.Context(), run)
		if err != nil || end == nil {
			t.Fatalf("%s: the run has no end: %v\n%s", what, err, p.log)
		}
		var got []bool
		for _, h := range end.Hooks {
			got = append(got, h.OK)
		}
		if diff := cmp.Diff(well, got); diff != "" || string(end.Status) != told[len(told)-1] {
			t.Errorf("%s: the run is %s, its hooks (-want +got):\n%s%+v\n%s", what, end.Status, diff, end.Hooks, p.log)
		}
	}
	check("up", p.up(t), 1, []string{"FAIL"}, true, true, false)
	check("up again", p.up(t), 1, []string{"FAIL"}, true, true, false)
	check("retry", p.up(t, "RUNNABLE_RETRY=1"), 0, []string{"FAIL", "SUCCESS"}, true, true)
	check("up after the retry", p.up(t), 0, []string{"FAIL", "SUCCESS"}, true, true)
	for _, secret := range []string{"sesame", webhook.Path} {
		if strings.Contains(p.log, secret) {
			t.Errorf("the output holds %q:\n%s", secret, p.log)
		}
		p.factsHide(t, secret)
	}
	e.hooksOfCommand(t, dir, s)
	e.webhooksAlone(t, s)
}

// hooksOfCommand runs and retries by this tool's own command, which shows what hooks write.
func (e *engine) hooksOfCommand(t *testing.T, dir string, s *hookServer) {
	t.Helper()
	run := "hooked-" + e.version
	command := func(args ...string) (int, string) {
		cmd := e.command(t, dir, append(append(args, e.inCompose(s.image)...), "--store", filepath.Join(dir, "facts"))...)
		cmd.Env = append(cmd.Env, "PASSWORD=open  sesame", "HOOK_URL="+s.https)
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	code, out := command("run", "pipeline.yaml", "--run-id", run)
	if code != 1 || !strings.Contains(out, "hook failed") || !strings.Contains(out, "on_failure 3 (command)") {
		t.Errorf("run: exit %d\n%s", code, out)
	}
	code, out = command("retry", run)
	if code != 0 || !strings.Contains(out, "it is ***") || strings.Contains(out, "sesame") || strings.Contains(out, "hook failed") {
		t.Errorf("retry: exit %d\n%s", code, out)
	}
	if diff := cmp.Diff([]string{"FAIL", "SUCCESS"}, s.told(t, run)); diff != "" {
		t.Errorf("the server was told (-want +got):\n%s", diff)
	}
}

// webhooksAlone posts from the runner's image, which is all that webhooks need.
func (e *engine) webhooksAlone(t *testing.T, s *hookServer) {
	t.Helper()
	plan := e.render(t, definition(t, "dag: {on_success: [{webhook_from: HOOK_URL}], steps: {a: {type: stub}}}\n"), e.base, nil, "pipeline.yaml")
	p := e.project(t, plan, []string{"HOOK_URL=" + s.http})
	code := p.up(t)
	if image := strings.TrimSpace(docker(t, "inspect", "-f", "{{.Config.Image}}", p.container(t, "hooks"))); image != e.runner {
		t.Errorf("the hooks ran in %s", image)
	}
	if _, run := p.facts(t); code != 0 || !cmp.Equal([]string{"SUCCESS"}, s.told(t, run)) {
		t.Errorf("result ended with %d, the server was told %v\n%s", code, s.told(t, run), p.log)
	}
}
