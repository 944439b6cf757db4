package stepfunctions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// Events that a standard execution writes into its history.
const (
	jobEvents    = 6 // entered, scheduled, started, submitted, ended, exited
	readEvents   = 5
	smallEvents  = 2 // a Pass or a Choice
	aroundEvents = 4 // a Parallel or a Map
	itemEvents   = 2 // an item of an inline Map
)

// The JSONata of states. State data is {run, at, …}: the run, and in the body of a map or loop the path of the item or iteration.
const (
	input = "{% $states.input %}"
	allOK = "{% $merge([$states.input, {'ok': $not(false in $states.result)}]) %}"
)

// machine is a state machine that is being made: the pipeline's, or that of a branch or an item.
type machine struct{ states []state }

type state struct {
	name, note string
	body       *yamlout.Map
	next       []string
}

// add adds a state that leads to others.
func (m *machine) add(name, note string, body *yamlout.Map, next ...string) {
	m.states = append(m.states, state{name, note, body, next})
}

// pass adds a state that makes its output and goes on.
func (m *machine) pass(name, note, output, next string) {
	m.add(name, note, yamlout.NewMap("Type", "Pass", "Output", output, "Next", next), next)
}

// end adds a state that ends the machine with an output.
func (m *machine) end(name, output string) {
	m.add(name, "", yamlout.NewMap("Type", "Pass", "Output", output, "End", true))
}

// way is one of the ways on from a choice.
type way struct{ condition, next string }

func (m *machine) choice(name, note, otherwise string, ways ...way) {
	choices := yamlout.NewList()
	next := []string{otherwise}
	for _, w := range ways {
		choices.Add(flow("Condition", "{% "+w.condition+" %}", "Next", w.next))
		next = append(next, w.next)
	}
	m.add(name, note, yamlout.NewMap("Type", "Choice", "Choices", choices, "Default", otherwise), next...)
}

// done closes the machine as it stands in a definition: the states that its start leads to. AWS refuses others.
func (m *machine) done(start string) *yamlout.Map {
	reached := map[string]bool{}
	byName := map[string]state{}
	for _, s := range m.states {
		byName[s.name] = s
	}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		if name := queue[0]; !reached[name] {
			reached[name] = true
			queue = append(queue, byName[name].next...)
		}
	}
	states := yamlout.NewMap()
	for _, s := range m.states {
		if reached[s.name] {
			if s.note != "" {
				states.Note(s.note)
			}
			states.Add(s.name, s.body)
		}
	}
	return yamlout.NewMap("StartAt", start, "States", states)
}

// told closes a machine that ends with true where it is done, else with false, and never with an error.
func (m *machine) told(start string, to ways) *yamlout.Map {
	m.end(to.done, "{% true %}")
	m.end(to.failed, "{% false %}")
	return m.done(start)
}

// caught ends the body of a state that can fail, whatever the reason is.
func caught(body *yamlout.Map, output, next, failed string) *yamlout.Map {
	body.Add("Output", output)
	body.Add("Catch", yamlout.NewList(flow("ErrorEquals", []string{"States.ALL"}, "Output", input, "Next", failed)))
	return body.Add("Next", next)
}

func flow(pairs ...any) yamlout.Flow { return yamlout.Flow{Value: yamlout.NewMap(pairs...)} }

// place is where a graph stands.
type place struct {
	at     string // JSONata of the path of the item or iteration around it, which ends in a dot; empty: there is none
	prefix string // of the paths in it, behind that
	static string // the path for names and messages
	graph  string // the path of the graph, as that of a definition
}

// key is the path of a node in the definition.
func (p place) key(n ir.Node) string { return ir.Join(p.graph, n.Base().Name) }

// inside is the place of a branch of a node.
func (p place) inside(n ir.Node, branch string) place {
	p.prefix += segment(n.Base().Name) + "." + segment(branch) + "."
	p.static = ir.Join(ir.Join(p.static, n.Base().Name), branch)
	p.graph = ir.Join(p.key(n), branch)
	return p
}

// body is the place of the body of a map or loop, whose path is in the state data.
func (p place) body(n ir.Node) place {
	return place{at: "$states.input.at", static: ir.Join(p.static, n.Base().Name), graph: ir.Join(p.key(n), ir.AnyItem)}
}

// expr is the JSONata of the path of a step; more goes on behind it.
func (p place) expr(name, more string) string {
	text := "'" + p.prefix + segment(name) + more + "'"
	if p.at == "" {
		return text
	}
	return p.at + " & " + text
}

// value is the path of a step as the parameter of a state.
func (p place) value(name string) string {
	if p.at == "" {
		return p.prefix + segment(name)
	}
	return "{% " + p.expr(name, "") + " %}"
}

// segment is a name in a path: JSONata, keys of S3 and commands take all of it as it is. The runner reads %XX.
func segment(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if plain(rune(c)) || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func plain(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

const (
	maxStateName = 80
	maxJobName   = 128
)

// names gives names that no other state of the machine has, since those of all branches have to differ.
type names map[string]bool

func (n names) give(wish string) string {
	name := cut(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._-()+,=@/?", r) {
			return r
		}
		return '-'
	}, wish), wish, maxStateName)
	for i := 2; n[name]; i++ {
		name = cut(fmt.Sprintf("%s %d", wish, i), fmt.Sprint(wish, i), maxStateName)
	}
	n[name] = true
	return name
}

// cut shortens a name to so many characters; a hash of the whole tells apart what begins alike.
func cut(name, whole string, limit int) string {
	if r := []rune(name); len(r) > limit {
		return string(r[:limit-9]) + "-" + hash(whole)
	}
	return name
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// words joins the letters and digits of a text, with a sign in place of each run of others.
func words(text, sign string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !plain(r) }), sign)
}

// clip is the first line of a text, cut for people.
func clip(text string, n int) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > n {
		line, more = string(r[:n-1]), true
	}
	if more {
		line += "…"
	}
	return line
}
