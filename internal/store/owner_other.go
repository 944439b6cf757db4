//go:build !linux

package store

import (
	"errors"
	"os"
	"syscall"
)

func processStart(int) string { return "" }
func bootID() string          { return "" }
func pidSpace() string        { return "" }

func processLives(pid int, _ string) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
