"""chain-next-left-out, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="chain-next-left-out",
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
def chain_next_left_out():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export trace=first; on failure rescue
    first = BashOperator(task_id="first", bash_command="runnable-step run first")
    # stub
    rescue = BashOperator(task_id="rescue", bash_command="runnable-step run rescue", trigger_rule="one_failed")
    # shell: export trace="$trace second"; on failure cleanup
    second = BashOperator(task_id="second", bash_command="runnable-step run second")
    # stub
    cleanup = BashOperator(task_id="cleanup", bash_command="runnable-step run cleanup", trigger_rule="one_failed")
    # shell: export trace="$trace third"
    third = BashOperator(task_id="third", bash_command="runnable-step run third", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> first >> rescue
    first >> second >> cleanup
    [second, cleanup] >> third
    [rescue, third] >> result


DEFINITION = r'''{"runnable_ir":1,"name":"chain-next-left-out","start_at":"first","steps":[
{"type":"stub","name":"rescue","next":"success"},
{"type":"task","name":"first","next":"second","on_failure":"rescue","command_type":"shell","command":"export trace=first","returns":[{"name":"trace"}]},
{"type":"task","name":"second","next":"third","on_failure":"cleanup","command_type":"shell","command":"export trace=\"$trace second\"","returns":[{"name":"trace"}]},
{"type":"stub","name":"cleanup","next":"third"},
{"type":"task","name":"third","next":"success","command_type":"shell","command":"export trace=\"$trace third\"","returns":[{"name":"trace"}]}
]}'''

chain_next_left_out()
