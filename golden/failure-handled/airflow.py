"""failure-handled, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="failure-handled",
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
def failure_handled():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export x=1
    prepare = BashOperator(task_id="prepare", bash_command="runnable-step run prepare")
    # shell: export x=2 …; on failure mend
    boom = BashOperator(task_id="boom", bash_command="runnable-step run boom")
    # shell: [ -n "$RUNNABLE_FAILURE_MESSAGE" ] || exit 9 …
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> prepare >> boom >> mend >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-handled","start_at":"prepare","steps":[
{"type":"task","name":"prepare","next":"boom","command_type":"shell","command":"export x=1","returns":[{"name":"x"}]},
{"type":"task","name":"boom","next":"success","on_failure":"mend","command_type":"shell","command":"export x=2\nexit 3\n","returns":[{"name":"x"}]},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"[ -n \"$RUNNABLE_FAILURE_MESSAGE\" ] || exit 9\nexport saw=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND x=$x\"\n","returns":[{"name":"saw","kind":"text"}]}
]}'''

failure_handled()
