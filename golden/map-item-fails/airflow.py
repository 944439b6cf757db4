"""map-item-fails, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"files": {{ params["files"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-item-fails",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "files": Param(["a.csv", "bad.csv", "c.csv"]),
    },
    default_args={
        "env": ENV,
        "retries": 0,
        "do_xcom_push": False,
        "skip_on_exit_code": 99,
        "append_env": True,
        "cwd": "{{ dag.folder }}",
    },
)
def map_item_fails():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over files as file; on failure mend"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="file")
        def file_group(index: int):
            """the body for each file; its index is ti.map_index"""
            # shell: [ "$file" != bad.csv ] || exit 1 …
            load = BashOperator(task_id="load", bash_command="runnable-step run each.{{ ti.map_index }}.load")
            # stub
            store = BashOperator(task_id="store", bash_command="runnable-step run each.{{ ti.map_index }}.store")
            load >> store

        file = file_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        file >> reduce

    each = each_group()

    # shell: export saw="$RUNNABLE_FAILED_STEP ${rows-none} ${file-none}"
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> mend >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-item-fails","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","on_failure":"mend","iterate_on":"files","iterate_as":"file","branch":{"start_at":"load","steps":[
  {"type":"task","name":"load","next":"store","command_type":"shell","command":"[ \"$file\" != bad.csv ] || exit 1\nexport rows=10\n","returns":[{"name":"rows"}]},
  {"type":"stub","name":"store","next":"success"}
 ]}},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP ${rows-none} ${file-none}\"","returns":[{"name":"saw"}]}
]}'''

map_item_fails()
