"""secrets-hostile, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="secrets-hostile",
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
def secrets_hostile():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: printf "%s\n" "$QUOTES" "$SHELL_TEXT" "$TEMPLATE" "$PAGE" "$FLAG" "$L…
    shell = BashOperator(
        task_id="shell",
        bash_command='[ -n "$FLAG" ] || unset FLAG; [ -n "$LINES_" ] || unset LINES_; [ -n "$PAGE" ] || unset PAGE; [ -n "$QUOTES" ] || unset QUOTES; [ -n "$SHELL_TEXT" ] || unset SHELL_TEXT; [ -n "$TEMPLATE" ] || unset TEMPLATE; runnable-step run shell',
        env=ENV | {"FLAG": "{{ conn.get('FLAG', {}).password | default('', true) }}", "LINES_": "{{ conn.get('LINES_', {}).password | default('', true) }}", "PAGE": "{{ conn.get('PAGE', {}).password | default('', true) }}", "QUOTES": "{{ conn.get('QUOTES', {}).password | default('', true) }}", "SHELL_TEXT": "{{ conn.get('SHELL_TEXT', {}).password | default('', true) }}", "TEMPLATE": "{{ conn.get('TEMPLATE', {}).password | default('', true) }}"},
    )
    # python: steps.check
    python = BashOperator(
        task_id="python",
        bash_command='[ -n "$FLAG" ] || unset FLAG; [ -n "$LINES_" ] || unset LINES_; [ -n "$PAGE" ] || unset PAGE; [ -n "$QUOTES" ] || unset QUOTES; [ -n "$SHELL_TEXT" ] || unset SHELL_TEXT; [ -n "$TEMPLATE" ] || unset TEMPLATE; runnable-step run python',
        env=ENV | {"FLAG": "{{ conn.get('FLAG', {}).password | default('', true) }}", "LINES_": "{{ conn.get('LINES_', {}).password | default('', true) }}", "PAGE": "{{ conn.get('PAGE', {}).password | default('', true) }}", "QUOTES": "{{ conn.get('QUOTES', {}).password | default('', true) }}", "SHELL_TEXT": "{{ conn.get('SHELL_TEXT', {}).password | default('', true) }}", "TEMPLATE": "{{ conn.get('TEMPLATE', {}).password | default('', true) }}"},
    )
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> shell >> python >> result


DEFINITION = r'''{"runnable_ir":1,"name":"secrets-hostile","start_at":"shell","steps":[
{"type":"task","name":"shell","next":"python","command_type":"shell","command":"printf \"%s\\n\" \"$QUOTES\" \"$SHELL_TEXT\" \"$TEMPLATE\" \"$PAGE\" \"$FLAG\" \"$LINES_\"\nhash() { printf %s \"$1\" | sha256sum | cut -c1-16; }\nexport quotes=\"$(hash \"$QUOTES\")\" shell=\"$(hash \"$SHELL_TEXT\")\" template=\"$(hash \"$TEMPLATE\")\"\nexport page=\"$(hash \"$PAGE\")\" flag=\"$(hash \"$FLAG\")\" lines=\"$(hash \"$LINES_\")\"\n","returns":[{"name":"quotes"},{"name":"shell"},{"name":"template"},{"name":"page"},{"name":"flag"},{"name":"lines"}],"secrets":["QUOTES","SHELL_TEXT","TEMPLATE","PAGE","FLAG","LINES_"]},
{"type":"task","name":"python","next":"success","command_type":"python","command":"steps.check","returns":[{"name":"same"}],"secrets":["QUOTES","SHELL_TEXT","TEMPLATE","PAGE","FLAG","LINES_"]}
]}'''

secrets_hostile()
