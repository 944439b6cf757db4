package runner

import (
	"os"
	"testing"
)

func TestWorkFolderStaysWhereItIsWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, err := workFolder(dir)
	if err != nil || got != dir {
		t.Errorf("%s, %v", got, err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
