"""cache-hit: Steps whose content key an earlier success had This file is rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"n": {{ params["n"] | tojson }}
}'''


@dag(
    dag_id="cache-hit",
    description="Steps whose content key an earlier success had",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "n": Param(3),
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
def cache_hit():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo "made of $n" > made.txt
    make = BashOperator(task_id="make", bash_command="runnable-step run make")
    # shell: echo spoiled > made.txt
    spoil = BashOperator(task_id="spoil", bash_command="runnable-step run spoil")
    # shell: echo "made of $n" > made.txt
    again = BashOperator(task_id="again", bash_command="runnable-step run again")
    # shell: export text="$(cat made.txt)"
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # python: steps.square
    first = BashOperator(task_id="first", bash_command="runnable-step run first")
    # python: steps.square
    second = BashOperator(task_id="second", bash_command="runnable-step run second")
    # python: steps.square
    other = BashOperator(task_id="other", bash_command="runnable-step run other")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> make >> spoil >> again >> read >> first >> second >> other >> result


DEFINITION = r'''{"runnable_ir":1,"name":"cache-hit","description":"Steps whose content key an earlier success had","dag_description":"Steps whose content key an earlier success had","start_at":"make","steps":[
{"type":"task","name":"make","next":"spoil","command_type":"shell","command":"echo \"made of $n\" > made.txt","catalog":{"put":["made.txt"]},"cache":true},
{"type":"task","name":"spoil","next":"again","command_type":"shell","command":"echo spoiled > made.txt"},
{"type":"task","name":"again","next":"read","command_type":"shell","command":"echo \"made of $n\" > made.txt","catalog":{"put":["made.txt"]},"cache":true},
{"type":"task","name":"read","next":"first","command_type":"shell","command":"export text=\"$(cat made.txt)\"","returns":[{"name":"text"}],"catalog":{"get":["made.txt"]}},
{"type":"task","name":"first","next":"second","command_type":"python","command":"steps.square","returns":[{"name":"result"}],"cache":true},
{"type":"task","name":"second","next":"other","command_type":"python","command":"steps.square","returns":[{"name":"result"}],"cache":true},
{"type":"task","name":"other","next":"success","command_type":"python","command":"steps.square","inputs":[{"arg":"n","value":4}],"returns":[{"name":"result"}],"cache":true}
]}'''

cache_hit()
