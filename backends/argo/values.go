package argo

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/robfig/cron/v3"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// kind is what a value of the configuration has to be. A field of the configuration names its kind in the tag `is`.
type kind struct {
	want string // in messages: "must be …"
	fits func(string) bool
}

// kindNamed returns the kind that a tag names: one of those below, or one of the words between bars. Argo's validator and
// Kubernetes' resource definitions take most of what is none of them, and the workflow fails when it makes a pod of it.
func kindNamed(tag string) kind {
	switch tag {
	case "count":
		return kind{"a whole number from 0 to 2147483647", func(s string) bool { return between(s, 0) }}
	case "user":
		return kind{"the number of a user or a group, or -1 for the image's own", func(s string) bool { return between(s, -1) }}
	case "duration":
		return kind{"a duration such as 30s, 5m or 1h30m", isDuration}
	case "seconds":
		return kind{"a duration such as 30s, 5m or 1h30m, or a number of seconds", func(s string) bool { return between(s, 0) || isDuration(s) }}
	case "name":
		return kind{"a name as Kubernetes takes them: lower-case letters, digits, hyphens and dots", isName}
	case "namespace":
		return kind{"the name of a namespace: lower-case letters, digits and hyphens", isNamespace}
	case "key":
		return kind{"a key of a Secret: letters, digits, hyphens, underscores and dots", func(s string) bool { return validation.IsConfigMapKey(s) == nil }}
	case "resource":
		return kind{"the name of a resource, such as nvidia.com/gpu", isQualified}
	case "annotation":
		return kind{"a text", func(string) bool { return true }}
	case "label key":
		return kind{"a key as Kubernetes takes them, such as team or example.org/team", isQualified}
	case "label":
		return kind{"a label's value: up to 63 letters, digits, hyphens, underscores and dots", func(s string) bool { return validation.IsValidLabelValue(s) == nil }}
	case "volume":
		return kind{"a quantity of Kubernetes, such as 10Gi", isQuantity}
	case "cpu", "memory", "storage": // what is no quantity is told with the step that takes it
		return kind{"a quantity of Kubernetes, such as 500m or 10Gi", func(string) bool { return true }}
	case "image":
		return kind{"an image such as registry.example/app:1", isImage}
	case "path":
		return kind{"an absolute path without a colon", func(s string) bool { return len(s) > 1 && s[0] == '/' && !strings.Contains(s, ":") }}
	case "zone":
		return kind{"a time zone such as Europe/Berlin", isZone}
	case "schedule":
		return kind{`five fields of cron, such as "0 3 * * *", or a word such as @daily; a time zone stands under timezone`, isSchedule}
	}
	words := strings.Split(tag, "|")
	last := len(words) - 1
	return kind{strings.Join(words[:last], ", ") + " or " + words[last], func(s string) bool { return slices.Contains(words, s) }}
}

// check reports each text or number in a node that is not what the tag of its field says. A key may be left empty, an
// item of a list and a key of labels may not.
func (d *decoder) check(n *yaml.Node, key, tag string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			d.checkText(item, key, tag)
		}
	case yaml.MappingNode: // labels and annotations
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.checkText(n.Content[i], "a key of "+key, "label key")
			d.checkText(n.Content[i+1], key+"."+n.Content[i].Value, tag)
		}
	case yaml.ScalarNode:
		if n.Tag != "!!null" && n.Value != "" {
			d.checkText(n, key, tag)
		}
	}
}

func (d *decoder) checkText(n *yaml.Node, key, tag string) {
	text := n
	if n.Kind == yaml.AliasNode {
		text = n.Alias
	}
	value := text.Value
	if text.Tag == "!!null" {
		value = ""
	}
	k := kindNamed(tag)
	switch why := implausible(tag, value); {
	case why != "":
		d.list.Add(diag.Errorf(ir.CodeImplausible, d.span(n), "%q %s", key, why))
	case !k.fits(value):
		d.list.Add(diag.Errorf("RR1003", d.span(n), "%q must be %s, not %s%s", key, k.want, kindOf(n), hint(tag, value)))
	}
}

// implausible is [ir.Implausible] of a value by its tag.
func implausible(tag, value string) string {
	if tag == "volume" {
		tag = "storage"
	}
	return ir.Implausible(tag, value)
}

// hint says more of a value that is none of its kind.
func hint(tag, value string) string {
	switch {
	case tag == "zone":
		return diag.DidYouMean(value, zones())
	case tag == "schedule" && isCron(value):
		return ", since that day never comes"
	}
	return ""
}

// checkNames refuses what the command line, or the configuration apart from Argo's, names and Kubernetes would not take.
func (b *builder) checkNames() {
	for _, n := range []struct{ what, name, tag string }{
		{"the namespace", b.o.Namespace, "namespace"},
		{"the service account", b.o.ServiceAccount, "name"},
		{"the runner's image", b.runnerImage, "image"},
	} {
		if k := kindNamed(n.tag); n.name != "" && !k.fits(n.name) {
			b.refuse("RR1003", diag.Span{File: b.o.ConfigFile}, "%s must be %s, not %q", n.what, k.want, n.name)
		}
	}
}

// checkImage refuses a name that is none of an image, at the first place that has it.
func (b *builder) checkImage(what string, span diag.Span, image string) {
	if image == "" || b.images[image] {
		return
	}
	b.images[image] = true
	if err := imageError(image); err != nil {
		b.refuse("RR1024", span, "%s cannot run in an image named %q: %v; write it like registry.example/app:1", what, image, err)
	}
}

func between(text string, least int64) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n >= least && n <= math.MaxInt32
}

func isDuration(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d > 0
}

func isName(text string) bool { return validation.IsDNS1123Subdomain(text) == nil }

func isNamespace(text string) bool { return validation.IsDNS1123Label(text) == nil }

func isQualified(text string) bool { return validation.IsQualifiedName(text) == nil }

func isImage(text string) bool { return imageError(text) == nil }

// imageError says why a text names no image for a container engine: its repository is not in lower case, for example.
func imageError(text string) error {
	_, err := reference.ParseNormalizedNamed(text)
	return err
}

// isSchedule reads a schedule as Argo does, of which a time comes: the 30th of February never does.
func isSchedule(text string) bool {
	if !isCron(text) {
		return false
	}
	s, err := cron.ParseStandard(text)
	return err == nil && !s.Next(time.Unix(0, 0).UTC()).IsZero()
}

// isCron reports whether a text can be read as a schedule. The library takes a time zone in front, and ends with a panic
// where nothing follows it.
func isCron(text string) bool {
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		return false
	}
	_, err := cron.ParseStandard(text)
	return err == nil
}

func isQuantity(text string) bool {
	q, err := resource.ParseQuantity(text)
	return err == nil && q.Sign() > 0
}
