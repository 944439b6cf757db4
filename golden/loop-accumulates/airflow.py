"""loop-accumulates, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"total": {{ params["total"] | tojson }},
"trail": {{ params["trail"] | tojson }},
"i": {{ params["i"] | tojson }}
}'''


@dag(
    dag_id="loop-accumulates",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "total": Param(0),
        "trail": Param(""),
        "i": Param("outside"),
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
def loop_accumulates():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # loop: until done; in place
    count = BashOperator(task_id="count", bash_command="runnable-step subtree count")
    # shell: export outer="$i"
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> count >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"loop-accumulates","start_at":"count","steps":[
{"type":"loop","name":"count","next":"after","max_iterations":10,"break_on":"done","index_as":"i","branch":{"start_at":"add","steps":[
  {"type":"task","name":"add","next":"mark","command_type":"python","command":"steps.add","returns":[{"name":"total"},{"name":"done"}]},
  {"type":"task","name":"mark","next":"success","command_type":"shell","command":"export trail=\"$trail$i\"","returns":[{"name":"trail","kind":"text"}]}
 ]}},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export outer=\"$i\"","returns":[{"name":"outer"}]}
]}'''

loop_accumulates()
