"""map-returns-from-deep, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {{ params["items"] | tojson }},
"pair": {{ params["pair"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-returns-from-deep",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param(["x", "y"]),
        "pair": Param(["l", "r"]),
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
def map_returns_from_deep():
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

                @task_group(group_id="a")
                def a_group():
                    """branch a"""
                    # shell: export a="$item-a"
                    one = BashOperator(task_id="one", bash_command="runnable-step run each.{{ ti.map_index }}.p.a.one")

                a = a_group()

                @task_group(group_id="b")
                def b_group():
                    """branch b"""
                    # map: over pair as side, reduced by lambda *x: '+'.join(x); in place
                    inner = BashOperator(
                        task_id="inner",
                        bash_command="runnable-step subtree each.{{ ti.map_index }}.p.b.inner",
                    )

                b = b_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join each.{{ ti.map_index }}.p",
                    trigger_rule="all_done",
                )
                [a, b] >> join

            p = p_group()


        item = item_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        item >> reduce

    each = each_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-returns-from-deep","start_at":"each","steps":[
{"type":"map","name":"each","next":"success","iterate_on":"items","iterate_as":"item","branch":{"start_at":"p","steps":[
  {"type":"parallel","name":"p","next":"success","branches":[
   {"name":"a","start_at":"one","steps":[
    {"type":"task","name":"one","next":"success","command_type":"shell","command":"export a=\"$item-a\"","returns":[{"name":"a"}]}
   ]},
   {"name":"b","start_at":"inner","steps":[
    {"type":"map","name":"inner","next":"success","iterate_on":"pair","iterate_as":"side","reducer":"lambda *x: '+'.join(x)","branch":{"start_at":"two","steps":[
      {"type":"task","name":"two","next":"success","command_type":"shell","command":"export b=\"$item$side\"","returns":[{"name":"b"}]}
     ]}}
   ]}
  ]}
 ]}}
]}'''

map_returns_from_deep()
