package workfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// copies fills folders with copies of what the base holds.
type copies struct {
	base    string
	entries []entry // those above before those below
	shared  []string
}

// entry is one thing that the base holds.
type entry struct {
	name string
	mode fs.FileMode
	link string // where a link leads; of a file or folder that is shared, the base's own
}

// newCopies lists what is copied, level by level, so that what lies deep is shared first.
func newCopies(base, _ string, s *survey, o Options) *copies {
	c := &copies{base: base}
	left := map[string]bool{}
	for _, name := range s.left {
		left[name] = true
	}
	bytes := o.Bytes
	for queue := []string{"."}; len(queue) > 0; queue = queue[1:] {
		list, err := os.ReadDir(filepath.Join(base, queue[0]))
		if err != nil {
			continue // it has just gone, or is not ours to read
		}
		for _, d := range list {
			name := filepath.Join(queue[0], d.Name())
			info, err := d.Info()
			if err != nil || left[name] {
				continue
			}
			e := entry{name: name, mode: info.Mode()}
			full := filepath.Join(base, name)
			switch {
			case d.Type()&fs.ModeSymlink != 0:
				if e.link = s.links[name]; e.link == "" {
					e.link, err = os.Readlink(full)
				}
			case d.IsDir() && kept(full, d.Name()):
				e.link = full
			case d.IsDir() && len(c.entries) < o.Files:
				queue = append(queue, name)
			case d.Type().IsRegular() && info.Size() <= bytes && len(c.entries) < o.Files:
				bytes -= info.Size()
			case d.IsDir() || d.Type().IsRegular():
				e.link = full
				c.shared = append(c.shared, name)
			default:
				continue // a device or the like
			}
			if err == nil {
				c.entries = append(c.entries, e)
			}
		}
	}
	return c
}

func (c *copies) fill(f *Folder) error {
	f.stamps = map[string]stamp{}
	if err := os.Mkdir(f.Dir, 0o755); err != nil {
		return err
	}
	return c.complete(f)
}

// complete makes what is missing.
func (c *copies) complete(f *Folder) error {
	for _, e := range c.entries {
		if _, ok := f.stamps[e.name]; ok {
			continue
		}
		err := c.make(f, e)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			continue // it has gone since, or is not ours to read
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *copies) make(f *Folder, e entry) error {
	to := filepath.Join(f.Dir, e.name)
	var err error
	switch {
	case e.link != "":
		err = os.Symlink(e.link, to)
	case e.mode.IsDir():
		err = os.Mkdir(to, e.mode.Perm()|0o700)
	default:
		err = CopyFile(filepath.Join(c.base, e.name), to, e.mode.Perm()|0o600)
	}
	if err != nil {
		return err
	}
	info, err := os.Lstat(to)
	if err == nil {
		f.stamps[e.name] = stampOf(info)
	}
	return err
}

// settled is the age from which on a file's times tell whether it was written again: they are kept in ticks. A copy has
// the times of what it was made of, so that it is as old as that.
const settled = time.Second

// reset removes what a step made or changed, and copies again what is then missing.
func (c *copies) reset(f *Folder) error {
	seen := make(map[string]bool, len(f.stamps))
	err := filepath.WalkDir(f.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == f.Dir {
			return err
		}
		name := path[len(f.Dir)+1:]
		info, err := d.Info()
		if err != nil {
			return err
		}
		if was, ok := f.stamps[name]; ok && was.same(info) {
			seen[name] = true
			return nil
		}
		if err := removeAll(path); err != nil {
			return err
		}
		return skip(d)
	})
	if err != nil {
		return err
	}
	for name := range f.stamps {
		if !seen[name] {
			delete(f.stamps, name)
		}
	}
	return c.complete(f)
}

func (c *copies) remove(f *Folder) { _ = removeAll(f.place) }

func (c *copies) written(f *Folder, name string) string { return filepath.Join(f.Dir, name) }

// stamp is what tells whether a file has been written: its number, size and times, of which nobody can set the last.
type stamp struct {
	info    fs.FileInfo
	changed time.Time
	old     bool // the times tell
}

func stampOf(info fs.FileInfo) stamp {
	return stamp{info, changeTime(info), time.Since(info.ModTime()) > settled}
}

// same reports whether an entry is as it was. Of a folder its permissions count: what is in it is looked at by itself.
func (s stamp) same(now fs.FileInfo) bool {
	if !os.SameFile(s.info, now) || s.info.Mode() != now.Mode() {
		return false
	}
	if !now.Mode().IsRegular() {
		return true
	}
	return s.old && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime()) && s.changed.Equal(changeTime(now))
}
