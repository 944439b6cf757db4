"""failure-kinds, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="failure-kinds",
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
def failure_kinds():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 3; on failure exits told
    exits = BashOperator(task_id="exits", bash_command="runnable-step run exits")
    # shell: export exits="$RUNNABLE_FAILURE_KIND"
    exits_told = BashOperator(
        task_id="exits_told",
        bash_command="runnable-step run exits%20told",
        trigger_rule="one_failed",
    )
    # shell: kill -TERM $$; sleep 5; on failure killed told
    killed = BashOperator(task_id="killed", bash_command="runnable-step run killed")
    # shell: export killed="$RUNNABLE_FAILURE_KIND"
    killed_told = BashOperator(
        task_id="killed_told",
        bash_command="runnable-step run killed%20told",
        trigger_rule="one_failed",
    )
    # shell: sleep 60; on failure late told
    late = BashOperator(task_id="late", bash_command="runnable-step run late")
    # shell: export late="$RUNNABLE_FAILURE_KIND"
    late_told = BashOperator(
        task_id="late_told",
        bash_command="runnable-step run late%20told",
        trigger_rule="one_failed",
    )
    # shell: missing=1; on failure unset told
    unset = BashOperator(task_id="unset", bash_command="runnable-step run unset")
    # shell: export unset="$RUNNABLE_FAILURE_KIND"
    unset_told = BashOperator(
        task_id="unset_told",
        bash_command="runnable-step run unset%20told",
        trigger_rule="one_failed",
    )
    # stub
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [exits, killed, late, unset]
    exits >> exits_told
    killed >> killed_told
    late >> late_told
    unset >> unset_told
    [exits, exits_told, killed, killed_told, late, late_told, unset, unset_told] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-kinds","style":"needs","steps":[
{"type":"task","name":"exits","on_failure":"exits told","command_type":"shell","command":"exit 3"},
{"type":"task","name":"exits told","command_type":"shell","command":"export exits=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"exits"}]},
{"type":"task","name":"killed","on_failure":"killed told","command_type":"shell","command":"kill -TERM $$; sleep 5"},
{"type":"task","name":"killed told","command_type":"shell","command":"export killed=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"killed"}]},
{"type":"task","name":"late","on_failure":"late told","command_type":"shell","command":"sleep 60","timeout":"1s"},
{"type":"task","name":"late told","command_type":"shell","command":"export late=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"late"}]},
{"type":"task","name":"unset","on_failure":"unset told","command_type":"shell","command":"missing=1","returns":[{"name":"missing"}]},
{"type":"task","name":"unset told","command_type":"shell","command":"export unset=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"unset"}]},
{"type":"stub","name":"join","needs":["exits","killed","late","unset"]}
]}'''

failure_kinds()
