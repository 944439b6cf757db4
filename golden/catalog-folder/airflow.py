"""catalog-folder, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-folder",
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
def catalog_folder():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: mkdir parts; for i in 1 2 3 4; do echo $i > parts/part-$i.csv; done
    shuffle = BashOperator(task_id="shuffle", bash_command="runnable-step run shuffle")
    # shell: cat parts/*.csv > all; rm -r parts; mkdir parts; mv all parts/part-0.…
    compact = BashOperator(task_id="compact", bash_command="runnable-step run compact")
    # shell: export rows="$(cat parts/*.csv | wc -l | tr -d ' ')"
    load = BashOperator(task_id="load", bash_command="runnable-step run load")
    # shell: mkdir -p parts; echo 5 > parts/part-5.csv; rm -f parts/part-0.csv
    more = BashOperator(task_id="more", bash_command="runnable-step run more")
    # shell: export files="$(cd parts && echo *)"
    count = BashOperator(task_id="count", bash_command="runnable-step run count")
    # shell: rm -rf parts; echo flat > parts
    flat = BashOperator(task_id="flat", bash_command="runnable-step run flat")
    # shell: export as_file="$(cat parts)"
    read_flat = BashOperator(task_id="read_flat", bash_command="runnable-step run read_flat")
    # shell: rm -rf parts; mkdir -p parts/deep; echo deep > parts/deep/file
    deep = BashOperator(task_id="deep", bash_command="runnable-step run deep")
    # shell: export as_folder="$(cat parts/deep/file)"
    read_deep = BashOperator(task_id="read_deep", bash_command="runnable-step run read_deep")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> shuffle >> compact >> load >> more >> count >> flat >> read_flat >> deep >> read_deep >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-folder","start_at":"shuffle","steps":[
{"type":"task","name":"shuffle","next":"compact","command_type":"shell","command":"mkdir parts; for i in 1 2 3 4; do echo $i > parts/part-$i.csv; done","catalog":{"put":["parts"]}},
{"type":"task","name":"compact","next":"load","command_type":"shell","command":"cat parts/*.csv > all; rm -r parts; mkdir parts; mv all parts/part-0.csv","catalog":{"get":["parts"],"put":["parts"]}},
{"type":"task","name":"load","next":"more","command_type":"shell","command":"export rows=\"$(cat parts/*.csv | wc -l | tr -d ' ')\"","returns":[{"name":"rows"}],"catalog":{"get":["parts"]}},
{"type":"task","name":"more","next":"count","command_type":"shell","command":"mkdir -p parts; echo 5 > parts/part-5.csv; rm -f parts/part-0.csv","catalog":{"put":["parts/*.csv"]}},
{"type":"task","name":"count","next":"flat","command_type":"shell","command":"export files=\"$(cd parts && echo *)\"","returns":[{"name":"files"}],"catalog":{"get":["parts"]}},
{"type":"task","name":"flat","next":"read_flat","command_type":"shell","command":"rm -rf parts; echo flat > parts","catalog":{"put":["parts"]}},
{"type":"task","name":"read_flat","next":"deep","command_type":"shell","command":"export as_file=\"$(cat parts)\"","returns":[{"name":"as_file"}],"catalog":{"get":["parts"]}},
{"type":"task","name":"deep","next":"read_deep","command_type":"shell","command":"rm -rf parts; mkdir -p parts/deep; echo deep > parts/deep/file","catalog":{"put":["parts/deep"]}},
{"type":"task","name":"read_deep","next":"success","command_type":"shell","command":"export as_folder=\"$(cat parts/deep/file)\"","returns":[{"name":"as_folder"}],"catalog":{"get":["**"]}}
]}'''

catalog_folder()
