"""map-reducers-lists, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"things": {{ params["things"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-reducers-lists",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "things": Param(["pear", "fig"]),
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
def map_reducers_lists():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="first")
    def first_group():
        """map: over things as t, reduced by first"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control first --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="t")
        def t_group(index: int):
            """the body for each t; its index is ti.map_index"""
            # shell: export head=$t
            same = BashOperator(task_id="same", bash_command="runnable-step run first.{{ ti.map_index }}.same")

        t = t_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce first", trigger_rule="all_done")
        t >> reduce

    first = first_group()


    @task_group(group_id="last")
    def last_group():
        """map: over things as t, reduced by last"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control last --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="t")
        def t_group(index: int):
            """the body for each t; its index is ti.map_index"""
            # shell: export tail=$t
            same = BashOperator(task_id="same", bash_command="runnable-step run last.{{ ti.map_index }}.same")

        t = t_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce last", trigger_rule="all_done")
        t >> reduce

    last = last_group()


    @task_group(group_id="sorted")
    def sorted_group():
        """map: over things as t, reduced by sorted"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control sorted --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="t")
        def t_group(index: int):
            """the body for each t; its index is ti.map_index"""
            # shell: export order=$t
            same = BashOperator(task_id="same", bash_command="runnable-step run sorted.{{ ti.map_index }}.same")

        t = t_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce sorted", trigger_rule="all_done")
        t >> reduce

    sorted = sorted_group()


    @task_group(group_id="any")
    def any_group():
        """map: over things as t, reduced by any"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control any --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="t")
        def t_group(index: int):
            """the body for each t; its index is ti.map_index"""
            # shell: export some=$([ $t = fig ] && echo true || echo false)
            same = BashOperator(task_id="same", bash_command="runnable-step run any.{{ ti.map_index }}.same")

        t = t_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce any", trigger_rule="all_done")
        t >> reduce

    any = any_group()


    @task_group(group_id="all")
    def all_group():
        """map: over things as t, reduced by all"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control all --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="t")
        def t_group(index: int):
            """the body for each t; its index is ti.map_index"""
            # shell: export every=$([ $t = fig ] && echo true || echo false)
            same = BashOperator(task_id="same", bash_command="runnable-step run all.{{ ti.map_index }}.same")

        t = t_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce all", trigger_rule="all_done")
        t >> reduce

    all = all_group()

    # stub
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [first, last, sorted, any, all]
    [first, last, sorted, any, all] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-reducers-lists","style":"needs","steps":[
{"type":"map","name":"first","iterate_on":"things","iterate_as":"t","reducer":"first","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export head=$t","returns":[{"name":"head"}]}
 ]}},
{"type":"map","name":"last","iterate_on":"things","iterate_as":"t","reducer":"last","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export tail=$t","returns":[{"name":"tail"}]}
 ]}},
{"type":"map","name":"sorted","iterate_on":"things","iterate_as":"t","reducer":"sorted","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export order=$t","returns":[{"name":"order"}]}
 ]}},
{"type":"map","name":"any","iterate_on":"things","iterate_as":"t","reducer":"any","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export some=$([ $t = fig ] && echo true || echo false)","returns":[{"name":"some"}]}
 ]}},
{"type":"map","name":"all","iterate_on":"things","iterate_as":"t","reducer":"all","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"shell","command":"export every=$([ $t = fig ] && echo true || echo false)","returns":[{"name":"every"}]}
 ]}},
{"type":"stub","name":"join","needs":["first","last","sorted","any","all"]}
]}'''

map_reducers_lists()
