package argo

import (
	"cmp"
	"fmt"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// The files of a directory.
const (
	FileTemplate      = "workflow-template.yaml"
	FileWorkflow      = "workflow.yaml"
	FileCron          = "cron-workflow.yaml" // further ones: [cronFiles], a number and the ending
	FileAccess        = "access.yaml"
	FileDefinition    = "definition.yaml"
	FileLimit         = "concurrency.yaml"
	FileEvents        = "events.yaml"
	FileKustomization = "kustomization.yaml"
	FileReferences    = "kustomizeconfig.yaml"
)

// directory are the objects of `-o DIR/`: a WorkflowTemplate that holds everything, a thin Workflow to start it by
// hand, a thin CronWorkflow where there is a schedule, and what they need.
func (b *builder) directory(exit *yamlout.Map) map[string][]byte {
	files := map[string][]byte{}
	wt := yamlout.NewMap("apiVersion", "argoproj.io/v1alpha1", "kind", "WorkflowTemplate")
	wt.Add("metadata", b.metadata("name", b.name(), true))
	spec := b.spec(exit)
	spec.Add("workflowMetadata", yamlout.NewMap("labels", stringMap(ir.OverlayMap(b.labels(), b.o.Config.Workflow.Metadata.Labels))))
	files[FileTemplate] = b.document(wt.Add("spec", spec))

	ref := yamlout.NewMap("workflowTemplateRef", yamlout.NewMap("name", b.name()))
	w := yamlout.NewMap("apiVersion", "argoproj.io/v1alpha1", "kind", "Workflow")
	w.Add("metadata", b.metadata("generateName", b.name()+"-", false))
	files[FileWorkflow] = append(yamlout.Comment("One run: kubectl create -f "+FileWorkflow+", or argo submit "+FileWorkflow), b.document(w.Add("spec", ref))...)

	resources := []string{}
	if b.serviceAccount() == b.name() {
		files[FileAccess] = b.access()
		resources = append(resources, FileAccess)
	}
	if b.configMap != "" {
		cm := yamlout.NewMap("apiVersion", "v1", "kind", "ConfigMap")
		cm.Add("metadata", b.metadata("name", b.configMap, false))
		files[FileDefinition] = b.document(cm.Add("data", yamlout.NewMap("definition.json", yamlout.Block(b.fileText))))
		resources = append(resources, FileDefinition)
	}
	if b.semaphore() {
		files[FileLimit] = b.document(b.limit())
		resources = append(resources, FileLimit)
	}
	resources = append(resources, FileTemplate)
	for i, c := range b.crons() {
		name, file := b.name(), FileCron
		if i > 0 {
			name, file = fmt.Sprint(name, "-", i+1), fmt.Sprintf("%s%d.yaml", cronFiles, i+1)
		}
		files[file] = b.document(b.cron(name, c, ref))
		resources = append(resources, file)
	}
	if len(b.pipeline.Events) > 0 {
		files[FileEvents] = b.events()
		resources = append(resources, FileEvents)
	}
	files[FileKustomization] = b.document(yamlout.NewMap("apiVersion", "kustomize.config.k8s.io/v1beta1", "kind", "Kustomization",
		"resources", resources, "configurations", []string{FileReferences}))
	files[FileReferences] = append(yamlout.Comment("lets kustomize rename what the Argo objects refer to"), b.document(b.references())...)
	return files
}

// cronFiles begins the names of further CronWorkflows' files.
const cronFiles = "cron-workflow-"

// crons are what CronWorkflows are made of: the configuration's schedule, else those of the definition, of which those that differ in
// their times alone share one. Argo 3.5 has one time in each.
func (b *builder) crons() []Cron {
	own, alone := b.o.Config.Cron, b.o.Version.before("3.6")
	var out []Cron
	if len(own.Schedules) > 0 && !alone {
		return []Cron{own}
	}
	for _, times := range own.Schedules {
		one := own
		one.Schedules = []string{times}
		out = append(out, one)
	}
	if len(out) > 0 {
		return out
	}
	at := map[string]int{}
	for _, s := range b.pipeline.Schedules {
		i, known := at[s.Settings()]
		if !known || alone {
			i = len(out)
			at[s.Settings()] = i
			out = append(out, own.of(s))
		}
		out[i].Schedules = append(out[i].Schedules, s.Cron)
	}
	return out
}

// of is what a schedule of the definition says, over what the configuration says for all.
func (c Cron) of(s ir.Schedule) Cron {
	policies := map[string]string{ir.PolicyAllow: "Allow", ir.PolicyForbid: "Forbid", ir.PolicyReplace: "Replace"}
	late := (s.Deadline + time.Second - 1) / time.Second
	return Cron{
		Timezone: cmp.Or(s.Timezone, c.Timezone), When: cmp.Or(s.When, c.When), Concurrency: cmp.Or(policies[s.Policy], c.Concurrency),
		StartingDeadline: cmp.Or(int(late), c.StartingDeadline), Suspend: s.Suspend || c.Suspend,
		SuccessfulHistory: cmp.Or(s.KeepSucceeded, c.SuccessfulHistory), FailedHistory: cmp.Or(s.KeepFailed, c.FailedHistory),
	}
}

// cron is a CronWorkflow.
func (b *builder) cron(name string, c Cron, ref *yamlout.Map) *yamlout.Map {
	m := yamlout.NewMap("apiVersion", "argoproj.io/v1alpha1", "kind", "CronWorkflow")
	m.Add("metadata", b.metadata("name", name, false))
	spec := yamlout.NewMap()
	if b.o.Version.before("3.6") {
		spec.Add("schedule", c.Schedules[0])
	} else {
		spec.Add("schedules", c.Schedules)
	}
	spec.Opt("timezone", c.Timezone).Opt("when", c.When)
	spec.Add("concurrencyPolicy", cmp.Or(c.Concurrency, "Forbid"))
	spec.Opt("startingDeadlineSeconds", c.StartingDeadline)
	history := func(key string, n *int, otherwise int) {
		if n != nil {
			otherwise = *n
		}
		spec.Add(key, otherwise)
	}
	history("successfulJobsHistoryLimit", c.SuccessfulHistory, 3)
	history("failedJobsHistoryLimit", c.FailedHistory, 3)
	spec.Opt("suspend", c.Suspend)
	spec.Add("workflowMetadata", yamlout.NewMap("labels", stringMap(ir.OverlayMap(b.labels(), b.o.Config.Workflow.Metadata.Labels))))
	return m.Add("spec", spec.Add("workflowSpec", ref))
}

// access is the service account of the pods, and the role that it needs: to report results, and nothing else.
func (b *builder) access() []byte {
	return joinDocuments(b.account(b.name(), "workflowtaskresults", []string{"create", "patch"})...)
}

// account is a service account that may do something to Argo's objects of a kind, with its role.
func (b *builder) account(name, kind string, verbs []string) [][]byte {
	object := func(apiVersion, kind string) *yamlout.Map {
		return yamlout.NewMap("apiVersion", apiVersion, "kind", kind, "metadata", b.metadata("name", name, false))
	}
	const rbac = "rbac.authorization.k8s.io/v1"
	role := object(rbac, "Role").Add("rules", yamlout.NewList(yamlout.NewMap(
		"apiGroups", yamlout.Flow{Value: []string{"argoproj.io"}},
		"resources", yamlout.Flow{Value: []string{kind}},
		"verbs", yamlout.Flow{Value: verbs})))
	binding := object(rbac, "RoleBinding")
	binding.Add("roleRef", yamlout.NewMap("apiGroup", "rbac.authorization.k8s.io", "kind", "Role", "name", name))
	subject := yamlout.NewMap("kind", "ServiceAccount", "name", name)
	subject.Opt("namespace", b.namespace())
	binding.Add("subjects", yamlout.NewList(subject))
	return [][]byte{b.document(object("v1", "ServiceAccount")), b.document(role), b.document(binding)}
}

// references tells kustomize which fields of Argo's objects hold the names of others.
func (b *builder) references() *yamlout.Map {
	field := func(path, kind string) *yamlout.Map { return yamlout.NewMap("path", path, "kind", kind) }
	target := func(kind string, fields ...*yamlout.Map) *yamlout.Map {
		l := yamlout.NewList()
		for _, f := range fields {
			l.Add(f)
		}
		return yamlout.NewMap("kind", kind, "fieldSpecs", l)
	}
	template := []*yamlout.Map{field("spec/workflowTemplateRef/name", "Workflow"), field("spec/workflowSpec/workflowTemplateRef/name", "CronWorkflow")}
	account := []*yamlout.Map{field("spec/serviceAccountName", "WorkflowTemplate")}
	var source []*yamlout.Map
	if len(b.pipeline.Events) > 0 {
		template = append(template, field("spec/triggers/template/k8s/source/resource/spec/workflowTemplateRef/name", "Sensor"))
		account = append(account, field("spec/template/serviceAccountName", "Sensor"), field("spec/template/serviceAccountName", "EventSource"))
		source = append(source, target("EventSource", field("spec/dependencies/eventSourceName", "Sensor")))
	}
	names := yamlout.NewList(
		target("WorkflowTemplate", template...),
		target("ServiceAccount", account...),
		target("ConfigMap", field("spec/volumes/configMap/name", "WorkflowTemplate"),
			field("spec/synchronization/semaphores/configMapKeyRef/name", "WorkflowTemplate"), field("spec/synchronization/semaphore/configMapKeyRef/name", "WorkflowTemplate")))
	for _, s := range source {
		names.Add(s)
	}
	return yamlout.NewMap("nameReference", names, "images", yamlout.NewList(
		yamlout.NewMap("path", "spec/templates/container/image", "kind", "WorkflowTemplate"),
		yamlout.NewMap("path", "spec/templates/initContainers/image", "kind", "WorkflowTemplate")))
}
