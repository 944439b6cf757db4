"""python-binding, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"number": {{ params["number"] | tojson }},
"ratio": {{ params["ratio"] | tojson }},
"text": {{ params["text"] | tojson }},
"tags": {{ params["tags"] | tojson }},
"point": {{ params["point"] | tojson }},
"table": {{ params["table"] | tojson }},
"nothing": {{ params["nothing"] | tojson }},
"mode": {{ params["mode"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="python-binding",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "number": Param("3"),
        "ratio": Param(2.5),
        "text": Param("seven"),
        "tags": Param(["a", "b"]),
        "point": Param({"x": 1}),
        "table": Param({"one": 1}),
        "nothing": Param(None),
        "mode": Param("fast"),
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
def python_binding():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.casts
    casts = BashOperator(task_id="casts", bash_command="runnable-step run casts")
    # python: steps.optional
    optional = BashOperator(task_id="optional", bash_command="runnable-step run optional")
    # python: steps.rest
    rest = BashOperator(task_id="rest", bash_command="runnable-step run rest")
    # python: steps.namespace
    namespace = BashOperator(task_id="namespace", bash_command="runnable-step run namespace")

    @task_group(group_id="each")
    def each_group():
        """map: over tags as tag"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="tag")
        def tag_group(index: int):
            """the body for each tag; its index is ti.map_index"""
            # python: steps.item
            item = BashOperator(task_id="item", bash_command="runnable-step run each.{{ ti.map_index }}.item")

        tag = tag_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        tag >> reduce

    each = each_group()

    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [casts, optional, rest, namespace, each]
    [casts, optional, rest, namespace, each] >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-binding","style":"needs","steps":[
{"type":"task","name":"casts","command_type":"python","command":"steps.casts","returns":[{"name":"casts"}]},
{"type":"task","name":"optional","command_type":"python","command":"steps.optional","returns":[{"name":"optional"}]},
{"type":"task","name":"rest","command_type":"python","command":"steps.rest","returns":[{"name":"rest"}]},
{"type":"task","name":"namespace","command_type":"python","command":"steps.namespace","returns":[{"name":"namespace"}]},
{"type":"map","name":"each","iterate_on":"tags","iterate_as":"tag","branch":{"start_at":"item","steps":[
  {"type":"task","name":"item","next":"success","command_type":"python","command":"steps.item","returns":[{"name":"item"}]}
 ]}},
{"type":"stub","name":"end","needs":["casts","optional","rest","namespace","each"]}
]}'''

python_binding()
