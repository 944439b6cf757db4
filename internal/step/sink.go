package step

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/mask"
)

// sink is where an attempt's log goes: masked, to one writer, in the pieces in which it arrives, so a line may be
// of any length.
type sink struct {
	mu   sync.Mutex
	to   io.Writer
	mask *mask.Masker
	tail []byte // the end of what was written
	open bool   // the last line has no end yet
	err  error  // of the writer; what follows is dropped
}

const tailBytes = 2 << 10

func newSink(w io.Writer) *sink {
	if w == nil {
		w = io.Discard
	}
	return &sink{to: w, mask: &mask.Masker{}}
}

// masking hides the values from now on.
func (s *sink) masking(values map[string]string) {
	var all []string
	for _, v := range values {
		all = append(all, v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(s.mask.Next(nil, true))
	s.mask = mask.New(all)
}

// Write implements [io.Writer]. It never fails: a task must not die of a full disk under its log.
func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(s.mask.Next(p, false))
	return len(p), nil
}

// flush writes what was held back.
func (s *sink) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(s.mask.Next(nil, true))
}

func (s *sink) close() { s.flush() }

// note writes a line of ours.
func (s *sink) note(format string, args ...any) {
	s.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	line := "[runnable-render] " + s.mask.Text(fmt.Sprintf(format, args...)) + "\n"
	if s.open {
		line = "\n" + line
	}
	s.emit([]byte(line))
}

func (s *sink) emit(p []byte) {
	if len(p) == 0 {
		return
	}
	s.open = p[len(p)-1] != '\n'
	s.tail = append(s.tail, p[max(0, len(p)-tailBytes):]...)
	if over := len(s.tail) - tailBytes; over > 0 {
		s.tail = append(s.tail[:0], s.tail[over:]...)
	}
	if s.err == nil {
		_, s.err = s.to.Write(p)
	}
}

// lastLine returns the last line that says something, shortened.
func (s *sink) lastLine() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := bytes.TrimRight(s.tail, " \t\r\n")
	if i := bytes.LastIndexAny(text, "\r\n"); i >= 0 {
		text = text[i+1:]
	}
	line := strings.TrimSpace(strings.ToValidUTF8(string(text), "\uFFFD"))
	if r := []rune(line); len(r) > 300 {
		line = string(r[:300]) + "…"
	}
	return line
}
