"""secret-returned, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="secret-returned",
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
def secret_returned():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export said="I was told $TOKEN"; on failure plain_seen
    plain = BashOperator(
        task_id="plain",
        bash_command='[ -n "$TOKEN" ] || unset TOKEN; runnable-step run plain',
        env=ENV | {"TOKEN": "{{ conn.get('TOKEN', {}).password | default('', true) }}"},
    )
    # shell: export plain="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    plain_seen = BashOperator(
        task_id="plain_seen",
        bash_command="runnable-step run plain_seen",
        trigger_rule="one_failed",
    )
    # shell: printf 'user:%s' "$TOKEN" | base64 …; on failure encoded_seen
    encoded = BashOperator(
        task_id="encoded",
        bash_command='[ -n "$TOKEN" ] || unset TOKEN; runnable-step run encoded',
        trigger_rule="all_done",
        env=ENV | {"TOKEN": "{{ conn.get('TOKEN', {}).password | default('', true) }}"},
    )
    # shell: export encoded="$RUNNABLE_FAILURE_KIND"
    encoded_seen = BashOperator(
        task_id="encoded_seen",
        bash_command="runnable-step run encoded_seen",
        trigger_rule="one_failed",
    )
    # shell: export pin=$PIN; on failure number_seen
    number = BashOperator(
        task_id="number",
        bash_command='[ -n "$PIN" ] || unset PIN; runnable-step run number',
        trigger_rule="all_done",
        env=ENV | {"PIN": "{{ conn.get('PIN', {}).password | default('', true) }}"},
    )
    # shell: export number="$RUNNABLE_FAILURE_KIND"
    number_seen = BashOperator(
        task_id="number_seen",
        bash_command="runnable-step run number_seen",
        trigger_rule="one_failed",
    )
    # python: steps.deep; on failure deep_seen
    deep = BashOperator(
        task_id="deep",
        bash_command='[ -n "$TOKEN" ] || unset TOKEN; runnable-step run deep',
        trigger_rule="all_done",
        env=ENV | {"TOKEN": "{{ conn.get('TOKEN', {}).password | default('', true) }}"},
    )
    # shell: export deep="$RUNNABLE_FAILURE_KIND"
    deep_seen = BashOperator(task_id="deep_seen", bash_command="runnable-step run deep_seen", trigger_rule="one_failed")
    # python: steps.pickled; on failure pickled_seen
    pickled = BashOperator(
        task_id="pickled",
        bash_command='[ -n "$TOKEN" ] || unset TOKEN; runnable-step run pickled',
        trigger_rule="all_done",
        env=ENV | {"TOKEN": "{{ conn.get('TOKEN', {}).password | default('', true) }}"},
    )
    # shell: export pickled="$RUNNABLE_FAILURE_KIND"
    pickled_seen = BashOperator(
        task_id="pickled_seen",
        bash_command="runnable-step run pickled_seen",
        trigger_rule="one_failed",
    )
    # shell: mkdir -p out; echo 1 > "out/wrzl$(printf %s "$TOKEN" | cut -c5-).txt"; on failure named_seen
    named = BashOperator(
        task_id="named",
        bash_command='[ -n "$TOKEN" ] || unset TOKEN; runnable-step run named',
        trigger_rule="all_done",
        env=ENV | {"TOKEN": "{{ conn.get('TOKEN', {}).password | default('', true) }}"},
    )
    # shell: rm -rf out; export named="$RUNNABLE_FAILURE_KIND"
    named_seen = BashOperator(
        task_id="named_seen",
        bash_command="runnable-step run named_seen",
        trigger_rule="one_failed",
    )
    # python: steps.short
    short = BashOperator(
        task_id="short",
        bash_command='[ -n "$E" ] || unset E; [ -n "$ONE" ] || unset ONE; runnable-step run short',
        trigger_rule="all_done",
        env=ENV | {"E": "{{ conn.get('E', {}).password | default('', true) }}", "ONE": "{{ conn.get('ONE', {}).password | default('', true) }}"},
    )
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> plain >> plain_seen
    [plain, plain_seen] >> encoded >> encoded_seen
    [encoded, encoded_seen] >> number >> number_seen
    [number, number_seen] >> deep >> deep_seen
    [deep, deep_seen] >> pickled >> pickled_seen
    [pickled, pickled_seen] >> named >> named_seen
    [named, named_seen] >> short >> result


DEFINITION = r'''{"runnable_ir":1,"name":"secret-returned","start_at":"plain","steps":[
{"type":"task","name":"plain","next":"encoded","on_failure":"plain_seen","command_type":"shell","command":"export said=\"I was told $TOKEN\"","returns":[{"name":"said"}],"secrets":["TOKEN"]},
{"type":"task","name":"plain_seen","next":"encoded","command_type":"shell","command":"export plain=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"plain"}]},
{"type":"task","name":"encoded","next":"number","on_failure":"encoded_seen","command_type":"shell","command":"printf 'user:%s' \"$TOKEN\" | base64\nexport login=\"$(printf 'user:%s' \"$TOKEN\" | base64)\"\n","returns":[{"name":"login","kind":"text"}],"secrets":["TOKEN"]},
{"type":"task","name":"encoded_seen","next":"number","command_type":"shell","command":"export encoded=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"encoded"}]},
{"type":"task","name":"number","next":"deep","on_failure":"number_seen","command_type":"shell","command":"export pin=$PIN","returns":[{"name":"pin","kind":"metric"}],"secrets":["PIN"]},
{"type":"task","name":"number_seen","next":"deep","command_type":"shell","command":"export number=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"number"}]},
{"type":"task","name":"deep","next":"pickled","on_failure":"deep_seen","command_type":"python","command":"steps.deep","returns":[{"name":"answer"}],"secrets":["TOKEN"]},
{"type":"task","name":"deep_seen","next":"pickled","command_type":"shell","command":"export deep=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"deep"}]},
{"type":"task","name":"pickled","next":"named","on_failure":"pickled_seen","command_type":"python","command":"steps.pickled","returns":[{"name":"session","kind":"object"}],"secrets":["TOKEN"]},
{"type":"task","name":"pickled_seen","next":"named","command_type":"shell","command":"export pickled=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"pickled"}]},
{"type":"task","name":"named","next":"short","on_failure":"named_seen","command_type":"shell","command":"mkdir -p out; echo 1 > \"out/wrzl$(printf %s \"$TOKEN\" | cut -c5-).txt\"","secrets":["TOKEN"],"catalog":{"put":["out"]}},
{"type":"task","name":"named_seen","next":"short","command_type":"shell","command":"rm -rf out; export named=\"$RUNNABLE_FAILURE_KIND\"","returns":[{"name":"named"}]},
{"type":"task","name":"short","next":"success","command_type":"python","command":"steps.short","returns":[{"name":"story"},{"name":"quarters"}],"secrets":["ONE","E"]}
]}'''

secret_returned()
