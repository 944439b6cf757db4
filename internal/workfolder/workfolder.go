// Package workfolder makes separate folders for steps that run at the same time: each has the content of one folder,
// the base, and writes to it reach neither the base nor another folder.
//
// There are three ways, of which a [Source] uses the cheapest that the system allows:
//
//   - a small base is copied;
//   - of a larger one the kernel lays an empty folder over the base (overlayfs), where this process may mount: nothing
//     is copied but what a step writes to;
//   - else its files are cloned where the file system can, so that they share their blocks until one is written, or
//     copied. Beyond [Options] Bytes and Files what remains are links to the base, which [Source.Shared] names.
//
// Hard links are never used, because writing to such a file in place, or appending to it, changes all of them.
//
// A folder that was given back as it had been taken serves the next; what was changed in one is put right first.
package workfolder

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// Options say what the folders hold.
type Options struct {
	Leave func(name string) bool // leaves a file, or a folder with all in it, out, by slash path below the base
	Bytes int64                  // of copies that share no blocks, beyond which files are links; 0: 256 MiB
	Files int                    // of copies, beyond which files and folders are links; 0: 20,000
}

// Limits of a base that is small: to copy it costs less than to mount.
const (
	smallFiles = 64
	smallBytes = 1 << 20
)

// Source gives folders that hold what the base held when the first of them was taken. It is safe for concurrent use.
type Source struct {
	base, root string
	opts       Options

	once   sync.Once
	err    error
	survey *survey
	maker  maker

	mu   sync.Mutex
	free []*Folder
	made []*Folder
}

// maker fills the place of a folder and puts it right after use.
type maker interface {
	// fill makes f.Dir.
	fill(f *Folder) error
	// reset makes f.Dir what fill made of it.
	reset(f *Folder) error
	// remove removes what fill made.
	remove(f *Folder)
	// written is where a file that was written in f lies outside of it, once nothing works in f any more.
	written(f *Folder, name string) string
}

// Folder is one folder. Only its holder may use it.
type Folder struct {
	Dir    string
	place  string // the folder around it, which holds nothing else
	source *Source
	stamps map[string]stamp // of copies: what each entry looked like when it was made
	ended  bool             // of mounts: it is not mounted any more
}

// New makes a source of folders, which are made below root.
func New(base, root string, o Options) (*Source, error) {
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, err
	}
	if o.Bytes == 0 {
		o.Bytes = 256 << 20
	}
	if o.Files == 0 {
		o.Files = 20_000
	}
	return &Source{base: abs, root: root, opts: o}, nil
}

// Take returns a folder, which is the caller's until it is given back.
func (s *Source) Take() (*Folder, error) {
	s.once.Do(s.begin)
	if s.err != nil {
		return nil, s.err
	}
	for f := s.used(); f != nil; f = s.used() {
		if s.maker.reset(f) == nil {
			return f, nil
		}
	}
	s.mu.Lock()
	place := filepath.Join(s.root, strconv.Itoa(len(s.made)))
	f := &Folder{Dir: filepath.Join(place, s.name()), place: place, source: s}
	s.made = append(s.made, f)
	s.mu.Unlock()
	if err := os.Mkdir(place, 0o700); err != nil {
		return nil, err
	}
	return f, s.maker.fill(f)
}

// name is the name of each folder: that of the base, since programs depend on it.
func (s *Source) name() string {
	if name := filepath.Base(s.base); name != string(filepath.Separator) {
		return name
	}
	return "work"
}

// begin looks at the base and chooses the way.
func (s *Source) begin() {
	if s.err = os.MkdirAll(s.root, 0o700); s.err != nil {
		return
	}
	if s.survey, s.err = look(s.base, s.opts.Leave); s.err != nil {
		return
	}
	if s.survey.files > smallFiles || s.survey.bytes > smallBytes {
		if o, ok := newOverlay(s.base, s.root, s.survey); ok {
			s.maker = o
			return
		}
	}
	s.maker = newCopies(s.base, s.root, s.survey, s.opts)
}

// Shared names what the folders share with the base, because there was too much of it to copy: what is written there
// reaches the base.
func (s *Source) Shared() ([]string, error) {
	s.once.Do(s.begin)
	if c, ok := s.maker.(*copies); ok {
		return c.shared, nil
	}
	return nil, s.err
}

// used returns a folder that was given back, or nil.
func (s *Source) used() *Folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return nil
	}
	f := s.free[n-1]
	s.free = s.free[:n-1]
	return f
}

// Give takes a folder back, in which nothing works any more. It is put right when it is taken again.
func (f *Folder) Give() {
	f.source.mu.Lock()
	defer f.source.mu.Unlock()
	f.source.free = append(f.source.free, f)
}

// Move moves a file that was written in the folder to another place. Nothing may work in the folder any more, and it can
// then only be given back. A file that the base holds, and nobody wrote, stays where it is: fs.ErrNotExist.
func (f *Folder) Move(name, to string) error {
	from := f.source.maker.written(f, filepath.FromSlash(name))
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fs.ErrNotExist
	}
	return MoveFile(from, to)
}

// Close removes all folders.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.maker == nil {
		return nil
	}
	for _, f := range s.made {
		s.maker.remove(f)
	}
	s.free, s.made = nil, nil
	return removeAll(s.root)
}

// removeAll removes a folder whose content may be read-only.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(p, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
