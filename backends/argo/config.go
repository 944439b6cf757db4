package argo

import "github.com/runnable-render/runnable-render/backends/target"

// Config is what the configuration file says under `pipeline-executor: {type: argo, config: …}`. Its keys are
// Runnable's, in snake_case or camelCase, and some of this project's own (docs/argo.md lists them).
type Config struct {
	Defaults  Settings            `cfg:"defaults"`
	Overrides map[string]Settings `cfg:"overrides"`

	Workflow Workflow `cfg:"argo_workflow"`
	Cron     Cron     `cfg:"cron_schedule"`

	PVC           string   `cfg:"pvc_for_runnable" is:"name"` // a claim that is there already, for the store
	CustomVolumes []Volume `cfg:"custom_volumes"`
	Secret        string   `cfg:"secret_from_k8s" is:"name"` // the Kubernetes Secret that holds the pipeline's secrets
	Expose        *bool    `cfg:"expose_parameters_as_inputs"`
	Mock          bool     `cfg:"mock"`

	// Runnable's that have no effect here; each is told.
	LogLevel   string `cfg:"log_level"`
	OutputFile string `cfg:"output_file"`
	CacheName  string `cfg:"configmap_cache_name"`

	// This project's own.
	RunnerImage  string `cfg:"runner_image" is:"image"`
	Store        string `cfg:"store"`                                         // bucket URL of the store
	StoreSecret  string `cfg:"store_secret" is:"name"`                        // Secret whose keys become variables of every pod: the store's credentials
	StoreSize    string `cfg:"store_size" is:"volume"`                        // of the generated claim
	StorageClass string `cfg:"storage_class" is:"name"`                       // of the generated claim
	PrepareClaim *bool  `cfg:"prepare_claim"`                                 // an init container of root opens the claim to all users; true for the generated claim
	StoreAccess  string `cfg:"store_access" is:"ReadWriteOnce|ReadWriteMany"` // of the claim: ReadWriteOnce or ReadWriteMany
}

// Settings are those of pods; an override changes the fields that it names and no others.
type Settings struct {
	Image                 string            `cfg:"image" is:"image"`
	ImagePullPolicy       string            `cfg:"image_pull_policy" is:"Always|IfNotPresent|Never"`
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds" is:"count"`
	FailFast              *bool             `cfg:"fail_fast"`
	NodeSelector          map[string]string `cfg:"node_selector" is:"label" keys:"label key"`
	Parallelism           int               `cfg:"parallelism" is:"count"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy"`
	Timeout               string            `cfg:"timeout" is:"duration"`
	Tolerations           []Toleration      `cfg:"tolerations"`
	Resources             PodResources      `cfg:"resources"`
	Env                   []EnvVar          `cfg:"env"`

	// This project's own.
	EnvFrom           []string          `cfg:"env_from_secrets" is:"name"` // Secrets whose keys become variables
	GPUResource       string            `cfg:"gpu_resource" is:"resource"` // nvidia.com/gpu where nothing is said
	Affinity          *target.Raw       `cfg:"affinity"`
	PriorityClassName string            `cfg:"priority_class_name" is:"name"`
	ServiceAccount    string            `cfg:"service_account_name" is:"name"`
	Labels            map[string]string `cfg:"labels" is:"label" keys:"label key"`
	Annotations       map[string]string `cfg:"annotations" is:"annotation" keys:"label key"`
	Security          Security          `cfg:"security_context"`
}

// Security is what of the security context can be changed.
type Security struct {
	RunAsUser              *int  `cfg:"run_as_user" is:"user"` // 1000 where nothing is said; -1: the image's own
	RunAsGroup             *int  `cfg:"run_as_group" is:"user"`
	FSGroup                *int  `cfg:"fs_group" is:"user"`
	RunAsNonRoot           *bool `cfg:"run_as_non_root"`
	ReadOnlyRootFilesystem bool  `cfg:"read_only_root_filesystem"`
}

// PodResources are requests and limits in Kubernetes' quantities.
type PodResources struct {
	Limits   Amounts `cfg:"limits"`
	Requests Amounts `cfg:"requests"`
}

// Amounts of what a pod takes.
type Amounts struct {
	CPU     string `cfg:"cpu" is:"cpu"`
	Memory  string `cfg:"memory" is:"memory"`
	GPU     string `cfg:"gpu"`
	Storage string `cfg:"ephemeral_storage" is:"storage"`
}

