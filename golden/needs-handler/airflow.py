"""needs-handler, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="needs-handler",
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
def needs_handler():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export from=a; exit 1; on failure mend
    a = BashOperator(task_id="a", bash_command="runnable-step run a")
    # shell: export from=mend
    mend = BashOperator(task_id="mend", bash_command="runnable-step run mend", trigger_rule="one_failed")
    # shell: export b="from $from"
    b = BashOperator(task_id="b", bash_command="runnable-step run b", trigger_rule="all_done")
    # shell: export side=1; on failure idle
    side = BashOperator(task_id="side", bash_command="runnable-step run side")
    # stub
    idle = BashOperator(task_id="idle", bash_command="runnable-step run idle", trigger_rule="one_failed")
    # shell: export d="$b, $side"
    d = BashOperator(task_id="d", bash_command="runnable-step run d", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [a, side]
    a >> mend
    [a, mend] >> b
    side >> idle
    [b, side, idle] >> d >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-handler","style":"needs","steps":[
{"type":"task","name":"a","on_failure":"mend","command_type":"shell","command":"export from=a; exit 1","returns":[{"name":"from"}]},
{"type":"task","name":"mend","command_type":"shell","command":"export from=mend","returns":[{"name":"from"}]},
{"type":"task","name":"b","needs":["a"],"command_type":"shell","command":"export b=\"from $from\"","returns":[{"name":"b"}]},
{"type":"task","name":"side","on_failure":"idle","command_type":"shell","command":"export side=1","returns":[{"name":"side"}]},
{"type":"stub","name":"idle"},
{"type":"task","name":"d","needs":["b","side"],"command_type":"shell","command":"export d=\"$b, $side\"","returns":[{"name":"d"}]}
]}'''

needs_handler()
