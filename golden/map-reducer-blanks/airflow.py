"""map-reducer-blanks, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"sizes": {{ params["sizes"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-reducer-blanks",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "sizes": Param([1, 2, 3]),
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
def map_reducer_blanks():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over sizes as size, reduced by steps.total"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="size")
        def size_group(index: int):
            """the body for each size; its index is ti.map_index"""
            # python: steps.double
            double = BashOperator(task_id="double", bash_command="runnable-step run each.{{ ti.map_index }}.double")

        size = size_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        size >> reduce

    each = each_group()


    @task_group(group_id="largest")
    def largest_group():
        """map: over sizes as size, reduced by max"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control largest --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="size")
        def size_group(index: int):
            """the body for each size; its index is ti.map_index"""
            # python: steps.triple
            triple = BashOperator(task_id="triple", bash_command="runnable-step run largest.{{ ti.map_index }}.triple")

        size = size_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce largest", trigger_rule="all_done")
        size >> reduce

    largest = largest_group()

    # python: steps.after
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> largest >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-reducer-blanks","start_at":"each","steps":[
{"type":"map","name":"each","next":"largest","iterate_on":"sizes","iterate_as":"size","reducer":"steps.total","branch":{"start_at":"double","steps":[
  {"type":"task","name":"double","next":"success","command_type":"python","command":"steps.double","returns":[{"name":"doubled"}]}
 ]}},
{"type":"map","name":"largest","next":"after","iterate_on":"sizes","iterate_as":"size","reducer":"max","branch":{"start_at":"triple","steps":[
  {"type":"task","name":"triple","next":"success","command_type":"python","command":"steps.triple","returns":[{"name":"tripled"}]}
 ]}},
{"type":"task","name":"after","next":"success","command_type":"python","command":"steps.after","returns":[{"name":"told"}]}
]}'''

map_reducer_blanks()
