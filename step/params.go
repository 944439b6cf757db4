package step

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/engine"
)

// paramFolders keeps the folders in which a script finds its parameters as files. A step of a long pipeline sees
// nearly what the step before it saw, so where there are many parameters a folder is brought up to date, not
// written anew.
type paramFolders struct {
	mu   sync.Mutex
	free []*paramFolder
}

// reuseFrom is the number of parameters from which on folders are used again.
const reuseFrom = 64

type paramFolder struct {
	dir     string
	have    map[string]engine.Value // by file name
	changed time.Time               // of the folder, as we left it
}

// take returns a folder with the parameters of the attempt. It is the attempt's own until release is called.
func (p *paramFolders) take(a *attempt) (dir string, release func(), err error) {
	f := p.pick(len(a.Params))
	if f == nil {
		f = &paramFolder{dir: filepath.Join(a.tmp, "params"), have: map[string]engine.Value{}}
		if len(a.Params) >= reuseFrom {
			root, err := a.rt.temp()
			if err != nil {
				return "", nil, err
			}
			if f.dir, err = os.MkdirTemp(root, "params-"); err != nil {
				return "", nil, err
			}
		} else if err := os.Mkdir(f.dir, 0o700); err != nil {
			return "", nil, err
		}
	}
	if err := f.update(a); err != nil {
		return "", nil, err
	}
	return f.dir, func() { p.give(f, len(a.Params)) }, nil
}

func (p *paramFolders) pick(n int) *paramFolder {
	if n < reuseFrom {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return nil
	}
	f := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return f
}

// give takes a folder back, unless the script changed what is in it. The files are read-only; a script that writes
// through that only harms the steps of its own run.
func (p *paramFolders) give(f *paramFolder, n int) {
	if n < reuseFrom {
		return
	}
	if st, err := os.Stat(f.dir); err != nil || !st.ModTime().Equal(f.changed) {
		_ = removeAll(f.dir)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, f)
}

func (f *paramFolder) update(a *attempt) error {
	seen := make(map[string]bool, len(a.Params))
	for _, p := range a.Params {
		name, ok := fileName(p.Name)
		if !ok {
			continue
		}
		seen[name] = true
		if old, ok := f.have[name]; ok && sameValue(old, p.Value) {
			continue
		}
		data, ok, err := a.fileContent(p.Value)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		to := filepath.Join(f.dir, name)
		if _, ok := f.have[name]; ok {
			_ = os.Remove(to)
		}
		if err := os.WriteFile(to, data, 0o444); err != nil {
			return err
		}
		f.have[name] = p.Value
	}
	if len(f.have) > len(seen) {
		for name := range f.have {
			if !seen[name] {
				_ = os.Remove(filepath.Join(f.dir, name))
				delete(f.have, name)
			}
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
