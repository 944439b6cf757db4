package compose

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

// TestExtras reads with compose's own reader what steps ask of compose alone: in their own settings, in a group, for all.
func TestExtras(t *testing.T) {
	t.Parallel()
	const src = `dag:
  steps:
    fit:
      type: task
      command_type: shell
      command: 'true'
      overrides: {compose: big}
      targets:
        compose:
          devices: ["/dev/fuse", "/dev/null:/dev/nothing:r"]
          shm_size: 1.5g
          ulimits: {nofile: {soft: 1024, hard: 4096}}
          volumes: ["/srv/$data:/data:ro", {source: models, target: /models, external: true}, "./here:/here"]
          networks: [default, {name: database, external: true}]
          extra_hosts: {db.internal: 10.0.0.7}
          env: {A: own}
        argo: {node_selector: {a: b}}
    again:
      type: loop
      max_iterations: 2
      break_on: d
      index_as: i
      targets: {compose: {shm_size: 64m, ulimits: {nofile: 10}}}
      branch:
        steps:
          p: {type: task, command_type: shell, command: 'true', targets: {compose: {shm_size: 128m, extra_hosts: ["b:::1"]}}}
          q: {type: task, command_type: shell, command: 'true', targets: {compose: {ulimits: {nofile: {soft: 5, hard: 20}, core: -1}, devices: [/dev/fuse]}}}
`
	o := plain()
	o.Defaults.Extras = Extras{ExtraHosts: Hosts{"a": "10.0.0.1"}, Ulimits: map[string]Limit{"core": {"0", "0"}}}
	o.Overrides = map[string]Settings{"big": {Extras: Extras{ShmSize: "9g", Volumes: []Mount{{Source: "old", Target: "/models"}, {Source: "kept", Target: "/kept"}}}}}
	p := project(t, render(t, src, o), nil)
	type want struct {
		devices, volumes, networks []string
		shm                        types.UnitBytes
		limits                     map[string][2]int
		hosts                      map[string][]string
	}
	for name, w := range map[string]want{
		"fit": {
			[]string{"/dev/fuse:/dev/fuse:rwm", "/dev/null:/dev/nothing:r"},
			[]string{"volume runner /runnable/runner true", "volume store /runnable/store false", "volume models /models false", "volume kept /kept false", "bind /srv/$data /data true", "bind /here /here false"},
			[]string{"database", "default"}, 3 << 29,
			map[string][2]int{"nofile": {1024, 4096}, "core": {0, 0}}, map[string][]string{"a": {"10.0.0.1"}, "db.internal": {"10.0.0.7"}},
		},
		"again": {
			[]string{"/dev/fuse:/dev/fuse:rwm"}, []string{"volume runner /runnable/runner true", "volume store /runnable/store false"}, []string{"default"}, 128 << 20,
			map[string][2]int{"nofile": {10, 20}, "core": {-1, -1}}, map[string][]string{"a": {"10.0.0.1"}, "b": {"::1"}},
		},
	} {
		s := p.Services[name]
		got := want{shm: s.ShmSize, limits: map[string][2]int{}, hosts: map[string][]string{}}
		for _, d := range s.Devices {
			got.devices = append(got.devices, d.Source+":"+d.Target+":"+d.Permissions)
		}
		for _, v := range s.Volumes {
			ro := " false"
			if v.ReadOnly {
				ro = " true"
			}
			got.volumes = append(got.volumes, v.Type+" "+v.Source+" "+v.Target+ro)
		}
		got.networks = s.NetworksByPriority()
		for name, l := range s.Ulimits {
			got.limits[name] = [2]int{l.Soft, l.Hard}
			if l.Single != 0 {
				got.limits[name] = [2]int{l.Single, l.Single}
			}
		}
		for host, addresses := range s.ExtraHosts {
			got.hosts[host] = addresses
		}
		if diff := cmp.Diff(w, got, cmp.AllowUnexported(want{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if a := p.Services["fit"].Environment["A"]; a == nil || *a != "own" {
		t.Error("the step's own variable is not there")
	}
	if !bool(p.Volumes["models"].External) || bool(p.Volumes["kept"].External) || !bool(p.Networks["database"].External) {
		t.Errorf("%+v %+v", p.Volumes, p.Networks)
	}
}
