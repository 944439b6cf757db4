"""map-reducers-numbers, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"numbers": {{ params["numbers"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-reducers-numbers",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "numbers": Param([4, 1]),
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
def map_reducers_numbers():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="total")
    def total_group():
        """map: over numbers as n, reduced by sum"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control total --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: export total=$n
            same = BashOperator(task_id="same", bash_command="runnable-step run total.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce total", trigger_rule="all_done")
        n >> reduce

    total = total_group()


    @task_group(group_id="largest")
    def largest_group():
        """map: over numbers as n, reduced by max"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control largest --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: export largest=$n
            same = BashOperator(task_id="same", bash_command="runnable-step run largest.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce largest", trigger_rule="all_done")
        n >> reduce

    largest = largest_group()


    @task_group(group_id="smallest")
    def smallest_group():
        """map: over numbers as n, reduced by min"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control smallest --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: export smallest=$n
            same = BashOperator(task_id="same", bash_command="runnable-step run smallest.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce smallest", trigger_rule="all_done")
        n >> reduce

    smallest = smallest_group()


    @task_group(group_id="average")
    def average_group():
        """map: over numbers as n, reduced by mean"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control average --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: export average=$n
            same = BashOperator(task_id="same", bash_command="runnable-step run average.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce average", trigger_rule="all_done")
        n >> reduce

    average = average_group()


    @task_group(group_id="number")
    def number_group():
        """map: over numbers as n, reduced by len"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control number --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: export number=$n
            same = BashOperator(task_id="same", bash_command="runnable-step run number.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce number", trigger_rule="all_done")
        n >> reduce

    number = number_group()

    # stub
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [total, largest, smallest, average, number]
    [total, largest, smallest, average, number] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-reducers-numbers","style":"needs","steps":[
{"type":"map","name":"total","iterate_on":"numbers","iterate_as":"n","reducer":"sum","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export total=$n","returns":[{"name":"total"}]}
 ]}},
{"type":"map","name":"largest","iterate_on":"numbers","iterate_as":"n","reducer":"max","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export largest=$n","returns":[{"name":"largest"}]}
 ]}},
{"type":"map","name":"smallest","iterate_on":"numbers","iterate_as":"n","reducer":"min","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export smallest=$n","returns":[{"name":"smallest"}]}
 ]}},
{"type":"map","name":"average","iterate_on":"numbers","iterate_as":"n","reducer":"mean","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export average=$n","returns":[{"name":"average"}]}
 ]}},
{"type":"map","name":"number","iterate_on":"numbers","iterate_as":"n","reducer":"len","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export number=$n","returns":[{"name":"number"}]}
 ]}},
{"type":"stub","name":"join","needs":["total","largest","smallest","average","number"]}
]}'''

map_reducers_numbers()
