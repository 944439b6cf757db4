"""map-empty-list, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"nothing": {{ params["nothing"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="map-empty-list",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "nothing": Param([]),
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
def map_empty_list():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="plain")
    def plain_group():
        """map: over nothing as n"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control plain --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run plain.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce plain", trigger_rule="all_done")
        n >> reduce

    plain = plain_group()


    @task_group(group_id="sum")
    def sum_group():
        """map: over nothing as n, reduced by sum"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control sum --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run sum.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce sum", trigger_rule="all_done")
        n >> reduce

    sum = sum_group()


    @task_group(group_id="len")
    def len_group():
        """map: over nothing as n, reduced by len"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control len --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run len.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce len", trigger_rule="all_done")
        n >> reduce

    len = len_group()


    @task_group(group_id="any")
    def any_group():
        """map: over nothing as n, reduced by any"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control any --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run any.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce any", trigger_rule="all_done")
        n >> reduce

    any = any_group()


    @task_group(group_id="all")
    def all_group():
        """map: over nothing as n, reduced by all"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control all --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run all.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce all", trigger_rule="all_done")
        n >> reduce

    all = all_group()


    @task_group(group_id="max")
    def max_group():
        """map: over nothing as n, reduced by max"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control max --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run max.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce max", trigger_rule="all_done")
        n >> reduce

    max = max_group()


    @task_group(group_id="mean")
    def mean_group():
        """map: over nothing as n, reduced by mean"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control mean --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run mean.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce mean", trigger_rule="all_done")
        n >> reduce

    mean = mean_group()


    @task_group(group_id="first")
    def first_group():
        """map: over nothing as n, reduced by first"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control first --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run first.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce first", trigger_rule="all_done")
        n >> reduce

    first = first_group()


    @task_group(group_id="sorted")
    def sorted_group():
        """map: over nothing as n, reduced by sorted"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control sorted --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run sorted.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce sorted", trigger_rule="all_done")
        n >> reduce

    sorted = sorted_group()


    @task_group(group_id="lambda_554e79")
    def lambda_554e79_group():
        """map: over nothing as n, reduced by lambda *x: x[0]"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control lambda --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run lambda.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce lambda", trigger_rule="all_done")
        n >> reduce

    lambda_554e79 = lambda_554e79_group()


    @task_group(group_id="dotted")
    def dotted_group():
        """map: over nothing as n, reduced by steps.never"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control dotted --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="n")
        def n_group(index: int):
            """the body for each n; its index is ti.map_index"""
            # shell: exit 1
            work = BashOperator(task_id="work", bash_command="runnable-step run dotted.{{ ti.map_index }}.work")

        n = n_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce dotted", trigger_rule="all_done")
        n >> reduce

    dotted = dotted_group()

    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> plain >> sum >> len >> any >> all >> max >> mean >> first >> sorted >> lambda_554e79 >> dotted
    dotted >> result


DEFINITION = r'''{"runnable_ir":1,"name":"map-empty-list","start_at":"plain","steps":[
{"type":"map","name":"plain","next":"sum","iterate_on":"nothing","iterate_as":"n","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"plain"}]}
 ]}},
{"type":"map","name":"sum","next":"len","iterate_on":"nothing","iterate_as":"n","reducer":"sum","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"sum"}]}
 ]}},
{"type":"map","name":"len","next":"any","iterate_on":"nothing","iterate_as":"n","reducer":"len","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"len"}]}
 ]}},
{"type":"map","name":"any","next":"all","iterate_on":"nothing","iterate_as":"n","reducer":"any","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"any"}]}
 ]}},
{"type":"map","name":"all","next":"max","iterate_on":"nothing","iterate_as":"n","reducer":"all","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"all"}]}
 ]}},
{"type":"map","name":"max","next":"mean","iterate_on":"nothing","iterate_as":"n","reducer":"max","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"max"}]}
 ]}},
{"type":"map","name":"mean","next":"first","iterate_on":"nothing","iterate_as":"n","reducer":"mean","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"mean"}]}
 ]}},
{"type":"map","name":"first","next":"sorted","iterate_on":"nothing","iterate_as":"n","reducer":"first","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"first"}]}
 ]}},
{"type":"map","name":"sorted","next":"lambda","iterate_on":"nothing","iterate_as":"n","reducer":"sorted","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"sorted"}]}
 ]}},
{"type":"map","name":"lambda","next":"dotted","iterate_on":"nothing","iterate_as":"n","reducer":"lambda *x: x[0]","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"lambda"}]}
 ]}},
{"type":"map","name":"dotted","next":"success","iterate_on":"nothing","iterate_as":"n","reducer":"steps.never","branch":{"start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"exit 1","returns":[{"name":"dotted"}]}
 ]}}
]}'''

map_empty_list()
