package step

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// The code identity of an attempt, by name: what [engine.Record.Code] may hold beside what a task kind adds, as the
// interpreter's version.
const (
	codeGit     = "git"        // the commit
	codeDirty   = "git_dirty"  // "true" where tracked files differ from it
	codeDiff    = "git_diff"   // sha256 of that difference
	codeRemote  = "git_remote" // where the commit comes from, without credentials
	codeImage   = "image"
	codeDigest  = "image_digest" // where the image is named by its digest
	codeTool    = "tool"         // the version of the program that ran the step
	envCommit   = "RUNNABLE_GIT_COMMIT"
	envRemote   = "RUNNABLE_GIT_REMOTE"
	gitDeadline = 10 * time.Second
)

// identity is the state of the user's code in git, found out once and beside the first step.
type identity struct {
	once sync.Once
	done chan struct{}
	code map[string]string
}

func (i *identity) begin(ctx context.Context, o Options) {
	i.once.Do(func() {
		i.done = make(chan struct{})
		go func() {
			defer close(i.done)
			i.code = gitIdentity(ctx, o.Definition, o.Environ)
			if i.code == nil {
				i.code = builtIdentity(o.Environ)
			}
			if tool := toolVersion(); tool != "" {
				i.code[codeTool] = tool
			}
		}()
	})
}

// gitIdentity tells the commit, whether tracked files differ from it and how, and the remote; nil outside of git.
func gitIdentity(ctx context.Context, dir string, env []string) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, gitDeadline)
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
	code := map[string]string{codeGit: commit}
	if changed, ok := git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules"); ok {
		code[codeDirty] = "false"
		if changed != "" {
			code[codeDirty] = "true"
			if diff, ok := git("diff", "HEAD", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules"); ok {
				sum := sha256.Sum256([]byte(diff))
				code[codeDiff] = hex.EncodeToString(sum[:])
			}
		}
	}
	if remote, ok := git("config", "--get", "remote.origin.url"); ok {
		code[codeRemote] = withoutCredentials(remote)
	}
	return code
}

// builtIdentity is what an image was told of its code when it was built: there is seldom git in one.
func builtIdentity(env []string) map[string]string {
	code := map[string]string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case value == "":
		case name == envCommit:
			code[codeGit] = value
		case name == envRemote:
			code[codeRemote] = withoutCredentials(value)
		}
	}
	return code
}

// withoutCredentials is a remote without user and password, query and fragment. ssh's own form, git@host:path, names a
// user that is no secret.
func withoutCredentials(remote string) string {
	u, err := url.Parse(remote)
	if err != nil {
		if strings.Contains(remote, "://") {
			return "" // who knows what is in it
		}
		return remote
	}
	if u.Scheme == "" || u.Host == "" {
		return remote
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// toolVersion is the version of this program, as its build recorded it.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	version := cmp.Or(info.Main.Version, "(devel)")
	if version != "(devel)" {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return version + " " + s.Value
		}
	}
	return version
}

// codeOf is the code identity of one attempt.
func (r *Runtime) codeOf(job Job, own map[string]string) map[string]string {
	<-r.code.done
	out := map[string]string{}
	maps.Copy(out, r.code.code)
	maps.Copy(out, r.opts.Code)
	maps.Copy(out, own)
	if image := cmp.Or(job.Image, r.opts.Code[codeImage]); image != "" {
		out[codeImage] = image
		if _, digest, ok := strings.Cut(image, "@"); ok {
			out[codeDigest] = digest
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
