package step

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/plugin"
)

// EnvSecrets takes secrets from an environment, "name=value" each.
func EnvSecrets(environ []string) plugin.Secrets {
	m := map[string]string{}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			m[name] = value
		}
	}
	return mapSecrets{m, "the environment"}
}

// MapSecrets takes secrets from a map; source names it for messages.
func MapSecrets(m map[string]string, source string) plugin.Secrets { return mapSecrets{m, source} }

// NoSecrets is a source in which every secret is empty, as Runnable's do-nothing.
func NoSecrets() plugin.Secrets { return noSecrets{} }

// DotenvSecrets takes secrets from a dotenv file, read when the first is asked for.
func DotenvSecrets(path string) plugin.Secrets { return &dotenvSecrets{path: path} }

type mapSecrets struct {
	m      map[string]string
	source string
}

func (s mapSecrets) Secret(name string) (string, bool, error) {
	v, ok := s.m[name]
	return v, ok, nil
}

func (s mapSecrets) Source() string { return s.source }

type noSecrets struct{}

func (noSecrets) Secret(string) (string, bool, error) { return "", true, nil }
func (noSecrets) Source() string                      { return "nowhere" }

type dotenvSecrets struct {
	path string
	once sync.Once
	m    map[string]string
	err  error
}

func (s *dotenvSecrets) Source() string { return s.path }

func (s *dotenvSecrets) Secret(name string) (string, bool, error) {
	s.once.Do(func() {
		var data []byte
		if data, s.err = textfile.File(s.path); s.err == nil {
			s.m, s.err = parseDotenv(string(data))
		}
	})
	if errors.Is(s.err, fs.ErrNotExist) {
		return "", false, fmt.Errorf("%s is not there", s.path)
	}
	if s.err != nil {
		return "", false, s.err
	}
	v, ok := s.m[name]
	return v, ok, nil
}

// parseDotenv reads name=value lines: comments, `export`, single quotes as they are, double quotes with escapes,
// both over several lines. Nothing is expanded.
func parseDotenv(text string) (map[string]string, error) {
	out := map[string]string{}
	line := 1
	for text != "" {
		cur, rest, _ := strings.Cut(text, "\n")
		trimmed := strings.TrimSpace(cur)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			text, line = rest, line+1
			continue
		}
		name, value, ok := strings.Cut(cur, "=")
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
		if !ok || name == "" {
			return nil, fmt.Errorf("line %d of the dotenv file is not name=value", line)
		}
		value = strings.TrimLeft(value, " \t")
		if value == "" || (value[0] != '"' && value[0] != '\'') {
			if i := strings.Index(value, " #"); i >= 0 {
				value = value[:i]
			}
			out[name] = strings.TrimSpace(value)
			text, line = rest, line+1
			continue
		}
		whole := text[len(cur)-len(value):] // from the quote on, over the ends of lines
		val, used, ok := unquoteDotenv(whole)
		if !ok {
			return nil, fmt.Errorf("line %d of the dotenv file: the quote is not closed", line)
		}
		out[name] = val
		line += strings.Count(whole[:used], "\n") + 1
		_, text, _ = strings.Cut(whole[used:], "\n")
	}
	return out, nil
}

// unquoteDotenv reads a quoted value at the beginning of s.
func unquoteDotenv(s string) (value string, used int, ok bool) {
	var b strings.Builder
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String(), i + 1, true
		case c == '\\' && quote == '"' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			case '"', '\\', '$':
				b.WriteByte(s[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, false
}

// secrets looks up what a task declares.
func (r *Runtime) secrets(names []ir.Ref) (map[string]string, *failure) {
	out := map[string]string{}
	for _, n := range names {
		v, ok, err := r.opts.Secrets.Secret(n.Name)
		if err != nil {
			return nil, fail(engine.KindSecret, "secret %q: %v", n.Name, err)
		}
		if !ok {
			return nil, fail(engine.KindSecret, "secret %q is not set in %s", n.Name, r.opts.Secrets.Source())
		}
		if strings.ContainsRune(v, 0) {
			return nil, fail(engine.KindSecret, "secret %q contains a NUL, which an environment variable cannot", n.Name)
		}
		out[n.Name] = v
	}
	return out, nil
}
