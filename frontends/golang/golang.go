// Package golang reads pipelines that are defined in Go with package pipeline: it builds the user's program and asks it
// for its graph. Built programs are kept in the user's cache, so that only changed code is built again.
package golang

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// The codes of this package's diagnostics.
const (
	codeBuild   = "RR0016" // the program cannot be built
	codeProgram = "RR0017" // it does not say what its pipeline is
)

// buildLimit and askLimit bound what waits for other programs.
const (
	buildLimit = 10 * time.Minute
	askLimit   = time.Minute
)

// Parse builds the program of a definition, a Go file or the folder of a package, and asks it for its graph. Of a
// file, the package of its folder is built, unless it says `//go:build ignore`: then the file alone.
func Parse(ctx context.Context, file string) (*ir.Pipeline, diag.List) {
	list := build(ctx, file)
	if list.HasErrors() {
		return nil, list
	}
	program, err := Program(file)
	if err != nil {
		return nil, diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "%v", err)}
	}
	dir, _ := target(file)
	call := plugin.Call{Program: program, Dir: dir, Log: os.Stderr, Limit: askLimit}
	p, list, err := call.Parse(ctx, file, nil)
	if err != nil {
		return nil, diag.List{diag.Errorf(codeProgram, diag.Span{File: file},
			"the program does not say what its pipeline is: %v; its main must call pipeline.Main or app.Main with the pipeline first", err)}
	}
	Relate(p, list)
	return p, list
}

// Program is where the program of a definition is kept, built or not.
func Program(file string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to build in: %w; set XDG_CACHE_HOME or HOME", err)
	}
	dir, pkg := target(file)
	abs, err := filepath.Abs(filepath.Join(dir, pkg))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(abs))
	name := strings.TrimSuffix(filepath.Base(abs), ".go")
	return filepath.Join(cache, "runnable-render", "go", hex.EncodeToString(sum[:8]), name), nil
}

// target is what to build: a folder, and what in it.
func target(file string) (dir, pkg string) {
	if st, err := os.Stat(file); err == nil && st.IsDir() {
		return file, "."
	}
	dir = filepath.Dir(file)
	if ignored(file) {
		return dir, filepath.Base(file)
	}
	return dir, "."
}

// ignored reports whether a file is not a part of its folder's package, by `//go:build ignore`.
func ignored(file string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return false
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && !expr.Eval(func(tag string) bool { return tag != "ignore" }) {
				return true
			}
		}
	}
	return false
}

// build builds the program. The compiler's errors become diagnostics with the places that it names.
func build(ctx context.Context, file string) diag.List {
	program, err := Program(file)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(program), 0o755)
	}
	if err != nil {
		return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "%v", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	dir, pkg := target(file)
	// A user's GOFLAGS=-trimpath would take the files' places out of what the program says of itself.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath=false", "-o", program, pkg)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return notRunnable(file, program)
	case errors.Is(err, exec.ErrNotFound):
		return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "go is not on PATH, and a pipeline in Go has to be built; install it from https://go.dev/dl")}
	case ctx.Err() != nil:
		return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "go build did not end within %s", buildLimit)}
	}
	if list := compilerErrors(dir, string(out)); len(list) > 0 {
		return list
	}
	text := strings.TrimSpace(string(out))
	if text == "" {
		text = err.Error()
	}
	return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "go build: %s", text)}
}

// notRunnable reports a package that is no program: go build then writes an archive.
func notRunnable(file, program string) diag.List {
	st, err := os.Stat(program)
	if err == nil && st.Mode()&0o111 != 0 {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "%v", err)}
	}
	return diag.List{diag.Errorf(codeBuild, diag.Span{File: file}, "this is not a program; its package must be main, and its main function must call pipeline.Main")}
}
