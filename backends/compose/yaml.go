package compose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// The anchors of what services share.
const (
	anchorDone        = yamlout.Alias("done")
	anchorEnvironment = yamlout.Alias("environment")
	anchorBase        = yamlout.Alias("base")
	anchorRunner      = yamlout.Alias("runner")
)

// yaml writes the plan.
func (b *builder) yaml(l load) []byte {
	m := yamlout.NewMap()
	m.Note("a service starts when those before it have written their records")
	m.Add("x-done", anchor(anchorDone, yamlout.Flow{Value: completed()}))
	m.Gap().Note("variables of the runner in every service").Add("x-environment", anchor(anchorEnvironment, b.environment(l)))
	m.Gap().Note("settings of every service").Add("x-base", anchor(anchorBase, b.base()))
	m.Gap().Note("services that run only the runner").Add("x-runner", anchor(anchorRunner, yamlout.NewMap().
		Merge(anchorBase).Add("image", escape(b.RunnerImage)).Add("user", "0:0")))
	shared := b.sharedProfiles(m)
	m.Gap().Add("services", b.serviceMap(l, shared))
	m.Gap()
	volumes, networks := b.declared()
	m.Add("volumes", volumes).Opt("networks", networks)
	if b.Version == V2 {
		m.Opt("secrets", b.secrets())
	}
	head := append(yamlout.Comment(b.head()), '\n')
	return append(head, yamlout.Marshal(m, yamlout.Options{IndentLists: true})...)
}

// declared are the volumes and the networks of the plan: its own, and those that steps ask for.
func (b *builder) declared() (volumes, networks *yamlout.Map) {
	volumes, networks = yamlout.NewMap("runner", yamlout.Flow{Value: yamlout.NewMap()}), yamlout.NewMap()
	if b.Store == "" {
		volumes.Add("store", yamlout.Flow{Value: yamlout.NewMap()})
	}
	add := func(to *yamlout.Map, name string, external bool) {
		if to.Get(name) == nil {
			to.Add(name, yamlout.Flow{Value: yamlout.NewMap().Opt("external", external)})
		}
	}
	for _, s := range b.services {
		if s.profile == nil {
			continue
		}
		for _, v := range s.profile.extras.Volumes {
			if !v.folder() {
				add(volumes, v.Source, v.External)
			}
		}
		for _, n := range s.profile.extras.Networks {
			add(networks, n.Name, n.External)
		}
	}
	return volumes, networks
}

func completed() *yamlout.Map { return yamlout.NewMap("condition", "service_completed_successfully") }

func anchor(name yamlout.Alias, value any) yamlout.Anchor {
	return yamlout.Anchor{Name: string(name), Value: value}
}

// head is the comment at the head of the file.
func (b *builder) head() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s", clip(b.pipeline.Name, 80))
	if d := b.pipeline.Description; d != "" {
		fmt.Fprintf(&s, ": %s", clip(d, 120))
	}
	from := "its definition"
	if b.Source != "" {
		from = clip(path.Base(b.Source), 80)
	}
	works := "1.29 and 2"
	if b.Version == V2 {
		works = "2.23 and later"
	}
	fmt.Fprintf(&s, `
A plan of %s for docker-compose %s. Edit that, not this file.

  docker compose up                        runs it; a second time, it runs nothing twice
  docker compose run --rm result           the same, and ends with the pipeline's status
  RUN_ID=name docker compose up            starts the run of that name, or continues it
  RUNNABLE_RETRY=1 docker compose up       runs the failed steps of the last run again
  docker compose down [--volumes]          removes the containers [and every run's facts]
`, from, works)
	for _, r := range b.remarks {
		fmt.Fprintf(&s, "\n%s", clip(r, 120))
	}
	return s.String()
}

// environment is variables of the runner in every service. The digest makes compose recreate every container when the
// definition changes, so that no step starts among the files of an earlier run.
func (b *builder) environment(l load) *yamlout.Map {
	m := yamlout.NewMap(runnerenv.Target, "compose")
	m.Add(runnerenv.CapabilitiesVariable, runnerenv.Capabilities{
		Exit: runnerenv.ExitRecord, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginRunner, Control: runnerenv.ControlNone,
	}.String())
	m.Add(runnerenv.Store, cmp.Or(escape(b.Store), "file://"+storeDir))
	if b.Definition != "" {
		m.Add(runnerenv.Source, escape(b.Definition))
	}
	m.Add(runnerenv.RunFile, runFile)
	m.Add(runnerenv.DefinitionFile, definition)
	m.Add(runnerenv.Plan, l.digest).Tail("of the definition and the parameters")
	for _, name := range []string{"RUN_ID", runnerenv.Retry, runnerenv.Tag} {
		to := name
		if name == "RUN_ID" {
			to = runnerenv.Run
		}
		m.Add(to, "${"+name+":-}")
	}
	for _, name := range credentials(b.Store) {
		m.Add(name, nil)
	}
	for _, name := range b.overridable() {
		m.Add(name, nil)
	}
	return m
}

