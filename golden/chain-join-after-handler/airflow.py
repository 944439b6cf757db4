"""chain-join-after-handler, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="chain-join-after-handler",
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
def chain_join_after_handler():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export value=wrong; exit 4; on failure repair
    risky = BashOperator(task_id="risky", bash_command="runnable-step run risky")
    # shell: export value="repaired, was ${value-unset}"
    repair = BashOperator(task_id="repair", bash_command="runnable-step run repair", trigger_rule="one_failed")
    # shell: export told="$value"
    report = BashOperator(task_id="report", bash_command="runnable-step run report", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> risky >> repair
    [risky, repair] >> report >> result


DEFINITION = r'''{"runnable_ir":1,"name":"chain-join-after-handler","start_at":"risky","steps":[
{"type":"task","name":"risky","next":"report","on_failure":"repair","command_type":"shell","command":"export value=wrong; exit 4","returns":[{"name":"value"}]},
{"type":"task","name":"repair","next":"report","command_type":"shell","command":"export value=\"repaired, was ${value-unset}\"","returns":[{"name":"value"}]},
{"type":"task","name":"report","next":"success","command_type":"shell","command":"export told=\"$value\"","returns":[{"name":"told"}]}
]}'''

chain_join_after_handler()
