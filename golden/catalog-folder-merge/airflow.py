"""catalog-folder-merge, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-folder-merge",
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
def catalog_folder_merge():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: mkdir set; echo 1 > set/old; echo 2 > set/older
    begin_e6f07d = BashOperator(task_id="begin_e6f07d", bash_command="runnable-step run begin")

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="a")
        def a_group():
            """branch a"""
            # shell: rm -rf set; mkdir set; echo a > set/a; echo file > path
            put = BashOperator(task_id="put", bash_command="runnable-step run p.a.put")

        a = a_group()

        @task_group(group_id="b")
        def b_group():
            """branch b"""
            # shell: mkdir -p set path; echo b > set/b; echo folder > path/file
            put = BashOperator(task_id="put", bash_command="runnable-step run p.b.put")

        b = b_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [a, b] >> join

    p = p_group()

    # shell: export names="$(echo set/* path/*)"
    last = BashOperator(task_id="last", bash_command="runnable-step run last")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> begin_e6f07d >> p >> last >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-folder-merge","start_at":"begin","steps":[
{"type":"task","name":"begin","next":"p","command_type":"shell","command":"mkdir set; echo 1 > set/old; echo 2 > set/older","catalog":{"put":["set"]}},
{"type":"parallel","name":"p","next":"last","branches":[
 {"name":"a","start_at":"put","steps":[
  {"type":"task","name":"put","next":"success","command_type":"shell","command":"rm -rf set; mkdir set; echo a > set/a; echo file > path","catalog":{"put":["set","path"]}}
 ]},
 {"name":"b","start_at":"put","steps":[
  {"type":"task","name":"put","next":"success","command_type":"shell","command":"mkdir -p set path; echo b > set/b; echo folder > path/file","catalog":{"put":["set/b","path"]}}
 ]}
]},
{"type":"task","name":"last","next":"success","command_type":"shell","command":"export names=\"$(echo set/* path/*)\"","returns":[{"name":"names"}],"catalog":{"get":["set","path"]}}
]}'''

catalog_folder_merge()
