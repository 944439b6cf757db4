package compose

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// profile is what a step's container is made of; steps that need the same share one.
type profile struct {
	image   string
	pull    string
	env     []ir.EnvVar // from the configuration; what the definition says travels with it
	cpus    *big.Rat    // nil: no limit
	memory  *big.Rat    // bytes; nil: no limit
	gpus    *big.Rat
	secrets []string
	workers int // the steps that run at a time where several share the container; 0: one has it for itself
	extras  Extras
}

// key is equal for equal profiles.
func (p *profile) key() string {
	return fmt.Sprintf("%q %q %q %v %v %v %q %d %+v", p.image, p.pull, p.env, p.cpus, p.memory, p.gpus, p.secrets, p.workers, p.extras)
}

// profileOf makes the profile of a node from the leaves that run in its container; nil for stubs that need no image
// of their own. Without leaves, the node's own settings count.
func (b *builder) profileOf(n ir.Node, static string, leaves []ir.Visit) *profile {
	p := &profile{}
	var imageOf ir.Visit // the leaf that the image comes from
	memory := map[string]onepod.Amounts{}
	if len(leaves) == 0 {
		b.lay(p, n, static)
	}
	for _, v := range leaves {
		one := &profile{}
		b.lay(one, v.Node, v.Path)
		if _, stub := v.Node.(*ir.Stub); stub && one.image == "" && ir.CatalogOf(v.Node) == nil {
			continue
		}
		if one.image == "" {
			b.noImage(v.Node, v.Path)
		}
		switch {
		case imageOf.Node == nil:
			imageOf, p.image, p.pull, p.env = v, one.image, one.pull, one.env
		case one.image != p.image && one.image != "":
			b.twoImages(n, static, imageOf, p.image, v, one.image)
		}
		p.cpus, p.gpus = larger(p.cpus, one.cpus), larger(p.gpus, one.gpus) // limits, of which the machine may have no more
		memory[v.Path] = one.amounts()
		p.secrets = append(p.secrets, one.secrets...)
		var clash string
		if p.extras, clash = p.extras.beside(one.extras); clash == "" {
			clash = p.differs(one)
		}
		if shared := n == nil || n.Base().OnePod(); clash != "" && !shared { // else checkShared refuses it
			what, span := b.container(n, static)
			b.diags.Add(diag.Errorf(codeTwoExtras, span, "compose: %s runs in one container, but its steps ask for different %s; give them the same, %s", what, clash, wayOut(n)).
				With(imageOf.Node.Base().Span, "%s comes first", imageOf.Path).
				With(v.Node.Base().Span, "%s differs from those before it", v.Path))
		}
	}
	if p.image == "" {
		if len(leaves) == 0 {
			b.noImage(n, static)
		}
		return nil
	}
	b.share(p, n, static, leaves, memory)
	slices.Sort(p.secrets)
	p.secrets = slices.Compact(p.secrets)
	return p
}

// amounts are the memory that a step asks for, of both kinds.
func (p *profile) amounts() onepod.Amounts {
	out := onepod.Amounts{}
	if p.memory != nil {
		out["memory"] = wholeBytes(p.memory)
	}
	if p.extras.ShmSize != "" {
		out["shm"] = wholeBytes(bytesOf(p.extras.ShmSize))
	}
	return out
}

// share gives a container the memory of the steps that run in it at a time.
func (b *builder) share(p *profile, n ir.Node, static string, leaves []ir.Visit, memory map[string]onepod.Amounts) {
	var need onepod.Need
	asks := func(v ir.Visit) onepod.Amounts { return memory[v.Path] }
	switch {
	case len(leaves) == 0:
		return
	case n == nil:
		need = onepod.OfGraph(b.pipeline.Graph, "", asks)
	default:
		need = onepod.OfNode(ir.Visit{Path: static, Node: n}, asks)
	}
	if bytes, ok := need.Amounts["memory"]; ok {
		p.memory = new(big.Rat).SetInt64(bytes)
	}
	if bytes, ok := need.Amounts["shm"]; ok {
		p.extras.ShmSize = strconv.FormatInt(bytes, 10)
	}
	if n == nil || !ir.IsLeaf(n) {
		p.workers = need.Steps
	}
}

