"""python-inputs, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"one_more": {{ params["one_more"] | tojson }},
"title": {{ params["title"] | tojson }},
"label": {{ params["label"] | tojson }}
}'''


@dag(
    dag_id="python-inputs",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "one_more": Param({"name": "guess", "score": 0.5}),
        "title": Param("best of"),
        "label": Param("not this one"),
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
def python_inputs():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export first_result='{"name":"forest","score":0.8}'
    one = BashOperator(task_id="one", bash_command="runnable-step run one")
    # shell: export second_result='{"name":"boost","score":0.9}'
    two = BashOperator(task_id="two", bash_command="runnable-step run two")
    # python: steps.best
    best = BashOperator(task_id="best", bash_command="runnable-step run best", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [one, two]
    [one, two] >> best >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-inputs","style":"needs","steps":[
{"type":"task","name":"one","command_type":"shell","command":"export first_result='{\"name\":\"forest\",\"score\":0.8}'","returns":[{"name":"first_result"}]},
{"type":"task","name":"two","command_type":"shell","command":"export second_result='{\"name\":\"boost\",\"score\":0.9}'","returns":[{"name":"second_result"}]},
{"type":"task","name":"best","needs":["one","two"],"command_type":"python","command":"steps.best","inputs":[{"arg":"results","from":["one_more","first_result","second_result"],"list":true},{"arg":"label","from":["title"]},{"arg":"digits","value":1},{"arg":"options","value":{"deep":[1,"x"]}}],"returns":[{"name":"winner","key":"name"},{"name":"told","key":"told"}]}
]}'''

python_inputs()