// EnvVar is a variable with a value, or one that a Secret's key holds.
type EnvVar struct {
	Name       string `cfg:"name"`
	Value      string `cfg:"value"`
	Variable   string `cfg:"environment_variable"` // Runnable's name for Name beside a secret
	SecretName string `cfg:"secret_name" is:"name"`
	SecretKey  string `cfg:"secret_key" is:"key"`
}

// Toleration is Kubernetes'.
type Toleration struct {
	Effect   string `cfg:"effect" is:"NoSchedule|PreferNoSchedule|NoExecute"`
	Key      string `cfg:"key" is:"label key"`
	Operator string `cfg:"operator" is:"Exists|Equal"`
	Seconds  *int   `cfg:"toleration_seconds" is:"count"`
	Value    string `cfg:"value" is:"label"`
}

// RetryStrategy is Argo's, for steps whose definition says nothing of retries.
type RetryStrategy struct {
	Limit   *int     `cfg:"limit" is:"count"`
	Policy  string   `cfg:"retry_policy" is:"Always|OnFailure|OnError|OnTransientError"`
	BackOff *BackOff `cfg:"back_off"`
	Other   *BackOff `cfg:"backoff"` // Argo's own spelling
}

// BackOff is Argo's.
type BackOff struct {
	Duration    string `cfg:"duration" is:"seconds"`
	Factor      int    `cfg:"factor" is:"count"`
	MaxDuration string `cfg:"max_duration" is:"seconds"`
}

// Volume mounts a claim in every step.
type Volume struct {
	MountPath string `cfg:"mount_path" is:"path"`
	Claim     Claim  `cfg:"persistent_volume_claim"`
}

// Claim names a claim.
type Claim struct {
	Name     string `cfg:"claim_name" is:"name"`
	ReadOnly bool   `cfg:"read_only"`
}

// Workflow is what goes onto the Workflow object itself.
type Workflow struct {
	Metadata Metadata     `cfg:"metadata"`
	Spec     WorkflowSpec `cfg:"spec"`
}

// Metadata of the Workflow. A name is made fit for Kubernetes, as the pipeline's is.
type Metadata struct {
	GenerateName string            `cfg:"generate_name"`
	Name         string            `cfg:"name"`
	Namespace    string            `cfg:"namespace" is:"namespace"`
	Annotations  map[string]string `cfg:"annotations" is:"annotation" keys:"label key"`
	Labels       map[string]string `cfg:"labels" is:"label" keys:"label key"`
}

// WorkflowSpec holds the settings of the whole workflow.
type WorkflowSpec struct {
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds" is:"count"`
	NodeSelector          map[string]string `cfg:"node_selector" is:"label" keys:"label key"`
	Parallelism           int               `cfg:"parallelism" is:"count"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy"` // of the pods for which defaults say nothing; a DAG is never retried
	ServiceAccount        string            `cfg:"service_account_name" is:"name"`
	Tolerations           []Toleration      `cfg:"tolerations"`
	PodGC                 *PodGC            `cfg:"pod_gc"`
	TTL                   *TTL              `cfg:"ttl_strategy"`
	ImagePullSecrets      []string          `cfg:"image_pull_secrets" is:"name"`
	PriorityClassName     string            `cfg:"priority_class_name" is:"name"`
}

// PodGC says when finished pods are deleted.
type PodGC struct {
	Strategy            string      `cfg:"strategy" is:"OnPodCompletion|OnPodSuccess|OnWorkflowCompletion|OnWorkflowSuccess"`
	DeleteDelayDuration string      `cfg:"delete_delay_duration" is:"seconds"`
	LabelSelector       *target.Raw `cfg:"label_selector"`
}

// TTL says when a finished workflow is deleted, in seconds.
type TTL struct {
	Completion int `cfg:"seconds_after_completion" is:"count"`
	Success    int `cfg:"seconds_after_success" is:"count"`
	Failure    int `cfg:"seconds_after_failure" is:"count"`
}

// Cron says when the pipeline runs by itself.
type Cron struct {
	Schedules         []string `cfg:"schedules" is:"schedule"`
	Timezone          string   `cfg:"timezone" is:"zone"`
	Concurrency       string   `cfg:"concurrency_policy" is:"Allow|Forbid|Replace"`
	StartingDeadline  int      `cfg:"starting_deadline_seconds" is:"count"`
	Suspend           bool     `cfg:"suspend"`
	SuccessfulHistory *int     `cfg:"successful_jobs_history_limit" is:"count"`
	FailedHistory     *int     `cfg:"failed_jobs_history_limit" is:"count"`
}
