// Package kubernetes renders a pipeline as a Kubernetes Job that runs the whole of it in one pod, or as a CronJob
// (docs/kubernetes.md).
//
// The pod's container is the user's image; an init container brings the runner, which walks the pipeline in place. A pod that
// is lost is started again by the Job, and goes on with the run. Rendering is pure: the same pipeline and options give the same
// bytes.
package kubernetes

import (
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FileName is the key of the manifest in what Render returns.
const FileName = "job.yaml"

// Options says how to render, as flags and the section `kubernetes:` of the configuration say it. The zero value renders a Job
// with a claim of its own, for steps that name their image.
type Options struct {
	Config

	Image          string `flag:"image" root:"image" is:"image" help:"image that holds the pipeline's code"`
	RunnerImage    string `flag:"runner-image" root:"runner-image" is:"image" help:"image that brings the runner"`
	Namespace      string `flag:"namespace" root:"namespace" cfg:"namespace" is:"namespace" help:"namespace of the Job"`
	ServiceAccount string `flag:"service-account" root:"service-account" is:"name" help:"account of the pod (default: one that may do nothing)"`

	// What comes to every target.
	ConfigFile string      // for messages
	Store      string      // bucket URL; empty: a claim
	Parameters []Parameter // the initial parameters, in their order
	Definition string      // the definition's slash path below the root of its project, which the image has as its working folder
	Source     string      // the definition's file, for the comment at the head
	Release    string      // this tool's, such as v1.2.3; empty: latest
}

// Parameter is one initial parameter.
type Parameter = target.Parameter

// Config is what Runnable's job executors k8s-job and mini-k8s-job say, and the section kubernetes: of the configuration.
type Config struct {
	JobSpec  JobSpec `cfg:"job_spec"`
	Schedule string  `cfg:"schedule"`
	Claim    string  `cfg:"pvc_claim_name" is:"name"`

	RunLogLocation  string `cfg:"mini_k8s_run_log_location"` // a folder of the node, for the store
	CatalogLocation string `cfg:"mini_k8s_catalog_location"` // has no effect: one store holds both
	ConfigPath      string `cfg:"config_path"`               // has no effect: nothing is submitted
	Mock            bool   `cfg:"mock"`                      // likewise

	// This project's own.
	TimeZone     string `cfg:"time_zone"`
	Secret       string `cfg:"secret_from_k8s" is:"name"` // the Kubernetes Secret that holds the pipeline's secrets
	StoreSecret  string `cfg:"store_secret" is:"name"`    // Secret whose keys become variables: the store's credentials
	StoreSize    string `cfg:"store_size" is:"quantity"`  // of the generated claim
	StorageClass string `cfg:"storage_class" is:"name"`   // of the generated claim
}

// JobSpec is the part of a Job that Runnable's configuration can say.
type JobSpec struct {
	Deadline int      `cfg:"active_deadline_seconds" is:"count"`
	Backoff  *int     `cfg:"backoff_limit" is:"count"`
	TTL      *int     `cfg:"ttl_seconds_after_finished" is:"count"`
	Selector Selector `cfg:"selector"` // has no effect: the Job makes its own
	Template Template `cfg:"template"`
}

// Selector is Kubernetes'.
type Selector struct {
	Labels      map[string]string `cfg:"match_labels"`
	Expressions []Expression      `cfg:"match_expressions"`
}

// Expression is Kubernetes'.
type Expression struct {
	Key      string   `cfg:"key"`
	Operator string   `cfg:"operator"`
	Values   []string `cfg:"values"`
}

// Template is that of the pod.
type Template struct {
	Metadata Metadata `cfg:"metadata"`
	Spec     PodSpec  `cfg:"spec"`
}

// Metadata is that of the pod; its name and namespace are the Job's.
type Metadata struct {
	GenerateName string            `cfg:"generate_name"`
	Namespace    string            `cfg:"namespace" is:"namespace"`
	Labels       map[string]string `cfg:"labels" is:"label" keys:"label key"`
	Annotations  map[string]string `cfg:"annotations" is:"annotation" keys:"label key"`
}

// PodSpec is that of the pod.
type PodSpec struct {
	Deadline       int               `cfg:"active_deadline_seconds" is:"count"`
	NodeSelector   map[string]string `cfg:"node_selector" is:"label" keys:"label key"`
	Tolerations    []Toleration      `cfg:"tolerations"`
	Volumes        []Volume          `cfg:"volumes"`
	ServiceAccount string            `cfg:"service_account_name" is:"name"`
	RestartPolicy  string            `cfg:"restart_policy" is:"Never|OnFailure|Always"`
	Container      Container         `cfg:"container"`
}

// Toleration is Kubernetes'.
type Toleration struct {
	Key      string `cfg:"key" is:"label key"`
	Operator string `cfg:"operator" is:"Exists|Equal"`
	Value    string `cfg:"value" is:"label"`
	Effect   string `cfg:"effect" is:"NoSchedule|PreferNoSchedule|NoExecute"`
	Seconds  *int   `cfg:"toleration_seconds" is:"count"`
}

// Volume is a folder of the node or a claim.
type Volume struct {
	Name  string   `cfg:"name" is:"name"`
	Host  HostPath `cfg:"host_path"`
	Claim Claim    `cfg:"persistent_volume_claim"`
}

// HostPath is a folder of the node.
type HostPath struct {
	Path string `cfg:"path"`
}

// Claim names a claim.
type Claim struct {
	Name string `cfg:"claim_name" is:"name"`
}

// Container is the one in which the steps run.
type Container struct {
	Image     string    `cfg:"image" is:"image"`
	Pull      string    `cfg:"image_pull_policy" is:"Always|IfNotPresent|Never"`
	Env       []EnvVar  `cfg:"env"`
	Resources Resources `cfg:"resources"`
	Mounts    []Mount   `cfg:"volume_mounts"`
}

// EnvVar is a variable.
type EnvVar struct {
	Name  string `cfg:"name"`
	Value string `cfg:"value"`
}

// Resources are requests and limits in Kubernetes' quantities.
type Resources struct {
	Requests Amounts `cfg:"requests"`
	Limits   Amounts `cfg:"limits"`
}

// Amounts of what a pod takes.
type Amounts struct {
	CPU    string `cfg:"cpu" is:"quantity"`
	Memory string `cfg:"memory" is:"quantity"`
	GPU    string `cfg:"gpu" is:"quantity"`
}

// Mount is where a volume stands.
type Mount struct {
	Name string `cfg:"name" is:"name"`
	Path string `cfg:"mount_path" is:"path"`
}

// Codes of what the target cannot express.
const (
	codeImage   = "RR4001"
	codeSecret  = "RR4002"
	codeLong    = "RR4003"
	codeSetting = "RR4004"
	codeEffect  = "RR4005"
	codeAmount  = "RR4006"
	codeKey     = "RR4007"
)

func refused(code string, span diag.Span, format string, args ...any) diag.Diagnostic {
	return diag.Errorf(code, span, "kubernetes: "+format, args...)
}

// sum is what all leaves of a pipeline ask for, since they run in one container.
type sum struct {
	image   string
	first   ir.Visit // of the image
	amounts ir.Resources
	secrets []ir.Ref
}
