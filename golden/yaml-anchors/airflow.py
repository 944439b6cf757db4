"""with anchors, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="with_anchors_5d226c",
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
def with_anchors():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="one")
        def one_group():
            """branch one"""
            # shell: export told=one
            tell = BashOperator(task_id="tell", bash_command="runnable-step run p.one.tell")

        one = one_group()

        @task_group(group_id="two")
        def two_group():
            """branch two"""
            # shell: export mine=1
            other = BashOperator(task_id="other", bash_command="runnable-step run p.two.other")

        two = two_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [one, two] >> join

    p = p_group()

    # shell: export told=last
    last = BashOperator(task_id="last", bash_command="runnable-step run last")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> last >> result


DEFINITION = r'''{"runnable_ir":1,"name":"with anchors","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"last","branches":[
 {"name":"one","description":"used by both branches","start_at":"tell","steps":[
  {"type":"task","name":"tell","next":"success","command_type":"shell","command":"export told=one","returns":[{"name":"told"}]}
 ]},
 {"name":"two","description":"used by both branches","start_at":"other","steps":[
  {"type":"task","name":"other","next":"success","command_type":"shell","command":"export mine=1","returns":[{"name":"mine"}]}
 ]}
]},
{"type":"task","name":"last","next":"success","command_type":"shell","command":"export told=last","returns":[{"name":"told"}]}
]}'''

with_anchors()
