"""nested-refused, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"word": {{ params["word"] | tojson }}
}'''


@dag(
    dag_id="nested-refused",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "word": Param("word"),
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
def nested_refused():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="single")
    def single_group():
        """pipeline; on failure told"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: exit 1
            a = BashOperator(task_id="a", bash_command="runnable-step run single.pipeline.a")

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join single", trigger_rule="all_done")
        pipeline >> join

    single = single_group()

    # shell: export first="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"
    told = BashOperator(task_id="told", bash_command="runnable-step run told", trigger_rule="all_done")

    @task_group(group_id="needs")
    def needs_group():
        """pipeline; on failure parallel"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: exit 1
            a = BashOperator(task_id="a", bash_command="runnable-step run needs.pipeline.a")
            # shell: exit 1
            b = BashOperator(task_id="b", bash_command="runnable-step run needs.pipeline.b")

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join needs", trigger_rule="all_done")
        pipeline >> join

    needs = needs_group()


    @task_group(group_id="parallel")
    def parallel_group():
        """pipeline; on failure deep"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""

            @task_group(group_id="both")
            def both_group():
                """parallel"""

                @task_group(group_id="one")
                def one_group():
                    """branch one"""
                    # shell: exit 1
                    a = BashOperator(
                        task_id="a",
                        bash_command="runnable-step run parallel.pipeline.both.one.a",
                        trigger_rule="all_done",
                    )

                one = one_group()

                @task_group(group_id="two")
                def two_group():
                    """branch two"""
                    # stub
                    a = BashOperator(
                        task_id="a",
                        bash_command="runnable-step run parallel.pipeline.both.two.a",
                        trigger_rule="all_done",
                    )

                two = two_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join parallel.pipeline.both",
                    trigger_rule="all_done",
                )
                [one, two] >> join

            both = both_group()


        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join parallel", trigger_rule="all_done")
        pipeline >> join

    parallel = parallel_group()


    @task_group(group_id="deep")
    def deep_group():
        """pipeline; on failure empty"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""

            @task_group(group_id="in_582967")
            def in_582967_group():
                """pipeline"""

                @task_group(group_id="pipeline")
                def pipeline_group():
                    """branch pipeline"""
                    # shell: exit 1
                    a = BashOperator(
                        task_id="a",
                        bash_command="runnable-step run deep.pipeline.in.pipeline.a",
                        trigger_rule="all_done",
                    )

                pipeline = pipeline_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join deep.pipeline.in",
                    trigger_rule="all_done",
                )
                pipeline >> join

            in_582967 = in_582967_group()


        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join deep", trigger_rule="all_done")
        pipeline >> join

    deep = deep_group()


    @task_group(group_id="empty")
    def empty_group():
        """pipeline; on failure taken"""
        join = BashOperator(task_id="join", bash_command="runnable-step join empty", trigger_rule="all_done")

    empty = empty_group()


    @task_group(group_id="taken")
    def taken_group():
        """pipeline; on failure last"""

        @task_group(group_id="pipeline")
        def pipeline_group():
            """branch pipeline"""
            # shell: exit 1
            a = BashOperator(task_id="a", bash_command="runnable-step run taken.pipeline.a", trigger_rule="all_done")

        pipeline = pipeline_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join taken", trigger_rule="all_done")
        pipeline >> join

    taken = taken_group()

    # shell: export second="${RUNNABLE_FAILED_STEP-none}"
    last = BashOperator(task_id="last", bash_command="runnable-step run last", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> single >> told >> needs >> parallel >> deep >> empty >> taken >> last >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nested-refused","start_at":"single","steps":[
{"type":"pipeline","name":"single","next":"told","on_failure":"told","definition":"single.yaml","inputs":[{"arg":"x","from":["word"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"a","steps":[
  {"type":"task","name":"a","next":"success","on_failure":"success","command_type":"shell","command":"exit 1"}
 ]}},
{"type":"task","name":"told","next":"needs","command_type":"shell","command":"export first=\"$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND\"","returns":[{"name":"first"}]},
{"type":"pipeline","name":"needs","next":"parallel","on_failure":"parallel","definition":"needs.yaml","inputs":[{"arg":"x","from":["word"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"style":"needs","steps":[
  {"type":"task","name":"a","needs":[],"on_failure":"success","command_type":"shell","command":"exit 1"},
  {"type":"task","name":"b","needs":[],"on_failure":"success","command_type":"shell","command":"exit 1"}
 ]}},
{"type":"pipeline","name":"parallel","next":"deep","on_failure":"deep","definition":"parallel.yaml","inputs":[{"arg":"x","from":["word"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"both","steps":[
  {"type":"parallel","name":"both","next":"success","branches":[
   {"name":"one","start_at":"a","steps":[
    {"type":"task","name":"a","next":"success","on_failure":"success","command_type":"shell","command":"exit 1"}
   ]},
   {"name":"two","start_at":"a","steps":[
    {"type":"stub","name":"a","next":"success","on_failure":"success"}
   ]}
  ]}
 ]}},
{"type":"pipeline","name":"deep","next":"empty","on_failure":"empty","definition":"deep.yaml","inputs":[{"arg":"x","from":["word"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"in","steps":[
  {"type":"pipeline","name":"in","next":"success","definition":"single.yaml","inputs":[{"arg":"x","from":["x"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"a","steps":[
    {"type":"task","name":"a","next":"success","on_failure":"success","command_type":"shell","command":"exit 1"}
   ]}}
 ]}},
{"type":"pipeline","name":"empty","next":"taken","on_failure":"taken","definition":"empty.yaml","inputs":[{"arg":"x","from":["word"]}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"success","steps":[
 ]}},
{"type":"pipeline","name":"taken","next":"last","on_failure":"last","definition":"single.yaml","inputs":[{"arg":"x","value":1}],"parameters":[
{"name":"x","type":"int"}
],"dag":{"start_at":"a","steps":[
  {"type":"task","name":"a","next":"success","on_failure":"success","command_type":"shell","command":"exit 1"}
 ]}},
{"type":"task","name":"last","next":"success","command_type":"shell","command":"export second=\"${RUNNABLE_FAILED_STEP-none}\"","returns":[{"name":"second"}]}
]}'''

nested_refused()
