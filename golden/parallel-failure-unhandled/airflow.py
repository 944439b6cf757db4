"""parallel-failure-unhandled, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="parallel-failure-unhandled",
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
def parallel_failure_unhandled():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="outer")
    def outer_group():
        """parallel"""

        @task_group(group_id="a")
        def a_group():
            """branch a"""

            @task_group(group_id="inner")
            def inner_group():
                """parallel"""

                @task_group(group_id="bad")
                def bad_group():
                    """branch bad"""
                    # shell: exit 1
                    boom = BashOperator(task_id="boom", bash_command="runnable-step run outer.a.inner.bad.boom")

                bad = bad_group()

                @task_group(group_id="good")
                def good_group():
                    """branch good"""
                    # stub
                    calm = BashOperator(task_id="calm", bash_command="runnable-step run outer.a.inner.good.calm")

                good = good_group()
                join = BashOperator(
                    task_id="join",
                    bash_command="runnable-step join outer.a.inner",
                    trigger_rule="all_done",
                )
                [bad, good] >> join

            inner = inner_group()

            # stub
            after = BashOperator(task_id="after", bash_command="runnable-step run outer.a.after")
            inner >> after

        a = a_group()

        @task_group(group_id="b")
        def b_group():
            """branch b"""
            # stub
            calm = BashOperator(task_id="calm", bash_command="runnable-step run outer.b.calm")

        b = b_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join outer", trigger_rule="all_done")
        [a, b] >> join

    outer = outer_group()

    # stub
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> outer >> end >> result


DEFINITION = r'''{"runnable_ir":1,"name":"parallel-failure-unhandled","start_at":"outer","steps":[
{"type":"parallel","name":"outer","next":"end","branches":[
 {"name":"a","start_at":"inner","steps":[
  {"type":"parallel","name":"inner","next":"after","branches":[
   {"name":"bad","start_at":"boom","steps":[
    {"type":"task","name":"boom","next":"success","command_type":"shell","command":"exit 1"}
   ]},
   {"name":"good","start_at":"calm","steps":[
    {"type":"stub","name":"calm","next":"success"}
   ]}
  ]},
  {"type":"stub","name":"after","next":"success"}
 ]},
 {"name":"b","start_at":"calm","steps":[
  {"type":"stub","name":"calm","next":"success"}
 ]}
]},
{"type":"stub","name":"end","next":"success"}
]}'''

parallel_failure_unhandled()
