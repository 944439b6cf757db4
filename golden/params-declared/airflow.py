"""params-declared, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"version": {% if params["version"] == "1.10" %}"1.10"{% else %}{{ params["version"] | tojson }}{% endif %},
"rate": {% if params["rate"] == 1.0 %}1.0{% else %}{{ params["rate"] | tojson }}{% endif %},
"rounds": {{ params["rounds"] | tojson }},
"fast": {{ params["fast"] | tojson }},
"mode": {{ params["mode"] | tojson }},
"columns": {{ params["columns"] | tojson }},
"options": {{ params["options"] | tojson }},
"note": {{ params["note"] | tojson }},
"query": {{ params["query"] | tojson }}
}'''


@dag(
    dag_id="params-declared",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "version": Param("1.10", type="string", description="The release to train."),
        "rate": Param(1.0, type="number", minimum=0, maximum=1),
        "rounds": Param(5, type="integer", minimum=1),
        "fast": Param(True, type="boolean"),
        "mode": Param("fast", type="string", description="How to train.", enum=["exact", "fast"]),
        "columns": Param(["a", "b"], type="array"),
        "options": Param({}, type="object"),
        "note": Param(None, type=["null", "string"]),
        "query": Param("select *\nfrom t\n", type="string", format="multiline"),
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
def params_declared():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.look
    look = BashOperator(task_id="look", bash_command="runnable-step run look")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> look >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-declared","parameters":[
{"name":"version","type":"str","help":"The release to train.","required":true},
{"name":"rate","type":"float","default":1.0,"minimum":0,"maximum":1},
{"name":"rounds","type":"int","default":3,"minimum":1},
{"name":"fast","type":"bool","default":false},
{"name":"mode","type":"str","default":"exact","help":"How to train.","choices":["exact","fast"]},
{"name":"columns","type":"list","default":["a","b"]},
{"name":"options","type":"object","default":{}},
{"name":"note","type":"str"},
{"name":"query","type":"file","default":"query.sql"}
],"start_at":"look","steps":[
{"type":"task","name":"look","next":"success","command_type":"python","command":"steps.look","returns":[{"name":"seen"}]}
]}'''

params_declared()
