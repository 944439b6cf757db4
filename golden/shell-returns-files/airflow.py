"""shell-returns-files, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="shell-returns-files",
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
def shell_returns_files():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: printf '{"k": [1, 2]}' > "$RUNNABLE_RETURNS/the answer" …
    write = BashOperator(task_id="write", bash_command="runnable-step run write")
    # shell: export both="$(cat "$RUNNABLE_PARAMS/the answer") $(cat "$RUNNABLE_PA…
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> write >> read >> result


DEFINITION = r'''{"runnable_ir":1,"name":"shell-returns-files","start_at":"write","steps":[
{"type":"task","name":"write","next":"read","command_type":"shell","command":"printf '{\"k\": [1, 2]}' > \"$RUNNABLE_RETURNS/the answer\"\nprintf '42' > \"$RUNNABLE_RETURNS/as-text\"\nprintf 'plain words' > \"$RUNNABLE_RETURNS/words\"\n","returns":[{"name":"the answer"},{"name":"as-text","kind":"text"},{"name":"words"}]},
{"type":"task","name":"read","next":"success","command_type":"shell","command":"export both=\"$(cat \"$RUNNABLE_PARAMS/the answer\") $(cat \"$RUNNABLE_PARAMS/as-text\")\"\n","returns":[{"name":"both","kind":"text"}]}
]}'''

shell_returns_files()
