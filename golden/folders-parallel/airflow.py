"""folders-parallel, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="folders-parallel",
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
def folders_parallel():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: echo shared > base.txt
    begin_e6f07d = BashOperator(task_id="begin_e6f07d", bash_command="runnable-step run begin")

    @task_group(group_id="each")
    def each_group():
        """parallel"""

        @task_group(group_id="de")
        def de_group():
            """branch de"""
            # shell: sleep 0.2; echo de > data.csv; echo de > scratch.txt; echo de >> base…
            prep = BashOperator(task_id="prep", bash_command="runnable-step run each.de.prep")
            # shell: sleep 0.2; export m_de="$(cat data.csv)"
            train = BashOperator(task_id="train", bash_command="runnable-step run each.de.train")
            prep >> train

        de = de_group()

        @task_group(group_id="fr")
        def fr_group():
            """branch fr"""
            # shell: sleep 0.2; echo fr > data.csv; echo fr > scratch.txt; printf X | dd o…
            prep = BashOperator(task_id="prep", bash_command="runnable-step run each.fr.prep")
            # shell: sleep 0.2; export m_fr="$(cat data.csv)"
            train = BashOperator(task_id="train", bash_command="runnable-step run each.fr.train")
            prep >> train

        fr = fr_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join each", trigger_rule="all_done")
        [de, fr] >> join

    each = each_group()

    # shell: export last="$(cat base.txt data.csv)"; test ! -e scratch.txt
    after = BashOperator(task_id="after", bash_command="runnable-step run after")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> begin_e6f07d >> each >> after >> result


DEFINITION = r'''{"runnable_ir":1,"name":"folders-parallel","start_at":"begin","steps":[
{"type":"task","name":"begin","next":"each","command_type":"shell","command":"echo shared > base.txt","catalog":{"put":["base.txt"]}},
{"type":"parallel","name":"each","next":"after","branches":[
 {"name":"de","start_at":"prep","steps":[
  {"type":"task","name":"prep","next":"train","command_type":"shell","command":"sleep 0.2; echo de > data.csv; echo de > scratch.txt; echo de >> base.txt","catalog":{"get":["base.txt"],"put":["data.csv"]}},
  {"type":"task","name":"train","next":"success","command_type":"shell","command":"sleep 0.2; export m_de=\"$(cat data.csv)\"","returns":[{"name":"m_de"}],"catalog":{"get":["data.csv"]}}
 ]},
 {"name":"fr","start_at":"prep","steps":[
  {"type":"task","name":"prep","next":"train","command_type":"shell","command":"sleep 0.2; echo fr > data.csv; echo fr > scratch.txt; printf X | dd of=base.txt conv=notrunc 2> /dev/null","catalog":{"get":["base.txt"],"put":["data.csv"]}},
  {"type":"task","name":"train","next":"success","command_type":"shell","command":"sleep 0.2; export m_fr=\"$(cat data.csv)\"","returns":[{"name":"m_fr"}],"catalog":{"get":["data.csv"]}}
 ]}
]},
{"type":"task","name":"after","next":"success","command_type":"shell","command":"export last=\"$(cat base.txt data.csv)\"; test ! -e scratch.txt","returns":[{"name":"last"}],"catalog":{"get":["base.txt","data.csv"]}}
]}'''

folders_parallel()
