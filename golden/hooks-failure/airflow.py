"""hooks-failure, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="hooks-failure",
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
def hooks_failure():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 3
    work = BashOperator(task_id="work", bash_command="runnable-step run work")
    # what is done when the run has ended; whatever it comes to, the run stays as it is
    hooks = BashOperator(task_id="hooks", bash_command="runnable-step hooks", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> work >> hooks >> result


DEFINITION = r'''{"runnable_ir":1,"name":"hooks-failure","on_success":[
{"command":"exit 1"}
],"on_failure":[
{"command":"grep -q '\"run_id\"' && test \"$RUNNABLE_STATUS $RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\" = \"FAIL work error\""},
{"webhook":"http://127.0.0.1:9/hook","timeout":"5s"}
],"start_at":"work","steps":[
{"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 3"}
]}'''

hooks_failure()
