"""parallel-merge, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"seen": {{ params["seen"] | tojson }},
"same": {{ params["same"] | tojson }}
}'''


@dag(
    dag_id="parallel-merge",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "seen": Param("everything"),
        "same": Param("as-before"),
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
def parallel_merge():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="left")
        def left_group():
            """branch left"""
            # shell: export shared=left mine="left of $seen" same=changed
            work = BashOperator(task_id="work", bash_command="runnable-step run p.left.work")

        left = left_group()

        @task_group(group_id="right")
        def right_group():
            """branch right"""
            # shell: export shared=right same=as-before
            work = BashOperator(task_id="work", bash_command="runnable-step run p.right.work")

        right = right_group()

        @task_group(group_id="idle")
        def idle_group():
            """branch idle"""
            # stub
            work = BashOperator(task_id="work", bash_command="runnable-step run p.idle.work")

        idle = idle_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [left, right, idle] >> join

    p = p_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> result


DEFINITION = r'''{"runnable_ir":1,"name":"parallel-merge","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","branches":[
 {"name":"left","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export shared=left mine=\"left of $seen\" same=changed","returns":[{"name":"shared"},{"name":"mine"},{"name":"same"}]}
 ]},
 {"name":"right","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export shared=right same=as-before","returns":[{"name":"shared"},{"name":"same"}]}
 ]},
 {"name":"idle","start_at":"work","steps":[
  {"type":"stub","name":"work","next":"success"}
 ]}
]}
]}'''

parallel_merge()
