// Settings for one target: they change where and how its step runs, never what it computes, and other targets ignore them.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "items", "item",
			p.Shell("fit", "export fitted=$((item * item))").Returns("fitted").
				Target("argo", p.Settings{
					"labels":      p.Settings{"role": "fit"},
					"tolerations": []p.Settings{{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}},
					"volumes": []p.Settings{
						{"mount_path": "/dev/shm", "empty_dir": p.Settings{"medium": "Memory", "size_limit": "64Mi"}},
						{"mount_path": "/etc/settings", "config_map": p.Settings{"name": "settings", "optional": true}},
						{"mount_path": "/etc/keys", "secret": p.Settings{"secret_name": "keys", "optional": true}},
					},
					"synchronization": p.Settings{"mutex": p.Settings{"name": "settings-targets"}},
				}).
				Target("compose", p.Settings{
					"shm_size":    "96m",
					"ulimits":     p.Settings{"nofile": 4096, "core": p.Settings{"soft": 0, "hard": 0}},
					"extra_hosts": []string{"db.internal:10.0.0.7"},
				}),
		).
			Target("argo", p.Settings{"labels": p.Settings{"team": "ml"}, "annotations": p.Settings{"example.org/owner": "ada"}}),
		p.Shell("report", `export shown="$fitted"`).Texts("shown").
			Target("argo", p.Settings{"pod_spec_patch": p.Settings{
				"terminationGracePeriodSeconds": 20,
				"containers":                    []p.Settings{{"name": "main", "env": []p.Settings{{"name": "PATCHED", "value": "yes"}}}},
			}}),
	))
}
