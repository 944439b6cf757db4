package container

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Where things stand inside every container, as in those of the compose target.
const (
	runnerDir  = "/runnable/runner"
	runnerFile = runnerDir + "/runnable-step"
	storeDir   = "/runnable/store"
)

// The exit codes of the engine's client, and of the runner where not the step is to blame.
const (
	exitEngine      = 125 // the engine did not start the container
	exitNotRun      = 126
	exitNoCommand   = 127
	exitEnvironment = 3
)

// stopping is how long a container has to end before it is killed; the runner gives its step a part of that.
const stopping = 30 * time.Second

// credentials are the variables by which a bucket's drivers know the user.
var credentials = []string{
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL",
	"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN",
}

// client talks to the engine by its program, which knows contexts, hosts and certificates.
type client struct {
	program string
	environ []string
	run     string
	volume  string // with the runner
	user    string // as which steps run, so that what they write to the store is the user's
}

// connect finds the engine and puts the runner into a volume of the run.
func connect(ctx context.Context, run, runner string, environ []string) (*client, error) {
	program, err := exec.LookPath("docker")
	if err != nil {
		return nil, errors.New("the program docker is not on PATH; install it, or say type: local in the configuration")
	}
	c := &client{program: program, environ: environ, run: run, volume: "runnable-runner-" + short(run), user: fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())}
	options, err := c.ask(ctx, "info", "--format", "{{.SecurityOptions}}")
	if err != nil {
		return nil, fmt.Errorf("the Docker engine cannot be reached: %w", err)
	}
	if strings.Contains(options, "name=rootless") { // whose root is this user
		c.user = "0:0"
	}
	if _, err := c.ask(ctx, "run", "--rm", "--label", c.label(), "--user", "0:0", "-v", c.volume+":"+runnerDir, runner, "install", runnerDir); err != nil {
		c.Close(ctx)
		return nil, fmt.Errorf("the image %s does not provide the runner: %w; name another in runner_image", runner, err)
	}
	return c, nil
}

// Close removes what the run has left, also where the context has ended: containers that were not waited for, and the volume.
func (c *client) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	if left, err := c.ask(ctx, "ps", "-q", "--filter", "label="+c.label()); err == nil && left != "" {
		_, _ = c.ask(ctx, append([]string{"rm", "-f"}, strings.Fields(left)...)...)
	}
	_, _ = c.ask(ctx, "volume", "rm", "-f", c.volume)
}

func (c *client) label() string { return "runnable-render.run=" + c.run }

// ask runs a command of the client and returns what it prints. The error is what it says.
func (c *client) ask(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.program, args...)
	var said bytes.Buffer
	cmd.Env, cmd.Stderr = c.environ, &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", "docker", args[0], err, bytes.TrimSpace(said.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}

// spec is what a container is made of and does.
type spec struct {
	path, image, store string
	args               []string
	env                map[string]string
	pass               []string // variables that are passed on by name, where they are set
	keep               bool
}

// ended is how a container ended.
type ended struct {
	code int
	oom  bool
	last string // the last line that it wrote
}

func (e ended) failure(path string) *engine.Failure {
	if e.oom {
		return &engine.Failure{Step: path, Kind: engine.KindOOM, Message: "the container was killed for its memory", ExitCode: e.code}
	}
	return &engine.Failure{Step: path, Kind: engine.KindLost, Message: fmt.Sprintf("the step left no record: its container ended with exit code %d", e.code), ExitCode: e.code}
}

// start runs a container to its end and shows what it writes. Values go by the client's environment, not by its command line.
func (c *client) start(ctx context.Context, s spec, show func(string)) (ended, error) {
	name := "runnable-" + short(c.run, s.path, strconv.FormatInt(time.Now().UnixNano(), 36))
	args := []string{"run", "--name", name, "--label", c.label(), "--label", "runnable-render.step=" + s.path, "--user", c.user,
		"--entrypoint", runnerFile, "--mount", "type=volume,src=" + c.volume + ",dst=" + runnerDir + ",readonly"}
	if s.store != "" {
		args = append(args, "-v", s.store+":"+storeDir)
	}
	environ := slices.Clone(c.environ)
	for _, key := range slices.Sorted(maps.Keys(s.env)) {
		args = append(args, "-e", key)
		environ = append(environ, key+"="+s.env[key])
	}
	for _, key := range s.pass {
		args = append(args, "-e", key)
	}
	cmd := exec.CommandContext(ctx, c.program, append(append(args, s.image), s.args...)...)
	cmd.Env, cmd.WaitDelay = environ, stopping
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // which the client hands on
	var e ended
	lines, done := reader(func(line string) {
		e.last = line
		if show != nil {
			show(line)
		}
	})
	cmd.Stdout, cmd.Stderr = lines, lines
	err := cmd.Run()
	_ = lines.Close()
	<-done
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return e, fmt.Errorf("docker run: %w", err)
	}
	e.code = cmd.ProcessState.ExitCode()
	clean := context.WithoutCancel(ctx)
	oom, _ := c.ask(clean, "inspect", "-f", "{{.State.OOMKilled}}", name)
	e.oom = oom == "true"
	if !s.keep {
		_, _ = c.ask(clean, "rm", "-f", name)
	}
	return e, nil
}

// longestLine is the number of bytes after which a line is shown in pieces.
const longestLine = 16 << 10

// reader shows what is written to it line by line.
func reader(show func(string)) (io.WriteCloser, <-chan struct{}) {
	out, in := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := bufio.NewReaderSize(out, longestLine)
		for {
			line, _, err := r.ReadLine()
			if err != nil {
				return
			}
			show(string(line))
		}
	}()
	return in, done
}

// short is a name for a thing of the engine, from names that it would not take.
func short(names ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(names, "\x00"))))[:16]
}
