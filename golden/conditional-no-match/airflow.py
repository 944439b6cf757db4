"""conditional-no-match, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"side": {{ params["side"] | tojson }}
}'''


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="conditional-no-match",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "side": Param("edge"),
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
def conditional_no_match():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="toss")
    def toss_group():
        """conditional: by side; on failure mend"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control toss --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="heads")
        def heads_group():
            """branch heads"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run toss.heads.never")

        heads = heads_group()

        @task_group(group_id="tails")
        def tails_group():
            """branch tails"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run toss.tails.never")

        tails = tails_group()
        arm = arm_of.override(task_id="arm")(which.output, ["toss.heads", "toss.tails"])
        arm >> [heads, tails]
        join = BashOperator(task_id="join", bash_command="runnable-step join toss", trigger_rule="all_done")
        [heads, tails] >> join

    toss = toss_group()

    # shell: export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> toss >> mend >> result


DEFINITION = r'''{"runnable_ir":1,"name":"conditional-no-match","start_at":"toss","steps":[
{"type":"conditional","name":"toss","next":"success","on_failure":"mend","parameter":"side","branches":[
 {"name":"heads","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"tails","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]}
]},
{"type":"task","name":"mend","next":"success","command_type":"shell","command":"export saw=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"saw"}]}
]}'''

conditional_no_match()
