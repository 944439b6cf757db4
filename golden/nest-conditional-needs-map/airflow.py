"""nest-conditional-needs-map, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"mode": {{ params["mode"] | tojson }},
"numbers": {{ params["numbers"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="nest-conditional-needs-map",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "mode": Param("graph"),
        "numbers": Param([20, 22]),
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
def nest_conditional_needs_map():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="which")
    def which_group():
        """conditional: by mode"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control which --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="graph")
        def graph_group():
            """branch graph"""

            @task_group(group_id="each")
            def each_group():
                """map: over numbers as n, reduced by lambda *x: sum(x)"""
                items = BashOperator(
                    task_id="items",
                    bash_command="runnable-step control which.graph.each --out /dev/stdout",
                    do_xcom_push=True,
                    output_processor=numbers,
                )

                @task_group(group_id="n")
                def n_group(index: int):
                    """the body for each n; its index is ti.map_index"""
                    # shell: export all=$n
                    same = BashOperator(
                        task_id="same",
                        bash_command="runnable-step run which.graph.each.{{ ti.map_index }}.same",
                    )

                n = n_group.expand(index=items.output)
                reduce = BashOperator(
                    task_id="reduce",
                    bash_command="runnable-step reduce which.graph.each",
                    trigger_rule="all_done",
                )
                n >> reduce

            each = each_group()

            # shell: export lone=1
            lone = BashOperator(task_id="lone", bash_command="runnable-step run which.graph.lone")
            # shell: export joined="$lone $all"
            join = BashOperator(
                task_id="join",
                bash_command="runnable-step run which.graph.join",
                trigger_rule="all_done",
            )
            [each, lone] >> join

        graph = graph_group()
        arm = arm_of.override(task_id="arm")(which.output, ["which.graph"])
        arm >> [graph]
        join = BashOperator(task_id="join", bash_command="runnable-step join which", trigger_rule="all_done")
        graph >> join

    which = which_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> which >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nest-conditional-needs-map","start_at":"which","steps":[
{"type":"conditional","name":"which","next":"success","parameter":"mode","branches":[
 {"name":"graph","style":"needs","steps":[
  {"type":"task","name":"join","needs":["each","lone"],"command_type":"shell","command":"export joined=\"$lone $all\"","returns":[{"name":"joined"}]},
  {"type":"map","name":"each","iterate_on":"numbers","iterate_as":"n","reducer":"lambda *x: sum(x)","branch":{"start_at":"same","steps":[
    {"type":"task","name":"same","next":"success","command_type":"shell","command":"export all=$n","returns":[{"name":"all"}]}
   ]}},
  {"type":"task","name":"lone","command_type":"shell","command":"export lone=1","returns":[{"name":"lone"}]}
 ]}
]}
]}'''

nest_conditional_needs_map()
