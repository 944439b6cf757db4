"""inherit-settings, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="inherit-settings",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param([1]),
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
def inherit_settings():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over items as item"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item")
        def item_group(index: int):
            """the body for each item; its index is ti.map_index"""

            @task_group(group_id="p")
            def p_group():
                """parallel"""

                @task_group(group_id="leaf")
                def leaf_group():
                    """branch leaf"""
                    # shell: export own="$LEVEL $KEPT"
                    own = BashOperator(
                        task_id="own",
                        bash_command="runnable-step run each.{{ ti.map_index }}.p.leaf.own",
                    )

                leaf = leaf_group()

                @task_group(group_id="bare")
                def bare_group():
                    """branch bare"""
                    # python: steps.inherited
                    inherited = BashOperator(
                        task_id="inherited",
                        bash_command="runnable-step run each.{{ ti.map_index }}.p.bare.inherited",
                    )

                bare = bare_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join each.{{ ti.map_index }}.p",
                    trigger_rule="all_done",
                )
                [leaf, bare] >> join

            p = p_group()


        item = item_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        item >> reduce

    each = each_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> result


DEFINITION = r'''{"runnable_ir":1,"name":"inherit-settings","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","iterate_on":"items","iterate_as":"item","env":{"LEVEL":"map","KEPT":"yes"},"resources":{"cpu":"50m","memory":"64Mi"},"branch":{"start_at":"p","steps":[
  {"type":"parallel","name":"p","next":"success","env":{"LEVEL":"parallel"},"branches":[
   {"name":"leaf","start_at":"own","steps":[
    {"type":"task","name":"own","next":"success","command_type":"shell","command":"export own=\"$LEVEL $KEPT\"","returns":[{"name":"own"}],"env":{"LEVEL":"leaf"},"resources":{"memory":"96Mi"}}
   ]},
   {"name":"bare","start_at":"inherited","steps":[
    {"type":"task","name":"inherited","next":"success","command_type":"python","command":"steps.inherited","returns":[{"name":"inherited"}]}
   ]}
  ]}
 ]}}
]}'''

inherit_settings()
