"""failure-next-fail, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="failure-next-fail",
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
def failure_next_fail():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel; on failure mend"""

        @task_group(group_id="good")
        def good_group():
            """branch good"""
            # shell: export good=1
            work = BashOperator(task_id="work", bash_command="runnable-step run p.good.work")

        good = good_group()

        @task_group(group_id="bad")
        def bad_group():
            """branch bad"""
            # shell: export verdict=rejected
            verdict = BashOperator(task_id="verdict", bash_command="runnable-step run p.bad.verdict")

        bad = bad_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [good, bad] >> join

    p = p_group()

    # shell: export saw="$RUNNABLE_FAILED_STEP ${good-none} ${verdict-none}"
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> mend >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-next-fail","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","on_failure":"mend","branches":[
 {"name":"good","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export good=1","returns":[{"name":"good"}]}
 ]},
 {"name":"bad","start_at":"verdict","steps":[
  {"type":"task","name":"verdict","next":"fail","command_type":"shell","command":"export verdict=rejected","returns":[{"name":"verdict"}]}
 ]}
]},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP ${good-none} ${verdict-none}\"","returns":[{"name":"saw"}]}
]}'''

failure_next_fail()
