"""chain-explicit: steps in another order than the file's This file is rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="chain-explicit",
    description="steps in another order than the file's",
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
def chain_explicit():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export trace="1"
    one = BashOperator(task_id="one", bash_command="runnable-step run one")
    # shell: export trace="$trace 2"
    two = BashOperator(task_id="two", bash_command="runnable-step run two")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> one >> two >> result


DEFINITION = r'''{"runnable_ir":1,"name":"chain-explicit","description":"steps in another order than the file's","dag_description":"steps in another order than the file's","start_at":"one","steps":[
{"type":"task","name":"two","next":"success","on_failure":"fail","command_type":"shell","command":"export trace=\"$trace 2\"","returns":[{"name":"trace"}]},
{"type":"task","name":"one","next":"two","command_type":"shell","command":"export trace=\"1\"","returns":[{"name":"trace","kind":"text"}]}
]}'''

chain_explicit()
