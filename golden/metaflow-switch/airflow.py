"""SwitchFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="SwitchFlow",
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
def SwitchFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.SwitchFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")
    # loop: until done of count; in place
    count = BashOperator(task_id="count", bash_command="runnable-step subtree count")
    # metaflow: flow.SwitchFlow.choose
    choose = BashOperator(task_id="choose", bash_command="runnable-step run choose")

    @task_group(group_id="choose_switch")
    def choose_switch_group():
        """conditional: by case of choose"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control choose-switch --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="first")
        def first_group():
            """branch first"""
            # metaflow: flow.SwitchFlow.first
            first = BashOperator(task_id="first", bash_command="runnable-step run choose-switch.first.first")
            # metaflow: flow.SwitchFlow.last
            last = BashOperator(task_id="last", bash_command="runnable-step run choose-switch.first.last")
            first >> last

        first = first_group()

        @task_group(group_id="last")
        def last_group():
            """branch last"""
            # metaflow: flow.SwitchFlow.last
            last = BashOperator(task_id="last", bash_command="runnable-step run choose-switch.last.last")

        last = last_group()
        arm = arm_of.override(task_id="arm")(which.output, ["choose_switch.first", "choose_switch.last", None])
        arm >> [first, last]
        join = BashOperator(task_id="join", bash_command="runnable-step join choose-switch", trigger_rule="all_done")
        [first, last] >> join

    choose_switch = choose_switch_group()

    # metaflow: flow.SwitchFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> count >> choose >> choose_switch >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"SwitchFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"count","command_type":"metaflow","command":"flow.SwitchFlow.start","flow":{"lane":"artifacts","start":true,"targets":["count"]},"returns":[{"name":"artifacts"}]},
{"type":"loop","name":"count","next":"choose","max_iterations":1000000,"break_on":"done of count","index_as":"iteration of count","branch":{"start_at":"count","steps":[
  {"type":"task","name":"count","next":"success","command_type":"metaflow","command":"flow.SwitchFlow.count","flow":{"lane":"artifacts","lanes":["artifacts"],"case":"case of count","done":"done of count","iteration":"iteration of count","most":1000000,"targets":["choose"]},"inputs":[{"arg":"self","from":["artifacts"],"list":true},{"arg":"iteration","from":["iteration of count"]}],"returns":[{"name":"artifacts"},{"name":"case of count"},{"name":"done of count"}]}
 ]}},
{"type":"task","name":"choose","next":"choose-switch","command_type":"metaflow","command":"flow.SwitchFlow.choose","flow":{"lane":"artifacts","lanes":["artifacts"],"case":"case of choose","targets":["first","last","end"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"},{"name":"case of choose"}]},
{"type":"conditional","name":"choose-switch","next":"end","parameter":"case of choose","branches":[
 {"name":"first","start_at":"first","steps":[
  {"type":"task","name":"first","next":"last","command_type":"metaflow","command":"flow.SwitchFlow.first","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["last"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
  {"type":"task","name":"last","next":"success","command_type":"metaflow","command":"flow.SwitchFlow.last","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["end"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
 ]},
 {"name":"last","start_at":"last","steps":[
  {"type":"task","name":"last","next":"success","command_type":"metaflow","command":"flow.SwitchFlow.last","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["end"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
 ]},
 {"name":"end","start_at":"success","steps":[
 ]}
]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.SwitchFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

SwitchFlow()
