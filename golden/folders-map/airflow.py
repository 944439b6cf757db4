"""folders-map, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"digits": {{ params["digits"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="folders-map",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "words": Param(["up", "down"]),
        "digits": Param([1, 2]),
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
def folders_map():
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
            # shell: sleep 0.1; printf %s "$word" > out.txt
            write = BashOperator(task_id="write", bash_command="runnable-step run each.{{ ti.map_index }}.write")
            # map: over digits as digit; in place
            inner = BashOperator(task_id="inner", bash_command="runnable-step subtree each.{{ ti.map_index }}.inner")
            # shell: export own="$(cat 0/out.txt 1/out.txt)"
            read = BashOperator(task_id="read", bash_command="runnable-step run each.{{ ti.map_index }}.read")
            write >> inner >> read

        word = word_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        word >> reduce

    each = each_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> result


DEFINITION = r'''{"runnable_ir":1,"name":"folders-map","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","iterate_on":"words","iterate_as":"word","branch":{"start_at":"write","steps":[
  {"type":"task","name":"write","next":"inner","command_type":"shell","command":"sleep 0.1; printf %s \"$word\" > out.txt","catalog":{"put":["out.txt"]}},
  {"type":"map","name":"inner","next":"read","iterate_on":"digits","iterate_as":"digit","branch":{"start_at":"add","steps":[
    {"type":"task","name":"add","next":"read","command_type":"shell","command":"printf %s \"$digit\" >> out.txt","catalog":{"get":["out.txt"],"put":["out.txt"]}},
    {"type":"task","name":"read","next":"success","command_type":"shell","command":"sleep 0.1; export both=\"$(cat out.txt)\"","returns":[{"name":"both"}],"catalog":{"get":["out.txt"]}}
   ]}},
  {"type":"task","name":"read","next":"success","command_type":"shell","command":"export own=\"$(cat 0/out.txt 1/out.txt)\"","returns":[{"name":"own"}],"catalog":{"get":["{item}/out.txt"]}}
 ]}}
]}'''

folders_map()
