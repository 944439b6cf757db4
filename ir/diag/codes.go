package diag

import (
	"cmp"
	"slices"
	"strings"
)

// Code is what is known of one kind of diagnostic; `runnable-render explain` prints it.
type Code struct {
	Code        string // RR and four digits
	Title       string // a short line, lower case, no full stop
	Explanation string // what is wrong, why it matters, and what to do; a few sentences
	Bad         string // a definition that gets this diagnostic; may be empty
	Good        string // the same, mended; may be empty
	Refusal     bool   // the definition is valid, but a target cannot express it
}

// Codes returns every code, in ascending order.
//
// The ranges: RR00xx the syntax of files, 01xx names and keys, 02xx the graph, 03xx parameters and dataflow,
// 04xx configuration, 05xx Python definitions and functions, 06xx WfFormat, 07xx flows of Metaflow, 08xx tests of pipelines, 1xxx Argo, 2xxx compose, 3xxx running,
// 4xxx Kubernetes, 5xxx Airflow, 6xxx GitHub Actions, 7xxx Slurm, 8xxx Step Functions. Each area keeps its own table, in codes_<area>.go.
func Codes() []Code {
	all := slices.Concat(
		syntaxCodes(),
		pluginCodes(),
		keyCodes(),
		graphCodes(),
		engineCodes(),
		configCodes(),
		pythonCodes(),
		wfformatCodes(),
		metaflowCodes(),
		caseCodes(),
		argoCodes(),
		composeCodes(),
		kubernetesCodes(),
		slurmCodes(),
		actionsCodes(),
		stepFunctionsCodes(),
		airflowCodes(),
		runCodes(),
	)
	slices.SortStableFunc(all, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// Lookup returns the code of that name, in any case, and whether there is one.
func Lookup(code string) (Code, bool) {
	all := Codes()
	i := slices.IndexFunc(all, func(c Code) bool { return strings.EqualFold(c.Code, code) })
	if i < 0 {
		return Code{}, false
	}
	return all[i], true
}

// IsRefusal reports whether a code says that a target cannot express a definition that is valid.
func IsRefusal(code string) bool {
	c, ok := Lookup(code)
	return ok && c.Refusal
}
