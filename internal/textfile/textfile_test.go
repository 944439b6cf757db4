package textfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small"), filepath.Join(dir, "large")
	if err := errors.Join(os.WriteFile(small, []byte("text"), 0o600), os.WriteFile(large, nil, 0o600), os.Truncate(large, Limit+1)); err != nil {
		t.Fatal(err)
	}
	if text, err := Read(t.Context(), small); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := Read(t.Context(), large); !errors.Is(err, TooLarge{}) || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("large: %v", err)
	}
	if _, err := Read(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if runtime.GOOS == "linux" {
		if _, err := Read(t.Context(), "/dev/zero"); err == nil || !strings.Contains(err.Error(), "a device") { // which says that it is empty
			t.Errorf("device: %v", err)
		}
	}
}

func TestReadEndsWithTheContext(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	name := filepath.Join("/dev/fd", strconv.Itoa(int(r.Fd())))
	if _, err := os.Stat(name); err != nil {
		t.Skip("there is no /dev/fd")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, name); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
