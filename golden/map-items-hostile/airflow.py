"""map-items-hostile, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {% if params["items"] == ["it's \"quoted\" \\ $HOME $(id) `id` {{workflow.name}} {{item}} ${x} %d", "line one\nline two\u0009tab\n\n  and more", "\u001b[31mred\u001b[0m ünïcödé ✓ a.b/c.d", {"k": {"n": [1, 2.0, None, True, "x"]}}, "", '{"k": 1}', 123456789012345678901234567890] %}["it's \"quoted\" \\ $HOME $(id) `id` {{ '{' }}{workflow.name}} {{ '{' }}{item}} ${x} %d","line one\nline two\ttab\n\n  and more","\u001b[31mred\u001b[0m ünïcödé ✓ a.b/c.d",{"k":{"n":[1,2.0,null,true,"x"]}},"","{\"k\": 1}",123456789012345678901234567890]{% else %}{{ params["items"] | tojson }}{% endif %}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-items-hostile",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param(["it's \"quoted\" \\ $HOME $(id) `id` {{workflow.name}} {{item}} ${x} %d", "line one\nline two\u0009tab\n\n  and more", "\u001b[31mred\u001b[0m ünïcödé ✓ a.b/c.d", {"k": {"n": [1, 2.0, None, True, "x"]}}, "", '{"k": 1}', 123456789012345678901234567890]),
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
def map_items_hostile():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over items as item"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item")
        def item_group(index: int):
            """the body for each item; its index is ti.map_index"""
            # python: steps.same
            in_python = BashOperator(
                task_id="in_python",
                bash_command="runnable-step run each.{{ ti.map_index }}.in%20python",
            )
            # shell: printf %s "$item" > "$RUNNABLE_RETURNS/text"
            in_shell = BashOperator(
                task_id="in_shell",
                bash_command="runnable-step run each.{{ ti.map_index }}.in%20shell",
            )
            # stub
            end = BashOperator(
                task_id="end",
                bash_command="runnable-step run each.{{ ti.map_index }}.end",
                trigger_rule="all_done",
            )
            [in_python, in_shell] >> end

        item = item_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        item >> reduce

    each = each_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-items-hostile","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","iterate_on":"items","iterate_as":"item","branch":{"style":"needs","steps":[
  {"type":"task","name":"in python","command_type":"python","command":"steps.same","returns":[{"name":"same"}]},
  {"type":"task","name":"in shell","command_type":"shell","command":"printf %s \"$item\" > \"$RUNNABLE_RETURNS/text\"","returns":[{"name":"text","kind":"text"}]},
  {"type":"stub","name":"end","needs":["in python","in shell"]}
 ]}}
]}'''

map_items_hostile()
