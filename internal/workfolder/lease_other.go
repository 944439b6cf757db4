//go:build !unix

package workfolder

import "os"

// NewRoot makes a folder for those of sources, where temporary files go. release removes it.
func NewRoot() (dir string, release func() error, err error) {
	return NewTemp("runnable-render-folders-")
}

// NewTemp makes a folder where temporary files go. release removes it.
func NewTemp(prefix string) (dir string, release func() error, err error) {
	return NewTempIn(os.TempDir(), prefix)
}

// NewTempIn makes a folder in another. release removes it.
func NewTempIn(parent, prefix string) (dir string, release func() error, err error) {
	dir, err = os.MkdirTemp(parent, prefix)
	return dir, func() error { return removeAll(dir) }, err
}

// Lease is the right to work in a folder itself, which one process has at a time. It ends with the process.
type Lease struct{}

// TakeLease takes the lease of a folder. No step runs on this system, so nobody has it.
func TakeLease(string) *Lease { return &Lease{} }

// Release gives the lease back.
func (*Lease) Release() {}
