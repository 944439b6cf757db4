package compose

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"
)

// inFolder checks that a plan whose facts go into a folder has the caller in every service but the one that installs the
// runner, and nobody else.
func inFolder(t *testing.T, plan []byte, services types.Services) {
	t.Helper()
	var over struct {
		Services map[string]struct {
			User        string
			Environment map[string]string
			Command     []string
		}
		Volumes struct {
			Store struct {
				DriverOpts map[string]string `yaml:"driver_opts"`
			}
		}
	}
	if err := yaml.Unmarshal(InFolder(plan, `/a "b" $X`, Caller{"12:34", "077"}), &over); err != nil {
		t.Fatal(err)
	}
	for name := range services {
		s, ok := over.Services[name]
		if caller := s.User == "12:34" && s.Environment["RUNNABLE_UMASK"] == "077"; !ok || caller != (name != runnerService) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if len(over.Services) != len(services) {
		t.Errorf("%d services, the plan has %d", len(over.Services), len(services))
	}
	if got := over.Volumes.Store.DriverOpts["device"]; got != `/a "b" $$X` {
		t.Errorf("the folder is %s", got)
	}
}
