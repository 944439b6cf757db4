package pipetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// key is one key of a mapping. The reader and the schema follow the tables of keys.
type key struct {
	name     string
	shape    string // which values it takes: a definition of the schema
	required bool
	doc      string
}

// table is a kind of mapping with its keys.
type table struct {
	kind string
	doc  string
	keys []key
}

func fileTable() table {
	return table{"file", "Tests of a pipeline. Top-level keys that begin with x- are free; YAML anchors live there.", []key{
		{"pipeline", "name", false, "The definition, as a path from this file. Without it, the one beside this file with the same name."},
		{"description", "text", false, "What the tests are for, for their readers."},
		{"parameters", "values", false, "Initial parameters of all cases. A case may replace them one by one."},
		{"mocks", "mocks", false, "What stands in for the steps, by path or pattern, in all cases. Those of a case count first."},
		{"cases", "cases", true, "The cases by name."},
	}}
}

func caseTable() table {
	return table{"case", "One case: what comes to the pipeline, and what it must come to.", []key{
		{"description", "text", false, "What the case is for, for its readers."},
		{"parameters", "values", false, "Initial parameters of this case."},
		{"mocks", "mocks", false, "What stands in for the steps in this case, by path or pattern."},
		{"expect", "expect", true, "What the case must come to."},
	}}
}

func answerKeys() []key {
	return []key{
		{"returns", "values", false, "What the step returns, by name."},
		{"files", "contents", false, "The files that the step writes, by path; null removes one that it got. Its catalog puts what it names of them."},
		{"fails", "fails", false, "How the step fails: a kind of failure, an exit code, or a mapping of kind, exit_code and message."},
		{"delay", "duration", false, "How long the step takes, in virtual time. Nothing waits."},
	}
}

func mockTable() table {
	return table{"mock", "What a step does in place of its command.", append(answerKeys(),
		key{"attempts", "answers", false, "What the step does in its first attempt, in its second, and so on. The last entry stands for all further ones."},
		key{"each", "each", false, "What the step does in the first item of its map (or iteration of its loop), in the second, and so on."})}
}

func answerTable() table {
	return table{"answer", "What a step does in one attempt.", answerKeys()}
}

func itemTable() table {
	return table{"item", "What a step does in one item of a map, or iteration of a loop.", mockTable().keys[:5]}
}

func failureTable() table {
	return table{"failure", "How a step fails.", []key{
		{"kind", "failureKind", false, "The kind of failure. Without it, error."},
		{"exit_code", "exitCode", false, "The exit code of the command."},
		{"message", "text", false, "What went wrong."},
	}}
}

func expectTable() table {
	return table{"expect", "What a case must come to.", []key{
		{"status", "runStatus", false, "SUCCESS or FAIL. Without it, FAIL where failed, failure or message is given, else SUCCESS."},
		{"failed", "name", false, "The path of the failed step: the innermost one."},
		{"failure", "failureKind", false, "The kind of the run's failure."},
		{"message", "text", false, "A part of the message of the run's failure."},
		{"path", "names", false, "All tasks and stubs that ran, by their paths, in the order in which they started."},
		{"ran", "names", false, "Steps that ran, by path or pattern: each of these fits one at least."},
		{"skipped", "names", false, "Steps that did not run, by path or pattern."},
		{"order", "names", false, "Steps of which each ended before the next began."},
		{"handled", "names", false, "Steps that failed and whose failure was handled, by path or pattern."},
		{"parameters", "values", false, "Parameters at the end, by name; there may be others."},
		{"absent", "names", false, "Names that no parameter has at the end."},
		{"files", "expectedFiles", false, "Files of the catalog at the end, by path, with what they hold; null: whatever that is. A file of a map's item is ITEM/PATH."},
		{"steps", "expectedSteps", false, "What single steps came to, by path or pattern: a status, or a mapping."},
		{"took", "duration", false, "How long the run took, in virtual time."},
	}}
}

func stepTable() table {
	return table{"expectedStep", "What a step must come to.", []key{
		{"status", "stepStatus", false, "SUCCESS or FAIL."},
		{"failure", "failureKind", false, "Its kind of failure."},
		{"message", "text", false, "A part of the message of its failure."},
		{"attempts", "positive", false, "How many attempts it took."},
		{"returns", "values", false, "What it returned; there may be more."},
		{"sees", "values", false, "Parameters that are visible to it; there may be more."},
		{"put", "expectedFiles", false, "Files that it put into the catalog; there may be more."},
		{"get", "expectedFiles", false, "Files that it got from the catalog; there may be more."},
		{"handles", "name", false, "The path of the failed step whose failure it handles."},
	}}
}

func (t table) names() []string {
	names := make([]string, len(t.keys))
	for i, k := range t.keys {
		names[i] = k.name
	}
	return names
}

// instead is what to write in place of an unknown key.
func (t table) instead(name string) string {
	if name == "real" {
		return "; a test starts no step of its own: mock the step"
	}
	if hint := diag.DidYouMean(name, t.names()); hint != "" {
		return hint
	}
	return "; it takes " + strings.Join(t.names(), ", ")
}

// failureKinds are the words for kinds of failure.
func failureKinds() []string {
	return []string{
		string(engine.KindError), string(engine.KindTimeout), string(engine.KindOOM), string(engine.KindKilled),
		string(engine.KindData), string(engine.KindSecret), string(engine.KindLost),
	}
}

func statuses() []string { return []string{string(engine.Success), string(engine.Failed)} }

// oneOf says what is wrong with a word that is not among those known.
func oneOf(word string, known []string) (problem string) {
	if slices.Contains(known, word) {
		return ""
	}
	if hint := diag.DidYouMean(word, known); hint != "" {
		return fmt.Sprintf("%q is none of %s%s", word, strings.Join(known, ", "), hint)
	}
	return fmt.Sprintf("%q is none of %s", word, strings.Join(known, ", "))
}
