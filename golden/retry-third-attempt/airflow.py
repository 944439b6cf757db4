"""retry-third-attempt, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="retry-third-attempt",
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
def retry_third_attempt():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export attempt="$RUNNABLE_STEP_ATTEMPT" …; retried by the runner
    flaky = BashOperator(task_id="flaky", bash_command="runnable-step run flaky")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> flaky >> result


DEFINITION = r'''{"runnable_ir":1,"name":"retry-third-attempt","start_at":"flaky","steps":[
{"type":"task","name":"flaky","next":"success","command_type":"shell","command":"export attempt=\"$RUNNABLE_STEP_ATTEMPT\"\n[ \"$attempt\" -ge 3 ]\n","returns":[{"name":"attempt"}],"retry":{"limit":4,"backoff":{"duration":"1s","factor":1}}}
]}'''

retry_third_attempt()
