"""failure-composite-handler, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"people": {{ params["people"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="failure-composite-handler",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "people": Param(["Ann", "Bo"]),
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
def failure_composite_handler():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: exit 1; on failure alarm
    boom = BashOperator(task_id="boom", bash_command="runnable-step run boom")

    @task_group(group_id="alarm")
    def alarm_group():
        """parallel"""

        @task_group(group_id="mail")
        def mail_group():
            """branch mail"""
            # shell: export mail="$RUNNABLE_FAILED_STEP is $RUNNABLE_FAILURE_KIND"
            write = BashOperator(
                task_id="write",
                bash_command="runnable-step run alarm.mail.write",
                trigger_rule="one_failed",
            )

        mail = mail_group()

        @task_group(group_id="page")
        def page_group():
            """branch page"""

            @task_group(group_id="each")
            def each_group():
                """map: over people as person"""
                items = BashOperator(
                    task_id="items",
                    bash_command="runnable-step control alarm.page.each --out /dev/stdout",
                    trigger_rule="one_failed",
                    do_xcom_push=True,
                    output_processor=numbers,
                )

                @task_group(group_id="person")
                def person_group(index: int):
                    """the body for each person; its index is ti.map_index"""
                    # shell: export called="$person, $RUNNABLE_FAILED_STEP"
                    call = BashOperator(
                        task_id="call",
                        bash_command="runnable-step run alarm.page.each.{{ ti.map_index }}.call",
                    )

                person = person_group.expand(index=items.output)
                reduce = BashOperator(
                    task_id="reduce",
                    bash_command="runnable-step reduce alarm.page.each",
                    trigger_rule="all_done",
                )
                person >> reduce

            each = each_group()


        page = page_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join alarm", trigger_rule="all_done")
        [mail, page] >> join

    alarm = alarm_group()

    # shell: export later="${RUNNABLE_FAILED_STEP-nothing failed}"
    after = BashOperator(task_id="after", bash_command="runnable-step run after", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> boom >> alarm
    [boom, alarm] >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-composite-handler","start_at":"boom","steps":[
{"type":"task","name":"boom","next":"after","on_failure":"alarm","command_type":"shell","command":"exit 1"},
{"type":"parallel","name":"alarm","next":"after","branches":[
 {"name":"mail","start_at":"write","steps":[
  {"type":"task","name":"write","next":"success","command_type":"shell","command":"export mail=\"$RUNNABLE_FAILED_STEP is $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"mail"}]}
 ]},
 {"name":"page","start_at":"each","steps":[
  {"type":"map","name":"each","next":"success","iterate_on":"people","iterate_as":"person","branch":{"start_at":"call","steps":[
    {"type":"task","name":"call","next":"success","command_type":"shell","command":"export called=\"$person, $RUNNABLE_FAILED_STEP\"","returns":[{"name":"called"}]}
   ]}}
 ]}
]},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export later=\"${RUNNABLE_FAILED_STEP-nothing failed}\"","returns":[{"name":"later"}]}
]}'''

failure_composite_handler()
