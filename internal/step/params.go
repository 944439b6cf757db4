package step

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// paramFolders keeps the folders in which a script finds its parameters as files. A step sees nearly what the step
// before it saw, so a folder is brought up to date, not written anew.
type paramFolders struct {
	mu   sync.Mutex
	free []*paramFolder
}

type paramFolder struct {
	dir     string
	parts   []engine.Part           // of the scope whose parameters it holds
	vars    map[string]engine.Value // and what was over them
	have    map[string]paramFile    // by file name
	changed time.Time               // of the folder, as we left it
}

type paramFile struct {
	value engine.Value
	info  os.FileInfo
}

// checkedFiles is the number of files up to which each is looked at before a folder is used again. Above it each is
// looked at after a script that names the folder; after others only the folder is: a program that finds the folder by
// itself, and as root writes into one of its many read-only files, harms the steps of its own run.
const checkedFiles = 64

// take returns a folder with the parameters of the attempt. It is the attempt's own until release is called.
func (p *paramFolders) take(a *attempt) (dir string, release func(), err error) {
	f := p.pick()
	if f == nil {
		root, err := a.rt.temp()
		if err != nil {
			return "", nil, err
		}
		f = &paramFolder{have: map[string]paramFile{}}
		if f.dir, err = os.MkdirTemp(root, "params-"); err != nil {
			return "", nil, err
		}
	}
	if err := f.update(a); err != nil {
		_ = removeAll(f.dir)
		return "", nil, err
	}
	return f.dir, func() { p.give(f, strings.Contains(a.task.Command.Text(), "RUNNABLE_PARAMS")) }, nil
}

func (p *paramFolders) pick() *paramFolder {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return nil
	}
	f := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return f
}

// give takes a folder back, unless the script changed what is in it. named: the script names the folder.
func (p *paramFolders) give(f *paramFolder, named bool) {
	if !f.untouched(named) {
		_ = removeAll(f.dir)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, f)
}

func (f *paramFolder) untouched(named bool) bool {
	st, err := os.Stat(f.dir)
	if err != nil || !st.ModTime().Equal(f.changed) {
		return false
	}
	if len(f.have) > checkedFiles && !named {
		return true
	}
	for name, file := range f.have {
		now, err := os.Lstat(filepath.Join(f.dir, name))
		if err != nil || !unchanged(file.info, now) {
			return false
		}
	}
	return true
}

// update makes the folder hold what the attempt sees. It looks only at the parts of the scope that are not those of
// the scope before.
func (f *paramFolder) update(a *attempt) error {
	parts := a.view.scope.Parts()
	same := 0
	for same < min(len(parts), len(f.parts)) && parts[same] == f.parts[same] {
		same++
	}
	keys := map[engine.Key]bool{}
	for _, p := range slices.Concat(f.parts[same:], parts[same:]) {
		for e := range p.Entries() {
			if _, ok := e.Key.Param(); ok {
				keys[e.Key] = true
			}
		}
	}
	for _, vars := range []map[string]engine.Value{f.vars, a.view.vars} {
		for name := range vars {
			keys[engine.ParamKey(name)] = true
		}
	}
	for k := range keys {
		if err := f.bring(a, k); err != nil {
			return err
		}
	}
	f.parts, f.vars = parts, a.view.vars
	st, err := os.Stat(f.dir)
	if err == nil {
		f.changed = st.ModTime()
	}
	return err
}

// bring makes the file of one parameter what the attempt sees.
func (f *paramFolder) bring(a *attempt, key engine.Key) error {
	param, _ := key.Param()
	name, ok := fileName(param)
	if !ok {
		return nil
	}
	value, visible := a.view.param(key)
	old, there := f.have[name]
	if there && visible && sameValue(old.value, value) {
		return nil
	}
	to := filepath.Join(f.dir, name)
	if there {
		_ = os.Remove(to)
		delete(f.have, name)
	}
	if !visible {
		return nil
	}
	data, ok, err := a.fileContent(value)
	if err != nil {
		return fmt.Errorf("parameter %q: %w", param, err)
	}
	if !ok {
		return nil
	}
	if err := os.WriteFile(to, data, 0o444); err != nil {
		return err
	}
	info, err := os.Lstat(to)
	if err != nil {
		return err
	}
	f.have[name] = paramFile{value, info}
	return nil
}

func sameValue(a, b engine.Value) bool {
	if a.Blob != nil && b.Blob != nil {
		return a.Kind == b.Kind && *a.Blob == *b.Blob
	}
	return a.Kind == b.Kind && a.JSON != nil && b.JSON != nil && bytes.Equal(a.JSON, b.JSON)
}

// fileContent is what a parameter's file holds: what would be exported, or the pickled bytes. A list of objects has
// no form as one file, nor has a string that no bytes stand for.
func (a *attempt) fileContent(v engine.Value) ([]byte, bool, error) {
	if v.Items != nil {
		return nil, false, nil
	}
	if v.IsObject() {
		if v.Blob == nil || a.Blobs == nil {
			return nil, false, nil
		}
		data, err := a.Blobs.Get(*v.Blob)
		return data, true, err
	}
	text, err := a.text(v)
	if err != nil {
		return nil, false, err
	}
	plain, ok := plainText(text)
	return []byte(plain), ok, nil
}
