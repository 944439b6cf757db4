"""ConflictFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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
    dag_id="ConflictFlow",
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
def ConflictFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.ConflictFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")

    @task_group(group_id="start_split")
    def start_split_group():
        """parallel"""

        @task_group(group_id="a")
        def a_group():
            """branch a"""
            # metaflow: flow.ConflictFlow.a
            a = BashOperator(task_id="a", bash_command="runnable-step run start-split.a.a")

        a = a_group()

        @task_group(group_id="b")
        def b_group():
            """branch b"""
            # metaflow: flow.ConflictFlow.b
            b = BashOperator(task_id="b", bash_command="runnable-step run start-split.b.b")

        b = b_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join start-split", trigger_rule="all_done")
        [a, b] >> join

    start_split = start_split_group()

    # metaflow: flow.ConflictFlow.join
    join = BashOperator(task_id="join", bash_command="runnable-step run join")
    # metaflow: flow.ConflictFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> start_split >> join >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"ConflictFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"start-split","command_type":"metaflow","command":"flow.ConflictFlow.start","flow":{"lane":"artifacts","start":true,"targets":["a","b"]},"returns":[{"name":"artifacts"}]},
{"type":"parallel","name":"start-split","next":"join","branches":[
 {"name":"a","start_at":"a","steps":[
  {"type":"task","name":"a","next":"success","command_type":"metaflow","command":"flow.ConflictFlow.a","flow":{"lane":"artifacts of a","lanes":["artifacts"],"targets":["join"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts of a"}]}
 ]},
 {"name":"b","start_at":"b","steps":[
  {"type":"task","name":"b","next":"success","command_type":"metaflow","command":"flow.ConflictFlow.b","flow":{"lane":"artifacts of b","lanes":["artifacts"],"targets":["join"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts of b"}]}
 ]}
]},
{"type":"task","name":"join","next":"end","command_type":"metaflow","command":"flow.ConflictFlow.join","flow":{"lane":"artifacts","join":"split","lanes":["artifacts of a","artifacts of b"],"targets":["end"]},"inputs":[{"arg":"inputs","from":["artifacts of a","artifacts of b"],"list":true}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.ConflictFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

ConflictFlow()
