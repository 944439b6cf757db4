package yamldef

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
)

// env reads the variables of a step. A value is the text that stands in the file: 1.0 is "1.0", 007 is "007".
func (r *reader) env(f *fields) []ir.EnvVar {
	var out []ir.EnvVar
	for _, e := range r.children(f, "env") {
		if e.Name == "" || strings.ContainsAny(e.Name, "=\x00") {
			r.Errorf("RR0312", e.Key, "%q is not a valid name of an environment variable; it must not be empty or contain =", e.Name)
			continue
		}
		if value, ok := r.scalarText(e.Value, f.of("env."+e.Name)); ok {
			if yaml12.IsNull(e.Value) && yaml12.Deref(e.Value).Style&yaml.TaggedStyle == 0 {
				value = ""
			}
			if strings.Contains(value, "\x00") {
				r.Errorf("RR0312", e.Value, "%s contains a NUL, which an environment variable cannot", f.of("env."+e.Name))
				continue
			}
			out = append(out, ir.EnvVar{Name: e.Name, Value: value})
		}
	}
	return out
}

// overrides reads, for each executor, the name of its group of settings.
func (r *reader) overrides(f *fields) []ir.Override {
	var out []ir.Override
	for _, e := range r.children(f, "overrides") {
		if ref, ok := r.ref(e.Value, f.of("overrides."+e.Name)); ok {
			out = append(out, ir.Override{Executor: e.Name, Key: ref.Name, Span: ref.Span})
		}
	}
	return out
}

// targets reads the settings for single targets, which only they know the meaning of, with the places of what is in them.
func (r *reader) targets(f *fields) []ir.TargetSettings {
	var out []ir.TargetSettings
	for _, e := range r.children(f, "targets") {
		if yaml12.Deref(e.Value).Kind != yaml.MappingNode {
			r.wrong(e.Value, f.of("targets."+e.Name), "a mapping of settings")
			continue
		}
		if text := r.JSON(e.Value); text != nil {
			t := ir.TargetSettings{Target: e.Name, Span: r.Span(e.Key), Settings: string(text)}
			r.settingPlaces(&t, "", e.Value)
			out = append(out, t)
		}
	}
	return out
}

// settingPlaces notes where the parts of a value stand. It has a JSON form, so it is neither endless nor too deep.
func (r *reader) settingPlaces(t *ir.TargetSettings, at string, n *yaml.Node) {
	add := func(to string, written, value *yaml.Node) {
		t.Places = append(t.Places, ir.SettingPlace{Pointer: to, Span: r.Span(written)})
		r.settingPlaces(t, to, value)
	}
	switch n = yaml12.Deref(n); n.Kind {
	case yaml.MappingNode:
		for _, pair := range r.Pairs(n) {
			add(at+"/"+ir.PointerKey(pair.Name), pair.Key, pair.Value)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			add(at+"/"+strconv.Itoa(i), item, item)
		}
	}
}

// resources reads what a step asks of its machine.
func (r *reader) resources(f *fields) ir.Resources {
	var out ir.Resources
	n := f.get("resources")
	if n == nil {
		return out
	}
	rf, ok := r.part(f, "resources", n, f.key("resources"))
	if !ok {
		return out
	}
	r.check(rf, resourcesTable())
	out.CPU = r.quantity(rf, "cpu", "cores, such as 2, 0.5 or 500m")
	out.Memory = r.quantity(rf, "memory", "memory, such as 512Mi or 2Gi")
	out.Shm = r.quantity(rf, "shm", "memory, such as 512Mi or 2Gi")
	out.Disk = r.quantity(rf, "disk", "disk space, such as 20Gi")
	if g := rf.get("gpu"); g != nil {
		out.GPU = r.whole(g, rf.of("gpu"), "a whole number of GPUs")
	}
	out.Extended = r.extended(rf)
	return out
}

