"""nested-pipelines, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"rows": {{ params["rows"] | tojson }},
"factor": {{ params["factor"] | tojson }},
"label": {{ params["label"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="nested-pipelines",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "rows": Param([1, 2, 3]),
        "factor": Param(7),
        "label": Param("outer"),
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
def nested_pipelines():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="both")
    def both_group():
        """parallel"""

        @task_group(group_id="left")
        def left_group():
            """branch left"""

            @task_group(group_id="scale")
            def scale_group():
                """pipeline"""

                @task_group(group_id="pipeline")
                def pipeline_group():
                    """branch pipeline"""

                    @task_group(group_id="each")
                    def each_group():
                        """map: over values as value"""
                        items = BashOperator(
                            task_id="items",
                            bash_command="runnable-step control both.left.scale.pipeline.each --out /dev/stdout",
                            do_xcom_push=True,
                            output_processor=numbers,
                        )

                        @task_group(group_id="value")
                        def value_group(index: int):
                            """the body for each value; its index is ti.map_index"""
                            # python: scale.scale
                            scale = BashOperator(
                                task_id="scale",
                                bash_command="runnable-step run both.left.scale.pipeline.each.{{ ti.map_index }}.scale",
                            )

                        value = value_group.expand(index=items.output)
                        reduce = BashOperator(
                            task_id="reduce",
                            bash_command="runnable-step reduce both.left.scale.pipeline.each",
                            trigger_rule="all_done",
                        )
                        value >> reduce

                    each = each_group()

                    # python: scale.add
                    add = BashOperator(task_id="add", bash_command="runnable-step run both.left.scale.pipeline.add")

                    @task_group(group_id="describe")
                    def describe_group():
                        """pipeline"""

                        @task_group(group_id="pipeline")
                        def pipeline_group():
                            """branch pipeline"""
                            # shell: export note="$label $total factor=${factor-none}"
                            describe = BashOperator(
                                task_id="describe",
                                bash_command="runnable-step run both.left.scale.pipeline.describe.pipeline.describe",
                            )

                        pipeline = pipeline_group()
                        join = BashOperator(
                            task_id="join",
                            bash_command="runnable-step join both.left.scale.pipeline.describe",
                            trigger_rule="all_done",
                        )
                        pipeline >> join

                    describe = describe_group()

                    each >> add >> describe

                pipeline = pipeline_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join both.left.scale",
                    trigger_rule="all_done",
                )
                pipeline >> join

            scale = scale_group()


        left = left_group()

        @task_group(group_id="right")
        def right_group():
            """branch right"""

            @task_group(group_id="scale")
            def scale_group():
                """pipeline"""

                @task_group(group_id="pipeline")
                def pipeline_group():
                    """branch pipeline"""

                    @task_group(group_id="each")
                    def each_group():
                        """map: over values as value"""
                        items = BashOperator(
                            task_id="items",
                            bash_command="runnable-step control both.right.scale.pipeline.each --out /dev/stdout",
                            do_xcom_push=True,
                            output_processor=numbers,
                        )

                        @task_group(group_id="value")
                        def value_group(index: int):
                            """the body for each value; its index is ti.map_index"""
                            # python: scale.scale
                            scale = BashOperator(
                                task_id="scale",
                                bash_command="runnable-step run both.right.scale.pipeline.each.{{ ti.map_index }}.scale",
                            )

                        value = value_group.expand(index=items.output)
                        reduce = BashOperator(
                            task_id="reduce",
                            bash_command="runnable-step reduce both.right.scale.pipeline.each",
                            trigger_rule="all_done",
                        )
                        value >> reduce

                    each = each_group()

                    # python: scale.add
                    add = BashOperator(task_id="add", bash_command="runnable-step run both.right.scale.pipeline.add")

                    @task_group(group_id="describe")
                    def describe_group():
                        """pipeline"""

                        @task_group(group_id="pipeline")
                        def pipeline_group():
                            """branch pipeline"""
                            # shell: export note="$label $total factor=${factor-none}"
                            describe = BashOperator(
                                task_id="describe",
                                bash_command="runnable-step run both.right.scale.pipeline.describe.pipeline.describe",
                            )

                        pipeline = pipeline_group()
                        join = BashOperator(
                            task_id="join",
                            bash_command="runnable-step join both.right.scale.pipeline.describe",
                            trigger_rule="all_done",
                        )
                        pipeline >> join

                    describe = describe_group()

                    each >> add >> describe

                pipeline = pipeline_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join both.right.scale",
                    trigger_rule="all_done",
                )
                pipeline >> join

            scale = scale_group()


        right = right_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join both", trigger_rule="all_done")
        [left, right] >> join

    both = both_group()

    # shell: export seen="$doubled $by_default $note factor=$factor label=$label s…
    look = BashOperator(task_id="look", bash_command="runnable-step run look")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> both >> look >> result


DEFINITION = r'''{"runnable_ir":1,"name":"nested-pipelines","modules_inner":["lib"],"start_at":"both","steps":[
{"type":"parallel","name":"both","next":"look","branches":[
 {"name":"left","start_at":"scale","steps":[
  {"type":"pipeline","name":"scale","next":"success","definition":"lib/scale.py","inputs":[{"arg":"values","from":["rows"]},{"arg":"factor","value":2}],"returns":[{"name":"doubled","key":"scaled"}],"parameters":[
{"name":"values","type":"list","required":true},
{"name":"factor","type":"int","default":10},
{"name":"label","type":"str","default":"inner"}
],"dag":{"start_at":"each","steps":[
    {"type":"map","name":"each","next":"add","iterate_on":"values","iterate_as":"value","branch":{"start_at":"scale","steps":[
      {"type":"task","name":"scale","next":"success","command_type":"python","command":"scale.scale","returns":[{"name":"scaled"}]}
     ]}},
    {"type":"task","name":"add","next":"describe","command_type":"python","command":"scale.add","returns":[{"name":"total"}]},
    {"type":"pipeline","name":"describe","next":"success","definition":"describe.yaml","inputs":[{"arg":"total","from":["total"]},{"arg":"label","from":["label"]}],"returns":[{"name":"note"}],"dag":{"start_at":"describe","steps":[
      {"type":"task","name":"describe","next":"success","command_type":"shell","command":"export note=\"$label $total factor=${factor-none}\"","returns":[{"name":"note"}]}
     ]}}
   ]}}
 ]},
 {"name":"right","start_at":"scale","steps":[
  {"type":"pipeline","name":"scale","next":"success","definition":"lib/scale.py","inputs":[{"arg":"values","from":["rows"]}],"returns":[{"name":"by_default","key":"scaled"},{"name":"note"}],"parameters":[
{"name":"values","type":"list","required":true},
{"name":"factor","type":"int","default":10},
{"name":"label","type":"str","default":"inner"}
],"dag":{"start_at":"each","steps":[
    {"type":"map","name":"each","next":"add","iterate_on":"values","iterate_as":"value","branch":{"start_at":"scale","steps":[
      {"type":"task","name":"scale","next":"success","command_type":"python","command":"scale.scale","returns":[{"name":"scaled"}]}
     ]}},
    {"type":"task","name":"add","next":"describe","command_type":"python","command":"scale.add","returns":[{"name":"total"}]},
    {"type":"pipeline","name":"describe","next":"success","definition":"describe.yaml","inputs":[{"arg":"total","from":["total"]},{"arg":"label","from":["label"]}],"returns":[{"name":"note"}],"dag":{"start_at":"describe","steps":[
      {"type":"task","name":"describe","next":"success","command_type":"shell","command":"export note=\"$label $total factor=${factor-none}\"","returns":[{"name":"note"}]}
     ]}}
   ]}}
 ]}
]},
{"type":"task","name":"look","next":"success","command_type":"shell","command":"export seen=\"$doubled $by_default $note factor=$factor label=$label scaled=${scaled-none} total=${total-none}\"","returns":[{"name":"seen"}]}
]}'''

nested_pipelines()
