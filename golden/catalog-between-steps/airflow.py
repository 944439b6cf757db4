"""catalog-between-steps, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-between-steps",
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
def catalog_between_steps():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: mkdir -p data/deep/er …
    write = BashOperator(task_id="write", bash_command="runnable-step run write")
    # shell: export sum=$(($(cat two.txt) + $(cat data/three.txt) + $(cat data/dee…
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # shell: export four=$(cat data/deep/four.csv)
    folder = BashOperator(task_id="folder", bash_command="runnable-step run folder")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> write >> read >> folder >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-between-steps","start_at":"write","steps":[
{"type":"task","name":"write","next":"read","command_type":"shell","command":"mkdir -p data/deep/er\necho 2 > two.txt\necho 3 > data/three.txt\necho 4 > data/deep/four.csv\necho 5 > data/deep/er/five.txt\n","catalog":{"put":["two.txt","data"]}},
{"type":"task","name":"read","next":"folder","command_type":"shell","command":"export sum=$(($(cat two.txt) + $(cat data/three.txt) + $(cat data/deep/er/five.txt)))","returns":[{"name":"sum"}],"catalog":{"get":["**/*.txt"]}},
{"type":"task","name":"folder","next":"success","command_type":"shell","command":"export four=$(cat data/deep/four.csv)","returns":[{"name":"four"}],"catalog":{"get":["data/deep"],"put":["data/deep/*.csv","data/deep/four.*"]}}
]}'''

catalog_between_steps()
