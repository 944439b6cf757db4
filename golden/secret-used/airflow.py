"""secret-used, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="secret-used",
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
def secret_used():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo "the token is $API_TOKEN" …
    shell = BashOperator(
        task_id="shell",
        bash_command='[ -n "$API_TOKEN" ] || unset API_TOKEN; runnable-step run shell',
        env=ENV | {"API_TOKEN": "{{ conn.get('API_TOKEN', {}).password | default('', true) }}"},
    )
    # python: steps.check
    python = BashOperator(
        task_id="python",
        bash_command='[ -n "$API_TOKEN" ] || unset API_TOKEN; runnable-step run python',
        env=ENV | {"API_TOKEN": "{{ conn.get('API_TOKEN', {}).password | default('', true) }}"},
    )
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> shell >> python >> result


DEFINITION = r'''{"runnable_ir":1,"name":"secret-used","start_at":"shell","steps":[
{"type":"task","name":"shell","next":"python","command_type":"shell","command":"echo \"the token is $API_TOKEN\"\nexport length=${\u0023API_TOKEN} hash=\"$(printf %s \"$API_TOKEN\" | sha256sum | cut -c1-24)\"\n","returns":[{"name":"length"},{"name":"hash"}],"secrets":["API_TOKEN"]},
{"type":"task","name":"python","next":"success","command_type":"python","command":"steps.check","returns":[{"name":"same"}],"secrets":["API_TOKEN"]}
]}'''

secret_used()
