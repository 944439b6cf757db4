package app

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionCommand prints what this program is.
func (a *command) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  operands(nil, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, a.versionText())
			return err
		},
	}
}

// versionText says what this program is.
func (a *command) versionText() string {
	return fmt.Sprintf("%s %s %s %s/%s", a.Name, Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Version is the module's version as the build recorded it: a tag, or (devel) with the commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	return version
}

// released matches the versions of this module that are published, with images of their own.
var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// release is this module's version, also in a program that is built around it, where that is one that was published.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return releaseOf(info)
}

func releaseOf(info *debug.BuildInfo) string {
	const module = "github.com/runnable-render/runnable-render"
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == module && m.Replace == nil && released.MatchString(m.Version) {
			return m.Version
		}
	}
	return ""
}
