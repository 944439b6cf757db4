"""DeployedFlow, rendered from flow.py by runnable-render. Edit that, not this file."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag
from airflow.timetables.trigger import CronTriggerTimetable

ENV = {
    "RUNNABLE_TARGET": "airflow",
    "RUNNABLE_CAPABILITIES": "exit=code attempts=all begin=target control=file items=list parameters=plain folder=own skipped=99",
    "RUNNABLE_STORE": "{{ var.value.runnable_store }}",
    "RUNNABLE_RUN_ID": "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}",
    "RUNNABLE_OWNER": "{{ dag.dag_id }}/{{ run_id }}",
}
PARAMETERS = "{}"


@dag(
    dag_id="forecast.test.golden.DeployedFlow",
    schedule=CronTriggerTimetable("30 5 * * 1-5", timezone="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
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
def forecast_test_golden_DeployedFlow():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # metaflow: flow.DeployedFlow.start
    start = BashOperator(task_id="start", bash_command="runnable-step run start")
    # metaflow: flow.DeployedFlow.end
    end = BashOperator(task_id="end", bash_command="runnable-step run end")
    # what is done when the run has ended; whatever it comes to, the run stays as it is
    hooks = BashOperator(task_id="hooks", bash_command="runnable-step hooks", trigger_rule="all_done")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> start >> end >> hooks >> result


DEFINITION = r'''{"runnable_ir":1,"name":"DeployedFlow","target_name":"forecast.test.golden.DeployedFlow","schedules":[
{"cron":"30 5 * * 1-5","timezone":"Europe/Berlin"}
],"on_success":[
{"function":"flow.DeployedFlow.tells","flow":{"hook":"tells"},"timeout":"10m0s"},
{"function":"flow.DeployedFlow.fails","flow":{"hook":"fails"},"timeout":"10m0s"}
],"on_failure":[
{"function":"flow.DeployedFlow.never","flow":{"hook":"never"},"timeout":"10m0s"}
],"start_at":"start","steps":[
{"type":"task","name":"start","next":"end","command_type":"metaflow","command":"flow.DeployedFlow.start","flow":{"lane":"artifacts","start":true,"targets":["end"],"project":{"project_name":"forecast","branch_name":"test.golden","project_flow_name":"forecast.test.golden.DeployedFlow","is_user_branch":false,"is_production":false}},"returns":[{"name":"artifacts"}]},
{"type":"task","name":"end","next":"success","command_type":"metaflow","command":"flow.DeployedFlow.end","flow":{"lane":"artifacts","lanes":["artifacts"],"project":{"project_name":"forecast","branch_name":"test.golden","project_flow_name":"forecast.test.golden.DeployedFlow","is_user_branch":false,"is_production":false}},"inputs":[{"arg":"self","from":["artifacts"]}],"returns":[{"name":"artifacts"}]}
]}'''

forecast_test_golden_DeployedFlow()
