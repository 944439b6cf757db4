"""ConfigFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="ConfigFlow",
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
def ConfigFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.ConfigFlow.start; retried by the runner
    start = BashOperator(task_id="start", bash_command="runnable-step run start")
    # metaflow: flow.ConfigFlow.fails
    fails = BashOperator(task_id="fails", bash_command="runnable-step run fails")
    # metaflow: flow.ConfigFlow.each
    each = BashOperator(task_id="each", bash_command="runnable-step run each")

    @task_group(group_id="body")
    def body_group():
        """map: over items of each as item of each"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control body --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item_of_each")
        def item_of_each_group(index: int):
            """the body for each item of each; its index is ti.map_index"""
            # metaflow: flow.ConfigFlow.body
            body = BashOperator(task_id="body", bash_command="runnable-step run body.{{ ti.map_index }}.body")

        item_of_each = item_of_each_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce body", trigger_rule="all_done")
        item_of_each >> reduce

    body = body_group()

    # metaflow: flow.ConfigFlow.join
    join = BashOperator(task_id="join", bash_command="runnable-step run join")
    # metaflow: flow.ConfigFlow.end; retried by the runner
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> fails >> each >> body >> join >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"ConfigFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"fails","command_type":"metaflow","command":"flow.ConfigFlow.start","flow":{"lane":"artifacts","start":true,"targets":["fails"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"},"retries":2},"inputs":[{"arg":"added","from":["added"]},{"arg":"alpha","from":["alpha"]},{"arg":"loud","from":["loud"]}],"returns":[{"name":"artifacts"}],"retry":{"limit":2},"env":{"FIRST":"w","SECOND":"w"}},
{"type":"task","name":"fails","next":"each","command_type":"metaflow","command":"flow.ConfigFlow.fails","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["each"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"env":{"Q":"7"}},
{"type":"task","name":"each","next":"body","command_type":"metaflow","command":"flow.ConfigFlow.each","flow":{"lane":"artifacts","lanes":["artifacts"],"items":"items of each","targets":["body"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"},{"name":"items of each"}]},
{"type":"map","name":"body","next":"join","iterate_on":"items of each","iterate_as":"item of each","branch":{"start_at":"body","steps":[
  {"type":"task","name":"body","next":"success","command_type":"metaflow","command":"flow.ConfigFlow.body","flow":{"lane":"artifacts of body","lanes":["artifacts"],"item":"item of each","targets":["join"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"}},"inputs":[{"arg":"self","from":["artifacts"]},{"arg":"input","from":["item of each"]}],"returns":[{"name":"artifacts of body"}]}
 ]}},
{"type":"task","name":"join","next":"end","command_type":"metaflow","command":"flow.ConfigFlow.join","flow":{"lane":"artifacts","join":"foreach","lanes":["artifacts of body"],"targets":["end"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"}},"inputs":[{"arg":"inputs","from":["artifacts of body"],"list":true}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.ConfigFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"],"configs":{"more":{"word":{"is":"quiet"}},"settings":{"alpha":3,"retries":2,"added":7,"env":{"SECOND":"w"},"rate":1.0,"large":12345678901234567890123},"text":"as it is"},"retries":1},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"retry":{"limit":1}}
]}'''

ConfigFlow()
