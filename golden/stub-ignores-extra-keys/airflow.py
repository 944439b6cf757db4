"""stub-ignores-extra-keys, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="stub-ignores-extra-keys",
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
def stub_ignores_extra_keys():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # stub
    silenced = BashOperator(task_id="silenced", bash_command="runnable-step run silenced")
    # stub
    keeper = BashOperator(task_id="keeper", bash_command="runnable-step run keeper")
    # shell: export seed=$(cat seed.txt)
    reader = BashOperator(task_id="reader", bash_command="runnable-step run reader")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> silenced >> keeper >> reader >> result


DEFINITION = r'''{"runnable_ir":1,"name":"stub-ignores-extra-keys","start_at":"silenced","steps":[
{"type":"stub","name":"silenced","next":"keeper"},
{"type":"stub","name":"keeper","next":"reader","catalog":{"put":["seed.txt"]}},
{"type":"task","name":"reader","next":"success","command_type":"shell","command":"export seed=$(cat seed.txt)","returns":[{"name":"seed"}],"catalog":{"get":["seed.txt"]}}
]}'''

stub_ignores_extra_keys()
