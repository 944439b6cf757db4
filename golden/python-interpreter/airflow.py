"""python-interpreter, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="python-interpreter",
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
def python_interpreter():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="both")
    def both_group():
        """parallel"""

        @task_group(group_id="theirs")
        def theirs_group():
            """branch theirs"""
            # python: steps.works
            version = BashOperator(task_id="version", bash_command="runnable-step run both.theirs.version")

        theirs = theirs_group()

        @task_group(group_id="own")
        def own_group():
            """branch own"""
            # python: steps.works; on failure told
            nowhere = BashOperator(task_id="nowhere", bash_command="runnable-step run both.own.nowhere")
            # shell: export kind="$RUNNABLE_FAILURE_KIND"
            told = BashOperator(
                task_id="told",
                bash_command="runnable-step run both.own.told",
                trigger_rule="one_failed",
            )
            nowhere >> told

        own = own_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join both", trigger_rule="all_done")
        [theirs, own] >> join

    both = both_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> both >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-interpreter","start_at":"both","steps":[
{"type":"parallel","name":"both","next":"success","python":"python3","branches":[
 {"name":"theirs","start_at":"version","steps":[
  {"type":"task","name":"version","next":"success","command_type":"python","command":"steps.works","returns":[{"name":"works"}]}
 ]},
 {"name":"own","start_at":"nowhere","steps":[
  {"type":"task","name":"nowhere","next":"success","on_failure":"told","command_type":"python","command":"steps.works","python":"no-such-python"},
  {"type":"task","name":"told","next":"success","command_type":"shell","command":"export kind=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"kind","kind":"text"}]}
 ]}
]}
]}'''

python_interpreter()
