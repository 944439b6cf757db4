"""parallel-failure-handled, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"x": {{ params["x"] | tojson }}
}'''


@dag(
    dag_id="parallel-failure-handled",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "x": Param(7),
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
def parallel_failure_handled():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel; on failure mend"""

        @task_group(group_id="bad")
        def bad_group():
            """branch bad"""
            # shell: exit 1
            boom = BashOperator(task_id="boom", bash_command="runnable-step run p.bad.boom")
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run p.bad.never")
            boom >> never

        bad = bad_group()

        @task_group(group_id="good")
        def good_group():
            """branch good"""
            # shell: export y=1
            one = BashOperator(task_id="one", bash_command="runnable-step run p.good.one")
            # stub
            two = BashOperator(task_id="two", bash_command="runnable-step run p.good.two")
            one >> two

        good = good_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [bad, good] >> join

    p = p_group()

    # stub
    skipped = BashOperator(task_id="skipped", bash_command="runnable-step run skipped")
    # shell: export saw="$RUNNABLE_FAILED_STEP x=$x y=${y-none}"
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> skipped
    p >> mend
    [skipped, mend] >> result


DEFINITION = r'''{"runnable_ir":1,"name":"parallel-failure-handled","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"skipped","on_failure":"mend","branches":[
 {"name":"bad","start_at":"boom","steps":[
  {"type":"task","name":"boom","next":"never","command_type":"shell","command":"exit 1"},
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"good","start_at":"one","steps":[
  {"type":"task","name":"one","next":"two","command_type":"shell","command":"export y=1","returns":[{"name":"y"}]},
  {"type":"stub","name":"two","next":"success"}
 ]}
]},
{"type":"stub","name":"skipped","next":"success"},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP x=$x y=${y-none}\"","returns":[{"name":"saw"}]}
]}'''

parallel_failure_handled()
