"""settings-targets, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"items": {{ params["items"] | tojson }}
}'''


def numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]


@dag(
    dag_id="settings-targets",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "items": Param([2, 3]),
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
def settings_targets():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )

    @task_group(group_id="each")
    def each_group():
        """map: over items as item"""
        items = BashOperator(
            task_id="items",
            bash_command="runnable-step control each --out /dev/stdout",
            do_xcom_push=True,
            output_processor=numbers,
        )

        @task_group(group_id="item")
        def item_group(index: int):
            """the body for each item; its index is ti.map_index"""
            # shell: export fitted=$((item * item))
            fit = BashOperator(task_id="fit", bash_command="runnable-step run each.{{ ti.map_index }}.fit")

        item = item_group.expand(index=items.output)
        reduce = BashOperator(task_id="reduce", bash_command="runnable-step reduce each", trigger_rule="all_done")
        item >> reduce

    each = each_group()

    # shell: export shown="$fitted"
    report = BashOperator(task_id="report", bash_command="runnable-step run report")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> each >> report >> result


DEFINITION = r'''{"runnable_ir":1,"name":"settings-targets","start_at":"each","steps":[
{"type":"map","name":"each","next":"report","iterate_on":"items","iterate_as":"item","targets":{"argo":{"annotations":{"example.org/owner":"ada"},"labels":{"team":"ml"}}},"branch":{"start_at":"fit","steps":[
  {"type":"task","name":"fit","next":"success","command_type":"shell","command":"export fitted=$((item * item))","returns":[{"name":"fitted"}],"targets":{"argo":{"labels":{"role":"fit"},"synchronization":{"mutex":{"name":"settings-targets"}},"tolerations":[{"effect":"NoSchedule","key":"gpu","operator":"Exists"}],"volumes":[{"empty_dir":{"medium":"Memory","size_limit":"64Mi"},"mount_path":"/dev/shm"},{"config_map":{"name":"settings","optional":true},"mount_path":"/etc/settings"},{"mount_path":"/etc/keys","secret":{"optional":true,"secret_name":"keys"}}]},"compose":{"extra_hosts":["db.internal:10.0.0.7"],"shm_size":"96m","ulimits":{"core":{"hard":0,"soft":0},"nofile":4096}}}}
 ]}},
{"type":"task","name":"report","next":"success","command_type":"shell","command":"export shown=\"$fitted\"","returns":[{"name":"shown","kind":"text"}],"targets":{"argo":{"pod_spec_patch":{"containers":[{"env":[{"name":"PATCHED","value":"yes"}],"name":"main"}],"terminationGracePeriodSeconds":20}}}}
]}'''

settings_targets()
