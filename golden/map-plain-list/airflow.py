"""map-plain-list, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"words": {{ params["words"] | tojson }},
"word": {{ params["word"] | tojson }},
"mark": {{ params["mark"] | tojson }},
"length": {{ params["length"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-plain-list",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "words": Param(["to", "be", "to"]),
        "word": Param("outside"),
        "mark": Param("!"),
        "length": Param(0),
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
def map_plain_list():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over words as word"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="word")
        def word_group(index: int):
            """the body for each word; its index is ti.map_index"""
            # python: steps.measure
            measure = BashOperator(
                task_id="measure",
                bash_command="runnable-step run each.{{ ti.map_index }}.measure",
                max_active_tis_per_dagrun=2,
            )
            # shell: export shouted="$upper$mark"
            shout = BashOperator(
                task_id="shout",
                bash_command="runnable-step run each.{{ ti.map_index }}.shout",
                max_active_tis_per_dagrun=2,
            )
            measure >> shout

        word = word_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        word >> reduce

    each = each_group()

    # shell: export outer="$word"
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-plain-list","start_at":"each","steps":[
{"type":"map","name":"each","next":"after","iterate_on":"words","iterate_as":"word","parallelism":2,"branch":{"start_at":"measure","steps":[
  {"type":"task","name":"measure","next":"shout","command_type":"python","command":"steps.measure","returns":[{"name":"length"},{"name":"upper"}]},
  {"type":"task","name":"shout","next":"success","command_type":"shell","command":"export shouted=\"$upper$mark\"","returns":[{"name":"shouted"}]}
 ]}},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export outer=\"$word\"","returns":[{"name":"outer"}]}
]}'''

map_plain_list()
