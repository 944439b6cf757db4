"""python-values, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"version": {% if params["version"] == 1.10 %}1.10{% else %}{{ params["version"] | tojson }}{% endif %},
"sha": {% if params["sha"] == 1234567e8 %}1234567e8{% else %}{{ params["sha"] | tojson }}{% endif %},
"flag": {{ params["flag"] | tojson }},
"digits": {% if params["digits"] == 0.12345678901234567890123 %}0.12345678901234567890123{% else %}{{ params["digits"] | tojson }}{% endif %},
"ratio": {% if params["ratio"] == 2.50 %}2.50{% else %}{{ params["ratio"] | tojson }}{% endif %},
"versions": {% if params["versions"] == [1.10, 2.0, 3] %}[1.10,2.0,3]{% else %}{{ params["versions"] | tojson }}{% endif %},
"pet": {{ params["pet"] | tojson }},
"record": {{ params["record"] | tojson }},
"pause": {{ params["pause"] | tojson }},
"ratios": {{ params["ratios"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="python-values",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "version": Param(1.10),
        "sha": Param(1234567e8),
        "flag": Param(True),
        "digits": Param(0.12345678901234567890123),
        "ratio": Param(2.50),
        "versions": Param([1.10, 2.0, 3]),
        "pet": Param({"bark": 1}),
        "record": Param({"n": "3"}),
        "pause": Param(90),
        "ratios": Param([1, 1.9]),
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
def python_values():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.written
    written = BashOperator(task_id="written", bash_command="runnable-step run written")
    # shell: export told="$version $sha $flag $ratio $(cat "$RUNNABLE_PARAMS/versi…
    in_shell = BashOperator(task_id="in_shell", bash_command="runnable-step run in%20shell")
    # python: steps.records
    records = BashOperator(task_id="records", bash_command="runnable-step run records")

    @task_group(group_id="each")
    def each_group():
        """map: over versions as one"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="one")
        def one_group(index: int):
            """the body for each one; its index is ti.map_index"""
            # python: steps.item
            item = BashOperator(task_id="item", bash_command="runnable-step run each.{{ ti.map_index }}.item")
            # shell: export bare="$one"
            item_in_shell = BashOperator(
                task_id="item_in_shell",
                bash_command="runnable-step run each.{{ ti.map_index }}.item%20in%20shell",
            )
            # stub
            end = BashOperator(
                task_id="end",
                bash_command="runnable-step run each.{{ ti.map_index }}.end",
                trigger_rule="all_done",
            )
            [item, item_in_shell] >> end

        one = one_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        one >> reduce

    each = each_group()

    # python: steps.make
    make = BashOperator(task_id="make", bash_command="runnable-step run make")
    # python: steps.take
    take = BashOperator(task_id="take", bash_command="runnable-step run take")
    # python: steps.no_int
    no_int = BashOperator(task_id="no_int", bash_command="runnable-step run no%20int")
    # python: steps.no_union
    no_union = BashOperator(task_id="no_union", bash_command="runnable-step run no%20union")
    # python: steps.no_item
    no_item = BashOperator(task_id="no_item", bash_command="runnable-step run no%20item")
    # python: steps.no_field
    no_field = BashOperator(task_id="no_field", bash_command="runnable-step run no%20field")
    # python: steps.no_keys
    no_keys = BashOperator(task_id="no_keys", bash_command="runnable-step run no%20keys")
    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [
        written,
        in_shell,
        records,
        each,
        make,
        no_int,
        no_union,
        no_item,
        no_field,
        no_keys,
    ]
    make >> take
    [
        written,
        in_shell,
        records,
        each,
        take,
        no_int,
        no_union,
        no_item,
        no_field,
        no_keys,
    ] >> end
    end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-values","style":"needs","steps":[
{"type":"task","name":"written","command_type":"python","command":"steps.written","returns":[{"name":"written"}]},
{"type":"task","name":"in shell","command_type":"shell","command":"export told=\"$version $sha $flag $ratio $(cat \"$RUNNABLE_PARAMS/version\")\"","returns":[{"name":"told","kind":"text"}]},
{"type":"task","name":"records","command_type":"python","command":"steps.records","returns":[{"name":"kinds"},{"name":"row"},{"name":"seconds"}]},
{"type":"map","name":"each","iterate_on":"versions","iterate_as":"one","branch":{"style":"needs","steps":[
  {"type":"task","name":"item","command_type":"python","command":"steps.item","returns":[{"name":"item"}]},
  {"type":"task","name":"item in shell","command_type":"shell","command":"export bare=\"$one\"","returns":[{"name":"bare","kind":"text"}]},
  {"type":"stub","name":"end","needs":["item","item in shell"]}
 ]}},
{"type":"task","name":"make","command_type":"python","command":"steps.make","returns":[{"name":"tags"},{"name":"span"},{"name":"loss","kind":"metric"},{"name":"price"}]},
{"type":"task","name":"take","needs":["make"],"command_type":"python","command":"steps.take","returns":[{"name":"taken"}]},
{"type":"task","name":"no int","on_failure":"success","command_type":"python","command":"steps.no_int"},
{"type":"task","name":"no union","on_failure":"success","command_type":"python","command":"steps.no_union"},
{"type":"task","name":"no item","on_failure":"success","command_type":"python","command":"steps.no_item"},
{"type":"task","name":"no field","on_failure":"success","command_type":"python","command":"steps.no_field"},
{"type":"task","name":"no keys","on_failure":"success","command_type":"python","command":"steps.no_keys","returns":[{"name":"nothing"}]},
{"type":"stub","name":"end","needs":["written","in shell","records","each","take","no int","no union","no item","no field","no keys"]}
]}'''

python_values()
