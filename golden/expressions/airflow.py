"""expressions, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="expressions",
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
def expressions():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export n=3 total=0 files='["a", "b", "c"]' skip=b
    begin_e6f07d = BashOperator(task_id="begin_e6f07d", bash_command="runnable-step run begin")

    @task_group(group_id="numbers_f3c780")
    def numbers_f3c780_group():
        """map: over range(n) as i"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control numbers --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="i")
        def i_group(index: int):
            """the body for each i; its index is ti.map_index"""
            # shell: export square=$((i * i))
            square = BashOperator(task_id="square", bash_command="runnable-step run numbers.{{ ti.map_index }}.square")

        i = i_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce numbers", trigger_rule="all_done")
        i >> reduce

    numbers_f3c780 = numbers_f3c780_group()


    @task_group(group_id="others")
    def others_group():
        """map: over [f for f in files if f != skip] as file"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control others --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="file")
        def file_group(index: int):
            """the body for each file; its index is ti.map_index"""
            # shell: export seen=$file
            name = BashOperator(task_id="name", bash_command="runnable-step run others.{{ ti.map_index }}.name")

        file = file_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce others", trigger_rule="all_done")
        file >> reduce

    others = others_group()

    # loop: until total >= sum(square); in place
    add_up = BashOperator(task_id="add_up", bash_command="runnable-step subtree add%20up")

    @task_group(group_id="enough")
    def enough_group():
        """conditional: by total > 5 …"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control enough --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="true")
        def true_group():
            """branch true"""
            # stub
            good = BashOperator(task_id="good", bash_command="runnable-step run enough.true.good")

        true = true_group()

        @task_group(group_id="false")
        def false_group():
            """branch false"""
            # stub
            bad = BashOperator(task_id="bad", bash_command="runnable-step run enough.false.bad")

        false = false_group()
        arm = arm_of.override(task_id="arm")(which.output, ["enough.true", "enough.false"])
        arm >> [true, false]
        join = BashOperator(task_id="join", bash_command="runnable-step join enough", trigger_rule="all_done")
        [true, false] >> join

    enough = enough_group()


    @task_group(group_id="wrong")
    def wrong_group():
        """conditional: by total > skip; on failure told"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control wrong --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="true")
        def true_group():
            """branch true"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run wrong.true.never")

        true = true_group()
        arm = arm_of.override(task_id="arm")(which.output, ["wrong.true"])
        arm >> [true]
        join = BashOperator(task_id="join", bash_command="runnable-step join wrong", trigger_rule="all_done")
        true >> join

    wrong = wrong_group()

    # shell: echo "$RUNNABLE_FAILURE_KIND $RUNNABLE_FAILURE_MESSAGE"
    told = BashOperator(task_id="told", bash_command="runnable-step run told", trigger_rule="one_failed")
    # loop: until total + k; in place
    no_truth = BashOperator(
        task_id="no_truth",
        bash_command="runnable-step subtree no%20truth",
        trigger_rule="all_done",
    )
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> begin_e6f07d >> numbers_f3c780 >> others >> add_up >> enough >> wrong >> told
    [wrong, told] >> no_truth >> result


DEFINITION = r'''{"runnable_ir":1,"name":"expressions","start_at":"begin","steps":[
{"type":"task","name":"begin","next":"numbers","command_type":"shell","command":"export n=3 total=0 files='[\"a\", \"b\", \"c\"]' skip=b","returns":[{"name":"n"},{"name":"total"},{"name":"files"},{"name":"skip"}]},
{"type":"map","name":"numbers","next":"others","iterate_over":"range(n)","iterate_as":"i","branch":{"start_at":"square","steps":[
  {"type":"task","name":"square","next":"success","command_type":"shell","command":"export square=$((i * i))","returns":[{"name":"square"}]}
 ]}},
{"type":"map","name":"others","next":"add up","iterate_over":"[f for f in files if f != skip]","iterate_as":"file","branch":{"start_at":"name","steps":[
  {"type":"task","name":"name","next":"success","command_type":"shell","command":"export seen=$file","returns":[{"name":"seen"}]}
 ]}},
{"type":"loop","name":"add up","next":"enough","max_iterations":9,"break_when":"total >= sum(square)","index_as":"k","branch":{"start_at":"add","steps":[
  {"type":"task","name":"add","next":"success","command_type":"shell","command":"export total=$((total + 2))","returns":[{"name":"total"}]}
 ]}},
{"type":"conditional","name":"enough","next":"wrong","expression":"total > 5\nand len(seen) == 2\n","branches":[
 {"name":"true","start_at":"good","steps":[
  {"type":"stub","name":"good","next":"success"}
 ]},
 {"name":"false","start_at":"bad","steps":[
  {"type":"stub","name":"bad","next":"success"}
 ]}
]},
{"type":"conditional","name":"wrong","next":"no truth","on_failure":"told","expression":"total > skip","branches":[
 {"name":"true","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]}
]},
{"type":"task","name":"told","next":"no truth","command_type":"shell","command":"echo \"$RUNNABLE_FAILURE_KIND $RUNNABLE_FAILURE_MESSAGE\""},
{"type":"loop","name":"no truth","next":"success","max_iterations":3,"break_when":"total + k","index_as":"k","branch":{"start_at":"once","steps":[
  {"type":"stub","name":"once","next":"success"}
 ]}}
]}'''

expressions()
