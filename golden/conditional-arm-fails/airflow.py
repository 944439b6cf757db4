"""conditional-arm-fails, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="conditional-arm-fails",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    default_args={
        "env": ENV,
        "retries": 0,
        "do_xcom_push": False,
        "skip_on_exit_code": 99,
        "append_env": True,
        "cwd": "{{ dag.folder }}",
    },
)
def conditional_arm_fails():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.decide
    decide = BashOperator(task_id="decide", bash_command="runnable-step run decide")

    @task_group(group_id="choose")
    def choose_group():
        """conditional: by way"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control choose --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="left")
        def left_group():
            """branch left"""
            # shell: exit 1
            boom = BashOperator(task_id="boom", bash_command="runnable-step run choose.left.boom")

        left = left_group()

        @task_group(group_id="right")
        def right_group():
            """branch right"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run choose.right.never")

        right = right_group()
        arm = arm_of.override(task_id="arm")(which.output, ["choose.left", "choose.right"])
        arm >> [left, right]
        join = BashOperator(task_id="join", bash_command="runnable-step join choose", trigger_rule="all_done")
        [left, right] >> join

    choose = choose_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> decide >> choose >> result


DEFINITION = r'''{"runnable_ir":1,"name":"conditional-arm-fails","start_at":"decide","steps":[
{"type":"task","name":"decide","next":"choose","command_type":"python","command":"steps.decide","returns":[{"name":"way"}]},
{"type":"conditional","name":"choose","next":"success","parameter":"way","branches":[
 {"name":"left","start_at":"boom","steps":[
  {"type":"task","name":"boom","next":"success","command_type":"shell","command":"exit 1"}
 ]},
 {"name":"right","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]}
]}
]}'''

conditional_arm_fails()
