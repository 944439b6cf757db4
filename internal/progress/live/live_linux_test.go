package live

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
)

// screen is a terminal that remembers what has scrolled out of it.
type screen struct {
	*vt.Emulator
	tty  *os.File // where programs write
	read chan struct{}
}

func newScreen(t *testing.T, width, height int) *screen {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(height), Col: uint16(width)})
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{vt.NewEmulator(width, height), tty, make(chan struct{})}
	go func() {
		defer close(s.read)
		_, _ = io.Copy(s, master) // until the last writer has gone
	}()
	t.Cleanup(func() { master.Close() })
	return s
}

// lines are all rows, those that have scrolled out of the screen first, after everybody has stopped writing.
func (s *screen) lines() []string {
	s.tty.Close()
	<-s.read
	var out []string
	for _, l := range s.Scrollback().Lines() {
		out = append(out, l.String())
	}
	out = append(out, strings.Split(ansi.Strip(s.Render()), "\n")...)
	for i, l := range out {
		out[i] = strings.TrimRight(l, " ")
	}
	return out
}

// TestBursts: every line is there once and in order, and no row of the live part among them, however many come at once and
// however small the terminal is.
func TestBursts(t *testing.T) {
	t.Parallel()
	for _, height := range []int{5, 8, 20, 50} {
		t.Run(fmt.Sprint(height), func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 80, height)
			d := New(s.tty, false)
			var want []string
			for step := range 4 {
				path := fmt.Sprintf("s%d", step)
				d.Show(progress.StepStarted{Path: path, Attempt: 1, At: time.Now()})
				for i := range 40 {
					d.Show(progress.LogLine{Path: path, Text: fmt.Sprintf("line %d", i)})
					want = append(want, fmt.Sprintf("  %s │ line %d", path, i))
				}
				time.Sleep(100 * time.Millisecond) // the live part is drawn between bursts
			}
			d.Show(progress.LogLine{Path: "s0", Text: strings.Repeat("0123456789", 100)}) // more rows than the screen
			for step := range 4 {
				d.Show(progress.StepEnded{Path: fmt.Sprintf("s%d", step), Status: engine.Success})
			}
			d.Close()
			var got []string
			for _, l := range s.lines() {
				switch {
				case strings.Contains(l, "line "):
					got = append(got, l)
				case strings.Contains(l, "running") || l == "":
					if len(got) < len(want) {
						t.Errorf("after %d lines there is the row %q", len(got), l)
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("shown: %q", got)
			}
		})
	}
}

// TestProgressBars: a bar lives beside its step, and is gone when its line ends.
func TestProgressBars(t *testing.T) {
	t.Parallel()
	m := newModel(newStyle(false), &size{})
	m.size.set(80, 24)
	m = m.take(progress.StepStarted{Path: "train", Attempt: 1, At: time.Now()})
	m = m.take(progress.OpenLine{Path: "train", Text: " 45%|####\x1b[2J    |"})
	if text := m.text(); !strings.Contains(text, "45%|#### [2J    |") {
		t.Errorf("the bar is not shown, or not safely:\n%s", text)
	}
	m = m.take(progress.OpenLine{Path: "train"})
	if text := m.text(); strings.Contains(text, "%") {
		t.Errorf("the bar is still there:\n%s", text)
	}
}
