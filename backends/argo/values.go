package argo

import (
	"math"
	"strconv"
	"time"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
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
	case "key":
		return target.Kind{Want: "a key of a Secret: letters, digits, hyphens, underscores and dots", Fits: func(s string) bool { return validation.IsConfigMapKey(s) == nil }}
	case "argo version":
		return target.Kind{Want: "3.5, 3.6, 3.7, 4.0 or 4.1", Fits: func(s string) bool { _, err := ParseVersion(s); return err == nil }}
	case "resource":
		return target.Kind{Want: "the name of a resource, such as nvidia.com/gpu", Fits: isQualified}
	case "volume":
		return target.Kind{Want: "a Kubernetes quantity, such as 10Gi", Fits: isQuantity, Doubt: func(s string) string { return ir.Implausible("storage", s) }}
	case "image":
		return target.Kind{Want: "an image such as registry.example/app:1", Fits: isImage}
	}
	return kubekind.Of(tag)
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

func isQualified(text string) bool { return validation.IsQualifiedName(text) == nil }

func isImage(text string) bool { return imageError(text) == nil }

// imageError says why a text names no image for a container engine: its repository is not in lower case, for example.
func imageError(text string) error {
	_, err := reference.ParseNormalizedNamed(text)
	return err
}

func isQuantity(text string) bool {
	q, err := resource.ParseQuantity(text)
	return err == nil && q.Sign() > 0
}
