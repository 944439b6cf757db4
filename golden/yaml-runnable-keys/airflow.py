"""yaml-runnable-keys: all of Runnable's keys This file is rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {{ params["items"] | tojson }},
"side": {{ params["side"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="yaml-runnable-keys",
    description="all of Runnable's keys",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param([1]),
        "side": Param("heads"),
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
def yaml_runnable_keys():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.work
    task_0ebb42 = BashOperator(task_id="task_0ebb42", bash_command="runnable-step run task")
    # stub
    stub = BashOperator(task_id="stub", bash_command="runnable-step run stub")

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="only")
        def only_group():
            """branch only"""
            # stub
            s = BashOperator(task_id="s", bash_command="runnable-step run p.only.s")

        only = only_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        only >> join

    p = p_group()


    @task_group(group_id="m")
    def m_group():
        """map: over items as item"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control m --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item")
        def item_group(index: int):
            """the body for each item; its index is ti.map_index"""
            # stub
            s = BashOperator(task_id="s", bash_command="runnable-step run m.{{ ti.map_index }}.s")

        item = item_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce m", trigger_rule="all_done")
        item >> reduce

    m = m_group()


    @task_group(group_id="c")
    def c_group():
        """conditional: by side"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control c --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="heads")
        def heads_group():
            """branch heads"""
            # stub
            s = BashOperator(task_id="s", bash_command="runnable-step run c.heads.s")

        heads = heads_group()
        arm = arm_of.override(task_id="arm")(which.output, ["c.heads"])
        arm >> [heads]
        join = BashOperator(task_id="join", bash_command="runnable-step join c", trigger_rule="all_done")
        heads >> join

    c = c_group()

    # loop: until done; in place
    l = BashOperator(task_id="l", bash_command="runnable-step subtree l")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> task_0ebb42 >> stub >> p >> m >> c >> l >> result


DEFINITION = r'''{"runnable_ir":1,"name":"yaml-runnable-keys","description":"all of Runnable's keys","dag_description":"all of Runnable's keys","start_at":"task","steps":[
{"type":"task","name":"task","next":"stub","command_type":"python","command":"steps.work","returns":[{"name":"value"},{"name":"score","kind":"metric"}],"catalog":{},"overrides":{"local-container":"big"}},
{"type":"stub","name":"stub","next":"p","catalog":{}},
{"type":"parallel","name":"p","next":"m","branches":[
 {"name":"only","description":"one","start_at":"s","steps":[
  {"type":"stub","name":"s","next":"success"}
 ]}
]},
{"type":"map","name":"m","next":"c","iterate_on":"items","iterate_as":"item","branch":{"start_at":"s","steps":[
  {"type":"stub","name":"s","next":"success"}
 ]}},
{"type":"conditional","name":"c","next":"l","parameter":"side","branches":[
 {"name":"heads","start_at":"s","steps":[
  {"type":"stub","name":"s","next":"success"}
 ]}
]},
{"type":"loop","name":"l","next":"success","max_iterations":1,"break_on":"done","index_as":"i","branch":{"start_at":"s","steps":[
  {"type":"stub","name":"s","next":"success"}
 ]}}
]}'''

yaml_runnable_keys()
