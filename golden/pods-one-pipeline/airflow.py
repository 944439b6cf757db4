"""pods-one-pipeline, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="pods-one-pipeline",
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
def pods_one_pipeline():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # the whole pipeline in one task, as it says
    pipeline = BashOperator(task_id="pipeline", bash_command="runnable-step subtree -")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> pipeline >> result


DEFINITION = r'''{"runnable_ir":1,"name":"pods-one-pipeline","pods":"one","style":"needs","steps":[
{"type":"task","name":"load","needs":[],"command_type":"shell","command":"export rows=3","returns":[{"name":"rows"}]},
{"type":"task","name":"left","needs":["load"],"command_type":"shell","command":"export a=$((rows + 1))","returns":[{"name":"a"}],"resources":{"memory":"1Gi"}},
{"type":"task","name":"right","needs":["load"],"on_failure":"mend","command_type":"shell","command":"exit 1","resources":{"memory":"3Gi"}},
{"type":"task","name":"mend","command_type":"shell","command":"export b=mended","returns":[{"name":"b"}]},
{"type":"task","name":"join","needs":["left","right"],"command_type":"shell","command":"export c=\"$a $b\"","returns":[{"name":"c"}]}
]}'''

pods_one_pipeline()
