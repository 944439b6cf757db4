package plugin

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Role is what a plugin brings.
type Role string

// The roles. The program of a plugin is called runnable-render-ROLE-NAME: the name of a task kind is the command_type,
// that of a frontend the extension of its files without the dot, that of a backend the word after --target.
const (
	RoleTask     Role = "task"
	RoleFrontend Role = "frontend"
	RoleBackend  Role = "backend"
)

// prefix begins the names of all plugins' programs.
const prefix = "runnable-render-"

// ProgramName is the name of the program of a plugin.
func ProgramName(r Role, name string) string { return prefix + string(r) + "-" + name }

// ValidName reports whether a program can be called by the name.
func ValidName(name string) bool {
	return name != "" && !strings.ContainsAny(name, "/\\\x00") && !strings.HasPrefix(name, ".")
}

// LookPath finds the program of a plugin on PATH.
func LookPath(r Role, name string) (program string, found bool) {
	if !ValidName(name) {
		return "", false
	}
	program, err := exec.LookPath(ProgramName(r, name))
	return program, err == nil
}

// Found is a program that looks like a plugin.
type Found struct {
	Role        Role
	Name        string
	Program     string
	Description string
	Refused     string // why it is not used; empty: it is
}

// DescribeLimit is the time that a program has to say what it is.
const DescribeLimit = 10 * time.Second

// Find looks through the folders of a PATH, asks every plugin what it is, and says which are not used and why.
// builtIn says whether a role's name is one that this program has itself.
func Find(ctx context.Context, path string, builtIn func(Role, string) bool) []Found {
	var all []Found
	first := map[string]string{}
	looked := map[string]bool{}
	for _, dir := range filepath.SplitList(path) {
		if looked[dir] {
			continue
		}
		looked[dir] = true
		entries, err := os.ReadDir(cmp.Or(dir, "."))
		if err != nil {
			continue // a PATH may name folders that are not there
		}
		for _, e := range entries {
			role, name, ok := split(e.Name())
			if st, err := os.Stat(filepath.Join(dir, e.Name())); !ok || err == nil && st.IsDir() {
				continue
			}
			f := Found{Role: role, Name: name, Program: filepath.Join(dir, e.Name())}
			f.examine(ctx, first[e.Name()], builtIn)
			if _, err := exec.LookPath(abs(f.Program)); err == nil && first[e.Name()] == "" {
				first[e.Name()] = f.Program
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// split takes the name of a program apart.
func split(file string) (Role, string, bool) {
	rest, ok := strings.CutPrefix(file, prefix)
	if !ok {
		return "", "", false
	}
	for _, r := range []Role{RoleTask, RoleFrontend, RoleBackend} {
		if name, ok := strings.CutPrefix(rest, string(r)+"-"); ok && ValidName(name) {
			return r, name, true
		}
	}
	return "", "", false
}

func (f *Found) examine(ctx context.Context, before string, builtIn func(Role, string) bool) {
	if _, err := exec.LookPath(abs(f.Program)); err != nil {
		var ee *exec.Error
		if errors.As(err, &ee) {
			err = ee.Err
		}
		f.Refused = "it cannot be executed: " + err.Error()
		return
	}
	switch {
	case builtIn != nil && builtIn(f.Role, f.Name):
		f.Refused = "the name is one that this program has itself"
		return
	case before != "":
		f.Refused = "hidden by " + before + ", which comes first on PATH"
		return
	}
	d, err := Call{Program: abs(f.Program), Limit: DescribeLimit}.Describe(ctx)
	f.Description = d.Description
	if err != nil {
		f.Refused = err.Error()
	}
}

// abs keeps exec from looking for a program of a relative PATH elsewhere.
func abs(program string) string {
	if a, err := filepath.Abs(program); err == nil {
		return a
	}
	return program
}
