//go:build !linux

package step

import "errors"

// warmable: system libraries of other systems do not survive a fork.
const warmable = false

func openProcess(int) (int, error) { return -1, errors.ErrUnsupported }
