"""nested-scope, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"hidden": {{ params["hidden"] | tojson }},
"words": {{ params["words"] | tojson }},
"count": {{ params["count"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="nested-scope",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "hidden": Param(1),
        "words": Param(["a", "b"]),
        "count": Param("many"),
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
def nested_scope():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo outer > outer.txt
    write = BashOperator(task_id="write", bash_command="runnable-step run write")

    @task_group(group_id="each")
    def each_group():
        """map: over words as word"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="word")
        def word_group(index: int):
            """the body for each word; its index is ti.map_index"""

            @task_group(group_id="inner")
            def inner_group():
                """pipeline"""

                @task_group(group_id="pipeline")
                def pipeline_group():
                    """branch pipeline"""
                    # shell: export seen="$text $all word=${word-none} hidden=${hidden-none} tempo…
                    look = BashOperator(
                        task_id="look",
                        bash_command="runnable-step run each.{{ ti.map_index }}.inner.pipeline.look",
                    )

                pipeline = pipeline_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join each.{{ ti.map_index }}.inner",
                    trigger_rule="all_done",
                )
                pipeline >> join

            inner = inner_group()


        word = word_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        word >> reduce

    each = each_group()


    @task_group(group_id="kept")
    def kept_group():
        """pipeline"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # stub
            nothing = BashOperator(task_id="nothing", bash_command="runnable-step run kept.pipeline.nothing")

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join kept", trigger_rule="all_done")
        pipeline >> join

    kept = kept_group()

    # shell: export files="$(cat 0/inner.txt 1/inner.txt | tr '\n' ' ')" left="${t…
    read = BashOperator(task_id="read", bash_command="runnable-step run read")

    @task_group(group_id="typed")
    def typed_group():
        """pipeline; on failure told"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: export made=$count
            make = BashOperator(task_id="make", bash_command="runnable-step run typed.pipeline.make")

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join typed", trigger_rule="all_done")
        pipeline >> join

    typed = typed_group()

    # shell: export said="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND made=${made…
    told = BashOperator(task_id="told", bash_command="runnable-step run told", trigger_rule="one_failed")
    # shell: exit 1; on failure absent
    lost = BashOperator(task_id="lost", bash_command="runnable-step run lost", trigger_rule="all_done")

    @task_group(group_id="absent")
    def absent_group():
        """pipeline"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: export made=$count
            make = BashOperator(
                task_id="make",
                bash_command="runnable-step run absent.pipeline.make",
                trigger_rule="all_done",
            )

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join absent", trigger_rule="all_done")
        pipeline >> join

    absent = absent_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> write >> each >> kept >> read >> typed >> told
    [typed, told] >> lost >> absent >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nested-scope","start_at":"write","steps":[
{"type":"task","name":"write","next":"each","command_type":"shell","command":"echo outer > outer.txt","catalog":{"put":["outer.txt"]}},
{"type":"map","name":"each","next":"kept","iterate_on":"words","iterate_as":"word","branch":{"start_at":"inner","steps":[
  {"type":"pipeline","name":"inner","next":"success","definition":"inner.yaml","inputs":[{"arg":"text","from":["word"]},{"arg":"all","from":["word","hidden"],"list":true}],"returns":[{"name":"seen"}],"env":{"LEVEL":"outside"},"dag":{"start_at":"look","steps":[
    {"type":"task","name":"look","next":"success","command_type":"shell","command":"export seen=\"$text $all word=${word-none} hidden=${hidden-none} temporary=${temporary-none} $LEVEL\" temporary=1\ncat outer.txt > inner.txt\necho \"$text\" >> inner.txt\n","returns":[{"name":"seen"},{"name":"temporary"}],"catalog":{"get":["outer.txt"],"put":["inner.txt"]}}
   ]}}
 ]}},
{"type":"pipeline","name":"kept","next":"read","definition":"kept.yaml","inputs":[{"arg":"given","from":["hidden"]}],"returns":[{"name":"hidden"},{"name":"passed","key":"given"}],"parameters":[
{"name":"hidden","type":"int","default":7},
{"name":"given","type":"int"}
],"dag":{"start_at":"nothing","steps":[
  {"type":"stub","name":"nothing","next":"success"}
 ]}},
{"type":"task","name":"read","next":"typed","command_type":"shell","command":"export files=\"$(cat 0/inner.txt 1/inner.txt | tr '\\n' ' ')\" left=\"${text-none} ${temporary-none} $hidden $passed\"","returns":[{"name":"files"},{"name":"left"}],"catalog":{"get":["{item}/inner.txt"]}},
{"type":"pipeline","name":"typed","next":"lost","on_failure":"told","definition":"typed.yaml","inputs":[{"arg":"count","from":["count"]}],"returns":[{"name":"made"}],"parameters":[
{"name":"count","type":"int","minimum":1}
],"dag":{"start_at":"make","steps":[
  {"type":"task","name":"make","next":"success","command_type":"shell","command":"export made=$count","returns":[{"name":"made"}]}
 ]}},
{"type":"task","name":"told","next":"lost","command_type":"shell","command":"export said=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND made=${made-none}\"","returns":[{"name":"said"}]},
{"type":"task","name":"lost","next":"absent","on_failure":"absent","command_type":"shell","command":"exit 1","returns":[{"name":"gone"}]},
{"type":"pipeline","name":"absent","next":"success","definition":"typed.yaml","inputs":[{"arg":"count","from":["gone"]}],"parameters":[
{"name":"count","type":"int","minimum":1}
],"dag":{"start_at":"make","steps":[
  {"type":"task","name":"make","next":"success","command_type":"shell","command":"export made=$count","returns":[{"name":"made"}]}
 ]}}
]}'''

nested_scope()
