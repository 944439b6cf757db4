package slurm

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// builder makes a script.
type builder struct {
	Options
	pipeline  *ir.Pipeline
	settings  map[string]ir.Effective // by static path
	functions []string                // those that submit graphs
	lines     []string                // of the function that is being written
	jobs      int                     // that are submitted for certain, and those inside composites once
	dynamic   bool
	told      bool // that images are not used
	list      diag.List
}

func (b *builder) config() string { return cmp.Or(b.ConfigFile, "runnable-config.yaml") }

// script is the whole file.
func (b *builder) script() []byte {
	b.store()
	b.allGraphs()
	b.size()
	var s strings.Builder
	s.WriteString(b.head())
	s.WriteString(b.exports())
	s.WriteString("\n" + strings.Join(b.functions, "\n"))
	fmt.Fprintf(&s, "\n_names=(%s) # of the initial parameters\nparameters() { cat <<'END'\n%s\nEND\n}\n", b.names(), b.parameters())
	fmt.Fprintf(&s, "\ndefinition() { cat <<'END'\n%s\nEND\n}\n", b.definition())
	s.WriteString(library)
	if s.Len() > maxScript {
		b.list.Add(diag.Errorf(codeLong, b.pipeline.Span, "slurm: the script has %d bytes with the definition in it, and Slurm accepts %d; split the pipeline", s.Len(), maxScript))
	}
	return []byte(s.String())
}

// allGraphs writes the functions that submit the jobs.
func (b *builder) allGraphs() {
	if !b.pipeline.OnePod() {
		b.function("the pipeline", b.pipeline.Graph, place{})
		return
	}
	b.jobs++
	b.functions = []string{"graph_0() { # the pipeline, in one job: pods: one\n  job pipeline \"$_entry\"" + b.whole() + " -- work subtree -\n}\n"}
}

// store refuses a folder that the nodes do not share, or that another folder would make another.
func (b *builder) store() {
	span := diag.Span{File: b.ConfigFile}
	switch folder := b.StoreFolder; {
	case folder == "" && b.Store != "" && b.Folder == "":
		b.list.Add(diag.Errorf(codeShared, span, "slurm: the store is a bucket, but jobs need a folder that all nodes share for their scripts and logs; name it: folder in the section slurm of %s", b.config()))
	case folder == "":
	case folder[0] != '/':
		b.list.Add(diag.Errorf(codeShared, span, "slurm: the store %q is a relative path, which means another folder elsewhere; give its absolute path", folder))
	case !folderForm.MatchString(folder) || nodesOwn(folder):
		b.list.Add(diag.Errorf(codeShared, span, "slurm: the store %q is a folder that is local to each node, or has a percent sign in its path; name one that all nodes share", folder))
	}
}

// size tells how many jobs there will be at least.
func (b *builder) size() {
	b.jobs++ // the last
	switch {
	case b.jobs > maxJobs:
		b.list.Add(diag.Errorf(codeMany, b.pipeline.Span, "slurm: the pipeline needs at least %d jobs, and Slurm holds %d of all users together; run composites with pods: one, so that each is one job", b.jobs, maxJobs))
	case b.jobs > manyJobs:
		b.list.Add(diag.Warningf(codeSlow, b.pipeline.Span, "slurm: the pipeline needs at least %d jobs; submitting them takes minutes, and many sites allow a user fewer; run composites with pods: one, so that each is one job", b.jobs))
	}
}

// head is what stands at the top: the options of all jobs, and what a person does with the file.
func (b *builder) head() string {
	var s strings.Builder
	s.WriteString("#!/bin/bash\n")
	for _, option := range append([]string{"--ntasks=1", "--cpus-per-task=1", "--no-requeue", "--signal=TERM@30"}, b.Settings.words()...) {
		fmt.Fprintf(&s, "#SBATCH %s\n", option)
	}
	title := oneLine(b.pipeline.Called())
	if d := b.pipeline.Description; d != "" {
		title += ": " + clip(strings.Join(strings.Fields(d), " "), 100)
	}
	where := "the folder of the definition"
	if b.Definition != "" {
		where = "the root of the project"
	}
	fmt.Fprintf(&s, `#
# %s
#
#   bash FILE submit [name=value…]   starts a run with these parameters, and prints the id of its last job
#   bash FILE cancel RUN             cancels all its jobs except the last, which closes the run
#
# Submit it in %s, on a file system that all nodes share. RUN_ID names the run.
#
# Each job starts when the jobs before it have ended, with any status; the runner reads in the store whether its step has to
# run. A job whose name ends with + submits what is only known during the run: the items of a map, the branch of a
# conditional, the next iteration of a loop.
set -euo pipefail
`, title, where)
	return s.String()
}

// exports are the variables by which the runner knows what to do. Jobs inherit them from who submits.
func (b *builder) exports() string {
	can := runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlNone, Parameters: runnerenv.ParametersPlain,
	}
	var s strings.Builder
	fmt.Fprintf(&s, "\nexport %s=slurm %s=%s\n", runnerenv.Target, runnerenv.CapabilitiesVariable, quoted(can.String()))
	store := path.Join("$PWD", path.Dir(b.Definition), ".runnable")
	if given := cmp.Or(b.StoreFolder, b.Store); given != "" {
		store = quoted(given)
	}
	fmt.Fprintf(&s, "export %s=${%[1]s:-%s}\n", runnerenv.Store, store)
	if b.Definition != "" {
		fmt.Fprintf(&s, "export %s=%s\n", runnerenv.Source, quoted(b.Definition))
	}
	last := map[bool]string{false: "finish", true: "finish hooks"}[len(b.pipeline.Hooks()) > 0]
	fmt.Fprintf(&s, "_shared=%s _runner=%s _container=%s _last=%s\n", quoted(b.Folder), quoted(b.Runner), quoted(b.Containers), quoted(last))
	if setup := strings.TrimSpace(b.Setup); setup != "" {
		fmt.Fprintf(&s, "setup() {\n%s\n}\n", setup)
	}
	return s.String()
}

// names are those of the initial parameters that a submission may set, as words of the shell.
func (b *builder) names() string {
	var out []string
	for _, p := range b.Parameters {
		out = append(out, quoted(p.Name))
	}
	for _, p := range b.pipeline.Parameters {
		if !slices.Contains(out, quoted(p.Name)) {
			out = append(out, quoted(p.Name))
		}
	}
	return strings.Join(out, " ")
}

// parameters are a JSON document on one line.
func (b *builder) parameters() string {
	text := target.Document(b.Parameters)
	if len(text) > maxVariable {
		b.list.Add(diag.Errorf(codeLong, b.pipeline.Span, "slurm: the initial parameters have %d bytes, and a variable holds %d; pass a large value as a file of the catalog", len(text), maxVariable))
	}
	return text
}

func (b *builder) definition() string {
	text, err := irjson.Encode(b.pipeline)
	if err != nil {
		b.list.Add(diag.Errorf(codeLong, b.pipeline.Span, "slurm: %v", err))
	}
	return strings.TrimSuffix(string(text), "\n")
}
