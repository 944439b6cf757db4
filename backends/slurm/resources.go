package slurm

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// options are those of the job of a step, or of a map's reducer, as words of the shell with a blank before each.
func (b *builder) options(v ir.Visit) string {
	s := b.settingsOf(v)
	if t, ok := v.Node.(*ir.Task); ok && s.Time == "" && b.Time == "" {
		s.Time = limit(t)
	}
	return b.words(s, b.amounts(v), b.image(v), 0)
}

// words are the options of a job that has settings of its own. Workers is how many steps run at a time in it; 0: it is one.
func (b *builder) words(s Settings, a onepod.Amounts, image string, workers int) string {
	var out []string
	if n := up(a["cpu"], 1000); n > 1 {
		out = append(out, fmt.Sprintf("--cpus-per-task=%d", n))
	}
	if n := up(a["memory"], 1<<20); n > 0 {
		out = append(out, fmt.Sprintf("--mem=%dM", n))
	}
	if n := up(a["disk"], 1<<20); n > 0 {
		out = append(out, fmt.Sprintf("--tmp=%dM", n))
	}
	if n := a["gpu"]; n > 0 && s.Gres == "" {
		s.Gres = fmt.Sprintf("gpu:%d", n)
	}
	out = append(out, s.words()...)
	export := ""
	if image != "" {
		export += "," + runnerenv.Image + "=" + image
	}
	if workers > 0 {
		export += fmt.Sprintf(",%s=%d", runnerenv.Workers, workers)
	}
	if export != "" {
		out = append(out, "--export=ALL"+export)
	}
	words := ""
	for _, o := range out {
		words += " " + quoted(o)
	}
	return words
}

// settingsOf are the settings that a step has for Slurm beside those of all jobs: its own, those of the composites around it,
// those that its overrides name (SEMANTICS 1).
func (b *builder) settingsOf(v ir.Visit) Settings {
	e := b.settings[v.Path]
	var s Settings
	for _, o := range e.Overrides {
		if o.Executor != "slurm" {
			continue
		}
		group, ok := b.Overrides[o.Key]
		if !ok {
			b.list.Add(diag.Errorf(codeSetting, o.Span, "slurm: %q names the override %q, which is not in the section slurm of %s", v.Node.Base().Name, o.Key, b.config()))
		}
		s = group
	}
	for _, t := range e.TargetSettings("slurm") {
		var own Settings
		if list := target.DecodeStep(&own, t); list.HasErrors() {
			continue // told by the check of the definition
		}
		s = own.under(s)
	}
	return s
}

