package step

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// Platform says why no step runs on this system. A step ends with all that it started, by sessions, groups of processes
// and descriptors that are handed on; Windows has none of them, so nothing is started there.
func Platform() error {
	return errors.New("steps do not run on Windows: run the pipeline in WSL, or render it for a target that runs elsewhere")
}

func killGroup(int, syscall.Signal) {}

func signalName(s syscall.Signal) string { return s.String() }

func socketPair() (*net.UnixConn, *os.File, error) { return nil, nil, Platform() }

func sendFiles(*net.UnixConn, []byte, ...*os.File) error { return Platform() }

func (command) start() (*child, error) { return nil, Platform() }

func (command) startLasting(*starter) (*child, error) { return nil, Platform() }

func pipe() (int, *os.File, error) { return -1, nil, Platform() }

func pollable(int) *os.File { return nil }

func closeDescriptor(int) {}

const noFollow = 0

func links(os.FileInfo) uint64 { return 0 }
