"""catalog-loop, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-loop",
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
def catalog_loop():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: printf '' > trail.txt
    seed = BashOperator(task_id="seed", bash_command="runnable-step run seed")
    # loop: until never; in place
    walk = BashOperator(task_id="walk", bash_command="runnable-step subtree walk")
    # shell: export trail=$(cat trail.txt)
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> seed >> walk >> read >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-loop","start_at":"seed","steps":[
{"type":"task","name":"seed","next":"walk","command_type":"shell","command":"printf '' > trail.txt","catalog":{"put":["trail.txt"]}},
{"type":"loop","name":"walk","next":"read","max_iterations":3,"break_on":"never","index_as":"i","branch":{"start_at":"step","steps":[
  {"type":"task","name":"step","next":"success","command_type":"shell","command":"printf %s \"$i\" >> trail.txt","catalog":{"get":["trail.txt"],"put":["trail.txt"]}}
 ]}},
{"type":"task","name":"read","next":"success","command_type":"shell","command":"export trail=$(cat trail.txt)","returns":[{"name":"trail","kind":"text"}],"catalog":{"get":["trail.txt"]}}
]}'''

catalog_loop()
