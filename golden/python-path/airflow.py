"""python-path, rendered from pipeline.py by runnable-render. Edit that, not this file."""

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
"texts": {{ params["texts"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="python-path",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "texts": Param(["a", "four"]),
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
def python_path():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="words")
    def words_group():
        """map: over texts as text, reduced by measure.widest"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control words --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="text")
        def text_group(index: int):
            """the body for each text; its index is ti.map_index"""
            # python: measure.width
            width = BashOperator(task_id="width", bash_command="runnable-step run words.{{ ti.map_index }}.width")

        text = text_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce words", trigger_rule="all_done")
        text >> reduce

    words = words_group()

    # python: late.colours
    colours = BashOperator(task_id="colours", bash_command="runnable-step run colours")
    # python: pipeline.own
    own = BashOperator(task_id="own", bash_command="runnable-step run own")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> words >> colours >> own >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-path","modules_first":["lib","."],"modules_last":["last"],"start_at":"words","steps":[
{"type":"map","name":"words","next":"colours","iterate_on":"texts","iterate_as":"text","reducer":"measure.widest","branch":{"start_at":"width","steps":[
  {"type":"task","name":"width","next":"success","command_type":"python","command":"measure.width","returns":[{"name":"wide"}]}
 ]}},
{"type":"task","name":"colours","next":"own","command_type":"python","command":"late.colours","returns":[{"name":"library"}]},
{"type":"task","name":"own","next":"success","command_type":"python","command":"pipeline.own","returns":[{"name":"here"}]}
]}'''

python_path()
