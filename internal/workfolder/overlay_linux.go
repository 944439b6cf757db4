package workfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// overlay lays an empty folder over the base for each folder: what a step writes goes there, and the base is only read.
type overlay struct{ base, lower string }

// newOverlay reports whether this process may mount, and the file systems allow it.
func newOverlay(base, root string, s *survey) (maker, bool) {
	if strings.ContainsAny(base+root, ":,\\") || within(base, root) {
		return nil, false // the options of a mount are separated by these; and the kernel wants the two apart
	}
	o := &overlay{base: base, lower: base}
	if len(s.left)+len(s.links) > 0 {
		layer := filepath.Join(root, "mended")
		if mended(base, layer, s) != nil {
			return nil, false
		}
		o.lower = layer + ":" + base
	}
	probe := &Folder{place: filepath.Join(root, "probe"), Dir: filepath.Join(root, "probe", "folder")}
	defer o.remove(probe)
	if os.Mkdir(probe.place, 0o700) != nil {
		return nil, false
	}
	return o, o.fill(probe) == nil
}

// mended makes a layer over the base that hides what the folders are not to hold, and has the links that lead out of the
// base lead to the same place from elsewhere.
func mended(base, layer string, s *survey) error {
	if err := likeness(base, layer); err != nil {
		return err
	}
	for _, name := range s.left {
		if err := above(base, layer, name); err != nil {
			return err
		}
		if err := unix.Mknod(filepath.Join(layer, name), unix.S_IFCHR, 0); err != nil { // the kernel's sign for: removed
			return err
		}
	}
	for name, to := range s.links {
		if err := above(base, layer, name); err != nil {
			return err
		}
		if err := os.Symlink(to, filepath.Join(layer, name)); err != nil {
			return err
		}
	}
	return nil
}

// above makes the folders above a name in a layer.
func above(base, layer, name string) error {
	for i := range name {
		if name[i] == filepath.Separator {
			if err := likeness(filepath.Join(base, name[:i]), filepath.Join(layer, name[:i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// likeness makes a folder with another's permissions.
func likeness(of, dir string) error {
	info, err := os.Stat(of)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, info.Mode().Perm()|0o700); err != nil && !os.IsExist(err) {
		return err
	}
	return nil
}

func (o *overlay) upper(f *Folder) string { return filepath.Join(f.place, "upper") }
func (o *overlay) work(f *Folder) string  { return filepath.Join(f.place, "kernel") }

func (o *overlay) fill(f *Folder) error {
	for _, dir := range []string{o.upper(f), o.work(f), f.Dir} {
		if err := os.Mkdir(dir, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
	}
	// volatile: to unmount writes nothing to the disk, where else the whole file system would be synced each time.
	options := "volatile,redirect_dir=on,lowerdir=" + o.lower + ",upperdir=" + o.upper(f) + ",workdir=" + o.work(f)
	err := unix.Mount("runnable-render", f.Dir, "overlay", 0, options)
	f.ended = err != nil
	return err
}

// reset mounts again, unless what was written can be removed without a trace.
func (o *overlay) reset(f *Folder) error {
	if !f.ended && o.removed(f) {
		return nil
	}
	if err := o.clear(f); err != nil {
		return err
	}
	return o.fill(f)
}

// removed removes what was written where that is nothing but new names beside those of the base, as it is most often.
func (o *overlay) removed(f *Folder) bool {
	names, err := readNames(o.upper(f))
	for _, name := range names {
		if _, there := os.Lstat(filepath.Join(o.base, name)); !errors.Is(there, fs.ErrNotExist) || os.RemoveAll(filepath.Join(f.Dir, name)) != nil {
			return false
		}
	}
	if err == nil && len(names) > 0 {
		names, err = readNames(o.upper(f))
	}
	return err == nil && len(names) == 0
}

func readNames(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// clear unmounts and removes what was written. What a step left running may still stand in the folder: it keeps the
// mount, and nobody else does.
func (o *overlay) clear(f *Folder) error {
	if err := unix.Unmount(f.Dir, unix.MNT_DETACH); err != nil && err != unix.EINVAL && err != unix.ENOENT {
		return err
	}
	return errors.Join(removeAll(o.upper(f)), removeAll(o.work(f)))
}

func (o *overlay) remove(f *Folder) {
	if o.clear(f) == nil {
		_ = removeAll(f.place)
	}
}

// written is a file of the upper folder, which holds what was written.
func (o *overlay) written(f *Folder, name string) string {
	if !f.ended {
		_ = unix.Unmount(f.Dir, unix.MNT_DETACH)
		f.ended = true
	}
	return filepath.Join(o.upper(f), name)
}

// detach unmounts a folder, if it is mounted.
func detach(dir string) { _ = unix.Unmount(dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW) }
