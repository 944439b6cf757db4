"""timeout-kills-the-group, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="timeout-kills-the-group",
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
def timeout_kills_the_group_fd100e():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: sleep 300 & …; on failure go on
    hangs = BashOperator(task_id="hangs", bash_command="runnable-step run hangs")
    # stub
    go_on = BashOperator(task_id="go_on", bash_command="runnable-step run go%20on", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> hangs >> go_on >> result


DEFINITION = r'''{"runnable_ir":1,"name":"timeout-kills-the-group","start_at":"hangs","steps":[
{"type":"task","name":"hangs","next":"success","on_failure":"go on","command_type":"shell","command":"sleep 300 &\nsleep 300\n","timeout":"1s"},
{"type":"stub","name":"go on","next":"success"}
]}'''

timeout_kills_the_group_fd100e()
