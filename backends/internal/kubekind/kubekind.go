// Package kubekind defines the kinds of values that Kubernetes validates, for the targets that render its objects.
package kubekind

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Of returns a kind by the word that options have for it, as [target.Kinds] does.
func Of(is string) target.Kind {
	switch is {
	case "name":
		return target.Kind{Want: "a Kubernetes name: lower-case letters, digits, hyphens and dots", Fits: fits(validation.IsDNS1123Subdomain)}
	case "namespace":
		return target.Kind{Want: "the name of a namespace: lower-case letters, digits and hyphens", Fits: fits(validation.IsDNS1123Label)}
	case "label key":
		return target.Kind{Want: "a Kubernetes key, such as team or example.org/team", Fits: fits(validation.IsQualifiedName)}
	case "label":
		return target.Kind{Want: "a label's value: up to 63 letters, digits, hyphens, underscores and dots", Fits: fits(validation.IsValidLabelValue)}
	case "annotation":
		return target.Kind{Want: "a text", Fits: func(string) bool { return true }}
	case "path":
		return target.Kind{Want: "an absolute path without a colon", Fits: func(s string) bool { return len(s) > 1 && s[0] == '/' && !strings.Contains(s, ":") }}
	case "zone":
		return target.Kind{Want: "a time zone such as Europe/Berlin", Fits: isZone, Hint: func(s string) string { return diag.DidYouMean(s, zones()) }}
	case "schedule":
		return target.Kind{Want: `a cron schedule of five fields, such as "0 3 * * *", or a word such as @daily; set the time zone in timezone`, Fits: isSchedule, Hint: neverComes}
	}
	return target.Kind{}
}

// Refused says what is wrong with a schedule of a definition; nothing where it can be kept.
func Refused(s ir.Schedule) []string {
	var out []string
	for _, one := range []struct{ what, text, is string }{{"schedule", s.Cron, "schedule"}, {"time zone", s.Timezone, "zone"}} {
		if k := Of(one.is); one.text != "" && !k.Fits(one.text) {
			out = append(out, fmt.Sprintf("the %s must be %s, not %q%s", one.what, k.Want, one.text, k.Explain(one.text)))
		}
	}
	return out
}

func fits(wrong func(string) []string) func(string) bool {
	return func(s string) bool { return len(wrong(s)) == 0 }
}

// isSchedule reads a schedule as Kubernetes and Argo do, of which a time comes: the 30th of February never does.
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

// neverComes says of a schedule that is none why it is.
func neverComes(text string) string {
	if isCron(text) {
		return ", since that day never comes"
	}
	return ""
}
