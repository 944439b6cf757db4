package argo

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/robfig/cron/v3"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Kind implements [target.Kinds]. Argo's validator and Kubernetes' resource definitions take most of what is none of these,
// and the workflow fails when it makes a pod of it.
func (*Options) Kind(tag string) target.Kind { return kindNamed(tag) }

func kindNamed(tag string) target.Kind {
	switch tag {
	case "count":
		return target.Kind{Want: "a whole number from 0 to 2147483647", Fits: func(s string) bool { return between(s, 0) }}
	case "user":
		return target.Kind{Want: "the number of a user or a group, or -1 for the image's own", Fits: func(s string) bool { return between(s, -1) }}
	case "duration":
		return target.Kind{Want: "a duration such as 30s, 5m or 1h30m", Fits: isDuration}
	case "seconds":
		return target.Kind{Want: "a duration such as 30s, 5m or 1h30m, or a number of seconds", Fits: func(s string) bool { return between(s, 0) || isDuration(s) }}
	case "name":
		return target.Kind{Want: "a name as Kubernetes takes them: lower-case letters, digits, hyphens and dots", Fits: isName}
	case "namespace":
		return target.Kind{Want: "the name of a namespace: lower-case letters, digits and hyphens", Fits: isNamespace}
	case "key":
		return target.Kind{Want: "a key of a Secret: letters, digits, hyphens, underscores and dots", Fits: func(s string) bool { return validation.IsConfigMapKey(s) == nil }}
	case "argo version":
		return target.Kind{Want: "3.5, 3.6, 3.7, 4.0 or 4.1", Fits: func(s string) bool { _, err := ParseVersion(s); return err == nil }}
	case "resource":
		return target.Kind{Want: "the name of a resource, such as nvidia.com/gpu", Fits: isQualified}
	case "annotation":
		return target.Kind{Want: "a text", Fits: func(string) bool { return true }}
	case "label key":
		return target.Kind{Want: "a key as Kubernetes takes them, such as team or example.org/team", Fits: isQualified}
	case "label":
		return target.Kind{Want: "a label's value: up to 63 letters, digits, hyphens, underscores and dots", Fits: func(s string) bool { return validation.IsValidLabelValue(s) == nil }}
	case "volume":
		return target.Kind{Want: "a quantity of Kubernetes, such as 10Gi", Fits: isQuantity, Doubt: func(s string) string { return ir.Implausible("storage", s) }}
	case "image":
		return target.Kind{Want: "an image such as registry.example/app:1", Fits: isImage}
	case "path":
		return target.Kind{Want: "an absolute path without a colon", Fits: func(s string) bool { return len(s) > 1 && s[0] == '/' && !strings.Contains(s, ":") }}
	case "zone":
		return target.Kind{Want: "a time zone such as Europe/Berlin", Fits: isZone, Hint: func(s string) string { return diag.DidYouMean(s, zones()) }}
	case "schedule":
		return target.Kind{Want: `five fields of cron, such as "0 3 * * *", or a word such as @daily; a time zone stands under timezone`, Fits: isSchedule, Hint: neverComes}
	}
	return target.Kind{}
}

// neverComes says of a schedule that is none why it is.
func neverComes(text string) string {
	if isCron(text) {
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
		if k := kindNamed(n.tag); n.name != "" && !k.Fits(n.name) {
			b.refuse("RR1003", diag.Span{File: b.o.ConfigFile}, "%s must be %s, not %q", n.what, k.Want, n.name)
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
