"""params-file-from-environment, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"both": {{ params["both"] | tojson }},
"nested": {% if params["nested"] == {"a": [1, 2.50, "x"]} %}{"a":[1,2.50,"x"]}{% else %}{{ params["nested"] | tojson }}{% endif %}
}'''


@dag(
    dag_id="params-file-from-environment",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "both": Param("json"),
        "nested": Param({"a": [1, 2.50, "x"]}),
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
def params_file_from_environment():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # stub
    look = BashOperator(task_id="look", bash_command="runnable-step run look")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> look >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-file-from-environment","start_at":"look","steps":[
{"type":"stub","name":"look","next":"success"}
]}'''

params_file_from_environment()
