package step

import (
	"sync"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// testPython returns a Python with pydantic and cloudpickle. Without a network: set SKIP=pydantic to go without.
var testPython = sync.OnceValues(func() (string, error) {
	return testvenv.Make("venv-1", "pydantic>=2", "cloudpickle", "numpy")
})

// notebookPython returns a Python with papermill and a kernel. Without a network: set SKIP=notebook to go without.
var notebookPython = sync.OnceValues(func() (string, error) {
	return testvenv.Make("venv-notebook-1", "papermill", "ipykernel")
})
