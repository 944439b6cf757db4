package actions

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// machine is what a job runs on.
type machine struct {
	labels      string
	image       string // empty: no container
	environment string
	minutes     int
}

// place is what jobs must have in common to be one.
func (m machine) place() []string { return []string{m.labels, m.image, m.environment} }

// service is the machine of jobs that need the runner alone.
func (b *builder) service() machine { return machine{labels: b.RunsOn, minutes: serviceTime} }

// machine is that of a job in which some nodes run: they must agree on it.
func (b *builder) machine(nodes []ir.Visit) machine {
	var all machine
	for i, v := range nodes {
		one := b.wanted(v)
		if i == 0 {
			all = one
		}
		if !slices.Equal(one.place(), all.place()) {
			b.Refuse(codeMachine, v.Node.Base().Span, "%s and %s run in one job, and ask for different machines (runs_on, image, environment): %q and %q; give them the same",
				nodes[0].Path, v.Path, all.place(), one.place())
			return all
		}
		all.minutes = max(all.minutes, one.minutes)
	}
	if len(nodes) == 0 {
		return machine{labels: b.RunsOn, image: b.Image, minutes: b.Timeout}
	}
	if len(nodes) > 1 || strings.Contains(nodes[0].Path, ir.AnyItem) { // several steps, or items
		all.minutes = max(all.minutes, b.Timeout)
	}
	return all
}

// wanted is the machine that a node asks for: by its own settings, those of the composites around it, what it says for all
// targets, the configuration.
func (b *builder) wanted(v ir.Visit) machine {
	e := b.settings[v.Path]
	var own Settings
	for _, t := range e.TargetSettings(Target{}.Name()) {
		var one Settings
		b.List = append(b.List, target.DecodeStep(&one, t)...)
		own = Settings{cmp.Or(one.Image, own.Image), cmp.Or(one.RunsOn, own.RunsOn), cmp.Or(one.Timeout, own.Timeout), cmp.Or(one.Environment, own.Environment)}
	}
	m := machine{
		labels: strings.Join(labels(cmp.Or(own.RunsOn, b.RunsOn)), ", "), image: cmp.Or(own.Image, e.Image, b.Image), environment: own.Environment,
		minutes: cmp.Or(own.Timeout, minutesOf(v.Node), b.Timeout),
	}
	b.checkMachine(v.Node.Base(), m, e.Resources, own.RunsOn != "")
	return m
}

// checkMachine refuses what a machine of these labels cannot be, and warns of what it need not be.
func (b *builder) checkMachine(n *ir.Common, m machine, asked ir.Resources, chosen bool) {
	limit, where := hostedMinutes, "one of GitHub's own machines"
	if !hosted(m.labels) {
		limit, where = ownMinutes, "a machine of one's own"
	}
	switch {
	case foreign(m.labels):
		b.Refuse(codeMachine, n.Span, "%q would run on %s, and the runner is built for Linux only; name a machine such as ubuntu-latest", n.Name, m.labels)
	case m.minutes > limit:
		b.Refuse(codeLimit, n.Span, "%q may take %d minutes, and GitHub ends a job on %s after %d; shorten its timeout or its retries, or divide it", n.Name, m.minutes, where, limit)
	case asked.GPU != "" && asked.GPU != "0" && hosted(m.labels):
		b.Refuse(codeMachine, n.Span, "%q asks for gpu %s, and %s has none; give the labels of a machine that has GPUs: targets: {actions: {runs_on: …}}", n.Name, asked.GPU, m.labels)
	case !asked.IsZero() && !chosen:
		b.Warn(codeResources, n.Span, "the resources of %q have no effect: the labels of a machine determine its size; set them by targets: {actions: {runs_on: …}}", n.Name)
	}
}

// standard are the labels of the machines that GitHub has for everybody; others are self-hosted or larger ones.
var standard = regexp.MustCompile(`^(ubuntu|windows|macos)-(latest|slim|[0-9.]+)(-arm|-intel|-xlarge|-large)?$`) // compiled once, by every import

func hosted(text string) bool { return standard.MatchString(text) }

func foreign(text string) bool {
	return hosted(text) && !strings.HasPrefix(text, "ubuntu") || strings.Contains(strings.ToLower(text), "windows")
}

// minutesOf is the time that the attempts of a step with a time limit take at most, with what surrounds them; 0: it has none.
func minutesOf(n ir.Node) int {
	t, ok := n.(*ir.Task)
	if !ok || t.Timeout == 0 {
		return 0
	}
	total, wait := t.Timeout.Minutes()*float64(t.Retry.Limit+1), t.Retry.Backoff.Duration
	for range min(t.Retry.Limit, 1000) {
		total += wait.Minutes()
		wait = time.Duration(min(float64(wait)*max(t.Retry.Backoff.Factor, 1), float64(ir.MaxDuration)))
		if limit := t.Retry.Backoff.Cap; limit > 0 {
			wait = min(wait, limit)
		}
	}
	return int(min(math.Ceil(total), math.MaxInt32)) + serviceTime
}

// check looks at what goes for the whole pipeline.
func (b *builder) check() {
	span := diag.Span{File: b.inputs.ConfigFile}
	if foreign(b.RunsOn) {
		b.Refuse(codeMachine, span, "the runner is built for Linux only, so jobs cannot run on %s; name a machine such as ubuntu-latest", b.RunsOn)
	}
	if b.RunnerPath == "" && b.RunnerSHA256 == "" {
		b.Refuse(codeRunner, span, "each job downloads the program runnable-step and verifies it, so its checksum must be known: give --runner-sha256, from the release's SHA256SUMS, or --runner-path if the machines hold the program")
	}
	if b.RunnerPath == "" && b.RunnerURL == "" && b.inputs.Release == "" {
		b.Refuse(codeRunner, span, "this program is not a release, so it does not know where to download runnable-step; set runner_url in the section actions of %s, or give --runner-path", b.inputs.ConfigFile)
	}
	for v := range ir.Walk(b.pipeline) {
		for _, o := range v.Node.Base().Overrides {
			if o.Executor == (Target{}).Name() {
				b.Refuse(codeSetting, o.Span, "there are no groups of settings here; put the settings of %q on the step itself: targets: {actions: {…}}", v.Node.Base().Name)
			}
		}
		if t, ok := v.Node.(*ir.Task); ok {
			b.checkSecrets(t.Secrets)
		}
	}
	for _, name := range ir.HookSecrets(b.pipeline.Hooks()) {
		b.checkSecrets([]ir.Ref{{Name: name, Span: b.pipeline.Span}})
	}
	b.checkSchedules()
}

// secretName is a name that a secret of GitHub can have.
var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) // compiled once, by every import

func (b *builder) checkSecrets(all []ir.Ref) {
	for _, s := range all {
		if !secretName.MatchString(s.Name) || strings.HasPrefix(strings.ToUpper(s.Name), "GITHUB_") {
			b.Refuse(codeSecret, s.Span, "GitHub has no secret named %q; use letters, digits and underscores, and do not begin with GITHUB_", s.Name)
		}
	}
}
