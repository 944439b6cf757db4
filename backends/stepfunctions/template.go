package stepfunctions

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
)

// CloudFormation's functions, in their long form: other readers of YAML know no tags.
func ref(name string) yamlout.Flow    { return flow("Ref", name) }
func sub(text string) yamlout.Flow    { return flow("Fn::Sub", text) }
func att(name string) yamlout.Flow    { return flow("Fn::GetAtt", []string{name, "Arn"}) }
func list(items ...any) *yamlout.List { return yamlout.NewList(items...) }

// arn is the name of something of this account in this region.
func arn(service, name string) yamlout.Flow {
	return sub("arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + name)
}

// template is the whole file.
func (b *builder) template(machine *yamlout.Map) []byte {
	m := yamlout.NewMap("AWSTemplateFormatVersion", "2010-09-09", "Description", clip(b.pipeline.Called()+": a pipeline of Batch jobs under Step Functions", 200))
	m.Gap().Add("Parameters", b.inputs())
	m.Gap().Add("Mappings", yamlout.NewMap("Pipeline", yamlout.NewMap("Definition", yamlout.NewMap().
		Note("the pipeline as each job reads it").Add("Text", yamlout.Block(b.definition)))))
	m.Gap().Add("Resources", b.resources(machine))
	m.Gap().Add("Outputs", yamlout.NewMap("Machine", flow("Value", ref("Machine")),
		"Start", flow("Value", sub("aws stepfunctions start-execution --state-machine-arn ${Machine} --name RUN"))))
	var out bytes.Buffer
	out.Write(yamlout.Comment(b.head()))
	out.Write(yamlout.Marshal(m, yamlout.Options{}))
	return out.Bytes()
}

// inputs are the template's parameters, by which one template serves all stages.
func (b *builder) inputs() *yamlout.Map {
	m := yamlout.NewMap()
	text := func(name, value, about, pattern string) {
		p := yamlout.NewMap("Type", "String")
		p.Opt("Default", value).Opt("AllowedPattern", pattern).Add("Description", about)
		m.Add(name, yamlout.Flow{Value: p})
	}
	text("Image", b.Image, "the image of the steps, with the runner in it", "")
	text("Bucket", b.store.Host, "the bucket of the store", bucketPattern)
	if b.store.Path != "" {
		text("Prefix", b.store.Path, "the folder of the store in the bucket", prefixPattern)
	}
	const queue = `^arn:[a-z-]+:batch:[a-z0-9-]+:[0-9]{12}:job-queue/.+$`
	if !b.ownQueue() {
		text("Queue", "", "ARN of the job queue", queue)
	}
	if b.hasGPUs() {
		text("GpuQueue", "", "ARN of a job queue whose machines have GPUs", queue)
	}
	for _, name := range b.secretOrder {
		text(b.secrets[name], b.Secrets[name], "ARN of the secret "+name+" in Secrets Manager or Parameter Store", secretForm)
	}
	return m
}

// hasGPUs reports whether any job has a GPU, and so goes to a queue of its own.
func (b *builder) hasGPUs() bool {
	return slices.ContainsFunc(b.order, func(p *profile) bool { return p.gpu > 0 })
}

// ownQueue reports whether the template makes the queue.
func (b *builder) ownQueue() bool { return len(b.Subnets) > 0 }

func (b *builder) resources(machine *yamlout.Map) *yamlout.Map {
	m := yamlout.NewMap()
	b.roles(m)
	if b.ownQueue() {
		m.Gap().Note("where jobs run")
		m.Add("Compute", made("AWS::Batch::ComputeEnvironment", yamlout.NewMap("Type", "MANAGED", "State", "ENABLED",
			"ComputeResources", flow("Type", "FARGATE", "MaxvCpus", cmp.Or(b.MaxVCPUs, 16), "Subnets", b.Subnets, "SecurityGroupIds", b.SecurityGroups))))
		m.Add("JobQueue", made("AWS::Batch::JobQueue", yamlout.NewMap("Priority", 1, "State", "ENABLED",
			"ComputeEnvironmentOrder", list(flow("Order", 1, "ComputeEnvironment", ref("Compute"))))))
	}
	m.Gap().Add("Log", made("AWS::Logs::LogGroup", yamlout.NewMap("LogGroupName", sub("/pipelines/${AWS::StackName}"), "RetentionInDays", 30)).
		Add("UpdateReplacePolicy", "Delete").Add("DeletionPolicy", "Delete"))
	for _, p := range b.order {
		m.Gap().Note(b.about(p))
		m.Add(p.id, b.jobDefinition(p))
	}
	m.Gap().Add("Machine", made("AWS::StepFunctions::StateMachine", yamlout.NewMap("StateMachineName", ref("AWS::StackName"), "StateMachineType", "STANDARD",
		"RoleArn", att("MachineRole"), "DefinitionSubstitutions", b.substitutions(), "Definition", machine)))
	m.Gap().Note("nothing in a machine runs once it is stopped or out of time: another execution closes the run")
	m.Add("Stopped", made("AWS::Events::Rule", yamlout.NewMap(
		"EventPattern", flow("source", []string{"aws.states"}, "detail-type", []string{"Step Functions Execution Status Change"},
			"detail", yamlout.NewMap("status", []string{"ABORTED", "TIMED_OUT"}, "stateMachineArn", list(ref("Machine")))),
		"Targets", list(flow("Id", "close", "Arn", ref("Machine"), "RoleArn", att("EventsRole"))))))
	b.schedules(m)
	return m
}

func made(kind string, properties *yamlout.Map) *yamlout.Map {
	return yamlout.NewMap("Type", kind, "Properties", properties)
}

// about says what a profile is for.
func (b *builder) about(p *profile) string {
	switch {
	case p.workers > 0:
		return "many steps in one job"
	case p.all:
		return "steps that make all their attempts in one job"
	}
	return "one step a job, or a command of the runner alone"
}

// substitutions are what stands for ${…} in the machine.
func (b *builder) substitutions() *yamlout.Map {
	m := yamlout.NewMap("Queue", b.queue())
	if b.hasGPUs() {
		m.Add("GpuQueue", ref("GpuQueue"))
	}
	for _, p := range b.order {
		m.Add(p.id, ref(p.id))
	}
	m.Add("Bucket", ref("Bucket"))
	if b.store.Path != "" {
		m.Add("Prefix", ref("Prefix"))
	}
	return m
}

func (b *builder) queue() yamlout.Flow {
	if b.ownQueue() {
		return ref("JobQueue")
	}
	return ref("Queue")
}

// jobDefinition is what the jobs of a profile have in common.
func (b *builder) jobDefinition(p *profile) *yamlout.Map {
	platform := "FARGATE"
	if b.Platform == ec2 || p.gpu > 0 {
		platform = "EC2"
	}
	m := yamlout.NewMap("Type", "container", "JobDefinitionName", sub("${AWS::StackName}-"+p.id))
	m.Note("executions that run go on with the revision that they began with")
	m.Add("ResourceRetentionPolicy", flow("SkipDeregisterOnUpdate", true))
	m.Add("PlatformCapabilities", yamlout.Flow{Value: []string{platform}}).Add("PropagateTags", true)
	tags := yamlout.NewMap("pipeline", clip(words(b.pipeline.Called(), "-"), 200))
	for _, name := range slices.Sorted(maps.Keys(b.Tags)) {
		tags.Add(name, b.Tags[name])
	}
	m.Add("Tags", yamlout.Flow{Value: tags})
	m.Add("Parameters", flow("do", "run", "path", "-", "control", "-"))
	m.Note("a job whose machine goes away runs again")
	m.Add("RetryStrategy", yamlout.NewMap("Attempts", 3, "EvaluateOnExit", list(
		flow("Action", "RETRY", "OnStatusReason", "Host EC2*"), flow("Action", "EXIT", "OnExitCode", "*"), flow("Action", "EXIT", "OnReason", "*"))))
	m.Add("ContainerProperties", b.container(p, platform))
	return made("AWS::Batch::JobDefinition", m)
}

func (b *builder) container(p *profile, platform string) *yamlout.Map {
	var image any = ref("Image")
	if p.image != "" {
		image = p.image
	}
	m := yamlout.NewMap("Image", image)
	m.Add("Command", yamlout.Flow{Value: []string{cmp.Or(b.RunnerPath, "runnable-step"), "Ref::do", "Ref::path", "--control", "Ref::control"}})
	m.Add("JobRoleArn", b.role("JobRole", b.JobRole)).Add("ExecutionRoleArn", b.role("ExecutionRole", b.ExecutionRole))
	needs := list(flow("Type", "VCPU", "Value", p.cpu), flow("Type", "MEMORY", "Value", itoa(p.memory)))
	if p.gpu > 0 {
		needs.Add(flow("Type", "GPU", "Value", itoa(p.gpu)))
	}
	m.Add("ResourceRequirements", yamlout.Flow{Value: needs})
	if platform == "FARGATE" {
		address := "DISABLED"
		if b.PublicIP {
			address = "ENABLED"
		}
		m.Add("NetworkConfiguration", flow("AssignPublicIp", address))
		m.Add("FargatePlatformConfiguration", flow("PlatformVersion", "LATEST"))
	}
	if p.disk > 0 {
		m.Add("EphemeralStorage", flow("SizeInGiB", p.disk))
	}
	if p.shm > 0 {
		m.Add("LinuxParameters", flow("SharedMemorySize", p.shm))
	}
	m.Add("LogConfiguration", flow("LogDriver", "awslogs", "Options",
		yamlout.NewMap("awslogs-group", ref("Log"), "awslogs-region", ref("AWS::Region"), "awslogs-stream-prefix", p.id)))
	m.Add("Environment", b.environment(p, image))
	if p.secrets != "" {
		secrets := list()
		for name := range strings.FieldsSeq(p.secrets) {
			secrets.Add(flow("Name", name, "ValueFrom", ref(b.secrets[name])))
		}
		m.Add("Secrets", secrets)
	}
	return m
}

// environment is what the runner is told.
func (b *builder) environment(p *profile, image any) *yamlout.List {
	l := list()
	set := func(name string, value any) { l.Add(flow("Name", name, "Value", value)) }
	set(runnerenv.Definition, flow("Fn::FindInMap", []string{"Pipeline", "Definition", "Text"}))
	set(runnerenv.Target, "stepfunctions")
	can := runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsOne, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlStore, Parameters: runnerenv.ParametersPlain,
	}
	if p.all {
		can.Attempts = runnerenv.AttemptsAll
	}
	set(runnerenv.CapabilitiesVariable, can.String())
	query := cmp.Or(b.store.RawQuery, "region=${AWS::Region}")
	set(runnerenv.Store, sub(strings.TrimSuffix("s3://${Bucket}/"+b.folder(), "/")+"?"+query))
	set(runnerenv.Image, image)
	if p.workers > 0 {
		set(runnerenv.Workers, itoa(p.workers))
	}
	if b.Definition != "" {
		set(runnerenv.Source, b.Definition)
	}
	if len(b.Parameters) > 0 {
		set(runnerenv.Parameters, target.Document(b.Parameters))
	}
	return l
}
