//go:build e2e

package runnable

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// jobConfigs are configurations of Runnable's for jobs on Kubernetes, without the line that says where the cluster is.
var jobConfigs = map[string]string{
	"k8s-job": `
job-executor:
  type: k8s-job
  config:
    pvc_claim_name: facts
    namespace: ml
    job_spec:
      active_deadline_seconds: 600
      backoff_limit: 2
      ttl_seconds_after_finished: 3600
      template:
        metadata: {generate_name: job-, annotations: {team: forecasting}}
        spec:
          active_deadline_seconds: 300
          node_selector: {disk: ssd}
          tolerations: [{key: gpu, operator: Equal, value: "yes", effect: NoSchedule}]
          service_account_name: trainer
          volumes:
            - {name: data, persistent_volume_claim: {claimName: shared}}
          container:
            image: registry.example/app:1
            env: [{name: STAGE, value: test}]
            resources: {limits: {cpu: "1", memory: 2Gi, gpu: 1}, requests: {cpu: 500m, memory: 1Gi}}
            volume_mounts: [{name: data, mount_path: /data}]
`,
	"k8s-job as Kubernetes spells it, of defaults": `
job-executor:
  type: k8s-job
  config:
    pvcClaimName: facts
    jobSpec: {template: {spec: {serviceAccountName: trainer, container: {image: "registry.example/app:1"}}}}
`,
	"k8s-job with a schedule": `
job-executor:
  type: k8s-job
  config:
    pvc_claim_name: facts
    schedule: "0 2 * * 1"
    job_spec: {template: {spec: {service_account_name: trainer, container: {image: "registry.example/app:1"}}}}
`,
	"mini-k8s-job": `
job-executor:
  type: mini-k8s-job
  config:
    job_spec: {template: {spec: {service_account_name: trainer, container: {image: app}}}}
`,
}

// TestJobsOfKubernetes holds what Runnable sends to a cluster against what is rendered here. The cluster is a server that
// notes what the real client sends to it.
func TestJobsOfKubernetes(t *testing.T) {
	python, bin := interpreter(t), tool(t)
	for name, config := range jobConfigs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			theirs, ours := newProject(t), newProject(t)
			at, sent := cluster(t)
			write(t, filepath.Join(theirs, "kubeconfig"), fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: %q}}]\nusers: [{name: u, user: {}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n", at))
			write(t, filepath.Join(theirs, "k8s.yaml"), config+"    config_path: kubeconfig\n")
			write(t, filepath.Join(ours, "k8s.yaml"), config)
			(&moved{environ: []string{"RUNNABLE_CONFIGURATION_FILE=k8s.yaml", "RUNNABLE_RUN_ID=first"}}).do(t, theirs, filepath.Dir(python), []string{"python job.py"})
			cmd := exec.Command(bin, "job.py", "--target", "kubernetes", "-c", "k8s.yaml")
			cmd.Dir = ours
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if diff := cmp.Diff(sent(), rendered(t, out)); diff != "" {
				t.Errorf("(-Runnable +this program):\n%s", diff)
			}
		})
	}
}

// job is what both programs say of one: the part that the configuration determines.
type job struct {
	Kind, Schedule, Namespace string
	Deadline, PodDeadline     *int64
	Backoff, TTL              *int32
	Annotations, NodeSelector map[string]string
	Tolerations               []corev1.Toleration
	Account                   string
	Restart                   corev1.RestartPolicy
	Image                     string
	Pull                      corev1.PullPolicy
	Env                       map[string]string // what the configuration sets
	Requests, Limits          map[string]string
	Volumes, Mounts           map[string]string // of the configuration's own, by name
	Store                     string            // the claim, or the folder of the node, that keeps the facts
}

// cluster is an API server that notes the Jobs which are sent to it.
func cluster(t *testing.T) (at string, sent func() job) {
	var mu sync.Mutex
	var got []job
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost {
			j := described(t, body)
			j.Namespace = strings.Split(strings.TrimPrefix(r.URL.Path, "/apis/batch/v1/namespaces/"), "/")[0]
			got = append(got, j)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() job {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if len(got) != 1 {
			t.Fatalf("Runnable sent %d Jobs", len(got))
		}
		return got[0]
	}
}

// rendered is the Job of a manifest.
func rendered(t *testing.T, manifest []byte) (j job) {
	t.Helper()
	for _, document := range strings.Split(string(manifest), "\n---\n") {
		if !strings.Contains(document, "apiVersion: batch/v1\n") {
			continue
		}
		text, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		j = described(t, text)
	}
	return j
}

// described is a Job or CronJob by what both programs say of it.
func described(t *testing.T, text []byte) job {
	t.Helper()
	var cron batchv1.CronJob
	var plain batchv1.Job
	if err := json.Unmarshal(text, &plain.TypeMeta); err != nil {
		t.Error(err)
	}
	into := any(&plain)
	if plain.Kind == "CronJob" {
		into = &cron
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	spec, namespace := plain.Spec, plain.Namespace
	if plain.Kind == "CronJob" {
		spec, namespace = cron.Spec.JobTemplate.Spec, cron.Namespace
	}
	pod := spec.Template.Spec
	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers: %s", len(pod.Containers), text)
	}
	c := pod.Containers[0]
	if namespace == "" {
		namespace = "default" // of kubectl
	}
	j := job{
		Kind: plain.Kind, Schedule: cron.Spec.Schedule, Namespace: namespace, Deadline: spec.ActiveDeadlineSeconds, PodDeadline: pod.ActiveDeadlineSeconds,
		Backoff: spec.BackoffLimit, TTL: spec.TTLSecondsAfterFinished, Annotations: spec.Template.Annotations, NodeSelector: pod.NodeSelector, Tolerations: pod.Tolerations,
		Account: pod.ServiceAccountName, Restart: pod.RestartPolicy, Image: c.Image, Pull: c.ImagePullPolicy,
		Env: map[string]string{}, Requests: amounts(c.Resources.Requests), Limits: amounts(c.Resources.Limits), Volumes: map[string]string{}, Mounts: map[string]string{},
	}
	if len(j.Requests) == 0 {
		j.Requests = j.Limits // Kubernetes' rule
	}
	for _, v := range c.Env {
		if !strings.HasPrefix(v.Name, "RUNNABLE_") {
			j.Env[v.Name] = v.Value
		}
	}
	for _, v := range pod.Volumes {
		from := ""
		if v.PersistentVolumeClaim != nil {
			from = v.PersistentVolumeClaim.ClaimName
		} else if v.HostPath != nil {
			from = v.HostPath.Path
		}
		switch v.Name {
		case "data":
			j.Volumes[v.Name] = from
		case "facts", "run-logs", "store": // theirs of a claim, theirs of a folder, ours
			j.Store = strings.TrimSuffix(from, "/")
		}
	}
	for _, m := range c.VolumeMounts {
		if m.Name == "data" {
			j.Mounts[m.Name] = m.MountPath
		}
	}
	return j
}

func amounts(list corev1.ResourceList) map[string]string {
	out := map[string]string{}
	for name, q := range list {
		out[string(name)] = q.String()
	}
	return out
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
