package step

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/surrogates"
)

// Limits of what is exported (SEMANTICS 3).
const (
	exportLimit = 96 << 10 // bytes of one value; the system takes 128 KiB with the name
	exportTotal = 1 << 20  // bytes of all values; the system takes 2 MiB with everything else
)

// environment is the environment of a task, in layers.
type environment struct {
	base   map[string]string // the user's own, with the step's env: and secrets; shared with other attempts
	sorted []string          // base as "name=value", by name
	own    map[string]string // what differs from attempt to attempt
}

func (e *environment) list() []string {
	return flatten(e.base, e.own)
}

// userEnviron is the user's environment as every step sees it.
type userEnviron struct {
	base   map[string]string
	sorted []string
	leash  string // of the step that this run is a part of
}

func newUserEnviron(o Options) *userEnviron {
	hidden := map[string]bool{}
	for _, n := range o.SecretNames {
		hidden[n] = true
	}
	u := &userEnviron{base: map[string]string{}}
	for _, kv := range o.Environ {
		name, value, ok := strings.Cut(kv, "=")
		switch {
		case !ok || name == "" || internal(name) || name == keyVariable || hidden[name]:
		case name == leashName: // a step of a pipeline within a step
			u.leash += ":" + value
		default:
			u.base[name] = value
		}
	}
	u.sorted = byName(u.base)
	return u
}

// byName are variables as "name=value", sorted by their names.
func byName(vars map[string]string) []string {
	out := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, name+"="+vars[name])
	}
	return out
}

func flatten(layers ...map[string]string) []string {
	all := map[string]string{}
	for _, l := range layers {
		for k, v := range l {
			all[k] = v
		}
	}
	out := make([]string, 0, len(all))
	for k, v := range all {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return out
}

// internal are variables that configure the runner itself; they do not concern the task.
func internal(name string) bool {
	switch name {
	case runnerenv.Definition, runnerenv.DefinitionFile, runnerenv.Owner, "RUNNABLE_FAILED_STEP", "RUNNABLE_FAILURE_MESSAGE", "RUNNABLE_FAILURE_KIND":
		return true
	}
	return strings.HasPrefix(name, runnerenv.Param) // ParamNames is one of them
}

// environment makes the part of the environment that all kinds of task share.
func (a *attempt) environment(secrets map[string]string) (*environment, *failure) {
	user := a.rt.user()
	e := &environment{base: user.base, sorted: user.sorted, own: map[string]string{}}
	if len(a.Env)+len(secrets) > 0 {
		e.base = maps.Clone(user.base)
		for _, v := range a.Env {
			if v.Name == "" || strings.ContainsAny(v.Name, "=\x00") || strings.ContainsRune(v.Value, 0) {
				return nil, fail(engine.KindData, "env: %q cannot be a variable of the environment", v.Name)
			}
			e.base[v.Name] = v.Value
		}
		maps.Copy(e.base, secrets)
		e.sorted = byName(e.base)
	}
	for name, value := range a.view.vars {
		if text, ok := variableText(value.JSON); ok && exportable(name) {
			e.own[name] = text
		}
	}
	e.own[leashName] = a.leash + user.leash
	e.own["RUNNABLE_RUN_ID"] = a.Run
	e.own["RUNNABLE_STEP"] = a.Path
	e.own["RUNNABLE_STEP_ATTEMPT"] = strconv.Itoa(max(a.Attempt, 1))
	if f := a.Failed; f != nil {
		e.own["RUNNABLE_FAILED_STEP"] = f.Step
		e.own["RUNNABLE_FAILURE_MESSAGE"] = strings.ReplaceAll(shorten(f.Message, 32<<10), "\x00", "")
		e.own["RUNNABLE_FAILURE_KIND"] = string(f.Kind)
	}
	return e, nil
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// identifier says whether a shell can have a variable of that name.
func identifier(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// owned are names that steer the shell or the system: a parameter never overrides them.
var owned = map[string]bool{
	"PATH": true, "HOME": true, "SHELL": true, "USER": true, "LOGNAME": true, "PWD": true, "OLDPWD": true, "IFS": true, "ENV": true,
	"BASH_ENV": true, "SHELLOPTS": true, "BASHOPTS": true, "PS1": true, "PS2": true, "PS3": true, "PS4": true, "PROMPT_COMMAND": true, "CDPATH": true,
	"OPTIND": true, "OPTARG": true, "OPTERR": true, "PPID": true, "UID": true, "EUID": true, "GROUPS": true, "HOSTNAME": true, "LINENO": true, "SHLVL": true,
	"POSIXLY_CORRECT": true, "TERM": true, "TMPDIR": true, "TZ": true, "LANG": true, "LANGUAGE": true, "NLSPATH": true, "LOCPATH": true,
	"GCONV_PATH": true, "PYTHONPATH": true, "PYTHONHOME": true, "PYTHONSTARTUP": true, "VIRTUAL_ENV": true, "NODE_OPTIONS": true, "PERL5LIB": true,
	"PERL5OPT": true, "RUBYOPT": true, "RUBYLIB": true, "JAVA_TOOL_OPTIONS": true, "GLOBIGNORE": true, "FPATH": true, "_": true,
}

var ownedPrefixes = []string{"LD_", "DYLD_", "LC_", "BASH_FUNC_", "MALLOC_", "RUNNABLE_", "__rr_"}

// exportable says whether a parameter may be a variable of the environment under its name.
func exportable(name string) bool {
	if !identifier(name) || owned[name] {
		return false
	}
	return !slices.ContainsFunc(ownedPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// plainText is a value as a script sees it: strings bare, the rest as JSON with ", " and ": ". A string that no bytes
// stand for has no such form.
func plainText(value []byte) (string, bool) {
	if len(value) == 0 || value[0] != '"' {
		return spaced(value), len(value) > 0
	}
	return surrogates.Text(value)
}

// variableText is the same, where a variable can hold it.
func variableText(value []byte) (string, bool) {
	text, ok := plainText(value)
	return text, ok && len(text) <= exportLimit && strings.IndexByte(text, 0) < 0
}

// spaced writes compact JSON with a space after each comma and colon.
func spaced(text []byte) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		b.WriteByte(c)
		switch {
		case inString && c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

const leashName = "RUNNABLE_LEASH"

// newLeash returns the mark by which the processes of one attempt are known, wherever they go.
func newLeash() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
