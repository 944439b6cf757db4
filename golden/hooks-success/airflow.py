"""hooks-success, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="hooks-success",
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
def hooks_success():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export x=1
    work = BashOperator(task_id="work", bash_command="runnable-step run work")
    # what is done when the run has ended; whatever it comes to, the run stays as it is
    hooks = BashOperator(
        task_id="hooks",
        bash_command='[ -n "$API_TOKEN" ] || unset API_TOKEN; [ -n "$HOOK_URL" ] || unset HOOK_URL; runnable-step hooks',
        trigger_rule="all_done",
        env=ENV | {"API_TOKEN": "{{ conn.get('API_TOKEN', {}).password | default('', true) }}", "HOOK_URL": "{{ conn.get('HOOK_URL', {}).password | default('', true) }}"},
    )
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> work >> hooks >> result


DEFINITION = r'''{"runnable_ir":1,"name":"hooks-success","on_success":[
{"command":"grep -q '\"status\" *:.*\"SUCCESS\"' && test \"$RUNNABLE_STATUS of $RUNNABLE_PIPELINE\" = \"SUCCESS of hooks-success\""},
{"command":"test ${\u0023API_TOKEN} = 21 && echo \"the token is $API_TOKEN\"","secrets":["API_TOKEN"]},
{"command":"test -z \"$API_TOKEN$RUNNABLE_FAILED_STEP$x\""},
{"command":"echo no; exit 3"},
{"command":"sleep 60","timeout":"300ms"},
{"webhook_from":"HOOK_URL"}
],"on_failure":[
{"command":"exit 1"}
],"start_at":"work","steps":[
{"type":"task","name":"work","next":"success","command_type":"shell","command":"export x=1","returns":[{"name":"x"}]}
]}'''

hooks_success()
