"""failure-first-by-definition, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {{ params["items"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="failure-first-by-definition",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param(["ok", 0.6, 0]),
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
def failure_first_by_definition():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel; on failure tell"""

        @task_group(group_id="slow")
        def slow_group():
            """branch slow"""

            @task_group(group_id="each")
            def each_group():
                """map: over items as item"""
                items = BashOperator(
                    task_id="items",
                    bash_command="runnable-step control p.slow.each --out /dev/stdout",
                    do_xcom_push=True,
                    output_processor=numbers,
                )

                @task_group(group_id="item")
                def item_group(index: int):
                    """the body for each item; its index is ti.map_index"""
                    # shell: [ "$item" != ok ] || exit 0 …
                    check = BashOperator(
                        task_id="check",
                        bash_command="runnable-step run p.slow.each.{{ ti.map_index }}.check",
                    )

                item = item_group.expand(index=items.output)
                reduce = BashOperator(
                    task_id="reduce",
                    bash_command="runnable-step reduce p.slow.each",
                    trigger_rule="all_done",
                )
                item >> reduce

            each = each_group()


        slow = slow_group()

        @task_group(group_id="quick")
        def quick_group():
            """branch quick"""
            # shell: exit 1
            boom = BashOperator(task_id="boom", bash_command="runnable-step run p.quick.boom")

        quick = quick_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [slow, quick] >> join

    p = p_group()

    # shell: export failed="$RUNNABLE_FAILED_STEP"
    tell = BashOperator(task_id="tell", bash_command="runnable-step run tell", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> tell >> result


DEFINITION = r'''{"runnable_ir":1,"name":"failure-first-by-definition","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","on_failure":"tell","branches":[
 {"name":"slow","start_at":"each","steps":[
  {"type":"map","name":"each","next":"success","iterate_on":"items","iterate_as":"item","branch":{"start_at":"check","steps":[
    {"type":"task","name":"check","next":"success","command_type":"shell","command":"[ \"$item\" != ok ] || exit 0\nsleep \"$item\"\nexit 1\n"}
   ]}}
 ]},
 {"name":"quick","start_at":"boom","steps":[
  {"type":"task","name":"boom","next":"success","command_type":"shell","command":"exit 1"}
 ]}
]},
{"type":"task","name":"tell","next":"success","command_type":"shell","command":"export failed=\"$RUNNABLE_FAILED_STEP\"","returns":[{"name":"failed"}]}
]}'''

failure_first_by_definition()
