"""needs-wide, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="needs-wide",
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
def needs_wide():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export n1=1
    r1 = BashOperator(task_id="r1", bash_command="runnable-step run r1")
    # shell: export n2=2
    r2 = BashOperator(task_id="r2", bash_command="runnable-step run r2")
    # shell: export n3=3
    r3 = BashOperator(task_id="r3", bash_command="runnable-step run r3")
    # shell: export n4=4
    r4 = BashOperator(task_id="r4", bash_command="runnable-step run r4")
    # shell: export n5=5
    r5 = BashOperator(task_id="r5", bash_command="runnable-step run r5")
    # shell: export sum=$((n1 + n2 + n3 + n4 + n5))
    sum = BashOperator(task_id="sum", bash_command="runnable-step run sum", trigger_rule="all_done")
    # shell: export alone=true
    alone = BashOperator(task_id="alone", bash_command="runnable-step run alone")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [r1, r2, r3, r4, r5, alone]
    [r1, r2, r3, r4, r5] >> sum
    [sum, alone] >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-wide","style":"needs","steps":[
{"type":"task","name":"r1","command_type":"shell","command":"export n1=1","returns":[{"name":"n1"}]},
{"type":"task","name":"r2","command_type":"shell","command":"export n2=2","returns":[{"name":"n2"}]},
{"type":"task","name":"r3","command_type":"shell","command":"export n3=3","returns":[{"name":"n3"}]},
{"type":"task","name":"r4","command_type":"shell","command":"export n4=4","returns":[{"name":"n4"}]},
{"type":"task","name":"r5","command_type":"shell","command":"export n5=5","returns":[{"name":"n5"}]},
{"type":"task","name":"sum","needs":["r1","r2","r3","r4","r5"],"command_type":"shell","command":"export sum=$((n1 + n2 + n3 + n4 + n5))","returns":[{"name":"sum"}]},
{"type":"task","name":"alone","command_type":"shell","command":"export alone=true","returns":[{"name":"alone"}]}
]}'''

needs_wide()
