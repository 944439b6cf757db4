"""shell-returns, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="shell-returns",
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
def shell_returns():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export i=1 f=3.14 s=hello …
    exports = BashOperator(task_id="exports", bash_command="runnable-step run exports")
    # shell: false || true …
    last_status = BashOperator(task_id="last_status", bash_command="runnable-step run last%20status")
    # shell: [ "$i" = 1 ] && [ "$f" = 3.14 ] && [ "$s" = hello ] && [ "$p" = '{"x"…
    reads = BashOperator(task_id="reads", bash_command="runnable-step run reads")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> exports >> last_status >> reads >> result


DEFINITION = r'''{"runnable_ir":1,"name":"shell-returns","start_at":"exports","steps":[
{"type":"task","name":"exports","next":"last status","command_type":"shell","command":"export i=1 f=3.14 s=hello\nexport p='{\"x\": 10, \"foo\": \"bar\"}'\nexport q='\"quoted\"'\nexport blanks=\"  both  \"\nexport lines=\"one\ntwo\"\nexport tricky='a=b; $(c) `d` \\ \"e\"'\nexport nothing=null empty=\nexport one=1.0\nexport big=123456789012345678901234567890\necho '[/x] looks like markup'\nexit 0\n","returns":[{"name":"i"},{"name":"f"},{"name":"s"},{"name":"p"},{"name":"q"},{"name":"blanks"},{"name":"lines"},{"name":"tricky"},{"name":"nothing"},{"name":"empty"},{"name":"one"},{"name":"big"}]},
{"type":"task","name":"last status","next":"reads","command_type":"shell","command":"false || true\n(exit 3)\nexport x=4\n","returns":[{"name":"x"}]},
{"type":"task","name":"reads","next":"success","command_type":"shell","command":"[ \"$i\" = 1 ] && [ \"$f\" = 3.14 ] && [ \"$s\" = hello ] && [ \"$p\" = '{\"x\": 10, \"foo\": \"bar\"}' ] &&\n[ \"$q\" = quoted ] && [ \"$blanks\" = \"  both  \" ] && [ \"$tricky\" = 'a=b; $(c) `d` \\ \"e\"' ] &&\n[ \"$nothing\" = null ] && [ \"$empty\" = \"\" ] && [ \"$one\" = 1.0 ] &&\n[ \"$big\" = 123456789012345678901234567890 ]\n"}
]}'''

shell_returns()
