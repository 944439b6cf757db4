package workfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// survey is what a base holds, as far as the folders made of it have to know.
type survey struct {
	files int               // entries, at least
	bytes int64             // of files, at least
	left  []string          // what the folders do not hold, by path below the base
	links map[string]string // links that lead out of the base by a relative path, and where to
}

// surveyed bounds the entries that a survey looks at.
const surveyed = 200_000

// look goes through a base.
func look(base string, leave func(string) bool) (*survey, error) {
	s := &survey{links: map[string]string{}}
	err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(base, path)
		if name == "." {
			return errors.Join(err, relErr)
		}
		if err != nil || relErr != nil {
			return skip(d) // it has just gone, or is not ours to read
		}
		if leave != nil && leave(filepath.ToSlash(name)) {
			s.left = append(s.left, name)
			return skip(d)
		}
		s.count(base, name, path, d)
		switch {
		case s.files > surveyed:
			return fs.SkipAll
		case d.IsDir() && kept(path, d.Name()):
			return fs.SkipDir
		}
		return nil
	})
	return s, err
}

func skip(d fs.DirEntry) error {
	if d != nil && d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (s *survey) count(base, name, path string, d fs.DirEntry) {
	s.files++
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		if to, err := os.Readlink(path); err == nil && !filepath.IsAbs(to) {
			if to = filepath.Join(filepath.Dir(path), to); !within(base, to) {
				s.links[name] = to
			}
		}
	case d.Type().IsRegular() && s.bytes <= smallBytes:
		if info, err := d.Info(); err == nil {
			s.bytes += info.Size()
		}
	}
}

func within(base, path string) bool {
	return path == base || strings.HasPrefix(path, strings.TrimSuffix(base, string(filepath.Separator))+string(filepath.Separator))
}

// kept reports whether a folder is one that tools keep for themselves, and that steps only read: an environment of
// Python, a repository, the packages of npm.
func kept(path, name string) bool {
	if name == ".git" || name == "node_modules" {
		return true
	}
	_, err := os.Lstat(filepath.Join(path, "pyvenv.cfg"))
	return err == nil
}
