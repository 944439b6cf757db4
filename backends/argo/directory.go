package argo

import (
	"cmp"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// The files of a directory.
const (
	FileTemplate      = "workflow-template.yaml"
	FileWorkflow      = "workflow.yaml"
	FileCron          = "cron-workflow.yaml"
	FileAccess        = "access.yaml"
	FileDefinition    = "definition.yaml"
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
	resources = append(resources, FileTemplate)
	if len(b.schedule().Schedules) > 0 {
		files[FileCron] = b.document(b.cron(ref))
		resources = append(resources, FileCron)
	}
	files[FileKustomization] = b.document(yamlout.NewMap("apiVersion", "kustomize.config.k8s.io/v1beta1", "kind", "Kustomization",
		"resources", resources, "configurations", []string{FileReferences}))
	files[FileReferences] = append(yamlout.Comment("lets kustomize rename what the Argo objects refer to"), b.document(references())...)
	return files
}

// cron is the CronWorkflow.
func (b *builder) cron(ref *yamlout.Map) *yamlout.Map {
	c := b.schedule()
	m := yamlout.NewMap("apiVersion", "argoproj.io/v1alpha1", "kind", "CronWorkflow")
	m.Add("metadata", b.metadata("name", b.name(), false))
	spec := yamlout.NewMap()
	if b.o.Version.before("3.6") {
		spec.Add("schedule", c.Schedules[0])
	} else {
		spec.Add("schedules", c.Schedules)
	}
	spec.Opt("timezone", c.Timezone)
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
	object := func(apiVersion, kind string) *yamlout.Map {
		return yamlout.NewMap("apiVersion", apiVersion, "kind", kind, "metadata", b.metadata("name", b.name(), false))
	}
	const rbac = "rbac.authorization.k8s.io/v1"
	role := object(rbac, "Role").Add("rules", yamlout.NewList(yamlout.NewMap(
		"apiGroups", yamlout.Flow{Value: []string{"argoproj.io"}},
		"resources", yamlout.Flow{Value: []string{"workflowtaskresults"}},
		"verbs", yamlout.Flow{Value: []string{"create", "patch"}})))
	binding := object(rbac, "RoleBinding")
	binding.Add("roleRef", yamlout.NewMap("apiGroup", "rbac.authorization.k8s.io", "kind", "Role", "name", b.name()))
	subject := yamlout.NewMap("kind", "ServiceAccount", "name", b.name())
	subject.Opt("namespace", cmp.Or(b.o.Namespace, b.o.Config.Workflow.Metadata.Namespace))
	binding.Add("subjects", yamlout.NewList(subject))
	return joinDocuments(b.document(object("v1", "ServiceAccount")), b.document(role), b.document(binding))
}

// references tells kustomize which fields of Argo's objects hold the names of others.
func references() *yamlout.Map {
	field := func(path, kind string) *yamlout.Map { return yamlout.NewMap("path", path, "kind", kind) }
	target := func(kind string, fields ...*yamlout.Map) *yamlout.Map {
		l := yamlout.NewList()
		for _, f := range fields {
			l.Add(f)
		}
		return yamlout.NewMap("kind", kind, "fieldSpecs", l)
	}
	return yamlout.NewMap("nameReference", yamlout.NewList(
		target("WorkflowTemplate", field("spec/workflowTemplateRef/name", "Workflow"), field("spec/workflowSpec/workflowTemplateRef/name", "CronWorkflow")),
		target("ServiceAccount", field("spec/serviceAccountName", "WorkflowTemplate")),
		target("ConfigMap", field("spec/volumes/configMap/name", "WorkflowTemplate")),
	), "images", yamlout.NewList(
		yamlout.NewMap("path", "spec/templates/container/image", "kind", "WorkflowTemplate"),
		yamlout.NewMap("path", "spec/templates/initContainers/image", "kind", "WorkflowTemplate")))
}
