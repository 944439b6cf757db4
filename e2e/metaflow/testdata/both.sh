# Runs one flow by Metaflow and by this project, and compares what they left: both.sh FOLDER METAFLOW-PYTHON OUR-PYTHON TOOL PACKAGE.
cd "$1" || exit 1
run() { # run NAME PYTHON…: the flow, resumed where it is to be
  rm -f ok
  name=$1 python=$2
  # shellcheck disable=SC2046
  "$python" flow.py run $(cat arguments) >"$name.log" 2>&1
  if [ -s resume ]; then
    touch ok
    "$python" flow.py resume >>"$name.log" 2>&1
  fi
  # shellcheck disable=SC2046
  "$python" ../artifacts.py $(cat ignore) >"$name.json" 2>>"$name.log"
}
export METAFLOW_USER=tester USER=tester METAFLOW_DATASTORE_SYSROOT_LOCAL="$PWD" METAFLOW_HOME="$PWD"
run metaflow "$2"
export RUNNABLE_RENDER="$4" PYTHONPATH="$5"
run ours "$3"
if cmp -s metaflow.json ours.json && grep -q '"": "True"' ours.json; then exit 0; fi
diff metaflow.json ours.json
tail -n 15 metaflow.log ours.log
exit 1
