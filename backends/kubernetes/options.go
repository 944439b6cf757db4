// Package kubernetes renders a pipeline as a Kubernetes Job that runs the whole of it in one pod, or as a CronJob
// (docs/kubernetes.md).
//
// The pod's container runs the user's image; an init container copies the runner into the pod, which runs the pipeline
// in place. The Job replaces a lost pod, and the new one continues the run. Rendering is pure: the same pipeline and
// options give the same bytes.
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
	RunnerImage    string `flag:"runner-image" root:"runner-image" is:"image" help:"image that provides the runner"`
	Namespace      string `flag:"namespace" root:"namespace" cfg:"namespace" is:"namespace" help:"namespace of the Job"`
	ServiceAccount string `flag:"service-account" root:"service-account" is:"name" help:"service account of the pod (default: one without permissions)"`

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
	JobSpec  JobSpec `cfg:"job_spec" help:"the Job, as in Runnable's configuration"`
	Schedule string  `cfg:"schedule" help:"a cron schedule of five fields; a CronJob then starts the runs"`
	Claim    string  `cfg:"pvc_claim_name" is:"name" help:"an existing claim that holds the store"`

	RunLogLocation  string `cfg:"mini_k8s_run_log_location" help:"a folder of the node that holds the store"`
	CatalogLocation string `cfg:"mini_k8s_catalog_location" help:"has no effect: one store holds both"`
	ConfigPath      string `cfg:"config_path" help:"has no effect: nothing is submitted"`
	Mock            bool   `cfg:"mock" help:"has no effect: nothing is submitted"`

	// This project's own.
	TimeZone     string `cfg:"time_zone" help:"time zone of the schedule"`
	Secret       string `cfg:"secret_from_k8s" is:"name" help:"the Kubernetes Secret that holds the secrets of the pipeline"`
	StoreSecret  string `cfg:"store_secret" is:"name" help:"a Secret whose keys become variables of every pod: the store's credentials"`
	StoreSize    string `cfg:"store_size" is:"quantity" help:"size of the generated claim"`
	StorageClass string `cfg:"storage_class" is:"name" help:"storage class of the generated claim"`
}

// JobSpec is the part of a Job that Runnable's configuration can say.
type JobSpec struct {
	Deadline int      `cfg:"active_deadline_seconds" is:"count" help:"time limit in seconds"`
	Backoff  *int     `cfg:"backoff_limit" is:"count" help:"how often a lost pod is replaced"`
	TTL      *int     `cfg:"ttl_seconds_after_finished" is:"count" help:"seconds after which the ended Job is deleted"`
	Selector Selector `cfg:"selector" help:"has no effect: the Job makes its own"`
	Template Template `cfg:"template" help:"the pod"`
}

// Selector is Kubernetes'.
type Selector struct {
	Labels      map[string]string `cfg:"match_labels" help:"has no effect"`
	Expressions []Expression      `cfg:"match_expressions" help:"has no effect"`
}

// Expression is Kubernetes'.
type Expression struct {
	Key      string   `cfg:"key" help:"has no effect"`
	Operator string   `cfg:"operator" help:"has no effect"`
	Values   []string `cfg:"values" help:"has no effect"`
}

// Template is that of the pod.
type Template struct {
	Metadata Metadata `cfg:"metadata" help:"name, labels and annotations"`
	Spec     PodSpec  `cfg:"spec" help:"settings"`
}

// Metadata is that of the pod; its name and namespace are the Job's.
type Metadata struct {
	GenerateName string            `cfg:"generate_name" help:"prefix of a generated name"`
	Namespace    string            `cfg:"namespace" is:"namespace" help:"namespace of the objects"`
	Labels       map[string]string `cfg:"labels" is:"label" keys:"label key" help:"labels of the objects"`
	Annotations  map[string]string `cfg:"annotations" is:"annotation" keys:"label key" help:"annotations of the objects"`
}

// PodSpec is that of the pod.
type PodSpec struct {
	Deadline       int               `cfg:"active_deadline_seconds" is:"count" help:"time limit in seconds"`
	NodeSelector   map[string]string `cfg:"node_selector" is:"label" keys:"label key" help:"labels that a node must have"`
	Tolerations    []Toleration      `cfg:"tolerations" help:"taints of nodes that pods tolerate"`
	Volumes        []Volume          `cfg:"volumes" help:"volumes of the pod"`
	ServiceAccount string            `cfg:"service_account_name" is:"name" help:"service account of the pods"`
	RestartPolicy  string            `cfg:"restart_policy" is:"Never|OnFailure|Always" help:"has no effect: a lost pod is replaced"`
	Container      Container         `cfg:"container" help:"the container that runs the pipeline"`
}

// Toleration is Kubernetes'.
type Toleration struct {
	Key      string `cfg:"key" is:"label key" help:"key of the taint"`
	Operator string `cfg:"operator" is:"Exists|Equal" help:"how the key is compared"`
	Value    string `cfg:"value" is:"label" help:"value of the taint"`
	Effect   string `cfg:"effect" is:"NoSchedule|PreferNoSchedule|NoExecute" help:"effect of the taint"`
	Seconds  *int   `cfg:"toleration_seconds" is:"count" help:"seconds for which the taint is tolerated"`
}

// Volume is a folder of the node or a claim.
type Volume struct {
	Name  string   `cfg:"name" is:"name" help:"name of the volume"`
	Host  HostPath `cfg:"host_path" help:"a folder of the node"`
	Claim Claim    `cfg:"persistent_volume_claim" help:"the claim"`
}

// HostPath is a folder of the node.
type HostPath struct {
	Path string `cfg:"path" help:"its path"`
}

// Claim names a claim.
type Claim struct {
	Name string `cfg:"claim_name" is:"name" help:"name of the claim"`
}

// Container is the one in which the steps run.
type Container struct {
	Image     string    `cfg:"image" is:"image" help:"the image of steps that name none"`
	Pull      string    `cfg:"image_pull_policy" is:"Always|IfNotPresent|Never" help:"when the image is pulled"`
	Env       []EnvVar  `cfg:"env" help:"variables of the containers"`
	Resources Resources `cfg:"resources" help:"resources of a pod"`
	Mounts    []Mount   `cfg:"volume_mounts" help:"where volumes are mounted"`
}

// EnvVar is a variable.
type EnvVar struct {
	Name  string `cfg:"name" help:"name of the variable"`
	Value string `cfg:"value" help:"its value"`
}

// Resources are requests and limits in Kubernetes' quantities.
type Resources struct {
	Requests Amounts `cfg:"requests" help:"reserved amounts"`
	Limits   Amounts `cfg:"limits" help:"upper limits"`
}

// Amounts of what a pod takes.
type Amounts struct {
	CPU    string `cfg:"cpu" is:"quantity" help:"cores, such as 500m or 2"`
	Memory string `cfg:"memory" is:"quantity" help:"memory, such as 512Mi"`
	GPU    string `cfg:"gpu" is:"quantity" help:"number of GPUs"`
}

// Mount is where a volume stands.
type Mount struct {
	Name string `cfg:"name" is:"name" help:"name of the volume"`
	Path string `cfg:"mount_path" is:"path" help:"where the volume is mounted"`
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
	first   ir.Visit     // of the image
	amounts ir.Resources // of the steps that run at a time
	steps   int          // how many these are
	secrets []ir.Ref
}
