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
	return errors.New("steps do not run on Windows: run the pipeline in WSL, or render it for argo or compose")
}

func processAttributes(*int) *syscall.SysProcAttr { return nil }

func killGroup(int, syscall.Signal) {}

func signalName(s syscall.Signal) string { return s.String() }

func socketPair() (*net.UnixConn, *os.File, error) { return nil, nil, Platform() }

func sendFiles(*net.UnixConn, []byte, ...*os.File) error { return Platform() }

func spawn([]string, *syscall.ProcAttr) (int, error) { return 0, Platform() }

func waited(int) status { return status{code: -1, lost: Platform().Error()} }

const noFollow = 0

func links(os.FileInfo) uint64 { return 0 }
