package runner

import (
	"os"
	"testing"
)

func TestWorkFolderStaysWhereItIsWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, _, err := (&session{}).workFolder(dir, false)
	if err != nil || got != dir {
		t.Errorf("%s, %v", got, err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
