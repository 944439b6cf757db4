package app

import (
	"runtime/debug"
	"testing"
)

func TestReleaseOf(t *testing.T) {
	t.Parallel()
	const module = "github.com/runnable-render/runnable-render"
	main := func(version string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: module, Version: version}}
	}
	around := func(m debug.Module) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: "example.org/mine", Version: "v9.9.9"}, Deps: []*debug.Module{{Path: "example.org/other", Version: "v1.0.0"}, &m}}
	}
	for name, c := range map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"a release":           {main("v1.2.3"), "v1.2.3"},
		"a checkout":          {main("(devel)"), ""},
		"a commit":            {main("v0.0.0-20261125000000-0123456789ab"), ""},
		"a changed release":   {main("v1.2.3+dirty"), ""},
		"a user's program":    {around(debug.Module{Path: module, Version: "v1.2.3"}), "v1.2.3"},
		"one with a checkout": {around(debug.Module{Path: module, Version: "v1.2.3", Replace: &debug.Module{Path: "../x"}}), ""},
	} {
		if got := releaseOf(c.info); got != c.want {
			t.Errorf("%s is %q, want %q", name, got, c.want)
		}
	}
}
