package pydef

import (
	"context"
	"os"
	"strings"

	"github.com/runnable-render/runnable-render/python"
)

// interpreter chooses the Python for a definition as one is chosen for its steps.
func interpreter(ctx context.Context, set, dir string) (string, error) {
	env := map[string]string{}
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	here, _ := os.Getwd()
	found, err := new(python.Finder).Find(ctx, python.Choice{Set: set, Env: env, Dir: dir, Folders: []string{dir, here}})
	return found.Path, err
}
