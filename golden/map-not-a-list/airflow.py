"""map-not-a-list, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"word": {{ params["word"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-not-a-list",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "word": Param("abc"),
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
def map_not_a_list():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="text")
    def text_group():
        """map: over word as letter; on failure told 1"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control text --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="letter")
        def letter_group(index: int):
            """the body for each letter; its index is ti.map_index"""
            # stub
            work = BashOperator(task_id="work", bash_command="runnable-step run text.{{ ti.map_index }}.work")

        letter = letter_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce text", trigger_rule="all_done")
        letter >> reduce

    text = text_group()

    # shell: export one="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    told_1 = BashOperator(task_id="told_1", bash_command="runnable-step run told%201", trigger_rule="one_failed")

    @task_group(group_id="missing")
    def missing_group():
        """map: over nowhere as letter; on failure told 2"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control missing --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="letter")
        def letter_group(index: int):
            """the body for each letter; its index is ti.map_index"""
            # stub
            work = BashOperator(task_id="work", bash_command="runnable-step run missing.{{ ti.map_index }}.work")

        letter = letter_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce missing", trigger_rule="all_done")
        letter >> reduce

    missing = missing_group()

    # shell: export two="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    told_2 = BashOperator(task_id="told_2", bash_command="runnable-step run told%202", trigger_rule="one_failed")
    # stub
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [text, missing]
    text >> told_1
    missing >> told_2
    [text, told_1, missing, told_2] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-not-a-list","style":"needs","steps":[
{"type":"map","name":"text","on_failure":"told 1","iterate_on":"word","iterate_as":"letter","branch":{"start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}},
{"type":"task","name":"told 1","command_type":"shell","command":"export one=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"one"}]},
{"type":"map","name":"missing","on_failure":"told 2","iterate_on":"nowhere","iterate_as":"letter","branch":{"start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}},
{"type":"task","name":"told 2","command_type":"shell","command":"export two=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"two"}]},
{"type":"stub","name":"join","needs":["text","missing"]}
]}'''

map_not_a_list()
