"""failure-in-handler, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="failure-in-handler",
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
def failure_in_handler():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 1; on failure first aid
    boom = BashOperator(task_id="boom", bash_command="runnable-step run boom")
    # shell: exit 2; on failure hospital
    first_aid = BashOperator(
        task_id="first_aid",
        bash_command="runnable-step run first%20aid",
        trigger_rule="one_failed",
    )
    # shell: export patient="$RUNNABLE_FAILED_STEP"
    hospital = BashOperator(task_id="hospital", bash_command="runnable-step run hospital", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> boom >> first_aid >> hospital >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-in-handler","start_at":"boom","steps":[
{"type":"task","name":"boom","next":"success","on_failure":"first aid","command_type":"shell","command":"exit 1"},
{"type":"task","name":"first aid","next":"success","on_failure":"hospital","command_type":"shell","command":"exit 2"},
{"type":"task","name":"hospital","next":"success","command_type":"shell","command":"export patient=\"$RUNNABLE_FAILED_STEP\"","returns":[{"name":"patient"}]}
]}'''

failure_in_handler()
