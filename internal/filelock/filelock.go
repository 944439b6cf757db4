// Package filelock locks files, one process at a time.
package filelock

import (
	"context"
	"os"
	"time"
)

// poll is the time between two looks at a lock that another process has.
const poll = 100 * time.Millisecond

// Lock makes the file if it is not there, and waits until this process alone has it. A process that ends gives back what it has.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		locked, err := try(f)
		if locked {
			return func() { _ = f.Close() }, nil
		}
		if err == nil {
			select {
			case <-time.After(poll):
				continue
			case <-ctx.Done():
				err = context.Cause(ctx)
			}
		}
		_ = f.Close()
		return nil, err
	}
}
