package stepfunctions

import (
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
)

func itoa(n int) string { return strconv.Itoa(n) }

// roles adds who may do what: each role names what it may use, but for job ids, which nobody knows before.
func (b *builder) roles(m *yamlout.Map) {
	if b.JobRole == "" {
		bucket := "arn:${AWS::Partition}:s3:::${Bucket}"
		all := bucket + "/" + b.folder() + "*"
		listed := allowed(sub(bucket), "s3:ListBucket")
		if b.store.Path != "" {
			listed.Add("Condition", flow("StringLike", yamlout.NewMap("s3:prefix", list(sub("${Prefix}/*")))))
		}
		m.Note("the steps: the store, and nothing else").Add("JobRole", newRole("store", "ecs-tasks.amazonaws.com", true,
			allowed(sub(all), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"), listed))
	}
	if b.ExecutionRole == "" {
		statements := []*yamlout.Map{
			allowed("*", "ecr:GetAuthorizationToken"),
			allowed(arn("ecr", "repository/*"), "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
			allowed(sub("${Log.Arn}:*"), "logs:CreateLogStream", "logs:PutLogEvents"),
		}
		if len(b.secretOrder) > 0 {
			secrets := list()
			for _, name := range b.secretOrder {
				secrets.Add(ref(b.secrets[name]))
			}
			statements = append(statements, allowed(secrets, "secretsmanager:GetSecretValue", "ssm:GetParameters"))
		}
		m.Note("what starts containers: images of this account, the log, the secrets").Add("ExecutionRole", newRole("start", "ecs-tasks.amazonaws.com", false, statements...))
	}
	m.Note("the machine: these jobs in this queue, and control values").Add("MachineRole", newRole("pipeline", "states.amazonaws.com", true, b.machineMay()...))
	m.Note("news of a stopped execution, and the schedule: they start executions").
		Add("EventsRole", newRole("start", "events.amazonaws.com scheduler.amazonaws.com", false, allowed(ref("Machine"), "states:StartExecution")))
}

func (b *builder) machineMay() []*yamlout.Map {
	submit := list(arn("batch", "job-definition/${AWS::StackName}-*"), b.queue())
	if b.hasGPUs() {
		submit.Add(ref("GpuQueue"))
	}
	may := []*yamlout.Map{
		allowed(submit, "batch:SubmitJob"),
		allowed("*", "batch:DescribeJobs", "batch:TerminateJob"),
		allowed(arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"), "events:PutTargets", "events:PutRule", "events:DescribeRule"),
		allowed(sub("arn:${AWS::Partition}:s3:::${Bucket}/"+b.folder()+"control/*"), "s3:GetObject"),
	}
	if b.lists {
		may = append(may, allowed(arn("states", "stateMachine:${AWS::StackName}"), "states:ListExecutions"))
	}
	if b.starts { // items of a distributed Map are executions of the machine itself
		may = append(may, allowed(arn("states", "stateMachine:${AWS::StackName}"), "states:StartExecution"),
			allowed(arn("states", "execution:${AWS::StackName}*"), "states:DescribeExecution", "states:StopExecution"))
	}
	return may
}

// allowed is a statement of a policy.
func allowed(on any, actions ...string) *yamlout.Map {
	return yamlout.NewMap("Effect", "Allow", "Action", yamlout.Flow{Value: actions}, "Resource", on)
}

// newRole is a role that services take, some of them only on behalf of this account.
func newRole(policy, services string, own bool, statements ...*yamlout.Map) *yamlout.Map {
	all := list()
	for _, s := range statements {
		all.Add(s)
	}
	trust := yamlout.NewMap("Effect", "Allow", "Principal", flow("Service", strings.Fields(services)), "Action", "sts:AssumeRole")
	if own {
		trust.Add("Condition", flow("StringEquals", yamlout.NewMap("aws:SourceAccount", ref("AWS::AccountId"))))
	}
	return made("AWS::IAM::Role", yamlout.NewMap(
		"AssumeRolePolicyDocument", yamlout.NewMap("Version", "2012-10-17", "Statement", list(trust)),
		"Policies", list(yamlout.NewMap("PolicyName", policy, "PolicyDocument", yamlout.NewMap("Version", "2012-10-17", "Statement", all)))))
}

// role is the ARN of a role of the template, or of one that is there.
func (b *builder) role(name, existing string) any {
	if existing != "" {
		return existing
	}
	return att(name)
}
