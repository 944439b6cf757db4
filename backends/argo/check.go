package argo

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/common"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
	corev1 "k8s.io/api/core/v1"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// checkFiles refuses what Argo would refuse, before anyone submits it.
func (b *builder) checkFiles(files map[string][]byte) {
	templates, parsed := known{}, map[string][]common.ParseResult{}
	for _, name := range sortedKeys(files) {
		b.checkSize(name, files[name])
		ours := slices.Contains([]string{FileAccess, FileDefinition, FileLimit, FileEvents, FileKustomization, FileReferences}, name) // not Argo's
		if ours || b.o.Unvalidated {
			continue
		}
		parsed[name] = common.ParseObjects(files[name], true)
		for _, o := range parsed[name] {
			if o.Err != nil {
				b.invalid(name, o.Err)
				return
			}
			if t, ok := o.Object.(*wfv1.WorkflowTemplate); ok {
				templates[t.Name] = t
			}
		}
	}
	if b.list.HasErrors() || b.o.Unvalidated {
		return
	}
	for _, name := range sortedKeys(files) {
		switch {
		case name == SingleFile, name == FileTemplate, name == FileWorkflow, name == FileCron, strings.HasPrefix(name, cronFiles):
			if err := guarded(func() error { return checkObject(parsed[name], templates) }); err != nil {
				b.invalid(name, err)
			}
		}
	}
}

// guarded tells a panic in Argo's validator like its errors: a library that it reads schedules by has one.
func guarded(validate func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("its validator ends with %v", r)
		}
	}()
	return validate()
}

// invalid reports a manifest that Argo would not take. The definition was fine, so the configuration or this package
// is to blame.
func (b *builder) invalid(name string, err error) {
	b.refuse("RR1090", diag.Span{File: b.o.ConfigFile}, "the rendered %s is not valid for Argo: %s; a value of the configuration is likely the cause, else please report it", name, oneLine(err.Error()))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (b *builder) checkSize(name string, text []byte) {
	if len(text) > maxObject-maxObject/8 {
		b.refuse("RR1010", b.pipeline.Graph.Span, "%s would be %d bytes long; Kubernetes keeps objects of %d, and the run's own status has to fit in too. "+
			"Split the pipeline, or render for local or compose", name, len(text), maxObject)
	}
	if n := len(b.templates) + len(b.profileOrder) + 3; name != FileAccess && n > maxTemplates && !b.o.Version.before("4.0") {
		if !b.saidTemplates {
			b.refuse("RR1015", b.pipeline.Graph.Span, "the pipeline needs %d templates, and Argo 4 allows %d in a workflow; nest fewer composites, give --argo-version 3.7 if your Argo is older than 4, or render for local or compose", n, maxTemplates)
		}
		b.saidTemplates = true
	}
}

// known are the workflow templates that objects can refer to.
type known map[string]*wfv1.WorkflowTemplate

// Get implements Argo's getter.
func (k known) Get(name string) (*wfv1.WorkflowTemplate, error) {
	if t := k[name]; t != nil {
		return t.DeepCopy(), nil
	}
	return nil, fmt.Errorf("there is no workflow template %q", name)
}

// noClusterTemplates are none.
type noClusterTemplates struct{}

// Get implements Argo's getter.
func (noClusterTemplates) Get(name string) (*wfv1.ClusterWorkflowTemplate, error) {
	return nil, fmt.Errorf("there is no cluster workflow template %q", name)
}

// checkObject passes one object through Argo's validator and this package's own rules.
func checkObject(objects []common.ParseResult, templates known) error {
	if len(objects) != 1 {
		return fmt.Errorf("it holds %d objects, not one", len(objects))
	}
	if objects[0].Err != nil {
		return objects[0].Err
	}
	opts := validate.ValidateOpts{Lint: true}
	switch o := objects[0].Object.(type) {
	case *wfv1.Workflow:
		for _, spec := range inPieces(o.Spec) {
			wf := o.DeepCopy()
			wf.Spec = spec
			if err := validate.ValidateWorkflow(templates, noClusterTemplates{}, wf, nil, opts); err != nil {
				return err
			}
		}
		return checkRules(o.GenerateName+o.Name, o.Spec)
	case *wfv1.WorkflowTemplate:
		for _, spec := range inPieces(o.Spec) {
			t := o.DeepCopy()
			t.Spec = spec
			if err := validate.ValidateWorkflowTemplate(templates, noClusterTemplates{}, t, nil, opts); err != nil {
				return err
			}
		}
		return checkRules(o.Name, o.Spec)
	case *wfv1.CronWorkflow:
		if len(o.Spec.Schedules) == 0 && o.Spec.Schedule == "" {
			return fmt.Errorf("it has no schedule")
		}
		if err := validate.ValidateCronWorkflow(context.Background(), templates, noClusterTemplates{}, o.DeepCopy(), nil); err != nil {
			return err
		}
		return checkRules(o.Name, o.Spec.WorkflowSpec)
	}
	return fmt.Errorf("it holds a %T", objects[0].Object)
}

// inPieces returns the specification in two pieces that together hold all of it: the DAGs, with what they can see of
// the pods (inputs, outputs and that they are containers), and the pods, each called once. Argo's validator resolves
// and substitutes a template whole for each task that calls it, which takes minutes for thousands of tasks;
// of tasks that look the same to it, it gets one ([sampled]).
func inPieces(spec wfv1.WorkflowSpec) []wfv1.WorkflowSpec {
	if spec.WorkflowTemplateRef != nil {
		return []wfv1.WorkflowSpec{spec}
	}
	dags, pods := spec, spec
	dags.Templates, dags.VolumeClaimTemplates, dags.Volumes = nil, nil, nil
	ofPods := map[string]bool{}
	for _, t := range spec.Templates {
		ofPods[t.Name] = t.DAG == nil
	}
	for _, t := range spec.Templates {
		if t.DAG != nil {
			t.DAG = sampled(t.DAG, ofPods)
		}
		if t.DAG == nil && t.Container != nil {
			t = wfv1.Template{Name: t.Name, Inputs: t.Inputs, Outputs: t.Outputs, Container: &corev1.Container{Image: t.Container.Image}}
		}
		dags.Templates = append(dags.Templates, t)
	}
	probe := wfv1.Template{Name: pods.Entrypoint, DAG: &wfv1.DAGTemplate{}}
	pods.Templates, pods.OnExit = nil, ""
	for _, t := range spec.Templates {
		if t.DAG != nil {
			continue
		}
		pods.Templates = append(pods.Templates, t)
		task := wfv1.DAGTask{Name: "t-" + t.Name, Template: t.Name}
		for _, in := range t.Inputs.Parameters {
			if in.Value == nil {
				task.Arguments.Parameters = append(task.Arguments.Parameters, wfv1.Parameter{Name: in.Name, Value: wfv1.AnyStringPtr("x")})
			}
		}
		probe.DAG.Tasks = append(probe.DAG.Tasks, task)
	}
	pods.Templates = append(pods.Templates, probe)
	return []wfv1.WorkflowSpec{dags, pods}
}

var (
	dnsName  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?-?$`)
	dotted   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*-?$`)
	taskName = regexp.MustCompile(`^[a-z][-a-z0-9]*$`)
	taskRef  = regexp.MustCompile(`tasks(?:\.|\[')([-a-z0-9]+)`)
)

