"""needs-diamond, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="needs-diamond",
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
def needs_diamond():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export a=a
    a = BashOperator(task_id="a", bash_command="runnable-step run a")
    # shell: export b="b($a)"
    b = BashOperator(task_id="b", bash_command="runnable-step run b")
    # shell: export c="c($a)"
    c = BashOperator(task_id="c", bash_command="runnable-step run c")
    # shell: export d="$b+$c"
    d = BashOperator(task_id="d", bash_command="runnable-step run d", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> a >> b
    a >> c
    [b, c] >> d >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-diamond","style":"needs","steps":[
{"type":"task","name":"d","needs":["b","c"],"command_type":"shell","command":"export d=\"$b+$c\"","returns":[{"name":"d"}]},
{"type":"task","name":"b","needs":["a"],"command_type":"shell","command":"export b=\"b($a)\"","returns":[{"name":"b"}]},
{"type":"task","name":"c","needs":["a"],"command_type":"shell","command":"export c=\"c($a)\"","returns":[{"name":"c"}]},
{"type":"task","name":"a","command_type":"shell","command":"export a=a","returns":[{"name":"a"}]}
]}'''

needs_diamond()
