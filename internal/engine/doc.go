// Package engine is what a pipeline means: scopes and how they merge, reducers, control values, what a step sees, what
// runs next, what a composite comes to, what a retry redoes (docs/semantics.md). It is pure: graphs, records and values
// in, decisions out. Every target uses it.
package engine