// checkRules holds a workflow against what Argo's validator does not look at (reference of the rules: docs/argo.md).
func checkRules(name string, spec wfv1.WorkflowSpec) error {
	if !dotted.MatchString(name) || len(name) > 57 {
		return fmt.Errorf("the name %q is not valid in Kubernetes", name)
	}
	if spec.RetryStrategy != nil || spec.TemplateDefaults != nil {
		return fmt.Errorf("retries of the whole workflow would repeat what has succeeded")
	}
	byName := map[string]*wfv1.Template{}
	for i := range spec.Templates {
		byName[spec.Templates[i].Name] = &spec.Templates[i]
	}
	for i := range spec.Templates {
		if err := checkTemplate(&spec.Templates[i], byName); err != nil {
			return fmt.Errorf("template %s: %w", spec.Templates[i].Name, err)
		}
	}
	return nil
}

func checkTemplate(t *wfv1.Template, byName map[string]*wfv1.Template) error {
	if !dnsName.MatchString(t.Name) {
		return fmt.Errorf("its name would be part of pod names and is not valid in Kubernetes")
	}
	if t.DAG == nil {
		return nil
	}
	if t.RetryStrategy != nil {
		return fmt.Errorf("a DAG must not be retried")
	}
	if len(t.DAG.Tasks) > maxTasks {
		return fmt.Errorf("it has %d tasks, more than %d", len(t.DAG.Tasks), maxTasks)
	}
	tasks := map[string]bool{}
	for _, task := range t.DAG.Tasks {
		tasks[strings.ReplaceAll(task.Name, "-", "_")] = true
	}
	if len(tasks) != len(t.DAG.Tasks) {
		return fmt.Errorf("two of its tasks have the same name")
	}
	if err := checkDepends(t.DAG.Tasks); err != nil {
		return err
	}
	for _, task := range t.DAG.Tasks {
		if err := checkTask(task, tasks, byName[task.Template]); err != nil {
			return fmt.Errorf("task %s: %w", task.Name, err)
		}
	}
	return nil
}

func checkTask(task wfv1.DAGTask, siblings map[string]bool, called *wfv1.Template) error {
	fans := task.WithSequence != nil || task.WithItems != nil || task.WithParam != ""
	switch {
	case !taskName.MatchString(task.Name):
		return fmt.Errorf("its name cannot be used in an expression")
	case called == nil:
		return fmt.Errorf("there is no template %q", task.Template)
	case fans && task.When != "":
		return fmt.Errorf("it is fanned out under a condition")
	case fans && (called.RetryStrategy != nil || len(called.Outputs.Parameters) > 0):
		return fmt.Errorf("it fans out a template that is retried or gives values")
	case task.Inline != nil || task.ContinueOn != nil || len(task.Dependencies) > 0:
		return fmt.Errorf("it uses a form that versions of Argo read differently")
	}
	for _, a := range task.Arguments.Parameters {
		if called.Inputs.GetParameterByName(a.Name) == nil {
			return fmt.Errorf("it passes %q, which the template %s does not take", a.Name, called.Name)
		}
		if a.Value == nil {
			continue
		}
		for _, ref := range taskRef.FindAllStringSubmatch(a.Value.String(), -1) {
			if !waitsFor(task.Depends, ref[1]) {
				return fmt.Errorf("it reads a value of %s without waiting for its success", ref[1])
			}
		}
	}
	for _, ref := range taskRef.FindAllStringSubmatch(task.When, -1) {
		if !siblings[strings.ReplaceAll(ref[1], "-", "_")] || !waitsFor(task.Depends, ref[1]) {
			return fmt.Errorf("its condition reads %s without waiting for it", ref[1])
		}
	}
	return nil
}

// waitsFor reports whether a condition holds only after the success of a task: one of its conjuncts is that alone.
func waitsFor(depends, task string) bool {
	for part := range strings.SplitSeq(depends, " && ") {
		if part == succeeded(task) {
			return true
		}
	}
	return false
}
