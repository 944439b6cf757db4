package argo

import "github.com/runnable-render/runnable-render/backends/target"

// Config is what the configuration file says under `pipeline-executor: {type: argo, config: …}`. Its keys are
// Runnable's, in snake_case or camelCase, and some of this project's own (docs/argo.md lists them).
type Config struct {
	Defaults  Settings            `cfg:"defaults" help:"settings of all steps"`
	Overrides map[string]Settings `cfg:"overrides" help:"groups of settings, by the key that a step's overrides select"`

	Workflow Workflow `cfg:"argo_workflow" help:"metadata and settings of the Workflow"`
	Cron     Cron     `cfg:"cron_schedule" help:"a CronWorkflow that starts runs"`

	PVC           string   `cfg:"pvc_for_runnable" is:"name" help:"an existing claim that holds the store"`
	CustomVolumes []Volume `cfg:"custom_volumes" help:"volumes that every step mounts"`
	Secret        string   `cfg:"secret_from_k8s" is:"name" help:"the Kubernetes Secret that holds the secrets of the pipeline"`
	Expose        *bool    `cfg:"expose_parameters_as_inputs" help:"whether the initial parameters become arguments of the Workflow (default: true)"`
	Mock          bool     `cfg:"mock" help:"true is refused: steps of a Workflow cannot be mocked"`

	// Runnable's that have no effect here; each is told.
	LogLevel   string `cfg:"log_level" help:"Runnable's key; has no effect"`
	OutputFile string `cfg:"output_file" help:"Runnable's key; has no effect: use -o"`
	CacheName  string `cfg:"configmap_cache_name" help:"Runnable's key; has no effect"`

	// This project's own.
	RunnerImage  string `cfg:"runner_image" is:"image" help:"the image that provides the runner"`
	Store        string `cfg:"store" help:"bucket URL of the store"`
	StoreSecret  string `cfg:"store_secret" is:"name" help:"a Secret whose keys become variables of every pod: the store's credentials"`
	StoreSize    string `cfg:"store_size" is:"volume" help:"size of the generated claim"`
	StorageClass string `cfg:"storage_class" is:"name" help:"storage class of the generated claim"`
	RunnerPath   string `cfg:"runner_path" is:"path" help:"path of the runner in the steps' images, such as /usr/local/bin/runnable-step; then no init container copies it"`
	PrepareClaim *bool  `cfg:"prepare_claim" help:"whether an init container that runs as root makes the claim writable for all users (default: for the generated claim)"`
	StoreAccess  string `cfg:"store_access" is:"ReadWriteOnce|ReadWriteMany" help:"access mode of the claim (default: ReadWriteOnce)"`
}

// Settings are those of pods; an override changes the fields that it names and no others.
type Settings struct {
	Image                 string            `cfg:"image" is:"image" help:"the image of steps that name none"`
	ImagePullPolicy       string            `cfg:"image_pull_policy" is:"Always|IfNotPresent|Never" help:"when the image is pulled"`
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds" is:"count" help:"time limit in seconds"`
	FailFast              *bool             `cfg:"fail_fast" help:"no effect (true gives a warning): set fail_fast on composites"`
	NodeSelector          map[string]string `cfg:"node_selector" is:"label" keys:"label key" help:"labels that a node must have"`
	Parallelism           int               `cfg:"parallelism" is:"count" help:"how many pods run at a time"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy" help:"how failed pods are repeated"`
	Timeout               string            `cfg:"timeout" is:"duration" help:"time limit of a pod"`
	Tolerations           []Toleration      `cfg:"tolerations" help:"taints of nodes that pods tolerate"`
	Resources             PodResources      `cfg:"resources" help:"resources of a pod"`
	Env                   []EnvVar          `cfg:"env" help:"variables of the containers"`

	// This project's own.
	EnvFrom           []string          `cfg:"env_from_secrets" is:"name" help:"Secrets whose keys become variables"`
	GPUResource       string            `cfg:"gpu_resource" is:"resource" help:"name of the GPU resource (default: nvidia.com/gpu)"`
	EnvFromConfigMaps []string          `cfg:"env_from_config_maps" is:"name" help:"ConfigMaps whose keys become variables"`
	Volumes           []Volume          `cfg:"volumes" help:"volumes that the pods mount, beside custom_volumes"`
	PodSpecPatch      *target.Raw       `cfg:"pod_spec_patch" is:"pod spec" help:"strategic merge patch of the pod spec, for sidecars, init containers and everything that has no key here; the step runs in the container main"`
	Synchronization   *Synchronization  `cfg:"synchronization" help:"locks that a step holds while it runs"`
	Memoize           *target.Raw       `cfg:"memoize" help:"refused: Argo would skip the step without its record; cache: true on the step keeps results" refused:"Argo would skip the step without its record and files; say cache: true on the step, which keeps its results in the store"`
	Affinity          *target.Raw       `cfg:"affinity" is:"affinity" help:"affinity of the pods, as in a pod spec"`
	PriorityClassName string            `cfg:"priority_class_name" is:"name" help:"priority class of the pods"`
	PriorityClass     string            `cfg:"priority_class" is:"name" help:"another name of priority_class_name"`
	ServiceAccount    string            `cfg:"service_account_name" is:"name" help:"service account of the pods"`
	Account           string            `cfg:"service_account" is:"name" help:"another name of service_account_name"`
	Labels            map[string]string `cfg:"labels" is:"label" keys:"label key" help:"labels of the objects"`
	Annotations       map[string]string `cfg:"annotations" is:"annotation" keys:"label key" help:"annotations of the objects"`
	Security          Security          `cfg:"security_context" help:"user and group that the containers run as"`
}

