//go:build !linux

package step

import (
	"os"
	"time"
)

func waitWithoutReaping(int) bool { return false }

// No process has a handle here, so these are not called.
func (*output) pollUntil(*child)      {}
func (*output) pollFor(time.Duration) {}

// system is what is asked of the system about processes; elsewhere than on Linux it tells nothing.
type system struct{}

func (*system) close() {}

// sweep finds nothing here: what left its session is left alone.
func (*system) sweep(int, string) {}

func (*system) oomKills() int { return -1 }

// changeTime is left to the time of writing here.
func changeTime(os.FileInfo) int { return 0 }

func readDirNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}
