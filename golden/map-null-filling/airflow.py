"""map-null-filling, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"numbers": {{ params["numbers"] | tojson }},
"got": {{ params["got"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-null-filling",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "numbers": Param([1, 2, 3]),
        "got": Param("before"),
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
def map_null_filling():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="lists")
    def lists_group():
        """map: over numbers as n"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control lists --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: [ "$n" != 2 ] || exit 1 …; on failure skip
            pick = BashOperator(task_id="pick", bash_command="runnable-step run lists.{{ ti.map_index }}.pick")
            # shell: export skipped=$n
            skip = BashOperator(
                task_id="skip",
                bash_command="runnable-step run lists.{{ ti.map_index }}.skip",
                trigger_rule="one_failed",
            )
            pick >> skip

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce lists", trigger_rule="all_done")
        n >> reduce

    lists = lists_group()

    # python: steps.keep
    keep = BashOperator(task_id="keep", bash_command="runnable-step run keep")

    @task_group(group_id="sums")
    def sums_group():
        """map: over numbers as n, reduced by sum"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control sums --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: [ "$n" != 2 ] || exit 1 …; on failure skip
            pick = BashOperator(task_id="pick", bash_command="runnable-step run sums.{{ ti.map_index }}.pick")
            # shell: export skipped=$n
            skip = BashOperator(
                task_id="skip",
                bash_command="runnable-step run sums.{{ ti.map_index }}.skip",
                trigger_rule="one_failed",
            )
            pick >> skip

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce sums", trigger_rule="all_done")
        n >> reduce

    sums = sums_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> lists >> keep >> sums >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-null-filling","start_at":"lists","steps":[
{"type":"map","name":"lists","next":"keep","iterate_on":"numbers","iterate_as":"n","branch":{"start_at":"pick","steps":[
  {"type":"task","name":"pick","next":"success","on_failure":"skip","command_type":"shell","command":"[ \"$n\" != 2 ] || exit 1\nexport got=$n\n","returns":[{"name":"got"}]},
  {"type":"task","name":"skip","next":"success","command_type":"shell","command":"export skipped=$n","returns":[{"name":"skipped"}]}
 ]}},
{"type":"task","name":"keep","next":"sums","command_type":"python","command":"steps.keep","returns":[{"name":"lists"}]},
{"type":"map","name":"sums","next":"success","iterate_on":"numbers","iterate_as":"n","reducer":"sum","branch":{"start_at":"pick","steps":[
  {"type":"task","name":"pick","next":"success","on_failure":"skip","command_type":"shell","command":"[ \"$n\" != 2 ] || exit 1\nexport got=$n\n","returns":[{"name":"got"}]},
  {"type":"task","name":"skip","next":"success","command_type":"shell","command":"export skipped=$n","returns":[{"name":"skipped"}]}
 ]}}
]}'''

map_null_filling()
