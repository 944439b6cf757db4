package step

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// attemptFolders are the folders that attempts have to themselves. One that an attempt left as it had found it serves
// the next: file systems look long for a free inode where others have just been freed, as each attempt would do.
type attemptFolders struct {
	mu   sync.Mutex
	free []string
}

// What a folder of an attempt holds from one attempt to the next.
const (
	// scriptName is the script's file. The shell is started in the script's folder and reads it by this short
	// name, which is what the shell's messages then show: the same on every machine.
	scriptName = "script"
	// returnsName is the folder of the files that a script may return values by.
	returnsName = "returns"
)

// take returns a folder below root, which is the attempt's own until it is given back.
func (p *attemptFolders) take(root string) (string, error) {
	p.mu.Lock()
	if n := len(p.free); n > 0 {
		dir := p.free[n-1]
		p.free = p.free[:n-1]
		p.mu.Unlock()
		return dir, nil
	}
	p.mu.Unlock()
	return os.MkdirTemp(root, "task-")
}

// give takes a folder back. One that something was left in is removed, and one whose attempt failed: what it had begun
// may have been stopped in the midst of its work.
func (p *attemptFolders) give(dir string, succeeded bool) {
	if !succeeded || !asFound(dir) {
		_ = removeAll(dir)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, dir)
}

// asFound reports whether a folder holds a script that nothing else leads to, an empty folder for returns, and nothing
// else.
func asFound(dir string) bool {
	for _, name := range listed(dir) {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			return false
		}
		switch {
		case name == scriptName && info.Mode() == scriptMode && links(info) == 1:
		case name == returnsName && info.Mode() == os.ModeDir|returnsMode && len(listed(filepath.Join(dir, name))) == 0:
		default:
			return false
		}
	}
	return true
}

const (
	scriptMode  = 0o600
	returnsMode = 0o700
)

// listed are the names in a folder; of one that cannot be read a name that is never there.
func listed(dir string) []string {
	names, err := readDirNames(dir)
	if err != nil {
		return []string{"?"}
	}
	return names
}

// returnsIn makes the folder for returns, empty, in the folder of an attempt.
func returnsIn(dir string) (string, error) {
	returns := filepath.Join(dir, returnsName)
	err := os.Mkdir(returns, returnsMode)
	if os.IsExist(err) { // by an attempt before, whose give saw it empty
		err = nil
	}
	return returns, err
}

// writeScript writes the script into the folder of an attempt. It shortens the file of an attempt before only when all
// is written: ext4 brings a file to the disk at once that was emptied and is written again.
func writeScript(dir, text string) error {
	f, err := os.OpenFile(filepath.Join(dir, scriptName), os.O_WRONLY|os.O_CREATE|noFollow, scriptMode)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.WriteString(f, text)
	}
	if err == nil && info.Size() > int64(len(text)) {
		err = f.Truncate(int64(len(text)))
	}
	return errors.Join(err, f.Close())
}
