package ui

import (
	"fmt"
	"net/http"
	"time"

	"github.com/runnable-render/runnable-render/internal/store"
)

const (
	lookEvery  = 500 * time.Millisecond
	aliveEvery = 15 * time.Second // a comment, so that a browser that has gone is noticed
)

// events tells a browser, as server-sent events, whenever the list or a run has changed. The first event comes at
// once: what the browser had before it was connected may be old.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	name := listView
	if r.URL.Query().Has("run") {
		name = r.URL.Query().Get("run")
		if err := store.CheckRunID(name); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	ctx, out := r.Context(), http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last view
	said := time.Now()
	for {
		text := ""
		v, err := s.views.get(ctx, name)
		switch {
		case err != nil && last.at.IsZero():
			s.fail(w, err)
			return
		case err == nil && !v.same(&last):
			last = v
			text = "event: changed\ndata: {}\n\n"
		case time.Since(said) > aliveEvery:
			text = ": alive\n\n"
		}
		if text != "" {
			said = time.Now()
			if _, err := fmt.Fprint(w, text); err != nil || out.Flush() != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
