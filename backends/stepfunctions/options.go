package stepfunctions

import (
	"regexp"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// FileName is the key of the template in what Render returns.
const FileName = "template.yaml"

// Options says how to render, as flags and the section `stepfunctions:` of the configuration say it.
type Options struct {
	Image      string `flag:"image" root:"image" is:"image" help:"image that holds the pipeline's code, and the runner; the template's parameter Image replaces it"`
	RunnerPath string `cfg:"runner_path" help:"the runner in the images (default: runnable-step, found on PATH)"`
	Platform   string `flag:"platform" cfg:"platform" is:"fargate|ec2" help:"what the queue's machines are (default: fargate)"`
	CPU        string `cfg:"cpu" is:"cpu" help:"processors of steps that ask for none (default: 1)"`
	Memory     string `cfg:"memory" is:"memory" help:"memory of steps that ask for none (default: 2Gi)"`
	TimeLimit  int    `cfg:"time_limit" is:"count" help:"seconds that a run may take (default: 86400)"`

	Subnets        []string `cfg:"subnets" is:"subnet" help:"subnets of a queue on Fargate that the template makes; without them it takes the ARN of one as its parameter Queue"`
	SecurityGroups []string `cfg:"security_groups" is:"security group" help:"security groups of that queue"`
	MaxVCPUs       int      `cfg:"max_vcpus" is:"count" help:"processors of that queue, at most (default: 16)"`
	PublicIP       bool     `cfg:"assign_public_ip" help:"jobs on Fargate get a public address, which they need in a subnet without a NAT gateway or endpoints"`

	JobRole       string            `cfg:"job_role" is:"role" help:"ARN of an existing role for the steps, instead of one that may use the store alone"`
	ExecutionRole string            `cfg:"execution_role" is:"role" help:"ARN of an existing role that starts containers, instead of one that may pull images of this account, write the log and read the secrets"`
	Secrets       map[string]string `cfg:"secrets" is:"secret" help:"ARN of each secret, in Secrets Manager or Parameter Store; without it a parameter of the template has to be given"`
	Schedule      string            `cfg:"schedule" is:"schedule" help:"five fields of cron, in place of the definition's schedules"`
	TimeZone      string            `cfg:"time_zone" is:"zone" help:"time zone of the schedule (default: UTC)"`
	Tags          map[string]string `cfg:"tags" help:"tags of the jobs"`

	// What comes to every target.
	ConfigFile string             // for messages
	Store      string             // bucket URL; empty: the template's parameters name it
	Parameters []target.Parameter // the initial parameters, in their order
	Definition string             // the definition's slash path below the root of its project, which the image has as its working folder
	Source     string             // the definition's file, for the comment at the head
}

const ec2 = "ec2"

// StepSettings are what a step itself may say under `targets: {stepfunctions: …}`.
type StepSettings struct {
	Distributed bool `cfg:"distributed" help:"of a map: each item is an execution of its own, for more items than one execution holds"`
}

// Codes of what the target cannot express.
const (
	codeStore   = "RR8001"
	codeSecret  = "RR8002"
	codeLimit   = "RR8003"
	codeImage   = "RR8004"
	codeAmount  = "RR8005"
	codeSetting = "RR8006"
	codeKey     = "RR8007"
)

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeKey, codeSetting }

// form is a kind of value that a pattern describes.
type form struct{ is, want, pattern string }

func forms() []form {
	return []form{
		{"subnet", "the id of a subnet, such as subnet-0a1b2c3d", `^subnet-[0-9a-f]+$`},
		{"security group", "the id of a security group, such as sg-0a1b2c3d", `^sg-[0-9a-f]+$`},
		{"role", "the ARN of a role, such as arn:aws:iam::123456789012:role/pipelines", `^arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]+$`},
		{"secret", "the ARN of a whole secret in Secrets Manager, or of a parameter in Parameter Store", secretForm},
	}
}

// secretForm is the pattern of the ARN of a secret, in the template too.
const secretForm = `^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9/_.-]+)$`

// Kind implements [target.Kinds].
func (*Options) Kind(is string) target.Kind {
	for _, f := range forms() {
		if f.is == is {
			return target.Kind{Want: f.want, Fits: regexp.MustCompile(f.pattern).MatchString}
		}
	}
	switch is {
	case "schedule":
		return target.Kind{Want: "five fields of cron, such as 0 2 * * 1-5", Fits: func(s string) bool { _, why := cron(s); return why == "" }, Hint: func(s string) string { _, why := cron(s); return ": " + why }}
	case "zone":
		return target.Kind{Want: "a time zone such as Europe/Berlin", Fits: regexp.MustCompile(`^[A-Za-z0-9_+/-]+$`).MatchString}
	}
	return target.Kind{}
}

// stepSettings are what a step says for this target, over what the composites around it say.
func (b *builder) stepSettings(n ir.Node) StepSettings {
	var s StepSettings
	for _, t := range n.Base().Targets {
		if t.Target == "stepfunctions" {
			b.List = append(b.List, target.DecodeStep(&s, t)...)
		}
	}
	return s
}
