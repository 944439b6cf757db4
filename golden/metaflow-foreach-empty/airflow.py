"""EmptyFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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
    dag_id="EmptyFlow",
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
def EmptyFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.EmptyFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")

    @task_group(group_id="body")
    def body_group():
        """map: over items of start as item of start"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control body --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item_of_start")
        def item_of_start_group(index: int):
            """the body for each item of start; its index is ti.map_index"""
            # metaflow: flow.EmptyFlow.body
            body = BashOperator(task_id="body", bash_command="runnable-step run body.{{ ti.map_index }}.body")

        item_of_start = item_of_start_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce body", trigger_rule="all_done")
        item_of_start >> reduce

    body = body_group()

    # metaflow: flow.EmptyFlow.join
    join = BashOperator(task_id="join", bash_command="runnable-step run join")
    # metaflow: flow.EmptyFlow.outer
    outer = BashOperator(task_id="outer", bash_command="runnable-step run outer")

    @task_group(group_id="inner")
    def inner_group():
        """map: over items of outer as item of outer"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control inner --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item_of_outer")
        def item_of_outer_group(index: int):
            """the body for each item of outer; its index is ti.map_index"""
            # metaflow: flow.EmptyFlow.inner
            inner = BashOperator(task_id="inner", bash_command="runnable-step run inner.{{ ti.map_index }}.inner")
            # map: over items of inner as item of inner; in place
            number = BashOperator(
                task_id="number",
                bash_command="runnable-step subtree inner.{{ ti.map_index }}.number",
            )
            # metaflow: flow.EmptyFlow.numbers_join
            numbers_join = BashOperator(
                task_id="numbers_join",
                bash_command="runnable-step run inner.{{ ti.map_index }}.numbers_join",
            )
            inner >> number >> numbers_join

        item_of_outer = item_of_outer_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce inner", trigger_rule="all_done")
        item_of_outer >> reduce

    inner = inner_group()

    # metaflow: flow.EmptyFlow.groups_join
    groups_join = BashOperator(task_id="groups_join", bash_command="runnable-step run groups_join")
    # metaflow: flow.EmptyFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> body >> join >> outer >> inner >> groups_join >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"EmptyFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"body","command_type":"metaflow","command":"flow.EmptyFlow.start","flow":{"lane":"artifacts","start":true,"items":"items of start","empty":true,"targets":["body"]},"inputs":[{"arg":"rate","from":["rate"]}],"returns":[{"name":"artifacts"},{"name":"items of start"}]},
{"type":"map","name":"body","next":"join","iterate_on":"items of start","iterate_as":"item of start","branch":{"start_at":"body","steps":[
  {"type":"task","name":"body","next":"success","command_type":"metaflow","command":"flow.EmptyFlow.body","flow":{"lane":"artifacts of body","lanes":["artifacts"],"item":"item of start","targets":["join"]},"inputs":[{"arg":"self","from":["artifacts"]},{"arg":"input","from":["item of start"]}],"returns":[{"name":"artifacts of body"}]}
 ]}},
{"type":"task","name":"join","next":"outer","command_type":"metaflow","command":"flow.EmptyFlow.join","flow":{"lane":"artifacts","join":"foreach","lanes":["artifacts of body"],"empty":true,"targets":["outer"]},"inputs":[{"arg":"inputs","from":["artifacts of body"],"list":true},{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"outer","next":"inner","command_type":"metaflow","command":"flow.EmptyFlow.outer","flow":{"lane":"artifacts","lanes":["artifacts"],"items":"items of outer","targets":["inner"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"},{"name":"items of outer"}]},
{"type":"map","name":"inner","next":"groups_join","iterate_on":"items of outer","iterate_as":"item of outer","branch":{"start_at":"inner","steps":[
  {"type":"task","name":"inner","next":"number","command_type":"metaflow","command":"flow.EmptyFlow.inner","flow":{"lane":"artifacts of inner","lanes":["artifacts"],"item":"item of outer","items":"items of inner","empty":true,"targets":["number"]},"inputs":[{"arg":"self","from":["artifacts"]},{"arg":"input","from":["item of outer"]}],"returns":[{"name":"artifacts of inner"},{"name":"items of inner"}]},
  {"type":"map","name":"number","next":"numbers_join","iterate_on":"items of inner","iterate_as":"item of inner","branch":{"start_at":"number","steps":[
    {"type":"task","name":"number","next":"success","command_type":"metaflow","command":"flow.EmptyFlow.number","flow":{"lane":"artifacts of number","lanes":["artifacts of inner"],"item":"item of inner","targets":["numbers_join"]},"inputs":[{"arg":"self","from":["artifacts of inner"]},{"arg":"input","from":["item of inner"]}],"returns":[{"name":"artifacts of number"}]}
   ]}},
  {"type":"task","name":"numbers_join","next":"success","command_type":"metaflow","command":"flow.EmptyFlow.numbers_join","flow":{"lane":"artifacts of inner","join":"foreach","lanes":["artifacts of number"],"empty":true,"targets":["groups_join"]},"inputs":[{"arg":"inputs","from":["artifacts of number"],"list":true},{"arg":"self","from":["artifacts of inner"]}],"returns":[{"name":"artifacts of inner"}]}
 ]}},
{"type":"task","name":"groups_join","next":"end","command_type":"metaflow","command":"flow.EmptyFlow.groups_join","flow":{"lane":"artifacts","join":"foreach","lanes":["artifacts of inner"],"targets":["end"]},"inputs":[{"arg":"inputs","from":["artifacts of inner"],"list":true}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.EmptyFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

EmptyFlow()
