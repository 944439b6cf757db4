"""needs-failure-unhandled, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="needs-failure-unhandled",
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
def needs_failure_unhandled():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 2
    boom = BashOperator(task_id="boom", bash_command="runnable-step run boom")
    # stub
    hurt = BashOperator(task_id="hurt", bash_command="runnable-step run hurt")
    # stub
    fine = BashOperator(task_id="fine", bash_command="runnable-step run fine")
    # stub
    hurt_too = BashOperator(task_id="hurt_too", bash_command="runnable-step run hurt%20too", trigger_rule="all_done")
    # stub
    finer = BashOperator(task_id="finer", bash_command="runnable-step run finer")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [boom, fine]
    boom >> hurt
    [hurt, fine] >> hurt_too
    fine >> finer
    [hurt_too, finer] >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-failure-unhandled","style":"needs","steps":[
{"type":"task","name":"boom","command_type":"shell","command":"exit 2"},
{"type":"stub","name":"hurt","needs":["boom"]},
{"type":"stub","name":"hurt too","needs":["hurt","fine"]},
{"type":"stub","name":"fine"},
{"type":"stub","name":"finer","needs":["fine"]}
]}'''

needs_failure_unhandled()
