"""loop-iteration-fails, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"height": {{ params["height"] | tojson }}
}'''


@dag(
    dag_id="loop-iteration-fails",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "height": Param(100),
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
def loop_iteration_fails():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until top; on failure fall; in place
    climb = BashOperator(task_id="climb", bash_command="runnable-step subtree climb")
    # shell: export saw="$RUNNABLE_FAILED_STEP $height"
    fall = BashOperator(task_id="fall", bash_command="runnable-step run fall", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> climb >> fall >> result


DEFINITION = r'''{"runnable_ir":1,"name":"loop-iteration-fails","start_at":"climb","steps":[
{"type":"loop","name":"climb","next":"success","on_failure":"fall","max_iterations":4,"break_on":"top","index_as":"i","branch":{"start_at":"up","steps":[
  {"type":"task","name":"up","next":"success","command_type":"shell","command":"export height=$((height + 1))\n[ \"$i\" -lt 1 ]\n","returns":[{"name":"height"}]}
 ]}},
{"type":"task","name":"fall","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP $height\"","returns":[{"name":"saw"}]}
]}'''

loop_iteration_fails()
