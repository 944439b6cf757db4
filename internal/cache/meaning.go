package cache

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed meaning.py
var meaningPy string

// Meaning is what is asked of one file of Python: a hash of what it does, whatever its layout and comments are.
type Meaning struct {
	File     string `json:"file"`     // slash path below the folder
	Function string `json:"function"` // only what this function of it, Class.method or name, uses; empty: all
}

// Meanings returns for each file a hash that is the same where two texts of it are the same program: layout and comments make
// no difference. It is empty where that cannot be told.
func Meanings(ctx context.Context, w Where, asked []Meaning) ([]string, error) {
	interpreter, environ, err := w.Python()
	if err != nil {
		return nil, err
	}
	request, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	text, err := w.read(ctx, interpreter, environ, request, meaningPy)
	if err != nil {
		return nil, err
	}
	var out []string
	if err := json.Unmarshal(text, &out); err != nil || len(out) != len(asked) {
		return nil, fmt.Errorf("its source cannot be read: %q", text)
	}
	return out, nil
}
