"""nest-loop-conditional-map, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="nest-loop-conditional-map",
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
def nest_loop_conditional_map():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until never; in place
    twice = BashOperator(task_id="twice", bash_command="runnable-step subtree twice")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> twice >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nest-loop-conditional-map","start_at":"twice","steps":[
{"type":"loop","name":"twice","next":"success","max_iterations":2,"break_on":"never","index_as":"round","branch":{"start_at":"which","steps":[
  {"type":"conditional","name":"which","next":"success","parameter":"round","branches":[
   {"name":"0","start_at":"warm up","steps":[
    {"type":"task","name":"warm up","next":"success","command_type":"shell","command":"export numbers='[3, 4]'","returns":[{"name":"numbers"}]}
   ]},
   {"name":"1","start_at":"each","steps":[
    {"type":"map","name":"each","next":"success","iterate_on":"numbers","iterate_as":"n","branch":{"start_at":"square","steps":[
      {"type":"task","name":"square","next":"success","command_type":"shell","command":"export squares=$((n * n))","returns":[{"name":"squares"}]}
     ]}}
   ]}
  ]}
 ]}}
]}'''

nest_loop_conditional_map()
