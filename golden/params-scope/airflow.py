"""params-scope, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"given": {{ params["given"] | tojson }},
"list": {{ params["list"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="params-scope",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "given": Param(0),
        "list": Param(["a"]),
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
def params_scope():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export x=1 y=1
    one = BashOperator(task_id="one", bash_command="runnable-step run one")
    # shell: export x=$((x + 1))
    two = BashOperator(task_id="two", bash_command="runnable-step run two")

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="deep")
        def deep_group():
            """branch deep"""

            @task_group(group_id="each")
            def each_group():
                """map: over list as item"""
                items = BashOperator(
                    task_id="items",
                    bash_command="runnable-step control p.deep.each --out /dev/stdout",
                    do_xcom_push=True,
                    output_processor=numbers,
                )

                @task_group(group_id="item")
                def item_group(index: int):
                    """the body for each item; its index is ti.map_index"""
                    # python: steps.sees
                    sees = BashOperator(
                        task_id="sees",
                        bash_command="runnable-step run p.deep.each.{{ ti.map_index }}.sees",
                    )

                item = item_group.expand(index=items.output)
                reduce = BashOperator(
                    task_id="reduce",
                    bash_command="runnable-step reduce p.deep.each",
                    trigger_rule="all_done",
                )
                item >> reduce

            each = each_group()


        deep = deep_group()

        @task_group(group_id="wide")
        def wide_group():
            """branch wide"""
            # python: steps.sees
            sees = BashOperator(task_id="sees", bash_command="runnable-step run p.wide.sees")

        wide = wide_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [deep, wide] >> join

    p = p_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> one >> two >> p >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-scope","start_at":"one","steps":[
{"type":"task","name":"one","next":"two","command_type":"shell","command":"export x=1 y=1","returns":[{"name":"x"},{"name":"y"}]},
{"type":"task","name":"two","next":"p","command_type":"shell","command":"export x=$((x + 1))","returns":[{"name":"x"}]},
{"type":"parallel","name":"p","next":"success","branches":[
 {"name":"deep","start_at":"each","steps":[
  {"type":"map","name":"each","next":"success","iterate_on":"list","iterate_as":"item","branch":{"start_at":"sees","steps":[
    {"type":"task","name":"sees","next":"success","command_type":"python","command":"steps.sees","returns":[{"name":"seen"}]}
   ]}}
 ]},
 {"name":"wide","start_at":"sees","steps":[
  {"type":"task","name":"sees","next":"success","command_type":"python","command":"steps.sees","returns":[{"name":"also"}]}
 ]}
]}
]}'''

params_scope()
