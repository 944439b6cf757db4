"""names-of-all-sorts, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
    dag_id="names-of-all-sorts",
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
def names_of_all_sorts():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: export n1=1
    a_b_c8687a = BashOperator(task_id="a_b_c8687a", bash_command="runnable-step run a%20b")
    # shell: export n2=2
    a_b_d44362 = BashOperator(task_id="a_b_d44362", bash_command="runnable-step run a-b")
    # shell: export n3=3
    A_b = BashOperator(task_id="A_b", bash_command="runnable-step run A-b")
    # shell: export n4=4
    _n_c_d_ = BashOperator(
        task_id="_n_c_d_",
        bash_command="runnable-step run %C3%BCn%C3%AF%2Fc%C3%B6d%C3%A9%20%E2%9C%93",
    )
    # shell: export n5=5
    it_s_quoted_x_HOME = BashOperator(
        task_id="it_s_quoted_x_HOME",
        bash_command="runnable-step run it%27s%20%22quoted%22%20%7B%7Bx%7D%7D%20%24HOME",
    )
    # shell: export n6=6
    not_254bb9 = BashOperator(task_id="not_254bb9", bash_command="runnable-step run not")
    # shell: export n7=7
    true = BashOperator(task_id="true", bash_command="runnable-step run true")
    # shell: export n8=8
    _help = BashOperator(task_id="_help", bash_command="runnable-step run %2D-help")
    # shell: export n11=11
    _etc_passwd = BashOperator(task_id="_etc_passwd", bash_command="runnable-step run %2Fetc%2Fpasswd")
    # shell: export n12=12
    _script_alert_1_script_ = BashOperator(
        task_id="_script_alert_1_script_",
        bash_command="runnable-step run %3Cscript%3Ealert%281%29%3C%2Fscript%3E",
    )
    # shell: export n13=13
    _rm_rf_id_id_x = BashOperator(
        task_id="_rm_rf_id_id_x",
        bash_command="runnable-step run %3B%20rm%20-rf%20%7E%20%60id%60%20%24%28id%29%20%7C%20x",
    )
    # shell: export n14=14
    _1_inputs_X_y_ = BashOperator(
        task_id="_1_inputs_X_y_",
        bash_command="runnable-step run %7B%7B%3D1%7D%7D%20%7B%7Binputs%7D%7D%20%24%7BX%3A-y%7D%20%23",
    )

    @task_group(group_id="p")
    def p_group():
        """parallel"""

        @task_group(group_id="_0")
        def _0_group():
            """branch 0"""
            # shell: export n9=9
            _684888 = BashOperator(task_id="_684888", bash_command="runnable-step run p.0.%2A")

        _0 = _0_group()

        @task_group(group_id="_684888")
        def _684888_group():
            """branch *"""
            # shell: export n10=10
            _0 = BashOperator(task_id="_0", bash_command="runnable-step run p.%2A.0")

        _684888 = _684888_group()
        join = BashOperator(task_id="join", bash_command="runnable-step join p", trigger_rule="all_done")
        [_0, _684888] >> join

    p = p_group()

    # shell: export sum=$((n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 …
    y = BashOperator(task_id="y", bash_command="runnable-step run y", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> [
        a_b_c8687a,
        a_b_d44362,
        A_b,
        _n_c_d_,
        it_s_quoted_x_HOME,
        not_254bb9,
        true,
        _help,
        _etc_passwd,
        _script_alert_1_script_,
        _rm_rf_id_id_x,
        _1_inputs_X_y_,
        p,
    ]
    [
        a_b_c8687a,
        a_b_d44362,
        A_b,
        _n_c_d_,
        it_s_quoted_x_HOME,
        not_254bb9,
        true,
        _help,
        _etc_passwd,
        _script_alert_1_script_,
        _rm_rf_id_id_x,
        _1_inputs_X_y_,
        p,
    ] >> y
    y >> result


DEFINITION = r'''{"runnable_ir":1,"name":"names-of-all-sorts","style":"needs","steps":[
{"type":"task","name":"a b","command_type":"shell","command":"export n1=1","returns":[{"name":"n1"}]},
{"type":"task","name":"a-b","command_type":"shell","command":"export n2=2","returns":[{"name":"n2"}]},
{"type":"task","name":"A-b","command_type":"shell","command":"export n3=3","returns":[{"name":"n3"}]},
{"type":"task","name":"\u00fcn\u00ef/c\u00f6d\u00e9 \u2713","command_type":"shell","command":"export n4=4","returns":[{"name":"n4"}]},
{"type":"task","name":"it's \"quoted\" {\u007bx}} $HOME","command_type":"shell","command":"export n5=5","returns":[{"name":"n5"}]},
{"type":"task","name":"not","command_type":"shell","command":"export n6=6","returns":[{"name":"n6"}]},
{"type":"task","name":"true","command_type":"shell","command":"export n7=7","returns":[{"name":"n7"}]},
{"type":"task","name":"--help","command_type":"shell","command":"export n8=8","returns":[{"name":"n8"}]},
{"type":"task","name":"/etc/passwd","command_type":"shell","command":"export n11=11","returns":[{"name":"n11"}]},
{"type":"task","name":"<script>alert(1)</script>","command_type":"shell","command":"export n12=12","returns":[{"name":"n12"}]},
{"type":"task","name":"; rm -rf ~ `id` $(id) | x","command_type":"shell","command":"export n13=13","returns":[{"name":"n13"}]},
{"type":"task","name":"{\u007b=1}} {\u007binputs}} ${X:-y} #","command_type":"shell","command":"export n14=14","returns":[{"name":"n14"}]},
{"type":"parallel","name":"p","branches":[
 {"name":"0","start_at":"*","steps":[
  {"type":"task","name":"*","next":"success","command_type":"shell","command":"export n9=9","returns":[{"name":"n9"}]}
 ]},
 {"name":"*","start_at":"0","steps":[
  {"type":"task","name":"0","next":"success","command_type":"shell","command":"export n10=10","returns":[{"name":"n10"}]}
 ]}
]},
{"type":"task","name":"y","needs":["a b","a-b","A-b","\u00fcn\u00ef/c\u00f6d\u00e9 \u2713","it's \"quoted\" {\u007bx}} $HOME","not","true","--help","p","/etc/passwd","<script>alert(1)</script>","; rm -rf ~ `id` $(id) | x","{\u007b=1}} {\u007binputs}} ${X:-y} #"],"command_type":"shell","command":"export sum=$((n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14))","returns":[{"name":"sum"}]}
]}'''

names_of_all_sorts()
