package step

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// identity is the state of the user's code in git, found out once and beside the first step.
type identity struct {
	once sync.Once
	done chan struct{}
	code map[string]string
}

func (i *identity) begin(o Options) {
	i.once.Do(func() {
		i.done = make(chan struct{})
		go func() {
			defer close(i.done)
			i.code = gitIdentity(o.Definition, o.Environ)
		}()
	})
}

// gitIdentity returns the commit, whether tracked files differ from it, and the remote; nothing outside of git.
func gitIdentity(dir string, env []string) map[string]string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	git := func(args ...string) (string, bool) {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = dir
		cmd.Env = append(env[:len(env):len(env)], "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err == nil
	}
	commit, ok := git("rev-parse", "HEAD")
	if !ok {
		return nil
	}
	code := map[string]string{"git": commit}
	if changed, ok := git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules"); ok {
		code["git_dirty"] = "false"
		if changed != "" {
			code["git_dirty"] = "true"
		}
	}
	return code
}

// codeOf is the code identity of one attempt.
func (r *Runtime) codeOf(job Job, own map[string]string) map[string]string {
	<-r.code.done
	out := map[string]string{}
	maps.Copy(out, r.code.code)
	maps.Copy(out, r.opts.Code)
	maps.Copy(out, own)
	image := job.Image
	if image == "" {
		image = os.Getenv("RUNNABLE_IMAGE")
	}
	if image != "" && job.Target != "local" {
		out["image"] = image
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
