"""catalog-no-match, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="catalog-no-match",
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
def catalog_no_match():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: true
    nothing_put = BashOperator(task_id="nothing_put", bash_command="runnable-step run nothing%20put")
    # shell: true
    nothing_to_get = BashOperator(task_id="nothing_to_get", bash_command="runnable-step run nothing%20to%20get")
    # shell: echo partial > evidence.txt; exit 1; on failure inspect
    fails = BashOperator(task_id="fails", bash_command="runnable-step run fails")
    # shell: export found=$(cat evidence.txt)
    inspect = BashOperator(task_id="inspect", bash_command="runnable-step run inspect", trigger_rule="one_failed")
    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [nothing_put, nothing_to_get, fails]
    fails >> inspect
    [nothing_put, nothing_to_get, fails, inspect] >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"catalog-no-match","style":"needs","steps":[
{"type":"task","name":"nothing put","on_failure":"success","command_type":"shell","command":"true","catalog":{"put":["*.parquet"]}},
{"type":"task","name":"nothing to get","on_failure":"success","command_type":"shell","command":"true","catalog":{"get":["nowhere.txt"]}},
{"type":"task","name":"fails","on_failure":"inspect","command_type":"shell","command":"echo partial > evidence.txt; exit 1","catalog":{"put":["evidence.txt","*.parquet"]}},
{"type":"task","name":"inspect","command_type":"shell","command":"export found=$(cat evidence.txt)","returns":[{"name":"found"}],"catalog":{"get":["evidence.txt"]}},
{"type":"stub","name":"end","needs":["nothing put","nothing to get","fails"]}
]}'''

catalog_no_match()
