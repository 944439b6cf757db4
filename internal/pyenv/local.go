package pyenv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// largestRead is the number of bytes above which a file counts by its size and time alone.
const largestRead = 1 << 20

// contents tell what the packages are that lie on this machine: they change without their names. What is not there, the installer
// reports.
func (w Want) contents() ([]string, error) {
	var out []string
	for _, p := range w.sorted() {
		place := local(p)
		if place == "" {
			continue
		}
		sum, err := contentOf(place)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the package %s: %w", p, err)
		}
		out = append(out, sum)
	}
	return out, nil
}

// local is the file or folder of this machine that a requirement names; empty: it names none.
func local(requirement string) string {
	_, place, _ := strings.Cut(requirement, "@ ")
	place, _, _ = strings.Cut(place, " ") // a marker
	u, err := url.Parse(place)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return filepath.FromSlash(u.Path)
}

// contentOf is a hash of a file, or of a folder without what tools keep and builds leave in it.
func contentOf(place string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(place, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file != place && d.IsDir() && byTools(d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(place, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q", rel)
		return addFile(h, file)
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func byTools(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasSuffix(folder, ".egg-info") || slices.Contains([]string{"build", "dist", "__pycache__", "node_modules"}, folder)
}

func addFile(h hash.Hash, file string) error {
	st, err := os.Stat(file)
	switch {
	case err != nil || st.IsDir(): // a link that leads nowhere, or to a folder
		return nil
	case !st.Mode().IsRegular() || st.Size() > largestRead:
		fmt.Fprintf(h, " %d %d ", st.Size(), st.ModTime().UnixNano())
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(h, " %d ", st.Size())
	_, err = io.Copy(h, f)
	return err
}
