"""needs-merge-order, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"x": {{ params["x"] | tojson }}
}'''


@dag(
    dag_id="needs-merge-order",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "x": Param("initial"),
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
def needs_merge_order():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export x=a
    a = BashOperator(task_id="a", bash_command="runnable-step run a")
    # shell: export x=b w=b
    b = BashOperator(task_id="b", bash_command="runnable-step run b")
    # shell: export w=c
    c = BashOperator(task_id="c", bash_command="runnable-step run c")
    # shell: export bc="x=$x w=$w"
    b_then_c = BashOperator(task_id="b_then_c", bash_command="runnable-step run b%20then%20c", trigger_rule="all_done")
    # shell: export cb="x=$x w=$w"
    c_then_b = BashOperator(task_id="c_then_b", bash_command="runnable-step run c%20then%20b", trigger_rule="all_done")
    # shell: export al="x=$x w=$w"
    a_last = BashOperator(task_id="a_last", bash_command="runnable-step run a%20last", trigger_rule="all_done")
    # shell: export x=end w=end
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> a >> b
    a >> c
    [b, c] >> b_then_c
    [b, c] >> c_then_b
    [a, b] >> a_last
    [b_then_c, c_then_b, a_last] >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"needs-merge-order","style":"needs","steps":[
{"type":"task","name":"a","command_type":"shell","command":"export x=a","returns":[{"name":"x"}]},
{"type":"task","name":"b","needs":["a"],"command_type":"shell","command":"export x=b w=b","returns":[{"name":"x"},{"name":"w"}]},
{"type":"task","name":"c","needs":["a"],"command_type":"shell","command":"export w=c","returns":[{"name":"w"}]},
{"type":"task","name":"b then c","needs":["b","c"],"command_type":"shell","command":"export bc=\"x=$x w=$w\"","returns":[{"name":"bc"}]},
{"type":"task","name":"c then b","needs":["c","b"],"command_type":"shell","command":"export cb=\"x=$x w=$w\"","returns":[{"name":"cb"}]},
{"type":"task","name":"a last","needs":["b","a"],"command_type":"shell","command":"export al=\"x=$x w=$w\"","returns":[{"name":"al"}]},
{"type":"task","name":"end","needs":["b then c","c then b","a last"],"command_type":"shell","command":"export x=end w=end","returns":[{"name":"x"},{"name":"w"}]}
]}'''

needs_merge_order()
