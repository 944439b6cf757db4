package argo

// Config is what the configuration file says under `pipeline-executor: {type: argo, config: …}`. Its keys are
// Runnable's, in snake_case or camelCase, and some of this project's own (docs/argo.md lists them).
type Config struct {
	Defaults  Settings            `cfg:"defaults"`
	Overrides map[string]Settings `cfg:"overrides"`

	Workflow Workflow `cfg:"argo_workflow"`
	Cron     Cron     `cfg:"cron_schedule"`

	PVC           string   `cfg:"pvc_for_runnable"` // a claim that is there already, for the store
	CustomVolumes []Volume `cfg:"custom_volumes"`
	Secret        string   `cfg:"secret_from_k8s"` // the Kubernetes Secret that holds the pipeline's secrets
	Expose        *bool    `cfg:"expose_parameters_as_inputs"`
	Mock          bool     `cfg:"mock"`

	// Runnable's that have no effect here; each is told.
	LogLevel   string `cfg:"log_level"`
	OutputFile string `cfg:"output_file"`
	CacheName  string `cfg:"configmap_cache_name"`

	// This project's own.
	RunnerImage  string `cfg:"runner_image"`
	Store        string `cfg:"store"`         // bucket URL of the store
	StoreSecret  string `cfg:"store_secret"`  // Secret whose keys become variables of every pod: the store's credentials
	StoreSize    string `cfg:"store_size"`    // of the generated claim
	StorageClass string `cfg:"storage_class"` // of the generated claim
	PrepareClaim *bool  `cfg:"prepare_claim"` // an init container of root opens the claim to all users; true for the generated claim
	StoreAccess  string `cfg:"store_access"`  // of the claim: ReadWriteOnce or ReadWriteMany
}

// Settings are those of pods; an override changes the fields that it names and no others.
type Settings struct {
	Image                 string            `cfg:"image"`
	ImagePullPolicy       string            `cfg:"image_pull_policy"`
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds"`
	FailFast              *bool             `cfg:"fail_fast"`
	NodeSelector          map[string]string `cfg:"node_selector"`
	Parallelism           int               `cfg:"parallelism"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy"`
	Timeout               string            `cfg:"timeout"`
	Tolerations           []Toleration      `cfg:"tolerations"`
	Resources             PodResources      `cfg:"resources"`
	Env                   []EnvVar          `cfg:"env"`

	// This project's own.
	EnvFrom           []string          `cfg:"env_from_secrets"` // Secrets whose keys become variables
	GPUResource       string            `cfg:"gpu_resource"`     // nvidia.com/gpu where nothing is said
	Affinity          *Raw              `cfg:"affinity"`
	PriorityClassName string            `cfg:"priority_class_name"`
	ServiceAccount    string            `cfg:"service_account_name"`
	Labels            map[string]string `cfg:"labels"`
	Annotations       map[string]string `cfg:"annotations"`
	Security          Security          `cfg:"security_context"`
}

// Security is what of the security context can be changed.
type Security struct {
	RunAsUser              *int  `cfg:"run_as_user"` // 1000 where nothing is said; -1: the image's own
	RunAsGroup             *int  `cfg:"run_as_group"`
	FSGroup                *int  `cfg:"fs_group"`
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
	CPU     string `cfg:"cpu"`
	Memory  string `cfg:"memory"`
	GPU     string `cfg:"gpu"`
	Storage string `cfg:"ephemeral_storage"`
}

// EnvVar is a variable with a value, or one that a Secret's key holds.
type EnvVar struct {
	Name       string `cfg:"name"`
	Value      string `cfg:"value"`
	Variable   string `cfg:"environment_variable"` // Runnable's name for Name beside a secret
	SecretName string `cfg:"secret_name"`
	SecretKey  string `cfg:"secret_key"`
}

// Toleration is Kubernetes'.
type Toleration struct {
	Effect   string `cfg:"effect"`
	Key      string `cfg:"key"`
	Operator string `cfg:"operator"`
	Seconds  *int   `cfg:"toleration_seconds"`
	Value    string `cfg:"value"`
}

// RetryStrategy is Argo's, for steps whose definition says nothing of retries.
type RetryStrategy struct {
	Limit   *int     `cfg:"limit"`
	Policy  string   `cfg:"retry_policy"`
	BackOff *BackOff `cfg:"back_off"`
	Other   *BackOff `cfg:"backoff"` // Argo's own spelling
}

// BackOff is Argo's.
type BackOff struct {
	Duration    string `cfg:"duration"`
	Factor      int    `cfg:"factor"`
	MaxDuration string `cfg:"max_duration"`
}

// Volume mounts a claim in every step.
type Volume struct {
	MountPath string `cfg:"mount_path"`
	Claim     Claim  `cfg:"persistent_volume_claim"`
}

// Claim names a claim.
type Claim struct {
	Name     string `cfg:"claim_name"`
	ReadOnly bool   `cfg:"read_only"`
}

// Workflow is what goes onto the Workflow object itself.
type Workflow struct {
	Metadata Metadata     `cfg:"metadata"`
	Spec     WorkflowSpec `cfg:"spec"`
}

// Metadata of the Workflow.
type Metadata struct {
	GenerateName string            `cfg:"generate_name"`
	Name         string            `cfg:"name"`
	Namespace    string            `cfg:"namespace"`
	Annotations  map[string]string `cfg:"annotations"`
	Labels       map[string]string `cfg:"labels"`
}

// WorkflowSpec holds the settings of the whole workflow.
type WorkflowSpec struct {
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds"`
	NodeSelector          map[string]string `cfg:"node_selector"`
	Parallelism           int               `cfg:"parallelism"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy"` // of the pods for which defaults say nothing; a DAG is never retried
	ServiceAccount        string            `cfg:"service_account_name"`
	Tolerations           []Toleration      `cfg:"tolerations"`
	PodGC                 *PodGC            `cfg:"pod_gc"`
	TTL                   *TTL              `cfg:"ttl_strategy"`
	ImagePullSecrets      []string          `cfg:"image_pull_secrets"`
	PriorityClassName     string            `cfg:"priority_class_name"`
}

// PodGC says when finished pods are deleted.
type PodGC struct {
	Strategy            string `cfg:"strategy"`
	DeleteDelayDuration string `cfg:"delete_delay_duration"`
	LabelSelector       *Raw   `cfg:"label_selector"`
}

// TTL says when a finished workflow is deleted, in seconds.
type TTL struct {
	Completion int `cfg:"seconds_after_completion"`
	Success    int `cfg:"seconds_after_success"`
	Failure    int `cfg:"seconds_after_failure"`
}

// Cron says when the pipeline runs by itself.
type Cron struct {
	Schedules         []string `cfg:"schedules"`
	Timezone          string   `cfg:"timezone"`
	Concurrency       string   `cfg:"concurrency_policy"`
	StartingDeadline  int      `cfg:"starting_deadline_seconds"`
	Suspend           bool     `cfg:"suspend"`
	SuccessfulHistory *int     `cfg:"successful_jobs_history_limit"`
	FailedHistory     *int     `cfg:"failed_jobs_history_limit"`
}

// Raw is a piece of configuration that goes into the manifest as it is.
type Raw struct{ value any }
