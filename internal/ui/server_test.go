package ui_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/ui"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// begin makes a run of two stubs of which nothing has run yet.
func begin(t testing.TB, st *store.Store, run string) {
	t.Helper()
	p := &ir.Pipeline{Name: "p", Graph: &ir.Graph{Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "a"}}, &ir.Stub{Common: ir.Common{Name: "b"}}}}}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	definition, err := irjson.Encode(p)
	must(t, err)
	must(t, st.CreateRun(t.Context(), engine.Header{Run: run, Pipeline: "p", Target: "local", Started: time.Now(), Definition: definition}))
}

// end writes the record of a step with a log.
func end(t testing.TB, st *store.Store, run, path string) {
	t.Helper()
	now, before := time.Now(), engine.InitialScope(nil)
	after, err := before.Save(st.Blobs(t.Context()))
	must(t, err)
	w, err := st.LogWriter(t.Context(), run, path, 1)
	must(t, err)
	_, err = io.WriteString(w, "</script><b>log</b>\n")
	must(t, err)
	must(t, w.Close())
	must(t, st.PutRecord(t.Context(), run, engine.Record{
		Path: path, Attempt: 1, Kind: "stub", Status: engine.Success, Started: now, Ended: now.Add(time.Second), Before: before.Digest(), After: after,
		Returns: []engine.Named{{Name: "big", Value: engine.Value{JSON: []byte("12345678901234567890123")}}},
	}))
}

// serve serves a store with one run.
func serve(t testing.TB) (*store.Store, *httptest.Server) {
	t.Helper()
	st, err := store.Open(t.Context(), t.TempDir())
	must(t, err)
	begin(t, st, "r")
	end(t, st, "r", "a")
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = ui.New(s.Listener.Addr(), ui.Options{Store: st, Program: "test", Runs: func(ctx context.Context) ([]runs.Entry, error) {
		e, _, err := runs.EntryOf(ctx, st, "r")
		return []runs.Entry{e}, err
	}})
	s.Start()
	t.Cleanup(s.Close)
	return st, s
}

func get(t testing.TB, address string, change func(r *http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	must(t, err)
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer, string(body)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	page, body := get(t, s.URL+"/", nil)
	if page.StatusCode != http.StatusOK || !strings.Contains(body, `"live":true`) {
		t.Errorf("%d %.200s", page.StatusCode, body)
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	var entries []runs.Entry
	_, body = get(t, s.URL+"/api/runs", nil)
	must(t, json.Unmarshal([]byte(body), &entries))
	if len(entries) != 1 || entries[0].RunID != "r" {
		t.Errorf("got %+v", entries)
	}
	var run struct {
		Summary  struct{ Status engine.Status }
		Timeline struct{ Attempts []any }
		Graph    struct{ Nodes []any }
	}
	_, body = get(t, s.URL+"/api/run?run=r", nil)
	must(t, json.Unmarshal([]byte(body), &run))
	if len(run.Timeline.Attempts) != 1 || len(run.Graph.Nodes) != 2 || run.Summary.Status != engine.Running {
		t.Errorf("got %s", body)
	}
	var a report.Attempt
	_, body = get(t, s.URL+"/api/attempt?run=r&path=a&attempt=1", nil)
	must(t, json.Unmarshal([]byte(body), &a))
	if a.Log == nil || a.Log.Text != "</script><b>log</b>\n" || a.Returns[0].Text != "12345678901234567890123" {
		t.Errorf("got %s", body)
	}
	_, body = get(t, s.URL+"/api/compare?run=r&run=r", nil)
	if !strings.Contains(body, `"run_id":"r"`) {
		t.Errorf("got %s", body)
	}
}

// What is wrong is said with the right status.
func TestErrors(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	for path, want := range map[string]int{
		"/x": 404, "/api/run?run=none": 404, "/api/run?run=../x": 400, "/api/attempt?run=r&path=a&attempt=0": 400, "/api/attempt?run=r&path=a": 400,
		"/api/compare": 400, "/api/events?run=none": 404, "/api/compare?run=none&run=r": 404,
	} {
		if answer, body := get(t, s.URL+path, nil); answer.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", path, answer.StatusCode, want, body)
		}
	}
	answer, err := http.Post(s.URL+"/api/runs", "text/plain", strings.NewReader("x")) //nolint:noctx // a test
	must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST gives %d", answer.StatusCode)
	}
}

// Another page, and a foreign name that leads to this address, get nothing.
func TestForeign(t *testing.T) {
	t.Parallel()
	_, s := serve(t)
	at, err := url.Parse(s.URL)
	must(t, err)
	_, port, err := net.SplitHostPort(at.Host)
	must(t, err)
	for _, tt := range []struct {
		name, host, origin, site string
		want                     int
	}{
		{"this page", "", s.URL, "same-origin", 200},
		{"by its name", "localhost:" + port, "http://localhost:" + port, "", 200},
		{"foreign host", "evil.example:" + port, "", "", 403},
		{"other port", "127.0.0.1:1", "", "", 403},
		{"no port", "127.0.0.1", "", "", 403},
		{"foreign origin", "", "https://evil.example", "", 403},
		{"no origin to speak of", "", "null", "", 403},
		{"another port's page", "", "http://localhost:1", "", 403},
		{"another page's picture", "", "", "cross-site", 403},
		{"a page of the same site", "", "", "same-site", 403},
	} {
		answer, _ := get(t, s.URL+"/api/runs", func(r *http.Request) {
			if tt.host != "" {
				r.Host = tt.host
			}
			for name, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
		})
		if answer.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, answer.StatusCode, tt.want)
		}
	}
}

// Who watches is told at once, and again when something has changed.
func TestEvents(t *testing.T) {
	t.Parallel()
	st, s := serve(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/events?run=r", nil)
	must(t, err)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	events := make(chan string)
	go func() {
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if text := lines.Text(); strings.HasPrefix(text, "event: ") {
				events <- text
			}
		}
		close(events)
	}()
	if e := <-events; e != "event: changed" {
		t.Fatalf("got %q", e)
	}
	end(t, st, "r", "b")
	if e := <-events; e != "event: changed" {
		t.Fatalf("got %q", e)
	}
}
