"""script-interpreters, rendered from pipeline.yaml by runnable-render. Edit that, not this file."""

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
"mode": {{ params["mode"] | tojson }}
}'''


@dag(
    dag_id="script-interpreters",
    schedule=None,
    catchup=False,
    tags=["runnable-render"],
    doc_md=__doc__,
    params={
        "mode": Param("production"),
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
def script_interpreters():
    begin = BashOperator(
        task_id="begin",
        bash_command="runnable-step begin",
        env=ENV | {"RUNNABLE_DEFINITION": DEFINITION, "RUNNABLE_PARAMETERS": PARAMETERS},
    )
    # shell: #!/bin/bash …
    bash = BashOperator(task_id="bash", bash_command="runnable-step run bash")
    # shell: #!/bin/sh -eu …
    posix = BashOperator(task_id="posix", bash_command="runnable-step run posix")
    # shell: #!/usr/bin/env -S python3 -u …
    python = BashOperator(task_id="python", bash_command="runnable-step run python")
    # shell: #!/usr/bin/awk -f …
    awk = BashOperator(task_id="awk", bash_command="runnable-step run awk")
    # shell: #!/opt/no/such/program --flag …
    nowhere = BashOperator(task_id="nowhere", bash_command="runnable-step run nowhere")
    # ends as the run did: the only leaf, so that it alone decides what Airflow says of the run
    result = BashOperator(task_id="result", bash_command="runnable-step result", trigger_rule="all_done")

    begin >> bash >> posix >> python >> awk >> nowhere >> result


DEFINITION = r'''{"runnable_ir":1,"name":"script-interpreters","start_at":"bash","steps":[
{"type":"task","name":"bash","next":"posix","command_type":"shell","command":"#!/bin/bash\nif [[ $mode == prod* ]]; then export done=yes; else export done=no; fi\nwords=(one two)\nexport count=${\u0023words[@]}\n","returns":[{"name":"done"},{"name":"count"}]},
{"type":"task","name":"posix","next":"python","command_type":"shell","command":"#!/bin/sh -eu\ntrap 'export ended=\"by its trap\"' EXIT\nexport text='two\nlines'\nexit 0\n","returns":[{"name":"text","kind":"text"},{"name":"ended"}]},
{"type":"task","name":"python","next":"awk","command_type":"shell","command":"#!/usr/bin/env -S python3 -u\nimport json, os\nwith open(os.environ[\"RUNNABLE_RETURNS\"] + \"/squares\", \"w\") as f:\n    json.dump([n * n for n in range(int(os.environ[\"count\"]) + 1)], f)\nprint(os.environ[\"RUNNABLE_STEP\"], \"in\", os.environ[\"mode\"])\n","returns":[{"name":"squares"}]},
{"type":"task","name":"awk","next":"nowhere","command_type":"shell","command":"\n#!/usr/bin/awk -f\nBEGIN { print ENVIRON[\"done\"] \", \" ENVIRON[\"ended\"] > (ENVIRON[\"RUNNABLE_RETURNS\"] \"/told\") }\n","returns":[{"name":"told","kind":"text"}]},
{"type":"task","name":"nowhere","next":"success","on_failure":"success","command_type":"shell","command":"#!/opt/no/such/program --flag\nexport told=no\n","returns":[{"name":"told"}]}
]}'''

script_interpreters()
