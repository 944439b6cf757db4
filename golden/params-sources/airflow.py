"""params-sources, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"color": {{ params["color"] | tojson }},
"shape": {{ params["shape"] | tojson }},
"FooBar": {{ params["FooBar"] | tojson }},
"depth": {% if params["depth"] == {"x": [1, 2.0]} %}{"x":[1,2.0]}{% else %}{{ params["depth"] | tojson }}{% endif %},
"txt": {{ params["txt"] | tojson }},
"octal": {{ params["octal"] | tojson }},
"decimal": {{ params["decimal"] | tojson }},
"thousand": {% if params["thousand"] == 1e3 %}1e3{% else %}{{ params["thousand"] | tojson }}{% endif %},
"one": {% if params["one"] == 1.0 %}1.0{% else %}{{ params["one"] | tojson }}{% endif %},
"day": {% if params["day"] == "2026-03-01" %}"2026-03-01"{% else %}{{ params["day"] | tojson }}{% endif %},
"word": {{ params["word"] | tojson }},
"nul": {{ params["nul"] | tojson }},
"big": {% if params["big"] == 123456789012345678901234567890 %}123456789012345678901234567890{% else %}{{ params["big"] | tojson }}{% endif %},
"sep": {{ params["sep"] | tojson }},
"new": {{ params["new"] | tojson }},
"e": {% if params["e"] == 1e3 %}1e3{% else %}{{ params["e"] | tojson }}{% endif %},
"empty": {{ params["empty"] | tojson }},
"list": {{ params["list"] | tojson }},
"nothing": {{ params["nothing"] | tojson }},
"sp": {{ params["sp"] | tojson }},
"t2": {{ params["t2"] | tojson }},
"z": {{ params["z"] | tojson }},
"eq": {{ params["eq"] | tojson }}
}'''


@dag(
    dag_id="params-sources",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "color": Param("green"),
        "shape": Param("square"),
        "FooBar": Param({"a": 1}),
        "depth": Param({"x": [1, 2.0]}),
        "txt": Param("007"),
        "octal": Param(12),
        "decimal": Param(14),
        "thousand": Param(1e3),
        "one": Param(1.0),
        "day": Param("2026-03-01"),
        "word": Param("yes"),
        "nul": Param(None),
        "big": Param(123456789012345678901234567890),
        "sep": Param("1_000"),
        "new": Param(True),
        "e": Param(1e3),
        "empty": Param(""),
        "list": Param([1, "a"]),
        "nothing": Param(None),
        "sp": Param(5),
        "t2": Param("True"),
        "z": Param("007"),
        "eq": Param("a=b"),
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
def params_sources():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.look
    look = BashOperator(task_id="look", bash_command="runnable-step run look")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> look >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-sources","start_at":"look","steps":[
{"type":"task","name":"look","next":"success","command_type":"python","command":"steps.look","returns":[{"name":"types"}]}
]}'''

params_sources()
