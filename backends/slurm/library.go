package slurm

// library is the part of a script that is the same for every pipeline.
const library = `
# What follows is the same for every pipeline. Variables begin with _, so that they do not clash with yours, which jobs inherit: _at
# is the path of a graph with a dot after it, _entry the jobs that it waits for, _id its jobs by name.

_all= _total= _out= _array=() _held=() _mine=()

die() {
  echo "$*" >&2
  exit 2
}

job() { # NAME AFTER [OPTION…] -- COMMAND…: submits this file to run COMMAND on the path NAME once the jobs AFTER have ended
  local _name=$1 _after=$2 _label=$RUNNABLE_RUN_ID.$_at$1 _options=() _new
  shift 2
  while [ "$1" != -- ]; do
    _options+=("$1")
    shift
  done
  shift
  if [ -n "$_after" ]; then _options+=(--dependency="afterany:$_after"); else _options+=(--hold); fi # nothing starts before all are submitted
  [ "${!#}" = - ] || set -- "$@" "$_at${_name%+}"
  _new=$(batch --job-name="${_label:0:200}" --output="${RUNNABLE_JOBS//%/%%}/logs/%j.log" "${_options[@]}" ${_array[@]+"${_array[@]}"} "$RUNNABLE_JOBS/script" "$@")
  _new=${_new%%;*}
  _mine+=("$_new")
  echo "$_new" >>"$RUNNABLE_JOBS/jobs"
  [ ! -e "$RUNNABLE_JOBS/cancelled" ] || die "the run is cancelled"
  [ -n "$_after" ] || _held+=("$_new")
  _all+=:$_new
  _id[$_name]=$_new
}

batch() { # sbatch without Slurm's variables of the submitting job
  local _v
  for _v in "${!SLURM_@}"; do
    case $_v in SLURM_CONF | SLURM_CLUSTERS | SLURM_JWT) ;; *) unset "$_v" ;; esac
  done
  sbatch --parsable --export=ALL "$@"
}

expand() { # NAME AFTER EXPANSION [OPTION…] -- COMMAND…: a job that submits the steps inside, and one that ends the composite
  local _name=$1 _after=$2 _how
  read -ra _how <<<"$3"
  shift 3
  job "$_name+" "$_after" -- "${_how[@]}"
  job "$_name" "${_id["$_name+"]}" "$@"
  echo "${_id[$_name]}" >"$RUNNABLE_JOBS/ends/${_id["$_name+"]}" # before it ends, the first puts its jobs before the second
}

graph() { # FUNCTION PATH ENTRY: submits the jobs of a graph; they are in _out
  local _at=$2 _entry=$3 _all=
  local -A _id=()
  "$1"
  _out=${_all#:}
  _total+=$_all
}

go() { # starts what was submitted
  [ ${#_held[@]} = 0 ] || scontrol release "$(IFS=, && echo "${_held[*]}")"
  trap - EXIT
}

abandon() { # removes what was submitted where the rest could not be
  [ ${#_mine[@]} = 0 ] || scancel "${_mine[@]}"
}

# Jobs that submit others.

inside() { # COMMAND…: submits what is inside a composite, and puts it before the composite's end
  local _end
  _end=$(cat "$RUNNABLE_JOBS/ends/$SLURM_JOB_ID")
  trap abandon EXIT
  "$@"
  [ -z "$_total" ] || scontrol update JobId="$_end" Dependency="afterany$_total"
  go
}

control() { runner control "$1" --out /dev/stdout; }

number() { # PATH: how many items a map has, or which branch runs; nothing if the run does not reach it, or on an error
  local _n
  _n=$(control "$1") || return
  case $_n in *[!0-9]*) ;; *) echo "$_n" ;; esac
}

map() { # GRAPH PARALLELISM PATH: the items of a map, each with the jobs of its graph
  local _n _i _before _lanes=()
  _n=$(number "$3")
  for ((_i = 0; _i < ${_n:-0}; _i++)); do
    _before=
    if (($2 > 0 && _i >= $2)); then _before=${_lanes[_i - $2]}; fi
    graph "$1" "$3.$_i." "$_before"
    _lanes+=("$_out")
  done
}

array() { # GRAPH PARALLELISM PATH: the items of a map whose graph is one job, as arrays of at most Slurm's size
  local _n _most _from _before= _limit=
  _most=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
  if ((_most < 2)); then
    map "$@"
    return
  fi
  _n=$(number "$3")
  if (($2 > 0)); then _limit=%$2; fi
  for ((_from = 0; _from < ${_n:-0}; _from += _most)); do
    _array=(--array="0-$((_n - _from < _most ? _n - _from - 1 : _most - 1))$_limit")
    graph "$1" "$3.+$_from." "$_before"
    if (($2 > 0)); then _before=$_out; fi
  done
}

choose() { # GRAPH… PATH: the branch of a conditional that runs
  local _path=${!#} _n
  _n=$(number "$_path")
  if [ -n "$_n" ]; then graph "${@:_n+1:1}" "$_path." ""; fi
}

round() { # GRAPH ITERATION PATH: an iteration of a loop, and the job that submits the next
  local _at= _all= _done=false
  local -A _id=()
  if (($2 > 0)); then _done=$(control "$3.$(($2 - 1))"); fi
  [ "$_done" = false ] || return 0
  graph "$1" "$3.$2." ""
  job "$3+" "$_out" -- round "$1" "$(($2 + 1))"
  cp "$RUNNABLE_JOBS/ends/$SLURM_JOB_ID" "$RUNNABLE_JOBS/ends/${_id["$3+"]}"
  _total+=$_all
}

# Jobs that run something.

queued() { # SPARED [OPTION…]: the jobs of the run that have not ended, but for one
  squeue --me --noheader --format=%A "${@:2}" | sort -u | grep -Fxf - "$RUNNABLE_JOBS/jobs" | grep -vx "${1:-none}" || :
}

runner() { (cd "$RUNNABLE_JOBS" && "$_runner" "$@"); }

work() { # COMMAND PATH: the runner in a folder of its own. srun passes on the SIGTERM of a job that is cancelled
  local _path=$2 _image=()
  if [[ $_path =~ ^(.*)\+([0-9]+)(.*)$ ]]; then # an item of an array
    _path=${BASH_REMATCH[1]}$((BASH_REMATCH[2] + SLURM_ARRAY_TASK_ID))${BASH_REMATCH[3]}
  fi
  if declare -F setup >/dev/null; then
    set +eu
    setup || die "setup has failed"
    set -eu
  fi
  if [ -n "${RUNNABLE_IMAGE:-}" ]; then
    _runner=$(command -v "$_runner")
    _image=("$_container" exec ${CUDA_VISIBLE_DEVICES:+--nv} --bind "$PWD,$RUNNABLE_JOBS,$_runner" --pwd "$PWD")
    case $RUNNABLE_STORE in /*) _image+=(--bind "$RUNNABLE_STORE") ;; esac
    _image+=("$RUNNABLE_IMAGE")
  fi
  export RUNNABLE_CAPABILITIES="$RUNNABLE_CAPABILITIES folder=own"
  srun --ntasks=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" ${_image[@]+"${_image[@]}"} "$_runner" "$1" "$_path"
}

finish() { # [hooks]: ends the run, whose status is the job's. Jobs that a lost expansion left on hold never start
  local _left
  _left=$(queued "" --states=PENDING)
  if [ -n "$_left" ]; then xargs scancel <<<"$_left"; fi
  if [ "$1" = hooks ]; then (work hooks -) || echo "the hooks could not be run" >&2; fi
  runner result
}

# The commands.

folder() { # where the run has its script, logs and jobs
  local _dir
  case $RUN_ID in '' | [!A-Za-z0-9]* | *[!-A-Za-z0-9_.]*) die "run id $RUN_ID: use letters, digits, hyphens, underscores and dots" ;; esac
  case $RUNNABLE_STORE in file:///*) RUNNABLE_STORE=${RUNNABLE_STORE#file://} ;; esac
  case $RUNNABLE_STORE in
  /*) RUNNABLE_JOBS=${_shared:-$RUNNABLE_STORE/slurm}/$RUN_ID ;;
  *://*) RUNNABLE_JOBS=${_shared:?the store is a bucket: name a folder that all nodes share, folder in the section slurm of the configuration}/$RUN_ID ;;
  *) die "the store $RUNNABLE_STORE is relative: name its absolute path" ;;
  esac
  for _dir in "$PWD" "$RUNNABLE_JOBS" "$RUNNABLE_STORE"; do
    case $_dir/ in /tmp/* | /var/tmp/* | /dev/shm/* | /run/*) die "$_dir is a folder that is local to each node: use one that all nodes share" ;; esac
  done
  export RUNNABLE_STORE RUNNABLE_JOBS RUNNABLE_RUN_ID=$RUN_ID
}

submit() { # [name=value…]
  local _text _at= _given=()
  local -A _id=()
  for _text in "$@"; do
    case $_text in *=*) ;; *) die "$_text: write name=value" ;; esac
    printf '%s\n' ${_names[@]+"${_names[@]}"} | grep -Fx -- "${_text%%=*}" >/dev/null || die "${_text%%=*} is not an initial parameter; there are:  ${_names[*]-none}"
    _given+=("RUNNABLE_PRM_$_text")
  done
  RUN_ID=${RUN_ID:-$(date +%Y%m%d-%H%M%S)-$(od -An -N2 -tx1 /dev/urandom | tr -d ' ')}
  folder
  unset RUNNABLE_IMAGE RUNNABLE_WORKERS RUNNABLE_OWNER
  if [ "${RUNNABLE_RETRY:-}" != 1 ]; then # a run that goes on has no owner
    RUNNABLE_OWNER=slurm-$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
    export RUNNABLE_OWNER
  fi
  mkdir -p "$RUNNABLE_JOBS/logs" "$RUNNABLE_JOBS/ends"
  env ${_given[@]+"${_given[@]}"} RUNNABLE_PARAMETERS="$(parameters)" RUNNABLE_DEFINITION_FILE=<(definition) \
    RUNNABLE_WORKFLOW="$(scontrol show config | sed -n 's/^ClusterName *= *//p')" "$_runner" begin >/dev/null
  cat "$0" >"$RUNNABLE_JOBS/script.new"
  mv "$RUNNABLE_JOBS/script.new" "$RUNNABLE_JOBS/script"
  rm -f "$RUNNABLE_JOBS/jobs" "$RUNNABLE_JOBS/cancelled" "$RUNNABLE_JOBS/last"
  trap abandon EXIT
  trap 'exit 130' INT TERM
  graph graph_0 "" ""
  # shellcheck disable=SC2086 # two words
  job result "${_total#:}" -- $_last -
  echo "${_id[result]}" >"$RUNNABLE_JOBS/last"
  go
  echo "run $RUN_ID: $(wc -l <"$RUNNABLE_JOBS/jobs") jobs; squeue shows them, their logs are in $RUNNABLE_JOBS/logs" >&2
  echo "${_id[result]}"
}

cancel() { # RUN [all]: cancels the jobs of a run, first those that wait, so that none starts in the place of another
  local _spared= _left
  RUN_ID=${1:?cancel RUN}
  folder
  [ -e "$RUNNABLE_JOBS/jobs" ] || die "there are no jobs of a run $RUN_ID in $RUNNABLE_JOBS"
  touch "$RUNNABLE_JOBS/cancelled"
  [ "${2:-}" = all ] || _spared=$(cat "$RUNNABLE_JOBS/last")
  queued "$_spared" | xargs scancel --quiet --state=PENDING || :
  while _left=$(queued "$_spared") && [ -n "$_left" ]; do
    xargs scancel --quiet <<<"$_left" || :
    sleep 1
  done
}

case ${1:-} in
submit | cancel | work | runner | finish) "$@" ;;
map | array | choose | round) inside "$@" ;;
*) die "submit [name=value…] or cancel RUN" ;;
esac
`
