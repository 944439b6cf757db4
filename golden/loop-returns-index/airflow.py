"""loop-returns-index, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="loop-returns-index",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    default_args={
        "env": ENV,
        "retries": 0,
        "do_xcom_push": False,
        "skip_on_exit_code": 99,
        "append_env": True,
        "cwd": "{{ dag.folder }}",
    },
)
def loop_returns_index():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until stop; in place
    count = BashOperator(task_id="count", bash_command="runnable-step subtree count")
    # shell: export last=$i
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> count >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"loop-returns-index","start_at":"count","steps":[
{"type":"loop","name":"count","next":"after","max_iterations":3,"break_on":"stop","index_as":"i","branch":{"start_at":"tens","steps":[
  {"type":"task","name":"tens","next":"look","command_type":"shell","command":"export i=$((i * 10)) stop=false","returns":[{"name":"i"},{"name":"stop"}]},
  {"type":"task","name":"look","next":"double","command_type":"shell","command":"export seen=$i","returns":[{"name":"seen"}]},
  {"type":"task","name":"double","next":"success","command_type":"python","command":"steps.double","returns":[{"name":"doubled"}]}
 ]}},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export last=$i","returns":[{"name":"last"}]}
]}'''

loop_returns_index()
