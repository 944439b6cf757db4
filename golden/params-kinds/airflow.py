"""params-kinds, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="params-kinds",
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
def params_kinds():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export number=5 digits=5 score=0.75 …
    make = BashOperator(task_id="make", bash_command="runnable-step run make")
    # python: steps.types
    types = BashOperator(task_id="types", bash_command="runnable-step run types")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> make >> types >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-kinds","start_at":"make","steps":[
{"type":"task","name":"make","next":"types","command_type":"shell","command":"export number=5 digits=5 score=0.75\nexport list='[\"a\", {\"b\": 1.0}]' raw='[\"a\"]'\n","returns":[{"name":"number"},{"name":"digits","kind":"text"},{"name":"list"},{"name":"raw","kind":"text"},{"name":"score","kind":"metric"}]},
{"type":"task","name":"types","next":"success","command_type":"python","command":"steps.types","returns":[{"name":"types"},{"name":"loss","kind":"metric"}]}
]}'''

params_kinds()
