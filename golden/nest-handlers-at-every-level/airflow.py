"""nest-handlers-at-every-level, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"saviours": {{ params["saviours"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="nest-handlers-at-every-level",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "saviours": Param(["leaf", "composite", "nobody"]),
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
def nest_handlers_at_every_level():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over saviours as saviour; on failure final"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="saviour")
        def saviour_group(index: int):
            """the body for each saviour; its index is ti.map_index"""

            @task_group(group_id="p")
            def p_group():
                """parallel; on failure rescue"""

                @task_group(group_id="calm")
                def calm_group():
                    """branch calm"""
                    # stub
                    work = BashOperator(
                        task_id="work",
                        bash_command="runnable-step run each.{{ ti.map_index }}.p.calm.work",
                    )

                calm = calm_group()

                @task_group(group_id="wild")
                def wild_group():
                    """branch wild"""
                    # shell: exit 3; on failure patch
                    work = BashOperator(
                        task_id="work",
                        bash_command="runnable-step run each.{{ ti.map_index }}.p.wild.work",
                    )
                    # shell: [ "$saviour" = leaf ]
                    patch = BashOperator(
                        task_id="patch",
                        bash_command="runnable-step run each.{{ ti.map_index }}.p.wild.patch",
                        trigger_rule="one_failed",
                    )
                    work >> patch

                wild = wild_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join each.{{ ti.map_index }}.p",
                    trigger_rule="all_done",
                )
                [calm, wild] >> join

            p = p_group()

            # shell: echo "$RUNNABLE_FAILED_STEP" …
            rescue = BashOperator(
                task_id="rescue",
                bash_command="runnable-step run each.{{ ti.map_index }}.rescue",
                trigger_rule="one_failed",
            )
            p >> rescue

        saviour = saviour_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        saviour >> reduce

    each = each_group()

    # shell: export failed="$RUNNABLE_FAILED_STEP"
    final = BashOperator(task_id="final", bash_command="runnable-step run final", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> final >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nest-handlers-at-every-level","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","on_failure":"final","iterate_on":"saviours","iterate_as":"saviour","branch":{"start_at":"p","steps":[
  {"type":"parallel","name":"p","next":"success","on_failure":"rescue","branches":[
   {"name":"calm","start_at":"work","steps":[
    {"type":"stub","name":"work","next":"success"}
   ]},
   {"name":"wild","start_at":"work","steps":[
    {"type":"task","name":"work","next":"success","on_failure":"patch","command_type":"shell","command":"exit 3"},
    {"type":"task","name":"patch","next":"success","command_type":"shell","command":"[ \"$saviour\" = leaf ]"}
   ]}
  ]},
  {"type":"task","name":"rescue","next":"success","command_type":"shell","command":"echo \"$RUNNABLE_FAILED_STEP\"\n[ \"$saviour\" = composite ]\n"}
 ]}},
{"type":"task","name":"final","next":"success","command_type":"shell","command":"export failed=\"$RUNNABLE_FAILED_STEP\"","returns":[{"name":"failed"}]}
]}'''

nest_handlers_at_every_level()
