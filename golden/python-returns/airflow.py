"""python-returns, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="python-returns",
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
def python_returns():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.pair
    whole = BashOperator(task_id="whole", bash_command="runnable-step run whole")
    # python: steps.pair
    pair = BashOperator(task_id="pair", bash_command="runnable-step run pair")
    # python: steps.mapping
    mapping = BashOperator(task_id="mapping", bash_command="runnable-step run mapping")
    # python: steps.mapping
    keyed = BashOperator(task_id="keyed", bash_command="runnable-step run keyed")
    # python: steps.none
    none = BashOperator(task_id="none", bash_command="runnable-step run none")
    # python: steps.pair
    unnamed = BashOperator(task_id="unnamed", bash_command="runnable-step run unnamed")
    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [whole, pair, mapping, keyed, none, unnamed]
    [whole, pair, mapping, keyed, none, unnamed] >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"python-returns","style":"needs","steps":[
{"type":"task","name":"whole","command_type":"python","command":"steps.pair","returns":[{"name":"whole"}]},
{"type":"task","name":"pair","command_type":"python","command":"steps.pair","returns":[{"name":"left"},{"name":"right"}]},
{"type":"task","name":"mapping","command_type":"python","command":"steps.mapping","returns":[{"name":"p"},{"name":"q"}]},
{"type":"task","name":"keyed","command_type":"python","command":"steps.mapping","returns":[{"name":"best","key":"p"}]},
{"type":"task","name":"none","command_type":"python","command":"steps.none","returns":[{"name":"none"}]},
{"type":"task","name":"unnamed","command_type":"python","command":"steps.pair"},
{"type":"stub","name":"end","needs":["whole","pair","mapping","keyed","none","unnamed"]}
]}'''

python_returns()
