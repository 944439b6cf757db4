"""ForeachFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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
    dag_id="ForeachFlow",
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
def ForeachFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.ForeachFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")

    @task_group(group_id="outer")
    def outer_group():
        """map: over items of start as item of start"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control outer --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item_of_start")
        def item_of_start_group(index: int):
            """the body for each item of start; its index is ti.map_index"""
            # metaflow: flow.ForeachFlow.outer
            outer = BashOperator(task_id="outer", bash_command="runnable-step run outer.{{ ti.map_index }}.outer")
            # map: over items of outer as item of outer; in place
            inner = BashOperator(task_id="inner", bash_command="runnable-step subtree outer.{{ ti.map_index }}.inner")
            # metaflow: flow.ForeachFlow.inner_join
            inner_join = BashOperator(
                task_id="inner_join",
                bash_command="runnable-step run outer.{{ ti.map_index }}.inner_join",
            )
            outer >> inner >> inner_join

        item_of_start = item_of_start_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce outer", trigger_rule="all_done")
        item_of_start >> reduce

    outer = outer_group()

    # metaflow: flow.ForeachFlow.outer_join
    outer_join = BashOperator(task_id="outer_join", bash_command="runnable-step run outer_join")
    # metaflow: flow.ForeachFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> outer >> outer_join >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"ForeachFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"outer","command_type":"metaflow","command":"flow.ForeachFlow.start","flow":{"lane":"artifacts","start":true,"items":"items of start","targets":["outer"]},"returns":[{"name":"artifacts"},{"name":"items of start"}]},
{"type":"map","name":"outer","next":"outer_join","iterate_on":"items of start","iterate_as":"item of start","branch":{"start_at":"outer","steps":[
  {"type":"task","name":"outer","next":"inner","command_type":"metaflow","command":"flow.ForeachFlow.outer","flow":{"lane":"artifacts of outer","lanes":["artifacts"],"item":"item of start","items":"items of outer","targets":["inner"]},"inputs":[{"arg":"self","from":["artifacts"]},{"arg":"input","from":["item of start"]}],"returns":[{"name":"artifacts of outer"},{"name":"items of outer"}]},
  {"type":"map","name":"inner","next":"inner_join","iterate_on":"items of outer","iterate_as":"item of outer","branch":{"start_at":"inner","steps":[
    {"type":"task","name":"inner","next":"success","command_type":"metaflow","command":"flow.ForeachFlow.inner","flow":{"lane":"artifacts of inner","lanes":["artifacts of outer"],"item":"item of outer","targets":["inner_join"]},"inputs":[{"arg":"self","from":["artifacts of outer"]},{"arg":"input","from":["item of outer"]}],"returns":[{"name":"artifacts of inner"}]}
   ]}},
  {"type":"task","name":"inner_join","next":"success","command_type":"metaflow","command":"flow.ForeachFlow.inner_join","flow":{"lane":"artifacts of outer","join":"foreach","lanes":["artifacts of inner"],"targets":["outer_join"]},"inputs":[{"arg":"inputs","from":["artifacts of inner"],"list":true}],"returns":[{"name":"artifacts of outer"}]}
 ]}},
{"type":"task","name":"outer_join","next":"end","command_type":"metaflow","command":"flow.ForeachFlow.outer_join","flow":{"lane":"artifacts","join":"foreach","lanes":["artifacts of outer"],"targets":["end"]},"inputs":[{"arg":"inputs","from":["artifacts of outer"],"list":true}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.ForeachFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

ForeachFlow()
