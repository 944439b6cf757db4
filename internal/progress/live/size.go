package live

import (
	"os"
	"sync/atomic"

	"golang.org/x/term"
)

// size is that of the terminal, as last known. It is read and written from any goroutine.
type size struct{ width, height atomic.Int64 }

// sizeOf asks the terminal.
func sizeOf(w *os.File) *size {
	s := &size{}
	s.set(80, 24)
	if width, height, err := term.GetSize(int(w.Fd())); err == nil {
		s.set(width, height)
	}
	return s
}

// set remembers a size; a terminal that does not know its size says 0.
func (s *size) set(width, height int) {
	if width > 0 && height > 0 {
		s.width.Store(int64(width))
		s.height.Store(int64(height))
	}
}

func (s *size) columns() int { return int(s.width.Load()) }

func (s *size) rows() int { return int(s.height.Load()) }
