"""map-reducers-lambda, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="map-reducers-lambda",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "numbers": Param([5, -2, 4.5]),
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
def map_reducers_lambda():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="spread")
    def spread_group():
        """map: over numbers as n, reduced by lambda *x: {'low': min(x), 'high': max(…"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control spread --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # python: steps.same
            same = BashOperator(task_id="same", bash_command="runnable-step run spread.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce spread", trigger_rule="all_done")
        n >> reduce

    spread = spread_group()


    @task_group(group_id="backwards")
    def backwards_group():
        """map: over numbers as n, reduced by lambda *x: [abs(v) for v in reversed(x)]"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control backwards --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # python: steps.same
            same = BashOperator(task_id="same", bash_command="runnable-step run backwards.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce backwards", trigger_rule="all_done")
        n >> reduce

    backwards = backwards_group()


    @task_group(group_id="difference")
    def difference_group():
        """map: over numbers as n, reduced by lambda a, b, c: a - b - c"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control difference --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # python: steps.same
            same = BashOperator(task_id="same", bash_command="runnable-step run difference.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce difference", trigger_rule="all_done")
        n >> reduce

    difference = difference_group()


    @task_group(group_id="own")
    def own_group():
        """map: over numbers as n, reduced by steps.join"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control own --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # python: steps.same
            same = BashOperator(task_id="same", bash_command="runnable-step run own.{{ ti.map_index }}.same")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce own", trigger_rule="all_done")
        n >> reduce

    own = own_group()

    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [spread, backwards, difference, own]
    [spread, backwards, difference, own] >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-reducers-lambda","style":"needs","steps":[
{"type":"map","name":"spread","iterate_on":"numbers","iterate_as":"n","reducer":"lambda *x: {'low': min(x), 'high': max(x), 'mean': round(sum(x) / len(x), 2)}","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"python","command":"steps.same","returns":[{"name":"spread"}]}
 ]}},
{"type":"map","name":"backwards","iterate_on":"numbers","iterate_as":"n","reducer":"lambda *x: [abs(v) for v in reversed(x)]","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"python","command":"steps.same","returns":[{"name":"backwards"}]}
 ]}},
{"type":"map","name":"difference","iterate_on":"numbers","iterate_as":"n","reducer":"lambda a, b, c: a - b - c","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"python","command":"steps.same","returns":[{"name":"difference"}]}
 ]}},
{"type":"map","name":"own","iterate_on":"numbers","iterate_as":"n","reducer":"steps.join","branch":{"start_at":"same","steps":[
  {"type":"task","name":"same","next":"success","command_type":"python","command":"steps.same","returns":[{"name":"own"}]}
 ]}},
{"type":"stub","name":"end","needs":["spread","backwards","difference","own"]}
]}'''

map_reducers_lambda()
