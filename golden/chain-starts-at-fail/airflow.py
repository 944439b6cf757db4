"""chain-starts-at-fail, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="chain-starts-at-fail",
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
def chain_starts_at_fail():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel; on failure handled"""

        @task_group(group_id="fine")
        def fine_group():
            """branch fine"""
            # stub
            work = BashOperator(task_id="work", bash_command="runnable-step run p.fine.work")

        fine = fine_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        fine >> join

    p = p_group()

    # stub
    handled = BashOperator(task_id="handled", bash_command="runnable-step run handled", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> handled >> result


DEFINITION = r'''{"runnable_ir":1,"name":"chain-starts-at-fail","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","on_failure":"handled","branches":[
 {"name":"doomed","start_at":"fail","steps":[
 ]},
 {"name":"fine","start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}
]},
{"type":"stub","name":"handled","next":"success"}
]}'''

chain_starts_at_fail()
