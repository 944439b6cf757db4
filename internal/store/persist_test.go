package store

import (
	"errors"
	"testing"
)

func TestErrorsThatPass(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"blob (key \"x\") (code=Unknown): checksum did not match: algorithm CRC64NVME, expect a, actual b": true,
		"blob (code=InvalidArgument): no": false,
	} {
		if got := passing(errors.New(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
