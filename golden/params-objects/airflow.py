"""params-objects, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"weights": {{ params["weights"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="params-objects",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "weights": Param([10, 20]),
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
def params_objects():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # python: steps.train
    train = BashOperator(task_id="train", bash_command="runnable-step run train")

    @task_group(group_id="each")
    def each_group():
        """map: over weights as weight"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="weight")
        def weight_group(index: int):
            """the body for each weight; its index is ti.map_index"""
            # python: steps.fit
            fit = BashOperator(task_id="fit", bash_command="runnable-step run each.{{ ti.map_index }}.fit")

        weight = weight_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        weight >> reduce

    each = each_group()

    # python: steps.judge
    judge = BashOperator(task_id="judge", bash_command="runnable-step run judge")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> train >> each >> judge >> result


DEFINITION = r'''{"runnable_ir":1,"name":"params-objects","start_at":"train","steps":[
{"type":"task","name":"train","next":"each","command_type":"python","command":"steps.train","returns":[{"name":"model","kind":"object"}]},
{"type":"map","name":"each","next":"judge","iterate_on":"weights","iterate_as":"weight","branch":{"start_at":"fit","steps":[
  {"type":"task","name":"fit","next":"success","command_type":"python","command":"steps.fit","returns":[{"name":"fitted","kind":"object"}]}
 ]}},
{"type":"task","name":"judge","next":"success","command_type":"python","command":"steps.judge","returns":[{"name":"verdict"}]}
]}'''

params_objects()
