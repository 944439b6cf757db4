package target

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Stepwise is a target for which a step can have settings of its own, under `targets:` in its definition (SEMANTICS 1).
type Stepwise interface {
	// StepSettings returns a pointer to a new struct of them, with tags as options have.
	StepSettings() any
}

// The codes of what is wrong with the settings that a step has for a target.
const (
	codeStepTarget = "RR0331"
	codeStepKey    = "RR0332"
)

// CheckSteps reports what is wrong with the settings that steps have for targets, whichever is rendered. Other reports
// whether a target that is not among those given is known otherwise; only it can check its settings then.
func CheckSteps(p *ir.Pipeline, targets []Target, other func(name string) bool) diag.List {
	var list diag.List
	for v := range ir.Walk(p) {
		for _, t := range v.Node.Base().Targets {
			list = append(list, checkStep(v.Node.Base().Name, t, targets, other)...)
		}
	}
	return list
}

func checkStep(step string, t ir.TargetSettings, targets []Target, other func(name string) bool) diag.List {
	if other(t.Target) {
		return nil
	}
	why := "there is no such target"
	var takes []string
	for _, one := range targets {
		own, stepwise := one.(Stepwise)
		switch {
		case stepwise && one.Name() == t.Target:
			return DecodeStep(own.StepSettings(), t)
		case stepwise:
			takes = append(takes, one.Name())
		case one.Name() == t.Target:
			why = t.Target + " has no settings for single steps"
		}
	}
	return diag.List{diag.Errorf(codeStepTarget, t.Span, "%q has settings for the target %q, but %s%s; targets with such settings are %s",
		step, t.Target, why, diag.DidYouMean(t.Target, takes), strings.Join(takes, ", "))}
}

// DecodeStep reads the settings that a step has for a target, by the tags of their fields, as [Decode] reads a section.
func DecodeStep(settings any, t ir.TargetSettings) diag.List {
	d := &decoder{options: settings, file: t.Span.File, key: codeStepKey, value: ir.CodeTargetValue, spans: map[*yaml.Node]diag.Span{}}
	d.decode(d.located(t), structOf(settings), "targets."+t.Target)
	return d.list
}

// located is the settings as a YAML tree; the decoder remembers where its nodes were written.
func (d *decoder) located(t ir.TargetSettings) *yaml.Node {
	n, err := treeOf(t.Settings)
	if err != nil {
		d.list.Add(diag.Errorf(ir.CodeTargetValue, t.Span, "the settings for the target %q cannot be read: %v", t.Target, err))
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	places := make(map[string]diag.Span, len(t.Places))
	for _, p := range t.Places {
		places[p.Pointer] = p.Span
	}
	d.place(n, "", places, t.Span)
	return n
}

// place notes the place of a node and of those in it: what has none stands where that around it does.
func (d *decoder) place(n *yaml.Node, pointer string, places map[string]diag.Span, around diag.Span) {
	here := around
	if span := places[pointer]; !span.IsZero() {
		here = span
	}
	d.spans[n] = here
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := pointer + "/" + ir.PointerKey(n.Content[i].Value)
			d.place(n.Content[i], at, places, here)
			d.place(n.Content[i+1], at, places, here)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.place(item, pointer+"/"+strconv.Itoa(i), places, here)
		}
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
	}
}

// StepSchemas are the JSON schemas of the settings that a step may have for targets, by their names.
func StepSchemas(targets []Target) map[string]any {
	out := map[string]any{}
	for _, t := range targets {
		if own, ok := t.(Stepwise); ok {
			out[t.Name()] = Schema(own.StepSettings())
		}
	}
	return out
}
