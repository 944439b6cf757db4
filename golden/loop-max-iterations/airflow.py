"""loop-max-iterations, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"ready": {{ params["ready"] | tojson }}
}'''


@dag(
    dag_id="loop-max-iterations",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "ready": Param(True),
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
def loop_max_iterations():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until stop; in place
    words = BashOperator(task_id="words", bash_command="runnable-step subtree words")
    # loop: until never_set; in place
    absent = BashOperator(task_id="absent", bash_command="runnable-step subtree absent")
    # loop: until ready; in place
    already = BashOperator(task_id="already", bash_command="runnable-step subtree already")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> words >> absent >> already >> result


DEFINITION = r'''{"runnable_ir":1,"name":"loop-max-iterations","start_at":"words","steps":[
{"type":"loop","name":"words","next":"absent","max_iterations":2,"break_on":"stop","index_as":"i","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export stop=True last=$i","returns":[{"name":"stop"},{"name":"last"}]}
 ]}},
{"type":"loop","name":"absent","next":"already","max_iterations":1,"break_on":"never_set","index_as":"i","branch":{"start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}},
{"type":"loop","name":"already","next":"success","max_iterations":5,"break_on":"ready","index_as":"i","branch":{"start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}}
]}'''

loop_max_iterations()
