"""nested-failure, rendered from pipeline.py by runnable-render. Edit that, not this file."""

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
"limit": {{ params["limit"] | tojson }}
}'''


@dag(
    dag_id="nested-failure",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "limit": Param(3),
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
def nested_failure():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="risky")
    def risky_group():
        """pipeline; on failure mend"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: exit 3; on failure instead
            first = BashOperator(task_id="first", bash_command="runnable-step run risky.pipeline.first")
            # shell: export made="$RUNNABLE_FAILED_STEP"
            instead = BashOperator(
                task_id="instead",
                bash_command="runnable-step run risky.pipeline.instead",
                trigger_rule="one_failed",
            )
            # shell: [ $limit -gt 10 ]
            check = BashOperator(
                task_id="check",
                bash_command="runnable-step run risky.pipeline.check",
                trigger_rule="all_done",
            )
            first >> instead
            [first, instead] >> check

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join risky", trigger_rule="all_done")
        pipeline >> join

    risky = risky_group()

    # shell: export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND limit=$limit…
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")

    @task_group(group_id="again")
    def again_group():
        """pipeline"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: exit 3; on failure instead
            first = BashOperator(
                task_id="first",
                bash_command="runnable-step run again.pipeline.first",
                trigger_rule="all_done",
            )
            # shell: export made="$RUNNABLE_FAILED_STEP"
            instead = BashOperator(
                task_id="instead",
                bash_command="runnable-step run again.pipeline.instead",
                trigger_rule="one_failed",
            )
            # shell: [ $limit -gt 10 ]
            check = BashOperator(
                task_id="check",
                bash_command="runnable-step run again.pipeline.check",
                trigger_rule="all_done",
            )
            first >> instead
            [first, instead] >> check

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join again", trigger_rule="all_done")
        pipeline >> join

    again = again_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> risky >> mend
    [risky, mend] >> again >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nested-failure","start_at":"risky","steps":[
{"type":"pipeline","name":"risky","next":"again","on_failure":"mend","definition":"risky.yaml","inputs":[{"arg":"limit","from":["limit"]}],"returns":[{"name":"made"}],"dag":{"start_at":"first","steps":[
  {"type":"task","name":"first","next":"check","on_failure":"instead","command_type":"shell","command":"exit 3"},
  {"type":"task","name":"instead","next":"check","command_type":"shell","command":"export made=\"$RUNNABLE_FAILED_STEP\"","returns":[{"name":"made"}]},
  {"type":"task","name":"check","next":"success","command_type":"shell","command":"[ $limit -gt 10 ]"}
 ]}},
{"type":"task","name":"mend","next":"again","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND limit=$limit made=${made-none}\"","returns":[{"name":"saw"}]},
{"type":"pipeline","name":"again","next":"success","definition":"risky.yaml","inputs":[{"arg":"limit","value":100}],"returns":[{"name":"made"}],"dag":{"start_at":"first","steps":[
  {"type":"task","name":"first","next":"check","on_failure":"instead","command_type":"shell","command":"exit 3"},
  {"type":"task","name":"instead","next":"check","command_type":"shell","command":"export made=\"$RUNNABLE_FAILED_STEP\"","returns":[{"name":"made"}]},
  {"type":"task","name":"check","next":"success","command_type":"shell","command":"[ $limit -gt 10 ]"}
 ]}}
]}'''

nested_failure()
