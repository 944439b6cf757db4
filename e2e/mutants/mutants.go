// Package mutants builds runners with a defect planted in the engine. A suite that compares what targets do with what
// is expected must turn red with each of them, else it proves nothing.
package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Mutant is one defect: a piece of a source file and what stands in its place.
type Mutant struct {
	Name string
	File string // from the module's root
	Old  string // occurs in the file; its first occurrence is replaced
	New  string
}

// Visible is the folder of a case, from this one, that shows each of them.
const Visible = "visible"

// All are the defects of the design: a merge dropped, an order swapped, a handler ignored.
func All() []Mutant {
	return []Mutant{
		{
			Name: "merge-dropped", File: "internal/engine/combine.go",
			Old: "return Outcome{Status: Success, After: before.With(settleFiles(entries)...), Changed: changed.order}",
			New: "_ = entries\n\treturn Outcome{Status: Success, After: before}",
		},
		{
			Name: "order-swapped", File: "internal/engine/combine.go",
			Old: "values[i] = o.After.Get(key).Value",
			New: "values[len(outs)-1-i] = o.After.Get(key).Value",
		},
		{
			Name: "handler-ignored", File: "internal/engine/frame.go",
			Old: "return f.follow(f.plan.OnFailure[i], ",
			New: "return f.follow(ir.ToFail, ",
		},
	}
}

// Build builds a program of the module with the defect into a folder and returns the program's path. The sources
// stay as they are.
func (m Mutant) Build(root, program, dir string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	text, err := m.source(root)
	if err != nil {
		return "", err
	}
	file, mutated := filepath.Join(root, filepath.FromSlash(m.File)), filepath.Join(dir, "mutated.go")
	if err := os.WriteFile(mutated, []byte(text), 0o644); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: mutated}})
	if err != nil {
		return "", err
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o644); err != nil {
		return "", err
	}
	out := filepath.Join(dir, program)
	cmd := exec.Command("go", "build", "-trimpath", "-overlay", overlayFile, "-o", out, "./cmd/"+program)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("mutant %s: %w\n%s", m.Name, err, text)
	}
	return out, nil
}

// source is the text of the file with the defect.
func (m Mutant) source(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.File)))
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), m.Old) {
		return "", fmt.Errorf("mutant %s: %s no longer holds %q", m.Name, m.File, m.Old)
	}
	return strings.Replace(string(text), m.Old, m.New, 1), nil
}
