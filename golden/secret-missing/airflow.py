"""secret-missing, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="secret-missing",
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
def secret_missing():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: true; on failure mend
    needs_it = BashOperator(
        task_id="needs_it",
        bash_command='[ -n "$NO_SUCH_SECRET_ANYWHERE" ] || unset NO_SUCH_SECRET_ANYWHERE; runnable-step run needs%20it',
        env=ENV | {"NO_SUCH_SECRET_ANYWHERE": "{{ conn.get('NO_SUCH_SECRET_ANYWHERE', {}).password | default('', true) }}"},
    )
    # shell: export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> needs_it >> mend >> result


DEFINITION = r'''{"runnable_ir":1,"name":"secret-missing","start_at":"needs it","steps":[
{"type":"task","name":"needs it","next":"success","on_failure":"mend","command_type":"shell","command":"true","secrets":["NO_SUCH_SECRET_ANYWHERE"]},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"saw"}]}
]}'''

secret_missing()
