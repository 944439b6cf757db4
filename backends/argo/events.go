package argo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

const (
	eventsVersion = "argoproj.io/v1alpha1"
	webhookPort   = 12000 // the one of Argo Events' own examples
	uidLength     = 36
)

// checkEvents looks at what begins runs: Argo itself begins none by events, Argo Events does.
func (b *builder) checkEvents() {
	for _, e := range b.pipeline.Events {
		if !b.o.Directory {
			b.warn("RR1029", e.Span, "the event (%s) is left out of a single Workflow; render with -o DIR/ to get the Sensor", e)
			continue
		}
		for _, why := range kubekind.Refused(ir.Schedule{Cron: e.Calendar, Timezone: e.Timezone}) {
			b.refuse("RR1003", e.Span, "%s", why)
		}
		if e.Succeeded != "" && b.namespace() == "" {
			b.refuse("RR1029", e.Span, "Argo Events watches the runs of %q in a namespace that it is told; give --namespace, or namespace: of metadata in %s", e.Succeeded, b.configName())
		}
		for _, name := range slices.Sorted(maps.Keys(e.Parameters)) {
			if b.argumentOf(name) == nil {
				b.refuse("RR1029", e.Span, "the event gives a value for %q, and the parameters are no arguments of the workflow (expose_parameters_as_inputs: false in %s); leave that out", name, b.configName())
			}
		}
	}
}

func (b *builder) namespace() string {
	return cmp.Or(b.o.Namespace, b.o.Config.Workflow.Metadata.Namespace)
}

// argumentOf is the parameter of a name, if it is an argument of the workflow.
func (b *builder) argumentOf(name string) *param {
	for i := range b.params {
		if b.params[i].name == name && b.params[i].arg != "" {
			return &b.params[i]
		}
	}
	return nil
}

// eventName names an event in the EventSource and in the Sensor.
func eventName(i int) string { return "event-" + strconv.Itoa(i+1) }

// eventsAccount is the service account of both: it may begin runs, and watch those of others where an event asks for that.
func (b *builder) eventsAccount() string { return b.name() + "-events" }

// events are the objects by which Argo Events begins runs: a source of the events, a sensor that makes a Workflow of each, and the account
// that may do so.
func (b *builder) events() []byte {
	return joinDocuments(append(b.eventsAccess(), b.document(b.eventSource()), b.document(b.sensor()))...)
}

func (b *builder) eventsAccess() [][]byte {
	verbs := []string{"create"}
	if slices.ContainsFunc(b.pipeline.Events, func(e ir.Event) bool { return e.Succeeded != "" }) {
		verbs = append(verbs, "get", "list", "watch")
	}
	return b.account(b.eventsAccount(), "workflows", verbs)
}

// eventSource says where events come from.
func (b *builder) eventSource() *yamlout.Map {
	spec := yamlout.NewMap("template", yamlout.NewMap("serviceAccountName", b.eventsAccount()))
	webhooks, calendars, resources := yamlout.NewMap(), yamlout.NewMap(), yamlout.NewMap()
	for i, e := range b.pipeline.Events {
		switch {
		case e.Webhook != "":
			webhooks.Add(eventName(i), yamlout.NewMap("port", strconv.Itoa(webhookPort), "endpoint", e.Webhook, "method", "POST"))
		case e.Calendar != "":
			calendars.Add(eventName(i), yamlout.NewMap("schedule", e.Calendar).Opt("timezone", e.Timezone))
		default:
			resources.Add(eventName(i), b.succeeded(e))
		}
	}
	if webhooks.Len() > 0 {
		port := yamlout.NewMap("port", webhookPort, "targetPort", webhookPort)
		spec.Add("service", yamlout.NewMap("ports", yamlout.NewList(yamlout.Flow{Value: port})))
	}
	spec.Opt("webhook", webhooks).Opt("calendar", calendars).Opt("resource", resources)
	m := yamlout.NewMap("apiVersion", eventsVersion, "kind", "EventSource")
	return m.Add("metadata", b.metadata("name", b.name(), false)).Add("spec", spec)
}

// succeeded is the success of another pipeline: a change of a Workflow to this phase. Later changes of the Workflow are events too; the
// sensor makes one run of them all.
func (b *builder) succeeded(e ir.Event) *yamlout.Map {
	is := func(key, value string) yamlout.Flow {
		return yamlout.Flow{Value: yamlout.NewMap("key", key, "operation", "==", "value", value)}
	}
	m := yamlout.NewMap("namespace", b.namespace(), "group", "argoproj.io", "version", "v1alpha1", "resource", "workflows")
	m.Add("eventTypes", yamlout.Flow{Value: []string{"UPDATE"}})
	return m.Add("filter", yamlout.NewMap("labels", yamlout.NewList(
		is("app.kubernetes.io/name", label(e.Succeeded)), is("workflows.argoproj.io/phase", "Succeeded"))))
}

// sensor makes a Workflow of each event.
func (b *builder) sensor() *yamlout.Map {
	dependencies, triggers := yamlout.NewList(), yamlout.NewList()
	for i, e := range b.pipeline.Events {
		name := eventName(i)
		dependencies.Add(yamlout.Flow{Value: yamlout.NewMap("name", name, "eventSourceName", b.name(), "eventName", name)})
		triggers.Note(e.String())
		triggers.Add(yamlout.NewMap("template", yamlout.NewMap("name", name, "conditions", name, "k8s", b.trigger(name, e))))
	}
	spec := yamlout.NewMap("template", yamlout.NewMap("serviceAccountName", b.eventsAccount()))
	spec.Add("dependencies", dependencies).Add("triggers", triggers)
	m := yamlout.NewMap("apiVersion", eventsVersion, "kind", "Sensor")
	return m.Add("metadata", b.metadata("name", b.name(), false)).Add("spec", spec)
}

// trigger creates a run. One that follows another pipeline's is named after that, so that there is one whatever else happens to the
// other.
func (b *builder) trigger(event string, e ir.Event) *yamlout.Map {
	metadata, sources, arguments := b.metadata("generateName", b.name()+"-", false), yamlout.NewList(), yamlout.NewList()
	from := func(key, otherwise, to string) *yamlout.Map {
		src := yamlout.NewMap("dependencyName", event, "dataKey", key).Opt("value", otherwise)
		return yamlout.NewMap("src", yamlout.Flow{Value: src}, "dest", to)
	}
	if e.Succeeded != "" {
		base := b.name()
		base = strings.TrimRight(base[:min(len(base), 63-1-uidLength)], "-.")
		metadata = b.metadata("name", base+"-", false)
		sources.Add(from("body.metadata.uid", "", "metadata.name").Add("operation", "append"))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Parameters)) {
		p := b.argumentOf(name)
		if p == nil {
			continue // told
		}
		sources.Add(from(e.Parameters[name], p.value, fmt.Sprintf("spec.arguments.parameters.%d.value", arguments.Len())))
		arguments.Add(yamlout.Flow{Value: yamlout.NewMap("name", p.arg, "value", p.value)})
	}
	spec := yamlout.NewMap()
	if arguments.Len() > 0 {
		spec.Add("arguments", yamlout.NewMap("parameters", arguments))
	}
	spec.Add("workflowTemplateRef", yamlout.NewMap("name", b.name()))
	workflow := yamlout.NewMap("apiVersion", eventsVersion, "kind", "Workflow", "metadata", metadata, "spec", spec)
	m := yamlout.NewMap("operation", "create", "source", yamlout.NewMap("resource", workflow))
	if sources.Len() > 0 {
		m.Add("parameters", sources)
	}
	return m
}
