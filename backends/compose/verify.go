package compose

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
)

// verify reads the plan with compose's own reader and compares what it understood with what was meant: nothing of a
// name, a command or a value may have been lost on the way.
func (b *builder) verify(text []byte, l load) error {
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  "/",
		ConfigFiles: []types.ConfigFile{{Filename: "/" + FileName, Content: text}},
		Environment: types.Mapping{},
	}, func(o *loader.Options) {
		o.SetProjectName("plan", true)
		o.SkipConsistencyCheck = true // its search for cycles takes exponential time, and there is none: see checkSize
	})
	if err != nil {
		return err
	}
	if got, want := len(project.Services), len(b.services)+3; got != want { // runner, begin, result
		return fmt.Errorf("%d services instead of %d", got, want)
	}
	begin := project.Services[beginService].Environment
	if err := sameVariable(begin, runnerenv.Definition, l.definition); err != nil {
		return err
	}
	if err := sameVariable(begin, runnerenv.ParamNames, l.names); err != nil {
		return err
	}
	for _, s := range b.services {
		if err := b.verifyService(project.Services[s.name], s); err != nil {
			return fmt.Errorf("service %s: %w", s.name, err)
		}
	}
	return nil
}

func (b *builder) verifyService(got types.ServiceConfig, s *service) error {
	if !slices.Equal(got.Command, s.args) {
		return fmt.Errorf("command %q instead of %q", got.Command, s.args)
	}
	if !slices.Equal(got.Entrypoint, []string{runnerFile}) {
		return fmt.Errorf("entrypoint %q", got.Entrypoint)
	}
	want := map[string]bool{}
	for _, a := range s.after {
		want[a.name] = true
	}
	for name, d := range got.DependsOn {
		if !want[name] || d.Condition != types.ServiceConditionCompletedSuccessfully {
			return fmt.Errorf("waits for %s (%s)", name, d.Condition)
		}
	}
	if len(got.DependsOn) != len(want) {
		return fmt.Errorf("waits for %v instead of %v", slices.Sorted(maps.Keys(got.DependsOn)), slices.Sorted(maps.Keys(want)))
	}
	image := b.RunnerImage
	if s.profile != nil {
		image = s.profile.image
		for _, v := range s.profile.env {
			if err := sameVariable(got.Environment, v.Name, v.Value); err != nil {
				return err
			}
		}
	}
	if got.Image != image {
		return fmt.Errorf("image %q instead of %q", got.Image, image)
	}
	return sameVariable(got.Environment, runnerenv.Target, "compose")
}

func sameVariable(env types.MappingWithEquals, name, want string) error {
	v, ok := env[name]
	if !ok || v == nil || *v != want {
		return fmt.Errorf("variable %s is not what was written", name)
	}
	return nil
}
