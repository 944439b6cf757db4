"""nest-parallel-map-conditional, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"animals": {{ params["animals"] | tojson }},
"house": {{ params["house"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="nest-parallel-map-conditional",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "animals": Param(["cat", "dodo"]),
        "house": Param("Oslo"),
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
def nest_parallel_map_conditional():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="sort")
        def sort_group():
            """branch sort"""

            @task_group(group_id="each")
            def each_group():
                """map: over animals as animal"""
                items = BashOperator(
                    task_id="items",
                    bash_command="runnable-step control p.sort.each --out /dev/stdout",
                    do_xcom_push=True,
                    output_processor=numbers,
                )

                @task_group(group_id="animal")
                def animal_group(index: int):
                    """the body for each animal; its index is ti.map_index"""

                    @task_group(group_id="which")
                    def which_group():
                        """conditional: by animal"""
                        which = BashOperator(
                            task_id="which",
                            bash_command="runnable-step control p.sort.each.{{ ti.map_index }}.which --out /dev/stdout",
                            do_xcom_push=True,
                        )

                        @task_group(group_id="cat")
                        def cat_group():
                            """branch cat"""
                            # shell: export sound="purr in $house"
                            purr = BashOperator(
                                task_id="purr",
                                bash_command="runnable-step run p.sort.each.{{ ti.map_index }}.which.cat.purr",
                            )

                        cat = cat_group()

                        @task_group(group_id="default")
                        def default_group():
                            """branch default"""
                            # shell: export unknown="$animal"
                            shrug = BashOperator(
                                task_id="shrug",
                                bash_command="runnable-step run p.sort.each.{{ ti.map_index }}.which.default.shrug",
                            )

                        default = default_group()
                        arm = arm_of.override(task_id="arm")(which.output, ["p.sort.each.animal.which.cat", "p.sort.each.animal.which.default"])
                        arm >> [cat, default]
                        join = BashOperator(
                            task_id="join",
                            bash_command="runnable-step join p.sort.each.{{ ti.map_index }}.which",
                            trigger_rule="all_done",
                        )
                        [cat, default] >> join

                    which = which_group()


                animal = animal_group.expand(index=items.output)
                reduce = BashOperator(
                    task_id="reduce",
                    bash_command="runnable-step reduce p.sort.each",
                    trigger_rule="all_done",
                )
                animal >> reduce

            each = each_group()


        sort = sort_group()

        @task_group(group_id="other")
        def other_group():
            """branch other"""
            # shell: export other=1
            work = BashOperator(task_id="work", bash_command="runnable-step run p.other.work")

        other = other_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [sort, other] >> join

    p = p_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> p >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nest-parallel-map-conditional","start_at":"p","steps":[
{"type":"parallel","name":"p","next":"success","branches":[
 {"name":"sort","start_at":"each","steps":[
  {"type":"map","name":"each","next":"success","iterate_on":"animals","iterate_as":"animal","branch":{"start_at":"which","steps":[
    {"type":"conditional","name":"which","next":"success","parameter":"animal","default":"default","branches":[
     {"name":"cat","start_at":"purr","steps":[
      {"type":"task","name":"purr","next":"success","command_type":"shell","command":"export sound=\"purr in $house\"","returns":[{"name":"sound"}]}
     ]},
     {"name":"default","start_at":"shrug","steps":[
      {"type":"task","name":"shrug","next":"success","command_type":"shell","command":"export unknown=\"$animal\"","returns":[{"name":"unknown"}]}
     ]}
    ]}
   ]}}
 ]},
 {"name":"other","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export other=1","returns":[{"name":"other"}]}
 ]}
]}
]}'''

nest_parallel_map_conditional()
