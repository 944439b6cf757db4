package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/gcerrors"
)

// How often an exchange with a bucket is tried, and the wait after the first failure; it doubles each time. The
// drivers try a single request again themselves; this bridges a server that is restarted.
const (
	tries     = 5
	firstWait = 250 * time.Millisecond
)

// persist does something until it succeeds, fails for a reason that will not go away, or has been tried often enough.
func persist(ctx context.Context, do func() error) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := do()
		if err == nil || try == tries || !passing(err) {
			return err
		}
		if !sleep(ctx, wait) {
			return err
		}
		wait *= 2
	}
}

// sleep waits, and reports false when the context ends first.
func sleep(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// passing reports whether an error may go away by itself: of the network, or a server that is not well.
func passing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errNoBucket) {
		return false
	}
	var local *fs.PathError
	if errors.As(err, &local) {
		return false
	}
	for _, gone := range []error{io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			return true
		}
	}
	if strings.Contains(err.Error(), "checksum did not match") { // S3's driver: what came is not what was sent
		return true
	}
	var api interface{ ErrorCode() string }
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "InvalidPart", "NoSuchUpload": // the server has lost what was sent so far
			return true
		}
	}
	var dial *net.OpError
	var http interface{ HTTPStatusCode() int }
	switch {
	case errors.As(err, &dial):
		return !isNoHost(err)
	case errors.As(err, &http):
		code := http.HTTPStatusCode() // 0: the connection ended before there was an answer
		return code == 0 || code >= 500 || code == 429
	}
	switch gcerrors.Code(err) {
	case gcerrors.Internal, gcerrors.ResourceExhausted, gcerrors.DeadlineExceeded:
		return true
	}
	return false
}

// isNoHost reports whether there is no server of that name, which waiting does not change.
func isNoHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}
