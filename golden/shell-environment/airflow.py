"""shell-environment, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"PATH": {{ params["PATH"] | tojson }},
"IFS": {{ params["IFS"] | tojson }},
"flag": {{ params["flag"] | tojson }},
"none": {{ params["none"] | tojson }},
"list": {{ params["list"] | tojson }},
"dashed-name": {{ params["dashed-name"] | tojson }}
}'''


@dag(
    dag_id="shell-environment",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "PATH": Param("nonsense"),
        "IFS": Param("x"),
        "flag": Param(True),
        "none": Param(None),
        "list": Param([1, "a", {"b": None}]),
        "dashed-name": Param("reachable"),
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
def shell_environment():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.big
    big_one = BashOperator(task_id="big_one", bash_command="runnable-step run big%20one")
    # shell: set -e …
    looks = BashOperator(task_id="looks", bash_command="runnable-step run looks")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> big_one >> looks >> result


DEFINITION = r'''{"runnable_ir":1,"name":"shell-environment","start_at":"big one","steps":[
{"type":"task","name":"big one","next":"looks","command_type":"python","command":"steps.big","returns":[{"name":"big"}]},
{"type":"task","name":"looks","next":"success","command_type":"shell","command":"set -e\n[ \"$PATH\" != nonsense ] && command -v cat > /dev/null\n[ \"${IFS#x}\" = \"$IFS\" ]\n[ \"$(cat \"$RUNNABLE_PARAMS/PATH\")\" = nonsense ]\n[ \"$flag\" = true ] && [ \"$none\" = null ] && [ \"$list\" = '[1, \"a\", {\"b\": null}]' ]\n[ \"$GREETING\" = \"hi there\" ]\n[ -z \"${big+set}\" ]\nexport bytes=$(($(wc -c < \"$RUNNABLE_PARAMS/big\")))\nexport dashed=\"$(cat \"$RUNNABLE_PARAMS/dashed-name\")\"\nexport big=gone\n","returns":[{"name":"bytes"},{"name":"dashed"},{"name":"big"}],"env":{"GREETING":"hi there"}}
]}'''

shell_environment()
