"""folders-needs, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="folders-needs",
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
def folders_needs():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo begin > data.csv
    begin_e6f07d = BashOperator(task_id="begin_e6f07d", bash_command="runnable-step run begin")
    # shell: sleep 0.2; echo left > data.csv
    left = BashOperator(task_id="left", bash_command="runnable-step run left")
    # shell: sleep 0.2; export l="$(cat data.csv)"
    left_read = BashOperator(task_id="left_read", bash_command="runnable-step run left_read")
    # shell: sleep 0.2; echo right > data.csv
    right = BashOperator(task_id="right", bash_command="runnable-step run right")
    # shell: sleep 0.2; export r="$(cat data.csv)"
    right_read = BashOperator(task_id="right_read", bash_command="runnable-step run right_read")
    # shell: export last="$(cat data.csv)"
    both = BashOperator(task_id="both", bash_command="runnable-step run both", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> begin_e6f07d >> left >> left_read
    begin_e6f07d >> right >> right_read
    [left_read, right_read] >> both >> result


DEFINITION = r'''{"runnable_ir":1,"name":"folders-needs","style":"needs","steps":[
{"type":"task","name":"begin","command_type":"shell","command":"echo begin > data.csv","catalog":{"put":["data.csv"]}},
{"type":"task","name":"left","needs":["begin"],"command_type":"shell","command":"sleep 0.2; echo left > data.csv","catalog":{"put":["data.csv"]}},
{"type":"task","name":"left_read","needs":["left"],"command_type":"shell","command":"sleep 0.2; export l=\"$(cat data.csv)\"","returns":[{"name":"l"}],"catalog":{"get":["data.csv"]}},
{"type":"task","name":"right","needs":["begin"],"command_type":"shell","command":"sleep 0.2; echo right > data.csv","catalog":{"put":["data.csv"]}},
{"type":"task","name":"right_read","needs":["right"],"command_type":"shell","command":"sleep 0.2; export r=\"$(cat data.csv)\"","returns":[{"name":"r"}],"catalog":{"get":["data.csv"]}},
{"type":"task","name":"both","needs":["right_read","left_read"],"command_type":"shell","command":"export last=\"$(cat data.csv)\"","returns":[{"name":"last"}],"catalog":{"get":["data.csv"]}}
]}'''

folders_needs()