// Security is what of the security context can be changed.
type Security struct {
	RunAsUser              *int  `cfg:"run_as_user" is:"user" help:"user id (default: 1000; -1: the image's own)"`
	RunAsGroup             *int  `cfg:"run_as_group" is:"user" help:"group id"`
	FSGroup                *int  `cfg:"fs_group" is:"user" help:"group id of mounted volumes"`
	RunAsNonRoot           *bool `cfg:"run_as_non_root" help:"whether root is refused"`
	ReadOnlyRootFilesystem bool  `cfg:"read_only_root_filesystem" help:"whether the image's files are read-only"`
}

// PodResources are requests and limits in Kubernetes' quantities.
type PodResources struct {
	Limits   Amounts `cfg:"limits" help:"upper limits"`
	Requests Amounts `cfg:"requests" help:"reserved amounts"`

	shm      string            // size of /dev/shm, as the definition says
	extended map[string]string // numbers of extended resources
}

// Amounts of what a pod takes.
type Amounts struct {
	CPU     string `cfg:"cpu" is:"cpu" help:"cores, such as 500m or 2"`
	Memory  string `cfg:"memory" is:"memory" help:"memory, such as 512Mi"`
	GPU     string `cfg:"gpu" help:"number of GPUs"`
	Storage string `cfg:"ephemeral_storage" is:"storage" help:"disk for temporary files, such as 1Gi"`
}

// EnvVar is a variable with a value, or one that a key of a Secret or a ConfigMap holds.
type EnvVar struct {
	Name       string `cfg:"name" help:"name of the variable"`
	Value      string `cfg:"value" help:"its value"`
	Variable   string `cfg:"environment_variable" help:"Runnable's name for the key name"`
	SecretName string `cfg:"secret_name" is:"name" help:"the Secret that holds the value"`
	SecretKey  string `cfg:"secret_key" is:"key" help:"its key in the Secret"`
	ConfigName string `cfg:"config_map_name" is:"name" help:"the ConfigMap that holds the value"`
	ConfigKey  string `cfg:"config_map_key" is:"key" help:"its key in the ConfigMap"`
}

// Toleration is Kubernetes'.
type Toleration struct {
	Effect   string `cfg:"effect" is:"NoSchedule|PreferNoSchedule|NoExecute" help:"effect of the taint"`
	Key      string `cfg:"key" is:"label key" help:"key of the taint"`
	Operator string `cfg:"operator" is:"Exists|Equal" help:"how the key is compared"`
	Seconds  *int   `cfg:"toleration_seconds" is:"count" help:"seconds for which the taint is tolerated"`
	Value    string `cfg:"value" is:"label" help:"value of the taint"`
}

// RetryStrategy is Argo's, for steps whose definition says nothing of retries.
type RetryStrategy struct {
	Limit   *int     `cfg:"limit" is:"count" help:"number of further attempts"`
	Policy  string   `cfg:"retry_policy" is:"Always|OnFailure|OnError|OnTransientError" help:"which failures are repeated"`
	BackOff *BackOff `cfg:"back_off" help:"how long to wait between attempts"`
	Other   *BackOff `cfg:"backoff" help:"Argo's spelling of back_off"`
}

