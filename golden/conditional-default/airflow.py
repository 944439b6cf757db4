"""conditional-default, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"side": {{ params["side"] | tojson }},
"kept": {{ params["kept"] | tojson }}
}'''


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="conditional-default",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "side": Param("upright"),
        "kept": Param("before"),
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
def conditional_default():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="toss")
    def toss_group():
        """conditional: by side"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control toss --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="heads")
        def heads_group():
            """branch heads"""
            # shell: export kept=changed only_heads=1
            a = BashOperator(task_id="a", bash_command="runnable-step run toss.heads.a")

        heads = heads_group()

        @task_group(group_id="default")
        def default_group():
            """branch default"""
            # shell: export edge="$side"
            b = BashOperator(task_id="b", bash_command="runnable-step run toss.default.b")

        default = default_group()
        arm = arm_of.override(task_id="arm")(which.output, ["toss.heads", "toss.default"])
        arm >> [heads, default]
        join = BashOperator(task_id="join", bash_command="runnable-step join toss", trigger_rule="all_done")
        [heads, default] >> join

    toss = toss_group()

    # shell: export saw="$kept ${only_heads-absent} $edge"
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> toss >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"conditional-default","start_at":"toss","steps":[
{"type":"conditional","name":"toss","next":"after","parameter":"side","default":"default","branches":[
 {"name":"heads","start_at":"a","steps":[
  {"type":"task","name":"a","next":"success","command_type":"shell","command":"export kept=changed only_heads=1","returns":[{"name":"kept"},{"name":"only_heads"}]}
 ]},
 {"name":"default","start_at":"b","steps":[
  {"type":"task","name":"b","next":"success","command_type":"shell","command":"export edge=\"$side\"","returns":[{"name":"edge"}]}
 ]}
]},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export saw=\"$kept ${only_heads-absent} $edge\"","returns":[{"name":"saw"}]}
]}'''

conditional_default()
