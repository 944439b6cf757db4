"""parallel-stale-copies, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="parallel-stale-copies",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "x": Param("old"),
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
def parallel_stale_copies():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="writes")
        def writes_group():
            """branch writes"""
            # shell: export x=new
            work = BashOperator(task_id="work", bash_command="runnable-step run p.writes.work")

        writes = writes_group()

        @task_group(group_id="reads")
        def reads_group():
            """branch reads"""
            # shell: export copy="$x"
            work = BashOperator(task_id="work", bash_command="runnable-step run p.reads.work")

        reads = reads_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [writes, reads] >> join

    p = p_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> result


DEFINITION = r'''{"runnable_ir":1,"name":"parallel-stale-copies","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","branches":[
 {"name":"writes","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export x=new","returns":[{"name":"x"}]}
 ]},
 {"name":"reads","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export copy=\"$x\"","returns":[{"name":"copy"}]}
 ]}
]}
]}'''

parallel_stale_copies()
