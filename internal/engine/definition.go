package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/runnable-render/runnable-render/ir"
)

// Definitions tell what each leaf of a pipeline is, with what it gets from the composites around it. Records keep the hash,
// by which a retry tells whether a step has been edited since it ran (SEMANTICS 6). They are safe for concurrent use.
type Definitions struct {
	pipeline *ir.Pipeline
	settings func() map[string]ir.Effective
}

// NewDefinitions returns the definitions of the leaves of a pipeline.
func NewDefinitions(p *ir.Pipeline) *Definitions {
	return &Definitions{p, sync.OnceValue(func() map[string]ir.Effective { return ir.Settings(p) })}
}

// Effective returns what a step and the composites around it say of its environment.
func (d *Definitions) Effective(path string) ir.Effective {
	return d.settings()[StaticPath(d.pipeline, path)]
}

// Text returns the leaf at a path as text.
func (d *Definitions) Text(path string, leaf ir.Node) string {
	return ir.DumpEffective(leaf, d.Effective(path))
}

// Hash returns the hash of the leaf's text.
func (d *Definitions) Hash(path string, leaf ir.Node) string {
	return DefinitionHash(d.Text(path, leaf))
}

// DefinitionHash is the hash of a leaf's text as records keep it.
func DefinitionHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Current reports whether a record still holds the outcome of a leaf: it succeeded, and the scope before the step and the
// definition are those that it ran with. Such a step is kept by a retry; all others run again (SEMANTICS 6).
func (d *Definitions) Current(job *Job, rec *Record) bool {
	return rec != nil && rec.Status.OK() && rec.Before == job.Before.Digest() &&
		(rec.Definition == "" || rec.Definition == d.Hash(job.Path, job.Node))
}