// BackOff is Argo's.
type BackOff struct {
	Duration    string `cfg:"duration" is:"seconds" help:"wait before the second attempt"`
	Factor      int    `cfg:"factor" is:"count" help:"factor by which each wait grows"`
	MaxDuration string `cfg:"max_duration" is:"seconds" help:"time after which no further attempt begins"`
}

// Workflow is what goes onto the Workflow object itself.
type Workflow struct {
	Metadata Metadata     `cfg:"metadata" help:"name, labels and annotations"`
	Spec     WorkflowSpec `cfg:"spec" help:"settings"`
}

// Metadata of the Workflow. A name is made fit for Kubernetes, as the pipeline's is.
type Metadata struct {
	GenerateName string            `cfg:"generate_name" help:"prefix of a generated name"`
	Name         string            `cfg:"name" help:"name of the object"`
	Namespace    string            `cfg:"namespace" is:"namespace" help:"namespace of the objects"`
	Annotations  map[string]string `cfg:"annotations" is:"annotation" keys:"label key" help:"annotations of the objects"`
	Labels       map[string]string `cfg:"labels" is:"label" keys:"label key" help:"labels of the objects"`
}

// WorkflowSpec holds the settings of the whole workflow.
type WorkflowSpec struct {
	ActiveDeadlineSeconds int               `cfg:"active_deadline_seconds" is:"count" help:"time limit in seconds"`
	NodeSelector          map[string]string `cfg:"node_selector" is:"label" keys:"label key" help:"labels that a node must have"`
	Parallelism           int               `cfg:"parallelism" is:"count" help:"how many pods run at a time"`
	Retry                 *RetryStrategy    `cfg:"retry_strategy" help:"how failed pods are repeated"`
	ServiceAccount        string            `cfg:"service_account_name" is:"name" help:"service account of the pods"`
	Tolerations           []Toleration      `cfg:"tolerations" help:"taints of nodes that pods tolerate"`
	PodGC                 *PodGC            `cfg:"pod_gc" help:"when pods are deleted"`
	TTL                   *TTL              `cfg:"ttl_strategy" help:"when ended Workflows are deleted"`
	ImagePullSecrets      []string          `cfg:"image_pull_secrets" is:"name" help:"Secrets for the registry"`
	PriorityClassName     string            `cfg:"priority_class_name" is:"name" help:"priority class of the pods"`
}

// PodGC says when finished pods are deleted.
type PodGC struct {
	Strategy            string      `cfg:"strategy" is:"OnPodCompletion|OnPodSuccess|OnWorkflowCompletion|OnWorkflowSuccess" help:"when pods are deleted"`
	DeleteDelayDuration string      `cfg:"delete_delay_duration" is:"seconds" help:"how long they are kept after that"`
	LabelSelector       *target.Raw `cfg:"label_selector" is:"label selector" help:"which pods are deleted, as a label selector"`
}

// TTL says when a finished workflow is deleted, in seconds.
type TTL struct {
	Completion int `cfg:"seconds_after_completion" is:"count" help:"seconds after its end"`
	Success    int `cfg:"seconds_after_success" is:"count" help:"seconds after its success"`
	Failure    int `cfg:"seconds_after_failure" is:"count" help:"seconds after its failure"`
}

// Cron says when the pipeline runs by itself.
type Cron struct {
	Schedules         []string `cfg:"schedules" is:"schedule" help:"cron schedules of five fields, such as \"0 3 * * *\""`
	Timezone          string   `cfg:"timezone" is:"zone" help:"time zone of the schedules"`
	When              string   `cfg:"when" help:"an Argo expression (3.6 or newer): a run starts if it is true"`
	Concurrency       string   `cfg:"concurrency_policy" is:"Allow|Forbid|Replace" help:"what happens when the last run is still going on"`
	StartingDeadline  int      `cfg:"starting_deadline_seconds" is:"count" help:"seconds by which a run may start late"`
	Suspend           bool     `cfg:"suspend" help:"whether no run is started"`
	SuccessfulHistory *int     `cfg:"successful_jobs_history_limit" is:"count" help:"number of successful runs to keep"`
	FailedHistory     *int     `cfg:"failed_jobs_history_limit" is:"count" help:"number of failed runs to keep"`
}
