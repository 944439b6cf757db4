// Package ui serves the page of runs on this machine: read only, and only to browsers on this machine.
//
// Each response shows the store at the moment of the request. A browser that watches is notified of changes, and
// requests the data again.
package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/web"
)

// Options says what is served.
type Options struct {
	Store    *store.Store
	Program  string                                          // that serves
	Runs     func(ctx context.Context) ([]runs.Entry, error) // lists the runs of the store, the newest first
	Commands func(s *runs.Summary) *runs.Commands            // what to type next; nil: nothing
}

// maxCompared is the number of runs that are compared at a time.
const maxCompared = 50

// server answers for one store.
type server struct {
	Options
	hosts []string // by which a browser may call it
	views views
}

// New is a handler for a server that listens at an address of this machine.
func New(at net.Addr, o Options) http.Handler {
	s := &server{Options: o, hosts: names(at)}
	s.views.make = s.view
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /api/runs", s.runs)
	mux.HandleFunc("GET /api/run", s.run)
	mux.HandleFunc("GET /api/attempt", s.attempt)
	mux.HandleFunc("GET /api/compare", s.compare)
	mux.HandleFunc("GET /api/events", s.events)
	return s.guarded(mux)
}

// names are the hosts that stand for an address on this machine.
func names(at net.Addr) []string {
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil
	}
	return []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port}
}

// guarded refuses what does not come from this page: another Host is how a foreign name that leads here is abused,
// another Origin is another page.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", web.Policy(true)+"; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !slices.Contains(s.hosts, strings.ToLower(r.Host)):
			http.Error(w, "this server answers to "+s.hosts[0]+" and "+s.hosts[1]+" alone", http.StatusForbidden)
		case !s.ownOrigin(r.Header.Get("Origin")), r.URL.Path != "/" && foreignSite(r.Header.Get("Sec-Fetch-Site")):
			http.Error(w, "another page may not call this server", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *server) ownOrigin(origin string) bool {
	if origin == "" {
		return true // no page, or this one
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && slices.Contains(s.hosts, strings.ToLower(u.Host))
}

func foreignSite(site string) bool { return site == "cross-site" || site == "same-site" }

func (s *server) page(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	doc := &report.Document{Version: report.Version, Program: s.Program, Made: time.Now().UTC(), Live: true, Title: "Runs"}
	if err := doc.Write(&b); err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a browser that has gone needs no answer
}

func (s *server) runs(w http.ResponseWriter, r *http.Request) {
	v, err := s.views.get(r.Context(), listView)
	s.answer(w, v.body, err)
}

func (s *server) run(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("run")
	if err := store.CheckRunID(id); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v, err := s.views.get(r.Context(), id)
	s.answer(w, v.body, err)
}

func (s *server) attempt(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	n, err := strconv.Atoi(q.Get("attempt"))
	if err != nil || n < 1 || q.Get("path") == "" {
		http.Error(w, "want run, path and attempt, a number from 1", http.StatusBadRequest)
		return
	}
	a, err := report.AttemptOf(r.Context(), s.Store, q.Get("run"), q.Get("path"), n)
	s.answerJSON(w, a, err)
}

func (s *server) compare(w http.ResponseWriter, r *http.Request) {
	ids := r.URL.Query()["run"]
	if len(ids) < 1 || len(ids) > maxCompared {
		http.Error(w, "want from 1 to "+strconv.Itoa(maxCompared)+" runs", http.StatusBadRequest)
		return
	}
	all := make([]*runs.Details, len(ids))
	for i, id := range ids {
		var err error
		if all[i], err = runs.Read(r.Context(), s.Store, id); err != nil {
			s.fail(w, err)
			return
		}
	}
	c, err := runs.Compare(all)
	if err != nil {
		s.fail(w, err)
		return
	}
	s.answerJSON(w, report.ComparisonOf(c), nil)
}

func (s *server) answerJSON(w http.ResponseWriter, v any, err error) {
	if err != nil {
		s.fail(w, err)
		return
	}
	body, err := json.Marshal(v)
	s.answer(w, body, err)
}

func (s *server) answer(w http.ResponseWriter, body []byte, err error) {
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// fail says what is wrong as plain text, which the page shows as such.
func (s *server) fail(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	if errors.Is(err, store.ErrNoRun) {
		code = http.StatusNotFound
	}
	http.Error(w, err.Error(), code)
}