// credentials are the variables that the drivers of a bucket read; they are passed on by name.
func credentials(store string) []string {
	scheme, _, _ := strings.Cut(store, ":")
	switch scheme {
	case "s3":
		return []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"}
	case "azblob":
		return []string{"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"}
	}
	return nil
}

// overridable are the variables by which an initial parameter can be replaced when the plan is started: those of
// parameters that did not decide which services there are.
func (b *builder) overridable() []string {
	var names, all []string
	for _, p := range b.Parameters {
		all = append(all, p.Name)
	}
	for _, p := range b.pipeline.Parameters { // a required one may have no value yet
		if !slices.Contains(all, p.Name) {
			all = append(all, p.Name)
		}
	}
	for _, p := range all {
		if name := "RUNNABLE_PRM_" + p; !b.fixed[p] && variable.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}

func (b *builder) base() *yamlout.Map {
	m := yamlout.NewMap("entrypoint", yamlout.Flow{Value: []string{runnerFile}}, "environment", anchorEnvironment)
	return m.Add("volumes", b.mounts(":ro"))
}

func (b *builder) mounts(mode string) yamlout.Flow { return yamlout.Flow{Value: b.mountList(mode)} }

func (b *builder) mountList(mode string) []string {
	mounts := []string{runnerMount + mode}
	if b.Store == "" {
		mounts = append(mounts, storeMount)
	}
	return mounts
}

// sharedProfiles writes the profiles that several services share, the most used first, and returns their anchors.
func (b *builder) sharedProfiles(m *yamlout.Map) map[string]yamlout.Alias {
	uses := map[string]int{}
	var keys []string
	byKey := map[string]*profile{}
	for _, s := range b.services {
		if s.profile == nil {
			continue
		}
		k := s.profile.key()
		if uses[k]++; uses[k] == 1 {
			keys = append(keys, k)
			byKey[k] = s.profile
		}
	}
	slices.SortStableFunc(keys, func(x, y string) int { return cmp.Compare(uses[y], uses[x]) })
	shared := map[string]yamlout.Alias{}
	for _, k := range keys {
		if uses[k] < 2 {
			continue
		}
		name := "step"
		if n := len(shared); n > 0 {
			name = "step-" + strconv.Itoa(n+1)
		}
		shared[k] = yamlout.Alias(name)
		m.Gap().Note(fmt.Sprintf("%d of the steps", uses[k]))
		m.Add("x-"+name, anchor(shared[k], b.profileMap(byKey[k])))
	}
	return shared
}

// profileMap writes a profile.
func (b *builder) profileMap(p *profile) *yamlout.Map {
	m := yamlout.NewMap().Merge(anchorBase)
	m.Add("image", escape(p.image))
	m.Opt("pull_policy", escape(p.pull))
	env := yamlout.NewMap().Merge(anchorEnvironment).Add(runnerenv.Image, escape(p.image))
	for _, v := range p.env {
		env.Add(v.Name, escape(v.Value))
	}
	if p.workers > 0 {
		env.Add(runnerenv.Workers, strconv.Itoa(p.workers))
	}
	if b.Version == V2 && len(p.secrets) > 0 {
		env.Add(runnerenv.Secrets, secretsDir)
	}
	for _, name := range p.secrets {
		if b.Version != V2 && !slices.ContainsFunc(p.env, func(v ir.EnvVar) bool { return v.Name == name }) {
			env.Add(name, nil).Tail("a secret: compose passes on the value in its environment or .env")
		}
	}
	m.Add("environment", env)
	if b.Version == V2 {
		m.Opt("secrets", yamlout.Flow{Value: p.secrets})
	}
	if p.cpus != nil {
		m.Add("cpus", cpusText(p.cpus))
	}
	if p.memory != nil {
		m.Add("mem_limit", bytesText(p.memory))
	}
	p.extras.add(m, b.mountList(":ro"))
	if p.gpus != nil {
		device := yamlout.NewMap("driver", "nvidia", "count", int64(cpusText(p.gpus)), "capabilities", yamlout.NewList("gpu"))
		m.Add("deploy", yamlout.NewMap("resources", yamlout.NewMap("reservations",
			yamlout.NewMap("devices", yamlout.Flow{Value: yamlout.NewList(device)}))))
	}
	return m
}

// serviceMap writes all services.
func (b *builder) serviceMap(l load, shared map[string]yamlout.Alias) *yamlout.Map {
	m := yamlout.NewMap()
	m.Note("copies the runner to where the other services find it")
	m.Add(runnerService, yamlout.NewMap("image", escape(b.RunnerImage), "user", "0:0",
		"command", yamlout.Flow{Value: []string{"install", runnerDir}}, "volumes", yamlout.Flow{Value: []string{runnerMount}}))
	m.Gap().Note("chooses the run: RUN_ID; else the one that these containers, or an unfinished plan like this, belong to; else a new one")
	if c := b.pipeline.Concurrency; c != nil {
		m.Note(turnNote(b.pipeline.Group(), c))
	}
	m.Add(beginService, yamlout.NewMap().Merge(anchorRunner).Add("command", yamlout.Flow{Value: []string{"begin"}}).
		Add("volumes", b.mounts("")).Add("environment", b.beginEnvironment(l)).Add("depends_on", b.after([]*service{{name: runnerService}})))
	for _, s := range b.services {
		m.Gap().Note(strings.Join(s.notes, "\n"))
		m.Add(s.name, b.serviceBody(s, shared))
	}
	m.Gap().Note("prints the summary and ends with the pipeline's status")
	m.Add(resultService, yamlout.NewMap().Merge(anchorRunner).Add("command", yamlout.Flow{Value: []string{"result"}}).
		Add("depends_on", b.after(b.last)))
	return m
}

// turnNote says for people which runs go on at a time.
func turnNote(group string, c *ir.Concurrency) string {
	instead := map[string]string{
		ir.ConflictWait: "one more waits", ir.ConflictFail: "one more does not begin", ir.ConflictCancel: "one more ends the oldest",
	}
	return fmt.Sprintf("of the runs of %s with this store, %d at a time go on; %s", clip(group, 60), c.Runs(), instead[c.Conflict()])
}

func (b *builder) serviceBody(s *service, shared map[string]yamlout.Alias) *yamlout.Map {
	var m *yamlout.Map
	if s.profile == nil {
		m = yamlout.NewMap().Merge(anchorRunner)
	} else if a, ok := shared[s.profile.key()]; ok {
		m = yamlout.NewMap().Merge(a)
	} else {
		m = b.profileMap(s.profile)
	}
	args := make([]string, len(s.args))
	for i, a := range s.args {
		args[i] = escape(a)
	}
	return m.Add("command", yamlout.Flow{Value: args}).Add("depends_on", b.after(s.after))
}

// beginEnvironment holds the definition and the parameters, which begin hands on by the volume and the run's header.
func (b *builder) beginEnvironment(l load) *yamlout.Map {
	m := yamlout.NewMap().Merge(anchorEnvironment)
	m.Add(runnerenv.ParamNames, escape(l.names))
	for i, p := range b.Parameters {
		m.Add(runnerenv.Param+strconv.Itoa(i), l.values[i]).Tail(clip(p.Name, 40) + " = " + clip(string(p.Value), 60))
	}
	return m.Add(runnerenv.Definition, yamlout.Block(escape(l.definition)))
}

// maxLine is how long a line of names may get before each stands on one of its own.
const maxLine = 100

// after writes what a service waits for.
func (b *builder) after(services []*service) any {
	m := yamlout.NewMap()
	if !b.terse {
		for _, s := range services {
			m.Add(s.name, yamlout.Flow{Value: completed()})
		}
		return m
	}
	length := 0
	for _, s := range services {
		m.Add(s.name, anchorDone)
		length += len(s.name) + len(": *done, ")
	}
	if length <= maxLine {
		return yamlout.Flow{Value: m}
	}
	return m
}

// secrets writes the secrets that containers get as files (compose 2).
func (b *builder) secrets() *yamlout.Map {
	m := yamlout.NewMap()
	for _, name := range b.secretNames() {
		m.Add(name, yamlout.Flow{Value: yamlout.NewMap("environment", name)})
	}
	return m
}

func (b *builder) secretNames() []string {
	var names []string
	for _, s := range b.services {
		if s.profile != nil {
			names = append(names, s.profile.secrets...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// escape keeps compose from replacing anything in a text.
func escape(text string) string { return strings.ReplaceAll(text, "$", "$$") }
