// Package engine implements the meaning of a pipeline: scopes and how they merge, reducers, control values, what a step
// sees, what runs next, the outcome of a composite, what a retry redoes (docs/semantics.md). It is pure: graphs,
// records and values in, decisions out. Every target uses it.
package engine
