"""catalog-last-branch-wins, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-last-branch-wins",
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
def catalog_last_branch_wins():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="z_first")
        def z_first_group():
            """branch z first"""
            # shell: echo first > out.txt
            write = BashOperator(task_id="write", bash_command="runnable-step run p.z%20first.write")

        z_first = z_first_group()

        @task_group(group_id="a_last")
        def a_last_group():
            """branch a last"""
            # shell: echo last > out.txt
            write = BashOperator(task_id="write", bash_command="runnable-step run p.a%20last.write")

        a_last = a_last_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [z_first, a_last] >> join

    p = p_group()

    # shell: export got=$(cat out.txt)
    read = BashOperator(task_id="read", bash_command="runnable-step run read")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> read >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-last-branch-wins","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"read","branches":[
 {"name":"z first","start_at":"write","steps":[
  {"type":"task","name":"write","next":"success","command_type":"shell","command":"echo first > out.txt","catalog":{"put":["out.txt"]}}
 ]},
 {"name":"a last","start_at":"write","steps":[
  {"type":"task","name":"write","next":"success","command_type":"shell","command":"echo last > out.txt","catalog":{"put":["out.txt"]}}
 ]}
]},
{"type":"task","name":"read","next":"success","command_type":"shell","command":"export got=$(cat out.txt)","returns":[{"name":"got"}],"catalog":{"get":["out.txt"]}}
]}'''

catalog_last_branch_wins()
