package plugin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/runnable-render/runnable-render/plugin"
)

// words is a task kind: the number of words of its command.
func words(_ context.Context, r *plugin.TaskRequest) (*plugin.TaskAnswer, error) {
	n, err := json.Marshal(len(strings.Fields(r.Command)))
	if err != nil {
		return nil, err
	}
	answer := &plugin.TaskAnswer{Returns: map[string]json.RawMessage{}}
	for _, want := range r.Returns {
		answer.Returns[want.Name] = n
	}
	return answer, nil
}

// The main function of a plugin is program.Main(), and its program is called runnable-render-task-words. Here it is
// served one call, as a runner makes it.
func ExampleProgram() {
	program := plugin.Program{Description: "counts words", Task: plugin.TaskFunc(words)}

	dir, err := os.MkdirTemp("", "words-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	request, answer := filepath.Join(dir, "request.json"), filepath.Join(dir, "answer.json")
	text := `{"version": 1, "kind": "words", "command": "to be or not", "params": {}, "returns": [{"name": "n", "kind": "json"}]}`
	if err := os.WriteFile(request, []byte(text), 0o600); err != nil {
		panic(err)
	}
	code, called := program.Serve([]string{plugin.VerbTask, request, answer}, os.Stderr)
	said, err := os.ReadFile(answer)
	if err != nil {
		panic(err)
	}
	fmt.Println(code, called, string(said))
	// Output: 0 true {"version":1,"returns":{"n":4}}
}
