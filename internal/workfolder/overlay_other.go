//go:build !linux

package workfolder

// newOverlay reports that there is no such thing on this system.
func newOverlay(string, string, *survey) (maker, bool) { return nil, false }

// detach does nothing: nothing is mounted.
func detach(string) {}
