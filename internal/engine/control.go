package engine

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Items returns the items of the list that a map goes over (SEMANTICS 2.4). The failure's message says what the
// parameter is instead.
func Items(n *ir.Map, path string, scope *Scope, blobs Blobs) ([]Value, *Failure) {
	if n.IterateOver.Text != "" {
		text, failure := evaluate(n.IterateOver.Text, path, scope, blobs)
		if failure != nil {
			return nil, failure
		}
		items, instead := itemsOf(text)
		if instead != "" {
			return nil, dataFailure(path, "iterate_over %q must make a list, and made %s", n.IterateOver.Text, instead)
		}
		return items, nil
	}
	name := n.IterateOn.Name
	v, ok := scope.Param(name)
	if !ok {
		return nil, dataFailure(path, "iterate_on names %q, which no earlier step returned and no initial parameter gives%s", name, visible(scope, name))
	}
	if v.Items != nil {
		return v.Items, nil
	}
	text, err := v.Text(blobs)
	if err != nil {
		return nil, dataFailure(path, "iterate_on %q: %v", name, err)
	}
	items, instead := itemsOf(text)
	if instead != "" {
		return nil, dataFailure(path, "iterate_on %q must be a list, but it is %s", name, instead)
	}
	return items, nil
}

// itemsOf takes a JSON list apart, or says what the text is instead.
func itemsOf(text json.RawMessage) (items []Value, instead string) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil || raw == nil {
		return nil, describe(text)
	}
	items = make([]Value, len(raw))
	for i, r := range raw {
		items[i] = Value{JSON: r}
	}
	return items, ""
}

// Arm returns the index of the branch that a conditional takes (SEMANTICS 2.5).
func Arm(n *ir.Conditional, path string, scope *Scope, blobs Blobs) (int, *Failure) {
	text, failure := choice(n, path, scope, blobs)
	if failure != nil {
		return 0, failure
	}
	fallback := -1
	for i, b := range n.Branches {
		if n.Default != "" && b.Name == n.Default {
			fallback = i
		}
		if stands(text, b.Name) {
			return i, nil
		}
	}
	if fallback >= 0 {
		return fallback, nil
	}
	return 0, dataFailure(path, "%q is %s, which no branch is named after (branches: %s) and there is no default", n.By(), describe(text), branchList(n))
}

// choice is the value that a conditional goes by.
func choice(n *ir.Conditional, path string, scope *Scope, blobs Blobs) (json.RawMessage, *Failure) {
	if n.Expression.Text != "" {
		return evaluate(n.Expression.Text, path, scope, blobs)
	}
	name := n.Parameter.Name
	v, ok := scope.Param(name)
	if !ok {
		return nil, dataFailure(path, "parameter %q does not exist: no earlier step returned it and no initial parameter has that name%s", name, visible(scope, name))
	}
	text, err := v.Text(blobs)
	if err != nil {
		return nil, dataFailure(path, "parameter %q: %v", name, err)
	}
	return text, nil
}

// stands reports whether a value stands for the branch of a name: a string as it is, true and false also in
// Python's spelling, a number by its JSON text. Nothing else names a branch.
func stands(text json.RawMessage, branch string) bool {
	switch text[0] {
	case '"':
		var s string
		return json.Unmarshal(text, &s) == nil && s == branch
	case 't':
		return branch == "true" || branch == "True"
	case 'f':
		return branch == "false" || branch == "False"
	case 'n', '{', '[':
		return false
	}
	return string(text) == branch
}

func branchList(n *ir.Conditional) string {
	names := make([]string, len(n.Branches))
	for i, b := range n.Branches {
		names[i] = fmt.Sprintf("%q", b.Name)
	}
	return strings.Join(names, ", ")
}

// breaks reports whether a loop ends after an iteration that left this scope: only JSON true does (SEMANTICS 2.6). An
// expression that fails, or makes something else than a truth value, fails the loop.
func breaks(n *ir.Loop, path string, scope *Scope, blobs Blobs) (bool, *Failure) {
	if n.BreakWhen.Text == "" {
		return isTrue(n, scope, blobs), nil
	}
	text, failure := evaluate(n.BreakWhen.Text, path, scope, blobs)
	if failure != nil {
		return true, failure
	}
	if s := string(text); s != "true" && s != "false" {
		return true, dataFailure(path, "break_when %q must make true or false, and made %s", n.BreakWhen.Text, describe(text))
	}
	return string(text) == "true", nil
}

func isTrue(n *ir.Loop, scope *Scope, blobs Blobs) bool {
	v, ok := scope.Param(n.BreakOn.Name)
	if !ok || v.IsObject() {
		return false
	}
	text, err := v.Text(blobs)
	return err == nil && string(text) == "true"
}

func dataFailure(path, format string, args ...any) *Failure {
	return &Failure{Step: path, Kind: KindData, Message: fmt.Sprintf(format, args...)}
}

// describe says what a JSON value is, short.
func describe(text json.RawMessage) string {
	kind := "a number"
	switch text[0] {
	case '"':
		kind = "a string"
	case '{':
		kind = "a mapping"
	case '[':
		kind = "a list"
	case 'n':
		return "null"
	case 't', 'f':
		return string(text)
	}
	s := string(text)
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return kind + ", " + s
}

// visible names what a scope holds instead of a missing parameter.
func visible(scope *Scope, missing string) string {
	var names []string
	for name := range scope.Params() {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "; nothing is visible here"
	}
	if len(names) > 20 {
		names = append(names[:20], fmt.Sprintf("and %d more", len(names)-20))
	}
	return diag.DidYouMean(missing, names) + "; visible: " + strings.Join(names, ", ")
}
