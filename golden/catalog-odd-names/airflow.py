"""catalog-odd-names, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-odd-names",
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
def catalog_odd_names():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: mkdir -p "a b/ü" ".hidden" …
    write = BashOperator(task_id="write", bash_command="runnable-step run write")
    # shell: export all="$(cat "a b/ü/it's.txt" "a b/{{x}} \$HOME.txt" .hidden/x.t…
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> write >> read >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-odd-names","start_at":"write","steps":[
{"type":"task","name":"write","next":"read","command_type":"shell","command":"mkdir -p \"a b/\u00fc\" \".hidden\"\necho 1 > \"a b/\u00fc/it's.txt\"\necho 2 > \"a b/{\u007bx}} \\$HOME.txt\"\necho 3 > \".hidden/x.txt\"\n: > empty\n","catalog":{"put":["a b",".hidden","empty"]}},
{"type":"task","name":"read","next":"success","command_type":"shell","command":"export all=\"$(cat \"a b/\u00fc/it's.txt\" \"a b/{\u007bx}} \\$HOME.txt\" .hidden/x.txt empty | tr -d '\\n')\"","returns":[{"name":"all","kind":"text"}],"catalog":{"get":["**"]}}
]}'''

catalog_odd_names()