// extended reads numbers of extended resources.
func (r *reader) extended(f *fields) map[string]string {
	var out map[string]string
	for _, e := range r.children(f, "extended") {
		if why := ir.WrongExtended(e.Name); why != "" {
			r.Errorf(ir.CodeExtended, e.Key, "%q in %s %s", e.Name, f.of("extended"), why)
			continue
		}
		if text := r.whole(e.Value, f.of("extended."+e.Name), "a whole number"); text != "" {
			out = ir.OverlayMap(out, map[string]string{e.Name: text})
		}
	}
	return out
}

// whole reads a number of things; empty: it is none, which is reported.
func (r *reader) whole(n *yaml.Node, what, want string) string {
	text, ok := r.scalarText(n, what)
	if ok && !ir.Whole(text) {
		r.Errorf("RR0109", n, "%s must be %s, not %s", what, want, describe(n))
		return ""
	}
	return text
}

// quantityForm is Kubernetes' notation of quantities.
var quantityForm = regexp.MustCompile(`^([0-9]+(\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]+)?$`)

func (r *reader) quantity(f *fields, name, such string) string {
	n := f.get(name)
	if n == nil {
		return ""
	}
	text, ok := r.scalarText(n, f.of(name))
	switch {
	case !ok:
		return ""
	case !quantityForm.MatchString(text):
		hint := ""
		if fixed := strings.TrimRight(text, "bB"); fixed != text && quantityForm.MatchString(fixed) {
			hint = "; did you mean " + fixed + "?"
		}
		r.Errorf("RR0109", n, "%s must be a quantity of %s, not %s%s", f.of(name), such, describe(n), hint)
		return ""
	case name != "cpu" && strings.HasSuffix(text, "m"):
		r.Errorf("RR0109", n, "%s is %s, thousandths of a byte; did you mean %sM or %[3]sMi?", f.of(name), text, strings.TrimSuffix(text, "m"))
		return ""
	}
	if why := ir.Implausible(name, text); why != "" {
		r.Errorf(ir.CodeImplausible, n, "%s %s", f.of(name), why)
		return ""
	}
	return text
}

// duration reads a time span: a Go duration, or a number of seconds. It is above zero.
func (r *reader) duration(f *fields, name string) time.Duration {
	n := f.get(name)
	if n == nil {
		return 0
	}
	d, what := yaml12.Deref(n), f.of(name)
	if !yaml12.Fits(d) {
		return 0 // reported before
	}
	const such = "a duration such as 30s, 5m or 1h30m, or a number of seconds"
	var out time.Duration
	switch {
	case isScalar(n, yaml12.Int, yaml12.Float):
		seconds, err := strconv.ParseFloat(d.Value, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(seconds) {
			r.Errorf("RR0108", n, "%s cannot be %s seconds; write %s", what, d.Value, such)
			return 0
		}
		beyond := 2 * ir.MaxDuration.Seconds() // what is more is too much as well, and might not fit
		out = time.Duration(math.Round(min(max(seconds, -beyond), beyond) * float64(time.Second)))
	case isScalar(n, yaml12.String):
		var err error
		if out, err = time.ParseDuration(d.Value); err != nil {
			r.Errorf("RR0108", n, "%s cannot be %q%s; write %s", what, d.Value, days(d.Value), such)
			return 0
		}
	default:
		r.wrong(n, what, such)
		return 0
	}
	switch {
	case out <= 0:
		r.Errorf("RR0109", n, "%s must be longer than zero; to have none, delete the key", what)
		return 0
	case out > ir.MaxDuration:
		r.Errorf("RR0109", n, "%s must be at most %.0f seconds, which is 31 years; to have none, delete the key", what, ir.MaxDuration.Seconds())
		return 0
	}
	return out
}

// days explains the unit that Go's durations lack.
func days(text string) string {
	if n, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && strings.HasSuffix(text, "d") && n > 0 && n < 100_000 {
		return ", as days are not a unit (" + strconv.Itoa(n*24) + "h)"
	}
	return ""
}
