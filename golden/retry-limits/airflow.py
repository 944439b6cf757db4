"""retry-limits, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="retry-limits",
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
def retry_limits():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 3; retried by the runner
    wanted = BashOperator(task_id="wanted", bash_command="runnable-step run wanted")
    # shell: exit 4; retried by the runner
    unwanted = BashOperator(task_id="unwanted", bash_command="runnable-step run unwanted")
    # shell: exit 5; retried by the runner
    errors = BashOperator(task_id="errors", bash_command="runnable-step run errors")
    # shell: exit 6; retried by the runner
    not_late = BashOperator(task_id="not_late", bash_command="runnable-step run not%20late")
    # shell: sleep 60; retried by the runner
    late = BashOperator(task_id="late", bash_command="runnable-step run late")
    # shell: exit 1; retried by the runner
    max_attempts = BashOperator(task_id="max_attempts", bash_command="runnable-step run max%20attempts")
    # stub
    all = BashOperator(task_id="all", bash_command="runnable-step run all", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [wanted, unwanted, errors, not_late, late, max_attempts]
    [wanted, unwanted, errors, not_late, late, max_attempts] >> all >> result


DEFINITION = r'''{"runnable_ir":1,"name":"retry-limits","style":"needs","steps":[
{"type":"task","name":"wanted","on_failure":"success","command_type":"shell","command":"exit 3","retry":{"limit":1,"on":["3"]}},
{"type":"task","name":"unwanted","on_failure":"success","command_type":"shell","command":"exit 4","retry":{"limit":1,"on":["3"]}},
{"type":"task","name":"errors","on_failure":"success","command_type":"shell","command":"exit 5","retry":{"limit":1,"on":["error"]}},
{"type":"task","name":"not late","on_failure":"success","command_type":"shell","command":"exit 6","retry":{"limit":1,"on":["timeout"]}},
{"type":"task","name":"late","on_failure":"success","command_type":"shell","command":"sleep 60","retry":{"limit":1,"on":["timeout"]},"timeout":"1s"},
{"type":"task","name":"max attempts","on_failure":"success","command_type":"shell","command":"exit 1","retry":{"limit":1}},
{"type":"stub","name":"all","needs":["wanted","unwanted","errors","not late","late","max attempts"]}
]}'''

retry_limits()
