package step

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// conversation is the talk with one worker.
type conversation struct {
	a       *attempt
	conn    *net.UnixConn
	req     *pyRequest
	done    chan struct{}
	answer  *pyMessage
	failure *failure
	sent    int
}

func newConversation(a *attempt, conn *net.UnixConn, req *pyRequest) *conversation {
	return &conversation{a: a, conn: conn, req: req, done: make(chan struct{})}
}

// run sends the request and answers questions until the worker is gone or has answered.
func (t *conversation) run() {
	defer close(t.done)
	if t.send(t.req) != nil {
		return
	}
	r := bufio.NewReader(t.conn)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		var m pyMessage
		if err := json.Unmarshal(line, &m); err != nil {
			t.failure = fail(engine.KindError, "the Python side answered nonsense: %v", err)
			return
		}
		if m.Bound != nil {
			t.req.bound = m.Bound
			continue
		}
		if m.Fetch != nil {
			file, err := t.fetchObject(*m.Fetch)
			if err != nil {
				t.failure = fail(engine.KindData, "an artifact: %v", err)
				_ = t.conn.Close()
				return
			}
			if t.send(file) != nil {
				return
			}
			continue
		}
		if m.Need == nil {
			t.answer = &m
			return
		}
		have := map[string]any{}
		for _, n := range m.Need {
			spec, err := t.fetch(n)
			if err != nil {
				t.failure = fail(engine.KindData, "parameter %q: %v", n, err)
				_ = t.conn.Close()
				return
			}
			have[n] = spec
		}
		if t.send(map[string]any{"have": have}) != nil {
			return
		}
	}
}

// finish is called when the process is gone: what it sent is in the socket, and the end of it follows, unless
// something that got away from us holds the other side.
func (t *conversation) finish() {
	_ = t.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	<-t.done
}

func (t *conversation) send(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		t.failure = fail(engine.KindError, "request: %v", err)
		return err
	}
	_, err = t.conn.Write(append(data, '\n'))
	return err
}

func (t *conversation) fetch(name string) (any, error) {
	v, ok := t.a.view.param(engine.ParamKey(name))
	if !ok {
		return nil, errors.New("it is not visible")
	}
	return t.spec(v)
}

// spec writes a value to files that the worker reads.
func (t *conversation) spec(v engine.Value) (any, error) {
	if v.Items != nil {
		items := make([]any, len(v.Items))
		for i, it := range v.Items {
			var err error
			if items[i], err = t.spec(it); err != nil {
				return nil, err
			}
		}
		return map[string]any{"items": items}, nil
	}
	if v.IsZero() { // an item that did not return it
		v = engine.Null()
	}
	form := "json"
	data := []byte(v.JSON)
	if v.Blob != nil {
		if t.a.Blobs == nil {
			return nil, errors.New("its value is in the store, and there is none")
		}
		get := t.a.Blobs.Get
		if v.IsObject() {
			form, get = "pickle", t.object
		}
		var err error
		if data, err = get(*v.Blob); err != nil {
			return nil, err
		}
	}
	file, err := t.file(data)
	return map[string]any{form: file, "form": v.Form}, err
}

// object returns a pickled object of the store, whose seal it checks and takes away.
func (t *conversation) object(b engine.Blob) ([]byte, error) {
	data, err := t.a.Blobs.Get(b)
	if err != nil {
		return nil, err
	}
	seal, err := t.a.rt.seal()
	if err != nil {
		return nil, err
	}
	return seal.open(data)
}

// file writes a file for the worker.
func (t *conversation) file(data []byte) (string, error) {
	t.sent++
	name := filepath.Join(t.a.tmp, "in-"+strconv.Itoa(t.sent))
	return name, os.WriteFile(name, data, 0o600)
}
