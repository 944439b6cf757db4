// Package imagetar writes container images as an archive in the form of `docker save`, without an engine: `docker
// load`, `ctr images import` and `kind load image-archive` take it. The same input gives the same bytes.
package imagetar

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Layer is one layer of a root file system.
type Layer struct {
	tar    []byte
	digest string
}

// File is a file of a layer.
type File struct {
	Path string // from the root, without a leading slash
	Mode fs.FileMode
	Data []byte
	Link string // target of a symbolic link; then Data is nothing
}

// Image is a name, its layers from the bottom up, and how it is run.
type Image struct {
	Name       string // repository and tag
	Layers     []*Layer
	Entrypoint []string
	User       string
	WorkingDir string
	Env        []string
}

// Files makes a layer of files, which belong to the user and group of that number, with the folders above them.
// A path that ends in a slash is a folder.
func Files(owner int, files ...File) (*Layer, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	seen := map[string]bool{"": true, ".": true}
	for _, f := range files {
		for dir := range parents(strings.TrimSuffix(f.Path, "/")) {
			if !seen[dir] {
				seen[dir] = true
				if err := w.WriteHeader(header(dir+"/", tar.TypeDir, 0o755, owner)); err != nil {
					return nil, err
				}
			}
		}
		if err := put(w, f, owner, seen); err != nil {
			return nil, err
		}
	}
	return finish(&buf, w)
}

func put(w *tar.Writer, f File, owner int, seen map[string]bool) error {
	switch {
	case strings.HasSuffix(f.Path, "/"):
		seen[strings.TrimSuffix(f.Path, "/")] = true
		return w.WriteHeader(header(f.Path, tar.TypeDir, f.Mode, owner))
	case f.Link != "":
		h := header(f.Path, tar.TypeSymlink, 0o777, owner)
		h.Linkname = f.Link
		return w.WriteHeader(h)
	}
	h := header(f.Path, tar.TypeReg, f.Mode, owner)
	h.Size = int64(len(f.Data))
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(f.Data)
	return err
}

// parents yields the folders above a path, the outermost first.
func parents(p string) func(func(string) bool) {
	return func(yield func(string) bool) {
		parts := strings.Split(path.Dir(p), "/")
		for i := range parts {
			if !yield(path.Join(parts[:i+1]...)) {
				return
			}
		}
	}
}

func header(name string, kind byte, mode fs.FileMode, owner int) *tar.Header {
	bits := int64(mode.Perm())
	if mode&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	return &tar.Header{Name: name, Typeflag: kind, Mode: bits, Uid: owner, Gid: owner, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
}

func finish(buf *bytes.Buffer, w *tar.Writer) (*Layer, error) {
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(buf.Bytes())
	return &Layer{tar: buf.Bytes(), digest: hex.EncodeToString(sum[:])}, nil
}

// Folder makes a layer of all that is below a folder: files, folders and symbolic links, owned by root.
func Folder(root string) (*Layer, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == root {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		f := File{Path: filepath.ToSlash(rel)}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f.Mode = info.Mode()
		switch {
		case d.IsDir():
			f.Path += "/"
		case d.Type()&fs.ModeSymlink != 0:
			if f.Link, err = os.Readlink(file); err != nil {
				return err
			}
		case d.Type().IsRegular():
			if f.Data, err = os.ReadFile(file); err != nil {
				return err
			}
		default:
			return nil
		}
		return put(w, f, 0, map[string]bool{})
	})
	if err != nil {
		return nil, err
	}
	return finish(&buf, w)
}

// Write writes an archive of images. A layer that several of them have stands in it once.
func Write(out io.Writer, images ...Image) error {
	w := tar.NewWriter(out)
	type entry struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	var manifest []entry
	written := map[string]bool{}
	add := func(name string, data []byte) error {
		if written[name] {
			return nil
		}
		written[name] = true
		return put(w, File{Path: name, Mode: 0o644, Data: data}, 0, map[string]bool{})
	}
	for _, image := range images {
		config, err := image.config()
		if err != nil {
			return err
		}
		sum := sha256.Sum256(config)
		e := entry{Config: hex.EncodeToString(sum[:]) + ".json", RepoTags: []string{image.Name}}
		for _, l := range image.Layers {
			e.Layers = append(e.Layers, l.digest+"/layer.tar")
			if err := add(l.digest+"/layer.tar", l.tar); err != nil {
				return err
			}
		}
		if err := add(e.Config, config); err != nil {
			return err
		}
		manifest = append(manifest, e)
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	if err := add("manifest.json", text); err != nil {
		return err
	}
	return w.Close()
}

// config is the image's configuration in the form of the OCI.
func (i Image) config() ([]byte, error) {
	if i.Name == "" || len(i.Layers) == 0 {
		return nil, fmt.Errorf("image %q has no name or no layer", i.Name)
	}
	var layers []string
	for _, l := range i.Layers {
		layers = append(layers, "sha256:"+l.digest)
	}
	env := slices.Concat([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, i.Env)
	return json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config":  map[string]any{"Env": env, "Entrypoint": i.Entrypoint, "User": i.User, "WorkingDir": i.WorkingDir},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": layers},
		"history": []map[string]any{},
	})
}

// Digest is the layer's sha256, in hexadecimal.
func (l *Layer) Digest() string { return l.digest }
