package step

import (
	"fmt"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// failure is a failure whose step is not filled in yet.
type failure struct{ engine.Failure }

func fail(kind engine.FailureKind, format string, args ...any) *failure {
	return &failure{engine.Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}}
}

func (f *failure) code(n int) *failure {
	f.ExitCode = n
	return f
}

func (f *failure) at(path string) *engine.Failure {
	out := f.Failure
	out.Step = path
	return &out
}
