"""conditional-values, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task, task_group

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = r'''{
"data_quality": {{ params["data_quality"] | tojson }},
"flag": {{ params["flag"] | tojson }},
"off": {{ params["off"] | tojson }},
"count": {{ params["count"] | tojson }},
"ratio": {% if params["ratio"] == 1.0 %}1.0{% else %}{{ params["ratio"] | tojson }}{% endif %},
"answer": {{ params["answer"] | tojson }}
}'''


@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None


@dag(
    dag_id="conditional-values",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "data_quality": Param("very good"),
        "flag": Param(True),
        "off": Param(False),
        "count": Param(3),
        "ratio": Param(1.0),
        "answer": Param("yes"),
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
def conditional_values():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="by_text")
    def by_text_group():
        """conditional: by data_quality"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20text --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="very_good")
        def very_good_group():
            """branch very good"""
            # shell: export text="very good"
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20text.very%20good.work")

        very_good = very_good_group()

        @task_group(group_id="bad")
        def bad_group():
            """branch bad"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20text.bad.never")

        bad = bad_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_text.very_good", "by_text.bad"])
        arm >> [very_good, bad]
        join = BashOperator(task_id="join", bash_command="runnable-step join by%20text", trigger_rule="all_done")
        [very_good, bad] >> join

    by_text = by_text_group()


    @task_group(group_id="by_flag")
    def by_flag_group():
        """conditional: by flag"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20flag --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="False_60a33e")
        def False_60a33e_group():
            """branch False"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20flag.False.never")

        False_60a33e = False_60a33e_group()

        @task_group(group_id="True_3cbc87")
        def True_3cbc87_group():
            """branch True"""
            # shell: export flagged=1
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20flag.True.work")

        True_3cbc87 = True_3cbc87_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_flag.False_60a33e", "by_flag.True_3cbc87"])
        arm >> [False_60a33e, True_3cbc87]
        join = BashOperator(task_id="join", bash_command="runnable-step join by%20flag", trigger_rule="all_done")
        [False_60a33e, True_3cbc87] >> join

    by_flag = by_flag_group()


    @task_group(group_id="by_lower_flag")
    def by_lower_flag_group():
        """conditional: by off"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20lower%20flag --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="true")
        def true_group():
            """branch true"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20lower%20flag.true.never")

        true = true_group()

        @task_group(group_id="false")
        def false_group():
            """branch false"""
            # shell: export lower=1
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20lower%20flag.false.work")

        false = false_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_lower_flag.true", "by_lower_flag.false"])
        arm >> [true, false]
        join = BashOperator(
            task_id="join",
            bash_command="runnable-step join by%20lower%20flag",
            trigger_rule="all_done",
        )
        [true, false] >> join

    by_lower_flag = by_lower_flag_group()


    @task_group(group_id="by_number")
    def by_number_group():
        """conditional: by count"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20number --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="_4")
        def _4_group():
            """branch 4"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20number.4.never")

        _4 = _4_group()

        @task_group(group_id="_3")
        def _3_group():
            """branch 3"""
            # shell: export number=1
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20number.3.work")

        _3 = _3_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_number._4", "by_number._3"])
        arm >> [_4, _3]
        join = BashOperator(task_id="join", bash_command="runnable-step join by%20number", trigger_rule="all_done")
        [_4, _3] >> join

    by_number = by_number_group()


    @task_group(group_id="by_float")
    def by_float_group():
        """conditional: by ratio"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20float --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="_1")
        def _1_group():
            """branch 1"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20float.1.never")

        _1 = _1_group()

        @task_group(group_id="default")
        def default_group():
            """branch default"""
            # shell: export float=1
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20float.default.work")

        default = default_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_float._1", "by_float.default"])
        arm >> [_1, default]
        join = BashOperator(task_id="join", bash_command="runnable-step join by%20float", trigger_rule="all_done")
        [_1, default] >> join

    by_float = by_float_group()


    @task_group(group_id="by_yes")
    def by_yes_group():
        """conditional: by answer"""
        which = BashOperator(
            task_id="which",
            bash_command="runnable-step control by%20yes --out /dev/stdout",
            do_xcom_push=True,
        )

        @task_group(group_id="no")
        def no_group():
            """branch no"""
            # stub
            never = BashOperator(task_id="never", bash_command="runnable-step run by%20yes.no.never")

        no = no_group()

        @task_group(group_id="yes")
        def yes_group():
            """branch yes"""
            # shell: export yes=1
            work = BashOperator(task_id="work", bash_command="runnable-step run by%20yes.yes.work")

        yes = yes_group()
        arm = arm_of.override(task_id="arm")(which.output, ["by_yes.no", "by_yes.yes"])
        arm >> [no, yes]
        join = BashOperator(task_id="join", bash_command="runnable-step join by%20yes", trigger_rule="all_done")
        [no, yes] >> join

    by_yes = by_yes_group()

    # stub
    join = BashOperator(task_id="join", bash_command="runnable-step run join", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [by_text, by_flag, by_lower_flag, by_number, by_float, by_yes]
    [by_text, by_flag, by_lower_flag, by_number, by_float, by_yes] >> join >> result


DEFINITION = r'''{"runnable_ir":1,"name":"conditional-values","style":"needs","steps":[
{"type":"conditional","name":"by text","parameter":"data_quality","branches":[
 {"name":"very good","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export text=\"very good\"","returns":[{"name":"text"}]}
 ]},
 {"name":"bad","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]}
]},
{"type":"conditional","name":"by flag","parameter":"flag","branches":[
 {"name":"False","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"True","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export flagged=1","returns":[{"name":"flagged"}]}
 ]}
]},
{"type":"conditional","name":"by lower flag","parameter":"off","branches":[
 {"name":"true","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"false","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export lower=1","returns":[{"name":"lower"}]}
 ]}
]},
{"type":"conditional","name":"by number","parameter":"count","branches":[
 {"name":"4","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"3","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export number=1","returns":[{"name":"number"}]}
 ]}
]},
{"type":"conditional","name":"by float","parameter":"ratio","default":"default","branches":[
 {"name":"1","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"default","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export float=1","returns":[{"name":"float"}]}
 ]}
]},
{"type":"conditional","name":"by yes","parameter":"answer","branches":[
 {"name":"no","start_at":"never","steps":[
  {"type":"stub","name":"never","next":"success"}
 ]},
 {"name":"yes","start_at":"work","steps":[
  {"type":"task","name":"work","next":"success","command_type":"shell","command":"export yes=1","returns":[{"name":"yes"}]}
 ]}
]},
{"type":"stub","name":"join","needs":["by text","by flag","by lower flag","by number","by float","by yes"]}
]}'''

conditional_values()