// lay puts together what holds for one node: what the definition says for compose, its override, what the definition says for
// all targets, the command line, the configuration's defaults, each before the next.
func (b *builder) lay(p *profile, n ir.Node, static string) {
	e := b.settings[static]
	o := b.override(n, e)
	for _, t := range e.TargetSettings("compose") {
		var own section
		b.diags = append(b.diags, target.DecodeStep(&own, t)...)
		o = o.with(own.settings())
	}
	d := b.Defaults
	p.extras = d.Extras.with(Extras{ShmSize: b.shm(n, e.Resources)}).with(o.Extras)
	b.withoutMeans(n, e.Resources, p.extras)
	b.declareExtras(n, p.extras)
	p.image = cmp.Or(o.Image, e.Image, b.Image, d.Image)
	b.checkImage(strconv.Quote(n.Base().Name), n.Base().Span, p.image)
	p.pull = cmp.Or(o.PullPolicy, d.PullPolicy)
	p.env = ir.Overlay(d.Env, o.Env, variableName)
	p.cpus = b.quantity(n, "cpu", cmp.Or(o.Resources.CPU, e.Resources.CPU, d.Resources.CPU))
	p.memory = grown(n, b.quantity(n, "memory", cmp.Or(o.Resources.Memory, e.Resources.Memory, d.Resources.Memory)))
	p.gpus = b.quantity(n, "gpu", cmp.Or(o.Resources.GPU, e.Resources.GPU, d.Resources.GPU))
	if t, ok := n.(*ir.Task); ok {
		for _, s := range t.Secrets {
			if !variable.MatchString(s.Name) {
				b.diags.Add(diag.Errorf(codeSecretName, s.Span, "compose: the secret %q is passed on by name, and no environment variable can have this name; use letters, digits and underscores", s.Name))
				continue
			}
			p.secrets = append(p.secrets, s.Name)
		}
	}
}

// variable is a name that a variable can have and that compose reads back.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// override returns the settings that a step's `overrides:` picks in the configuration.
func (b *builder) override(n ir.Node, e ir.Effective) Settings {
	for _, executor := range []string{"compose", "local-container"} {
		for _, o := range e.Overrides {
			if o.Executor != executor {
				continue
			}
			s, ok := b.Overrides[o.Key]
			if !ok {
				b.noOverride(n, o)
			}
			return s
		}
	}
	return Settings{}
}

// declareExtras refuses a volume, or a network, that is there already for one step and not for another.
func (b *builder) declareExtras(n ir.Node, x Extras) {
	declare := func(what, name string, external bool) {
		before, twice := b.external[what+name]
		if twice && before != external {
			b.diags.Add(diag.Errorf(codeTwoExtras, n.Base().Span, "compose: the %s%q is external for some steps and not for others; say external: true everywhere, or nowhere", what, name))
		}
		b.external[what+name] = external
	}
	for _, v := range x.Volumes {
		if !v.folder() {
			declare("volume ", v.Source, v.External)
		}
	}
	for _, one := range x.Networks {
		declare("network ", one.Name, one.External)
	}
}

// with lays the settings of o over s.
func (s Settings) with(o Settings) Settings {
	return Settings{
		Image: cmp.Or(o.Image, s.Image), Env: ir.Overlay(s.Env, o.Env, variableName), PullPolicy: cmp.Or(o.PullPolicy, s.PullPolicy), Extras: s.Extras.with(o.Extras),
		Resources: s.Resources.With(o.Resources),
	}
}

func (b *builder) noOverride(n ir.Node, o ir.Override) {
	if b.ConfigFile == "" && len(b.Overrides) == 0 {
		b.diags.Add(diag.Warningf(codeOverride, o.Span, "%q asks for the settings %q of %s, and there is no configuration file; they are ignored", n.Base().Name, o.Key, o.Executor))
		return
	}
	keys := slices.Sorted(maps.Keys(b.Overrides))
	b.diags.Add(diag.Errorf(codeOverride, o.Span, "%q asks for the settings %q of %s, and %s has no such key under overrides%s", n.Base().Name, o.Key, o.Executor, cmp.Or(b.ConfigFile, "the configuration"), diag.DidYouMean(o.Key, keys)))
}

func (b *builder) noImage(n ir.Node, static string) {
	b.diags.Add(diag.Errorf(codeNoImage, n.Base().Span, "compose: %q has no image to run in; say --image IMAGE, image: at the step, or image: in %s", static, cmp.Or(b.ConfigFile, "runnable-config.yaml")))
}

// checkImage refuses a name that is none of an image, at the first place that has it.
func (b *builder) checkImage(what string, span diag.Span, image string) {
	if image == "" || b.images[image] {
		return
	}
	b.images[image] = true
	if _, err := reference.ParseAnyReference(image); err != nil {
		b.diags.Add(diag.Errorf(codeImage, span, "compose: %s cannot run in an image named %q: %v; write it like registry.example/app:1", what, image, err))
	}
}

