// Package execpath finds programs like a shell with a given environment and working folder.
package execpath

import (
	"errors"
	"os"
	"os/exec"
	"strings"
)

// Look returns the path of a program: name itself where it holds a slash, relative to dir; else the first of that name
// in the folders of env's PATH. The error is exec.ErrNotFound, or says why the named file cannot be executed.
func Look(name, dir string, env map[string]string) (string, error) {
	if strings.ContainsRune(name, '/') {
		if !strings.HasPrefix(name, "/") {
			name = dir + "/" + name
		}
		return name, Executable(name)
	}
	for _, d := range strings.Split(env["PATH"], ":") {
		if d == "" {
			d = "."
		}
		if !strings.HasPrefix(d, "/") {
			d = dir + "/" + d
		}
		if Executable(d+"/"+name) == nil {
			return d + "/" + name, nil
		}
	}
	return "", exec.ErrNotFound
}

// Executable says why a file cannot be executed; nil where it can.
func Executable(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if st.IsDir() || st.Mode()&0o111 == 0 {
		return errors.New("not executable")
	}
	return nil
}
