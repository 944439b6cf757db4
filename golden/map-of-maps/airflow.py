"""map-of-maps, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"matrix": {{ params["matrix"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-of-maps",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "matrix": Param([[1, 2], [], [3]]),
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
def map_of_maps():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="rows")
    def rows_group():
        """map: over matrix as row"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control rows --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="row")
        def row_group(index: int):
            """the body for each row; its index is ti.map_index"""
            # map: over row as cell; in place
            cells = BashOperator(task_id="cells", bash_command="runnable-step subtree rows.{{ ti.map_index }}.cells")

        row = row_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce rows", trigger_rule="all_done")
        row >> reduce

    rows = rows_group()


    @task_group(group_id="total")
    def total_group():
        """map: over doubled as part, reduced by sum"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control total --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="part")
        def part_group(index: int):
            """the body for each part; its index is ti.map_index"""
            # python: steps.add
            add = BashOperator(task_id="add", bash_command="runnable-step run total.{{ ti.map_index }}.add")

        part = part_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce total", trigger_rule="all_done")
        part >> reduce

    total = total_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> rows >> total >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-of-maps","start_at":"rows","steps":[
{"type":"map","name":"rows","next":"total","iterate_on":"matrix","iterate_as":"row","branch":{"start_at":"cells","steps":[
  {"type":"map","name":"cells","next":"success","iterate_on":"row","iterate_as":"cell","branch":{"start_at":"double","steps":[
    {"type":"task","name":"double","next":"success","command_type":"shell","command":"export doubled=$((cell * 2))","returns":[{"name":"doubled"}]}
   ]}}
 ]}},
{"type":"map","name":"total","next":"success","iterate_on":"doubled","iterate_as":"part","reducer":"sum","branch":{"start_at":"add","steps":[
  {"type":"task","name":"add","next":"success","command_type":"python","command":"steps.add","returns":[{"name":"grand"}]}
 ]}}
]}'''

map_of_maps()
