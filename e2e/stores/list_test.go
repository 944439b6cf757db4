//go:build e2e

package stores

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// counted passes requests on to a server and counts them. The Host that was asked for stays where signatures cover it;
// the emulator of Google's server, which checks none, goes by its own.
func counted(t *testing.T, addr string, signed bool) (through string, count *atomic.Int64) {
	t.Helper()
	count = &atomic.Int64{}
	p := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: addr})
		if signed {
			r.Out.Host = r.In.Host
		}
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), count
}

// A list of runs in a bucket reads each run once, and from then on the index: a handful of requests for any number of
// runs. It follows what changes, and is right when the index is broken.
func TestListInBuckets(t *testing.T) {
	for _, c := range []struct {
		name  string
		start func(t *testing.T) (direct, through string, count *atomic.Int64)
	}{
		{"S3", func(t *testing.T) (string, string, *atomic.Int64) {
			addr := s3(t).addr
			through, count := counted(t, addr, true)
			return s3URL(addr, "list"), s3URL(through, "list"), count
		}},
		{"GCS", func(t *testing.T) (string, string, *atomic.Int64) {
			through, count := counted(t, gcs(t), false)
			t.Setenv("STORAGE_EMULATOR_HOST", through)
			return "gs://bucket/list", "gs://bucket/list", count
		}},
		{"Azure", func(t *testing.T) (string, string, *atomic.Int64) {
			addr, _ := azure(t)
			through, count := counted(t, addr, true)
			return azureURL(addr, "list"), azureURL(through, "list"), count
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			direct, through, count := c.start(t)
			st, ctx := open(t, direct), context.Background()
			list := func() (lines []string, requests int64) {
				t.Helper()
				count.Store(0)
				r := succeeds(t, "runs", "list", "--store", through, "--sort", "run", "-n", "0", "--format", "csv")
				return strings.Split(strings.TrimSpace(r.out), "\n")[1:], count.Load()
			}
			expect := func(what string, n int, want string, atMost int64) int64 {
				t.Helper()
				lines, requests := list()
				if len(lines) != n || !strings.Contains(strings.Join(lines, "\n"), want) || requests > atMost {
					t.Errorf("%s: %d requests for %d runs, want at most %d for %d with %q\n%s", what, requests, len(lines), atMost, n, want, strings.Join(lines, "\n"))
				}
				return requests
			}
			const runs = 60
			for i := range runs {
				ended(t, st, fmt.Sprintf("r%03d", i), engine.Success)
			}
			const few = 10
			first := expect("the first list", runs, "r059,p,local,SUCCESS", few+3*runs)
			again := expect("the second", runs, "r059,p,local,SUCCESS", few)
			ended(t, st, "s", engine.Failed)
			expect("with one more", runs+1, "s,p,local,FAIL", few+3)
			if err := st.Reopen(ctx, "s"); err != nil {
				t.Fatal(err)
			}
			if err := st.PutEnd(ctx, "s", store.End{Status: engine.Success, Ended: time.Now()}); err != nil {
				t.Fatal(err)
			}
			expect("after a retry", runs+1, "s,p,local,SUCCESS", few+6)
			if err := st.RemoveRun(ctx, "r000"); err != nil {
				t.Fatal(err)
			}
			expect("after a removal", runs, "r001,p,local,SUCCESS", few+6)
			if err := st.WriteIndex(ctx, []byte(`{"version": 1, "runs": [{`)); err != nil {
				t.Fatal(err)
			}
			expect("with a broken index", runs, "s,p,local,SUCCESS", few+4*runs)
			expect("and after it", runs, "s,p,local,SUCCESS", few+6)
			t.Logf("TABLE | %s | `runs list` of %d runs, first and again | none | %d and %d requests |", c.name, runs, first, again)
		})
	}
}

// ended is a run that has ended, as far as a list looks.
func ended(t *testing.T, st *store.Store, id string, status engine.Status) {
	t.Helper()
	ctx := context.Background()
	now := time.Now()
	err := st.CreateRun(ctx, engine.Header{
		Run: id, Pipeline: "p", Target: "local", Started: now, Definition: []byte(`{"version":1,"name":"p","graph":{"start":"success","steps":[]}}`),
	})
	if err == nil {
		err = st.PutEnd(ctx, id, store.End{Status: status, Ended: now})
	}
	if err != nil {
		t.Fatal(err)
	}
}