// container says what runs in one container, and where that stands.
func (b *builder) container(n ir.Node, static string) (what string, span diag.Span) {
	if n == nil {
		return "the pipeline", b.pipeline.Pods.Span
	}
	return fmt.Sprintf("the %s %q", ir.Kind(n), static), n.Base().Span
}

func (b *builder) twoImages(n ir.Node, static string, first ir.Visit, image string, second ir.Visit, other string) {
	what, span := b.container(n, static)
	b.diags.Add(diag.Errorf(codeTwoImages, span,
		"compose: %s runs in one container, but its steps ask for the images %q and %q; give them one image, %s", what, image, other, wayOut(n)).
		With(first.Node.Base().Span, "%s runs in %s", first.Path, image).
		With(second.Node.Base().Span, "%s runs in %s", second.Path, other))
}

// wayOut says what else helps a composite that runs in one container.
func wayOut(n ir.Node) string {
	if n == nil || n.Base().OnePod() {
		return "or leave out pods: one"
	}
	if m, ok := n.(*ir.Map); ok {
		return fmt.Sprintf("render with the list %q as an initial parameter that no step returns, or use Argo", m.Over())
	}
	return "or use Argo"
}

// quantity reads an amount in Kubernetes' notation.
func (b *builder) quantity(n ir.Node, what, text string) *big.Rat {
	if text == "" {
		return nil
	}
	q, ok := parseQuantity(text)
	switch {
	case !ok || q.Sign() < 0:
		b.diags.Add(diag.Errorf(codeQuantity, n.Base().Span, "%q asks for %s %q, which is not an amount; write it like 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu)", n.Base().Name, what, text))
		return nil
	case what == "gpu" && !q.IsInt():
		b.diags.Add(diag.Errorf(codeQuantity, n.Base().Span, "%q asks for %s GPUs; give a whole number", n.Base().Name, text))
		return nil
	case q.Sign() == 0:
		return nil
	}
	return q
}

var amount = regexp.MustCompile(`^\+?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?$`)

func parseQuantity(text string) (*big.Rat, bool) {
	m := amount.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	q, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return nil, false
	}
	factor := big.NewRat(1, 1)
	switch suffix := m[2]; {
	case suffix == "":
	case suffix == "m":
		factor = big.NewRat(1, 1000)
	case len(suffix) > 1 && suffix[1] == 'i':
		factor.SetInt(new(big.Int).Lsh(big.NewInt(1), uint(10*(1+strings.IndexByte("KMGTPE", suffix[0])))))
	case len(suffix) == 1 && suffix != "E":
		factor.SetInt(new(big.Int).Exp(big.NewInt(1000), big.NewInt(int64(1+strings.IndexByte("kMGTPE", suffix[0]))), nil))
	case suffix == "E":
		factor.SetInt(new(big.Int).Exp(big.NewInt(1000), big.NewInt(6), nil))
	default:
		if factor, ok = new(big.Rat).SetString("1" + suffix); !ok {
			return nil, false
		}
	}
	return q.Mul(q, factor), true
}

func larger(a, b *big.Rat) *big.Rat {
	if a == nil || b != nil && b.Cmp(a) > 0 {
		return b
	}
	return a
}

// roundedUp is the smallest whole number that is not below q.
func roundedUp(q *big.Rat) *big.Int {
	return new(big.Int).Div(new(big.Int).Add(q.Num(), new(big.Int).Sub(q.Denom(), big.NewInt(1))), q.Denom())
}

// wholeBytes is an amount of memory as a number, at most the largest that there is.
func wholeBytes(q *big.Rat) int64 {
	if n := roundedUp(q); n.IsInt64() {
		return n.Int64()
	}
	return math.MaxInt64
}

// bytesText writes an amount of memory as compose reads it: 1k is 1024 bytes there.
func bytesText(q *big.Rat) string {
	n := roundedUp(q)
	for _, unit := range []struct {
		name  string
		shift uint
	}{{"g", 30}, {"m", 20}, {"k", 10}} {
		if low := new(big.Int).Rsh(n, unit.shift); new(big.Int).Lsh(low, unit.shift).Cmp(n) == 0 {
			return low.String() + unit.name
		}
	}
	return n.String() + "b"
}

// cpusText writes a number of CPUs.
func cpusText(q *big.Rat) float64 {
	f, _ := q.Float64()
	return f
}

func variableName(v ir.EnvVar) string { return v.Name }
