"""ArtifactsFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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
"alpha": {{ params["alpha"] | tojson }},
"version": {% if params["version"] == 1.10 %}1.10{% else %}{{ params["version"] | tojson }}{% endif %},
"on": {{ params["on"] | tojson }}
}'''


@dag(
    dag_id="ArtifactsFlow",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "alpha": Param(1),
        "version": Param(1.10),
        "on": Param("yes"),
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
def ArtifactsFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.ArtifactsFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")
    # metaflow: flow.ArtifactsFlow.middle
    middle = BashOperator(task_id="middle", bash_command="runnable-step run middle")
    # metaflow: flow.ArtifactsFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> middle >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"ArtifactsFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"middle","command_type":"metaflow","command":"flow.ArtifactsFlow.start","flow":{"lane":"artifacts","start":true,"targets":["middle"]},"inputs":[{"arg":"alpha","from":["alpha"]},{"arg":"on","from":["on"]},{"arg":"shape","from":["shape"]},{"arg":"version","from":["version"]},{"arg":"words","from":["words"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"middle","next":"end","command_type":"metaflow","command":"flow.ArtifactsFlow.middle","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["end"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.ArtifactsFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

ArtifactsFlow()
