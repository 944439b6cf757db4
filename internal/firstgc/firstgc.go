// Package firstgc delays the first garbage collection, for programs that usually end before one is worthwhile.
//
// The validators of Argo and compose link hundreds of packages that fill tables before main begins: the collector took
// a quarter of the 30 ms of a start. Import it for its effect; it depends on next to nothing and its path sorts early,
// so it is among the first packages that are initialised (the Go specification, Program initialization).
package firstgc

import (
	"os"
	"runtime"
	"runtime/debug"
)

// percent makes the first collection come at 32 MiB, in place of 4 (package runtime, GOGC: the least heap grows with it).
const percent = 800

// What a package-level variable does in place of a function init, it does as early; this is the point here.
var _ = postpone()

// postpone lets the percentage of the environment, else 100, hold from the first collection on.
func postpone() bool {
	if os.Getenv("GOGC") != "" {
		return false
	}
	usual := debug.SetGCPercent(percent)
	runtime.AddCleanup(new(*byte), func(p int) { debug.SetGCPercent(p) }, usual)
	return true
}
