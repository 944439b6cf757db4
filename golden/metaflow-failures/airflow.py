"""FailuresFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

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
    dag_id="FailuresFlow",
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
def FailuresFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.FailuresFlow.start; retried by the runner
    start = BashOperator(task_id="start", bash_command="runnable-step run start")
    # metaflow: flow.FailuresFlow.raises; retried by the runner; on failure raises-catch
    raises = BashOperator(task_id="raises", bash_command="runnable-step run raises")
    # metaflow: flow.FailuresFlow.raises
    raises_catch = BashOperator(
        task_id="raises_catch",
        bash_command="runnable-step run raises-catch",
        trigger_rule="one_failed",
    )
    # metaflow: flow.FailuresFlow.slow; on failure slow-catch
    slow = BashOperator(task_id="slow", bash_command="runnable-step run slow", trigger_rule="all_done")
    # metaflow: flow.FailuresFlow.slow
    slow_catch = BashOperator(
        task_id="slow_catch",
        bash_command="runnable-step run slow-catch",
        trigger_rule="one_failed",
    )
    # metaflow: flow.FailuresFlow.told
    told = BashOperator(task_id="told", bash_command="runnable-step run told", trigger_rule="all_done")
    # metaflow: flow.FailuresFlow.dies; on failure dies-catch
    dies = BashOperator(task_id="dies", bash_command="runnable-step run dies")
    # metaflow: flow.FailuresFlow.dies
    dies_catch = BashOperator(
        task_id="dies_catch",
        bash_command="runnable-step run dies-catch",
        trigger_rule="one_failed",
    )
    # metaflow: flow.FailuresFlow.end; on failure end-catch
    end = BashOperator(task_id="end", bash_command="runnable-step run end", trigger_rule="all_done")
    # metaflow: flow.FailuresFlow.end
    end_catch = BashOperator(task_id="end_catch", bash_command="runnable-step run end-catch", trigger_rule="one_failed")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> raises >> raises_catch
    [raises, raises_catch] >> slow >> slow_catch
    [slow, slow_catch] >> told >> dies >> dies_catch
    [dies, dies_catch] >> end >> end_catch >> result


DEFINITION = r'''{"runnable_ir":1,"name":"FailuresFlow","start_at":"start","steps":[
{"type":"task","name":"start","next":"raises","command_type":"metaflow","command":"flow.FailuresFlow.start","flow":{"lane":"artifacts","start":true,"targets":["raises"],"retries":2},"returns":[{"name":"artifacts"}],"retry":{"limit":2}},
{"type":"task","name":"raises","next":"slow","on_failure":"raises-catch","command_type":"metaflow","command":"flow.FailuresFlow.raises","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["slow"],"retries":1,"catch":{"var":null,"print":false}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"retry":{"limit":1}},
{"type":"task","name":"raises-catch","next":"slow","command_type":"metaflow","command":"flow.FailuresFlow.raises","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["slow"],"retries":1,"catch":{"var":null,"print":false},"caught":true},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"slow","next":"told","on_failure":"slow-catch","command_type":"metaflow","command":"flow.FailuresFlow.slow","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["told"],"catch":{"var":"error","print":true}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"timeout":"1s"},
{"type":"task","name":"slow-catch","next":"told","command_type":"metaflow","command":"flow.FailuresFlow.slow","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["told"],"catch":{"var":"error","print":true},"caught":true},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"told","next":"dies","command_type":"metaflow","command":"flow.FailuresFlow.told","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["dies"]},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"dies","next":"end","on_failure":"dies-catch","command_type":"metaflow","command":"flow.FailuresFlow.dies","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["end"],"catch":{"var":null,"print":true}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"env":{"HOW":"9"}},
{"type":"task","name":"dies-catch","next":"end","command_type":"metaflow","command":"flow.FailuresFlow.dies","flow":{"lane":"artifacts","lanes":["artifacts"],"targets":["end"],"catch":{"var":null,"print":true},"caught":true},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}],"env":{"HOW":"9"}},
{"type":"task","name":"end","next":"success","on_failure":"end-catch","command_type":"metaflow","command":"flow.FailuresFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"],"catch":{"var":"fine","print":true}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end-catch","next":"success","command_type":"metaflow","command":"flow.FailuresFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"],"catch":{"var":"fine","print":true},"caught":true},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

FailuresFlow()
