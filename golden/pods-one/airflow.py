"""pods-one, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {{ params["items"] | tojson }},
"n": {{ params["n"] | tojson }}
}'''


@dag(
    dag_id="pods-one",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param([1, 2, 3]),
        "n": Param(0),
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
def pods_one():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # parallel; in place
    halves = BashOperator(task_id="halves", bash_command="runnable-step subtree halves")
    # map: over items as item, reduced by sum; in place
    each = BashOperator(task_id="each", bash_command="runnable-step subtree each")
    # conditional: by left; in place
    which = BashOperator(task_id="which", bash_command="runnable-step subtree which")
    # loop: until n >= 3; in place
    count = BashOperator(task_id="count", bash_command="runnable-step subtree count")
    # shell: export all="$left$right $doubled $mended $n"
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> halves >> each >> which >> count >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"pods-one","start_at":"halves","steps":[
{"type":"parallel","name":"halves","next":"each","pods":"one","branches":[
 {"name":"left","start_at":"cut","steps":[
  {"type":"task","name":"cut","next":"read","command_type":"shell","command":"echo l > part.txt","catalog":{"put":["part.txt"]},"resources":{"cpu":"500m","memory":"1Gi"}},
  {"type":"task","name":"read","next":"success","command_type":"shell","command":"export left=$(cat part.txt)","returns":[{"name":"left"}],"catalog":{"get":["part.txt"]},"resources":{"memory":"2Gi"}}
 ]},
 {"name":"right","start_at":"cut","steps":[
  {"type":"task","name":"cut","next":"read","command_type":"shell","command":"echo r > part.txt","catalog":{"put":["part.txt"]},"resources":{"cpu":"250m","memory":"512Mi"}},
  {"type":"task","name":"read","next":"success","command_type":"shell","command":"export right=$(cat part.txt)","returns":[{"name":"right"}],"catalog":{"get":["part.txt"]}}
 ]}
]},
{"type":"map","name":"each","next":"which","iterate_on":"items","iterate_as":"item","reducer":"sum","parallelism":2,"pods":"one","branch":{"start_at":"twice","steps":[
  {"type":"task","name":"twice","next":"success","command_type":"shell","command":"[ \"$RUNNABLE_STEP_ATTEMPT\" = 2 ] || exit 1\nexport doubled=$((2 * item))\n","returns":[{"name":"doubled"}],"retry":{"limit":1}}
 ]}},
{"type":"conditional","name":"which","next":"count","parameter":"left","pods":"one","branches":[
 {"name":"l","start_at":"boom","steps":[
  {"type":"task","name":"boom","next":"success","on_failure":"mend","command_type":"shell","command":"exit 3"},
  {"type":"task","name":"mend","next":"success","command_type":"shell","command":"export mended=$RUNNABLE_FAILED_STEP","returns":[{"name":"mended"}]}
 ]},
 {"name":"r","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]}
]},
{"type":"loop","name":"count","next":"after","max_iterations":5,"break_when":"n >= 3","index_as":"i","pods":"one","branch":{"start_at":"add","steps":[
  {"type":"task","name":"add","next":"success","command_type":"shell","command":"export n=$((n + 1))","returns":[{"name":"n"}]}
 ]}},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export all=\"$left$right $doubled $mended $n\"","returns":[{"name":"all"}]}
]}'''

pods_one()