// limit is a time limit above that of all attempts of a step and the waits between them; empty: the step has none.
func limit(t *ir.Task) string {
	const around = 5 * time.Minute // to fetch and store files
	if t.Timeout == 0 {
		return ""
	}
	total, wait := around+t.Timeout, float64(t.Retry.Backoff.Duration)
	for range t.Retry.Limit {
		if t.Retry.Backoff.Cap > 0 {
			wait = min(wait, float64(t.Retry.Backoff.Cap))
		}
		if total += t.Timeout + time.Duration(min(wait, float64(ir.MaxDuration))); total > ir.MaxDuration {
			return "" // longer than any limit of a partition
		}
		wait *= cmp.Or(t.Retry.Backoff.Factor, 1)
	}
	seconds := int64(math.Ceil(total.Seconds()))
	return fmt.Sprintf("%d-%02d:%02d:%02d", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}

// amounts are what a step asks for. All its attempts run in one job.
func (b *builder) amounts(v ir.Visit) onepod.Amounts {
	r := b.settings[v.Path].Resources
	wrong := func(a ir.Amount) {
		b.list.Add(diag.Errorf(codeAmount, v.Node.Base().Span, "slurm: %q asks for %s %q, which is not an amount; write it like 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu)", v.Node.Base().Name, a.Key, a.Text))
	}
	out := onepod.Read(v.Node, r, wrong)
	if q, err := resource.ParseQuantity(r.GPU); err == nil && q.Sign() >= 0 && q.MilliValue()%1000 != 0 {
		wrong(ir.Amount{Key: "gpu", Text: r.GPU})
	}
	b.withoutMeans(v.Node.Base(), r, b.settingsOf(v).Gres)
	return out
}

// withoutMeans reports what the definition asks for and Slurm cannot give.
func (b *builder) withoutMeans(n *ir.Common, r ir.Resources, gres string) {
	if names := slices.Sorted(maps.Keys(r.Extended)); len(names) > 0 && gres == "" {
		b.list.Add(diag.Errorf(codeNoMeans, n.Span, "slurm: %q asks for %s, and only Kubernetes has extended resources; name the generic resources that it uses, as in targets: {slurm: {gres: fpga:1}}", n.Name, strings.Join(names, ", ")))
	}
	if r.Shm != "" {
		b.list.Add(diag.Warningf(codeMemory, n.Span, "slurm: resources.shm of %q has no effect: /dev/shm belongs to the node, and files in it count as memory of the job", n.Name))
	}
}

// up divides and rounds up: Slurm counts whole processors and mebibytes.
func up(n, by int64) int64 {
	whole := n / by
	if n%by > 0 {
		whole++
	}
	return whole
}

var imageForm = regexp.MustCompile(`^[A-Za-z0-9/][-A-Za-z0-9_./:@]*$`)

// image is the image that a step runs in, as Apptainer names it; empty: it runs in none.
func (b *builder) image(v ir.Visit) string {
	image := cmp.Or(b.settings[v.Path].Image, b.Image)
	switch {
	case image == "":
		return ""
	case b.Containers == "":
		if !b.told {
			b.told = true
			b.list.Add(diag.Warningf(codeEffect, v.Node.Base().Span, "slurm: the image %q is ignored: steps run directly on the nodes; set containers: apptainer in the section slurm of %s to run them in their images", image, b.config()))
		}
		return ""
	case !imageForm.MatchString(image):
		b.list.Add(diag.Errorf(codeSetting, v.Node.Base().Span, "slurm: %q is not an image; write registry.example/app:1, oras://registry.example/app:1 or /shared/app.sif", image))
	case !strings.Contains(image, "://") && image[0] != '/' && !strings.HasSuffix(image, ".sif"):
		return "docker://" + image
	}
	return image
}

// together are the options of a job in which all steps of a composite run.
func (b *builder) together(v ir.Visit) string {
	image := b.sharedImage(v.Node.Base().Name, func(yield func(ir.Visit) bool) {
		for _, br := range ir.Subgraphs(v.Node) {
			for inner := range ir.WalkGraph(br.Graph, ir.Join(v.Path, br.Name)) {
				if !yield(inner) {
					return
				}
			}
		}
	})
	need := onepod.OfNode(v, b.amounts)
	return b.words(b.settingsOf(v), need.Amounts, image, need.Steps)
}

// whole are the options of the job in which all steps of the pipeline run.
func (b *builder) whole() string {
	image := b.sharedImage(b.pipeline.Name, ir.Walk(b.pipeline))
	need := onepod.OfGraph(b.pipeline.Graph, "", b.amounts)
	return b.words(Settings{}, need.Amounts, image, max(need.Steps, 1))
}

// sharedImage is the image of steps that run in one job, for which they cannot have settings of their own.
func (b *builder) sharedImage(shared string, steps iter.Seq[ir.Visit]) string {
	image, first := "", ""
	for v := range steps {
		c := v.Node.Base()
		if i := slices.IndexFunc(c.Targets, func(t ir.TargetSettings) bool { return t.Target == "slurm" }); i >= 0 {
			b.list.Add(diag.Errorf(codeOneJob, c.Targets[i].Span, "slurm: %q shares a job with the other steps of %q, so it cannot have settings of its own; move them there, or leave out pods: one", c.Name, shared))
		}
		if _, ok := v.Node.(*ir.Task); !ok {
			continue
		}
		own := b.image(v)
		if first == "" {
			image, first = own, c.Name
		}
		if own != image {
			b.list.Add(diag.Errorf(codeOneJob, c.Span, "slurm: %q runs in %q, and shares a job with %q, which runs in %q; give them one image, or leave out pods: one", c.Name, own, first, image))
		}
	}
	return image
}
