"""catalog-versions, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-versions",
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
def catalog_versions():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo first > note.txt
    first = BashOperator(task_id="first", bash_command="runnable-step run first")

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="rewrites")
        def rewrites_group():
            """branch rewrites"""
            # shell: echo rewritten > note.txt; echo left > side.txt
            write = BashOperator(task_id="write", bash_command="runnable-step run p.rewrites.write")

        rewrites = rewrites_group()

        @task_group(group_id="reads")
        def reads_group():
            """branch reads"""
            # shell: echo right > other.txt
            wait = BashOperator(task_id="wait", bash_command="runnable-step run p.reads.wait")
            # shell: export inside=$(cat note.txt)
            read = BashOperator(task_id="read", bash_command="runnable-step run p.reads.read")
            wait >> read

        reads = reads_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [rewrites, reads] >> join

    p = p_group()

    # shell: export after="$(cat note.txt) $(cat side.txt) $(cat other.txt)"
    last = BashOperator(task_id="last", bash_command="runnable-step run last")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> first >> p >> last >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-versions","start_at":"first","steps":[
{"type":"task","name":"first","next":"p","command_type":"shell","command":"echo first > note.txt","catalog":{"put":["note.txt"]}},
{"type":"parallel","name":"p","next":"last","branches":[
 {"name":"rewrites","start_at":"write","steps":[
  {"type":"task","name":"write","next":"success","command_type":"shell","command":"echo rewritten > note.txt; echo left > side.txt","catalog":{"put":["note.txt","side.txt"]}}
 ]},
 {"name":"reads","start_at":"wait","steps":[
  {"type":"task","name":"wait","next":"read","command_type":"shell","command":"echo right > other.txt","catalog":{"put":["other.txt"]}},
  {"type":"task","name":"read","next":"success","command_type":"shell","command":"export inside=$(cat note.txt)","returns":[{"name":"inside"}],"catalog":{"get":["note.txt"]}}
 ]}
]},
{"type":"task","name":"last","next":"success","command_type":"shell","command":"export after=\"$(cat note.txt) $(cat side.txt) $(cat other.txt)\"","returns":[{"name":"after"}],"catalog":{"get":["note.txt","side.txt","other.txt"]}}
]}'''

catalog_versions()
