package compose

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// TestResourcesOfAMachine reads with compose's own reader what of a step's resources compose can give.
func TestResourcesOfAMachine(t *testing.T) {
	t.Parallel()
	const src = `dag:
  steps:
    alone:
      type: task
      command_type: shell
      command: 'true'
      resources: {memory: 64Mi, shm: 16Mi, disk: 1Gi, extended: {example.com/fpga: 1}}
      retry: {limit: 2, on: [oom], memory_factor: 1.5}
      targets: {compose: {devices: [/dev/null]}}
    own:
      type: task
      command_type: shell
      command: 'true'
      resources: {shm: 16Mi}
      targets: {compose: {shm_size: 1g}}
    again:
      type: loop
      max_iterations: 2
      break_on: d
      index_as: i
      resources: {shm: 16Mi}
      branch:
        steps:
          two:
            type: parallel
            branches:
              p: {steps: {p: {type: task, command_type: shell, command: 'true'}}}
              q: {steps: {q: {type: task, command_type: shell, command: 'true', resources: {shm: 32Mi}}}}
`
	files, list := Render(parse(t, src), plain())
	if list.HasErrors() || len(list) != 1 || list[0].Code != "RR2015" || list[0].Severity != diag.Warning {
		t.Fatalf("diagnostics: %v", list)
	}
	p := project(t, string(files[FileName]), nil)
	for name, want := range map[string][2]types.UnitBytes{"alone": {144 << 20, 16 << 20}, "own": {0, 1 << 30}, "again": {0, 48 << 20}} {
		s := p.Services[name]
		if got := [2]types.UnitBytes{s.MemLimit, s.ShmSize}; got != want {
			t.Errorf("%s has %v of memory and shared memory, want %v", name, got, want)
		}
	}
}
