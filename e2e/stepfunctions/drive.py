#!/usr/bin/env python3
"""drive.py prepare | run STACK TEMPLATE NAME INPUT KEY=VALUE... | start STACK NAME INPUT | begin STACK NAME INPUT | end STACK NAME | stop STACK NAME

What a person does with the aws program, in one process: prepares a bucket and a queue; deploys a template, starts an execution
and waits for its end; the latter two one by one; stops an execution once a job of it has started. Prints one JSON document.
"""
import json
import sys
import time

import boto3

cfn, machines, batch = boto3.client("cloudformation"), boto3.client("stepfunctions"), boto3.client("batch")


def prepare():
    boto3.client("s3").create_bucket(Bucket="facts")
    role = boto3.client("iam").create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = batch.create_compute_environment(computeEnvironmentName="e2e", type="UNMANAGED", state="ENABLED", serviceRole=role)
    queue = batch.create_job_queue(jobQueueName="e2e", state="ENABLED", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": made["computeEnvironmentArn"]}])
    return {"queue": queue["jobQueueArn"]}


def machine(stack):
    outputs = cfn.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return next(o["OutputValue"] for o in outputs if o["OutputKey"] == "Machine")


def secret(value):
    """Keeps a secret in Secrets Manager, and every second one in Parameter Store."""
    kind, name, text = value.split(":", 2)
    if kind == "ssm":
        boto3.client("ssm").put_parameter(Name="/" + name, Value=text, Type="SecureString", Overwrite=True)
        return boto3.client("ssm").get_parameter(Name="/" + name)["Parameter"]["ARN"]
    return boto3.client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]


def deploy(stack, template, pairs):
    values = dict(p.split("=", 1) for p in pairs)
    for key, value in values.items():
        if value.startswith(("ssm:", "secretsmanager:")):
            values[key] = secret(value)
    with open(template) as f:
        text = f.read()
    cfn.create_stack(StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_IAM"],
                     Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()])
    while (status := cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        time.sleep(0.2)
    if status != "CREATE_COMPLETE":
        raise SystemExit(f"stack {stack}: {status}")


def begin(stack, name, text):
    machines.start_execution(stateMachineArn=machine(stack), name=name, input=text)
    return {}


def start(stack, name, text):
    began = time.time()
    begin(stack, name, text)
    return end(stack, name, began)


def end(stack, name, began=0.0):
    execution = machine(stack).replace(":stateMachine:", ":execution:") + ":" + name
    while (d := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.2)
    events = machines.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    return {"status": d["status"], "error": d.get("error", ""), "seconds": time.time() - began, "input": d.get("input", ""), "events": len(events)}


def stop(stack, name):
    began = time.time()
    begin(stack, name, "{}")
    arn = machine(stack)
    while not jobs(stack, "RUNNING"):
        time.sleep(0.1)
    time.sleep(2)  # the step in it begins
    machines.stop_execution(executionArn=arn.replace(":stateMachine:", ":execution:") + ":" + name)
    return dict(end(stack, name, began), machine=arn)


def jobs(stack, status):
    queue = batch.describe_job_queues()["jobQueues"][0]["jobQueueArn"]
    found = [j["jobId"] for j in batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"]]
    all = batch.describe_jobs(jobs=found)["jobs"] if found else []
    return [j for j in all if stack + "-" in j["jobDefinition"]]


if __name__ == "__main__":
    do, args = sys.argv[1], sys.argv[2:]
    if do == "run":
        stack, template, name, text, *pairs = args
        deploy(stack, template, pairs)
        out = start(stack, name, text)
    else:
        out = {"prepare": prepare, "start": start, "begin": begin, "end": end, "stop": stop}[do](*args)
    print(json.dumps(out))
