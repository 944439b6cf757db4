"""needs-of-composites, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="needs-of-composites",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "numbers": Param([2, 3]),
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
def needs_of_composites():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over numbers as n, reduced by sum"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # python: steps.square
            square = BashOperator(task_id="square", bash_command="runnable-step run each.{{ ti.map_index }}.square")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        n >> reduce

    each = each_group()

    # loop: until enough; in place
    count = BashOperator(task_id="count", bash_command="runnable-step subtree count")
    # python: steps.join
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [each, count]
    [each, count] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-of-composites","style":"needs","steps":[
{"type":"map","name":"each","iterate_on":"numbers","iterate_as":"n","reducer":"sum","branch":{"start_at":"square","steps":[
  {"type":"task","name":"square","next":"success","command_type":"python","command":"steps.square","returns":[{"name":"total"}]}
 ]}},
{"type":"loop","name":"count","max_iterations":2,"break_on":"enough","index_as":"k","branch":{"start_at":"step","steps":[
  {"type":"task","name":"step","next":"success","command_type":"shell","command":"export last=$k","returns":[{"name":"last"}]}
 ]}},
{"type":"task","name":"join","needs":["each","count"],"command_type":"python","command":"steps.join","returns":[{"name":"told"}]}
]}'''

needs_of_composites()
