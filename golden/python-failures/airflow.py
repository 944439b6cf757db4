"""python-failures, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"word": {{ params["word"] | tojson }},
"needle": {{ params["needle"] | tojson }}
}'''


@dag(
    dag_id="python-failures",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "word": Param("seven"),
        "needle": Param(1),
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
def python_failures():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.wants
    missing_argument = BashOperator(task_id="missing_argument", bash_command="runnable-step run missing%20argument")
    # python: steps.three
    wrong_count = BashOperator(task_id="wrong_count", bash_command="runnable-step run wrong%20count")
    # python: steps.a_list
    a_list = BashOperator(task_id="a_list", bash_command="runnable-step run a%20list")
    # python: steps.mapping
    missing_key = BashOperator(task_id="missing_key", bash_command="runnable-step run missing%20key")
    # python: steps.cast
    bad_cast = BashOperator(task_id="bad_cast", bash_command="runnable-step run bad%20cast")
    # python: no_such_module.function
    no_module = BashOperator(task_id="no_module", bash_command="runnable-step run no%20module")
    # python: steps.no_such_function
    no_function = BashOperator(task_id="no_function", bash_command="runnable-step run no%20function")
    # python: steps.not_finite
    not_finite = BashOperator(task_id="not_finite", bash_command="runnable-step run not%20finite")
    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [
        missing_argument,
        wrong_count,
        a_list,
        missing_key,
        bad_cast,
        no_module,
        no_function,
        not_finite,
    ]
    [
        missing_argument,
        wrong_count,
        a_list,
        missing_key,
        bad_cast,
        no_module,
        no_function,
        not_finite,
    ] >> end
    end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-failures","style":"needs","steps":[
{"type":"task","name":"missing argument","on_failure":"success","command_type":"python","command":"steps.wants"},
{"type":"task","name":"wrong count","on_failure":"success","command_type":"python","command":"steps.three","returns":[{"name":"three_a"},{"name":"three_b"}]},
{"type":"task","name":"a list","on_failure":"success","command_type":"python","command":"steps.a_list","returns":[{"name":"list_a"},{"name":"list_b"}]},
{"type":"task","name":"missing key","on_failure":"success","command_type":"python","command":"steps.mapping","returns":[{"name":"a"},{"name":"b"}]},
{"type":"task","name":"bad cast","on_failure":"success","command_type":"python","command":"steps.cast"},
{"type":"task","name":"no module","on_failure":"success","command_type":"python","command":"no_such_module.function"},
{"type":"task","name":"no function","on_failure":"success","command_type":"python","command":"steps.no_such_function"},
{"type":"task","name":"not finite","on_failure":"success","command_type":"python","command":"steps.not_finite","returns":[{"name":"nan"}]},
{"type":"stub","name":"end","needs":["missing argument","wrong count","a list","missing key","bad cast","no module","no function","not finite"]}
]}'''

python_failures()
