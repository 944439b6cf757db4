"""loop-of-loops, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"seen": {{ params["seen"] | tojson }}
}'''


@dag(
    dag_id="loop-of-loops",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "seen": Param([]),
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
def loop_of_loops():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until never; in place
    outer = BashOperator(task_id="outer", bash_command="runnable-step subtree outer")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> outer >> result


DEFINITION = r'''{"runnable_ir":1,"name":"loop-of-loops","start_at":"outer","steps":[
{"type":"loop","name":"outer","next":"success","max_iterations":2,"break_on":"never","index_as":"row","branch":{"start_at":"inner","steps":[
  {"type":"loop","name":"inner","next":"success","max_iterations":3,"break_on":"enough","index_as":"col","branch":{"start_at":"visit","steps":[
    {"type":"task","name":"visit","next":"success","command_type":"python","command":"steps.visit","returns":[{"name":"seen"},{"name":"enough"}]}
   ]}}
 ]}}
]}'''

loop_of_loops()
