"""nest-map-loop-parallel, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"starts": {{ params["starts"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="nest-map-loop-parallel",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "starts": Param([2, 3]),
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
def nest_map_loop_parallel():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over starts as start, reduced by max"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="start")
        def start_group(index: int):
            """the body for each start; its index is ti.map_index"""
            # loop: until grown; in place
            grow = BashOperator(task_id="grow", bash_command="runnable-step subtree each.{{ ti.map_index }}.grow")

        start = start_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        start >> reduce

    each = each_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nest-map-loop-parallel","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","iterate_on":"starts","iterate_as":"start","reducer":"max","branch":{"start_at":"grow","steps":[
  {"type":"loop","name":"grow","next":"success","max_iterations":3,"break_on":"grown","index_as":"k","branch":{"start_at":"sides","steps":[
    {"type":"parallel","name":"sides","next":"success","branches":[
     {"name":"size","start_at":"add","steps":[
      {"type":"task","name":"add","next":"success","command_type":"python","command":"steps.add","returns":[{"name":"size"},{"name":"grown"}]}
     ]},
     {"name":"age","start_at":"tick","steps":[
      {"type":"task","name":"tick","next":"success","command_type":"shell","command":"export age=$((start * 10 + k))","returns":[{"name":"age"}]}
     ]}
    ]}
   ]}}
 ]}}
]}'''

nest_map_loop_parallel()
