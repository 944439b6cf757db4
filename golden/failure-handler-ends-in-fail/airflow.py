"""failure-handler-ends-in-fail, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="failure-handler-ends-in-fail",
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
def failure_handler_ends_in_fail():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 1; on failure tidy
    boom = BashOperator(task_id="boom", bash_command="runnable-step run boom")
    # stub
    never = BashOperator(task_id="never", bash_command="runnable-step run never")
    # stub
    tidy = BashOperator(task_id="tidy", bash_command="runnable-step run tidy", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> boom >> never
    boom >> tidy
    [never, tidy] >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-handler-ends-in-fail","start_at":"boom","steps":[
{"type":"task","name":"boom","next":"never","on_failure":"tidy","command_type":"shell","command":"exit 1"},
{"type":"stub","name":"never","next":"success"},
{"type":"stub","name":"tidy","next":"fail"}
]}'''

failure_handler_ends_in_fail()
