package step

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/engine"
)

// paramFolders keeps the folders in which a script finds its parameters as files. A step sees nearly what the step
// before it saw, so a folder is brought up to date, not written anew.
type paramFolders struct {
	mu   sync.Mutex
	free []*paramFolder
}

type paramFolder struct {
	dir     string
	have    map[string]paramFile // by file name
	changed time.Time            // of the folder, as we left it
}

type paramFile struct {
	value engine.Value
	info  os.FileInfo
}

// checkedFiles is the number of files up to which each is looked at before a folder is used again. Above it only the
// folder is: a script that writes into one of thousands of read-only files harms the steps of its own run.
const checkedFiles = 1000

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
	return f.dir, func() { p.give(f) }, nil
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

// give takes a folder back, unless the script changed what is in it.
func (p *paramFolders) give(f *paramFolder) {
	if !f.untouched() {
		_ = removeAll(f.dir)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, f)
}

func (f *paramFolder) untouched() bool {
	st, err := os.Stat(f.dir)
	if err != nil || !st.ModTime().Equal(f.changed) {
		return false
	}
	if len(f.have) > checkedFiles {
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

func (f *paramFolder) update(a *attempt) error {
	seen := make(map[string]bool, len(a.Params))
	for _, p := range a.Params {
		name, ok := fileName(p.Name)
		if !ok {
			continue
		}
		seen[name] = true
		old, there := f.have[name]
		if there && sameValue(old.value, p.Value) {
			continue
		}
		to := filepath.Join(f.dir, name)
		if there {
			_ = os.Remove(to)
			delete(f.have, name)
		}
		data, ok, err := a.fileContent(p.Value)
		if err != nil {
			return fmt.Errorf("parameter %q: %w", p.Name, err)
		}
		if !ok {
			continue
		}
		if err := os.WriteFile(to, data, 0o444); err != nil {
			return err
		}
		info, err := os.Lstat(to)
		if err != nil {
			return err
		}
		f.have[name] = paramFile{p.Value, info}
	}
	for name := range f.have {
		if !seen[name] {
			_ = os.Remove(filepath.Join(f.dir, name))
			delete(f.have, name)
		}
	}
	if st, err := os.Stat(f.dir); err == nil {
		f.changed = st.ModTime()
	}
	return nil
}

func sameValue(a, b engine.Value) bool {
	if a.Blob != nil && b.Blob != nil {
		return a.Kind == b.Kind && *a.Blob == *b.Blob
	}
	return a.Kind == b.Kind && a.JSON != nil && b.JSON != nil && bytes.Equal(a.JSON, b.JSON)
}

// fileContent is what a parameter's file holds: what would be exported, or the pickled bytes. A list of objects has
// no form as one file.
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
	return []byte(plainText(engine.Value{JSON: text})), true, nil
}
