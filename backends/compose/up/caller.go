package up

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/compose"
)

// Caller is who this process runs as, as containers of the engine know them. dir is an empty folder.
func Caller(ctx context.Context, environ []string, dir string) (compose.Caller, error) {
	mask, err := umask(dir)
	if err != nil {
		return compose.Caller{}, err
	}
	c := compose.Caller{User: fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()), Umask: fmt.Sprintf("%03o", mask)}
	options, _ := ask(ctx, environ)
	switch {
	case has(options, "userns"):
		return c, errors.New("the engine maps the users of containers to other users (userns-remap), so no container can write to the store's folder; name a bucket with --store")
	case has(options, "rootless"), os.Getuid() < 0:
		c.User = "0:0" // which is the caller there
	}
	return c, nil
}

// umask is found by what it takes from a new folder: to ask the system for it means to change it.
func umask(dir string) (os.FileMode, error) {
	probe := filepath.Join(dir, "umask")
	if err := os.Mkdir(probe, 0o777); err != nil {
		return 0, err
	}
	info, err := os.Stat(probe)
	if err != nil {
		return 0, err
	}
	return 0o777 &^ info.Mode().Perm(), os.Remove(probe)
}

// has reports whether the engine names an option, as in name=rootless.
func has(options []string, name string) bool {
	return slices.ContainsFunc(options, func(o string) bool {
		first, _, _ := strings.Cut(o, ",")
		return strings.TrimPrefix(first, "name=") == name
	})
}

// askFor is how long the engine may take to answer. One that does not is asked again by compose, which says why.
const askFor = 10 * time.Second

// answers reports whether an engine does.
func answers(ctx context.Context, environ []string) bool {
	_, ok := ask(ctx, environ)
	return ok
}

// ask asks the engine that compose will find for its security options: docker's own program knows contexts, and without it there
// are only DOCKER_HOST and the usual socket. ok is false where nobody answers.
func ask(ctx context.Context, environ []string) (options []string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", "info", "--format", "{{json .SecurityOptions}}")
	cmd.Env = environ
	if out, err := cmd.Output(); err == nil && json.Unmarshal(out, &options) == nil {
		return options, true
	}
	return asked(ctx, strings.TrimPrefix(where(environ), "unix://"))
}

// where is the engine's address as the environment says it.
func where(environ []string) string {
	address := "unix:///var/run/docker.sock"
	for _, kv := range environ {
		if host, ok := strings.CutPrefix(kv, "DOCKER_HOST="); ok && host != "" {
			address = host
		}
	}
	return address
}

// maxInfo bounds what an engine says about itself.
const maxInfo = 1 << 20

// asked asks the engine behind a socket.
func asked(ctx context.Context, socket string) ([]string, bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://docker/info", http.NoBody)
	if err != nil {
		return nil, false
	}
	answer, err := (&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, false
	}
	defer answer.Body.Close()
	var info struct{ SecurityOptions []string }
	if json.NewDecoder(io.LimitReader(answer.Body, maxInfo)).Decode(&info) != nil {
		return nil, false
	}
	return info.SecurityOptions, true
}
