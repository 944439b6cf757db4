# Keeps the exported variables that the step returns when the shell ends, in whatever way it does:
# at the end of the script, by exit, with an EXIT trap of the script's own, or by exec of another program.
__rr_dump() { (
	set +efuxC
	unset IFS
	umask 077
	__rr_x="
$(export -p)"
	__rr_l='
'
	for __rr_n in @NAMES@; do
		eval "__rr_v=\${$__rr_n+x}"
		case $__rr_v$__rr_x in
		"x"*"${__rr_l}export $__rr_n="* | "x"*"${__rr_l}declare -x $__rr_n="* | "x"*"${__rr_l}typeset -x $__rr_n="*)
			eval "printf '=%s' \"\$$__rr_n\"" >@VARS@"$__rr_n" ;;
		"x"*) printf '?' >@VARS@"$__rr_n" ;;
		*) printf -- '-' >@VARS@"$__rr_n" ;;
		esac
	done
) >/dev/null 2>&1 || :; }
__rr_status() { return "$1"; }
__rr_exit() {
	__rr_s=$?
	{ set +ex; } 2>/dev/null
	__rr_dump
	[ -n "${__rr_trapped-}" ] || return 0
	__rr_a=$__rr_trapped
	__rr_trapped=
	eval "__rr_status $__rr_s
$__rr_a"
	__rr_dump
}
# trap, but for EXIT in this very shell: that action runs within our own.
__rr_trap() {
	if [ "${1-}" = -- ]; then shift; fi
	case ${1-} in
	'') if [ $# -eq 0 ]; then $__rr_builtin trap; return; fi ;;
	-?*) $__rr_builtin trap "$@"; return ;;
	esac
	__rr_a=$1
	case $1 in
	*[!0-9]* | '') if [ $# -eq 1 ]; then __rr_a=-; else shift; fi ;;
	*) __rr_a=- ;;
	esac
	for __rr_c in "$@"; do
		case $__rr_c in
		EXIT | 0)
			if [ "$(exec /bin/sh -c 'echo "$PPID"')" = "$$" ] && eval "[ $__rr_depth = 0 ]"; then
				if [ "$__rr_a" = - ]; then __rr_trapped=; else __rr_trapped=$__rr_a; fi
			else
				$__rr_builtin trap -- "$__rr_a" EXIT
			fi ;;
		*) $__rr_builtin trap -- "$__rr_a" "$__rr_c" || return ;;
		esac
	done
}
__rr_trapped=
__rr_builtin=
__rr_depth=0 # how deep in subshells that are no processes of their own
trap __rr_exit EXIT
case ${BASH_VERSION:+:$SHELLOPTS:} in
'' | *:posix:*)
	case ${KSH_VERSION-} in Version*) __rr_depth='${.sh.subshell}' ;; esac
	alias trap=__rr_trap
	alias exec='exec $(__rr_dump)' ;;
*) # bash expands no aliases in scripts, and lets a function take the place of trap, though not of exec
	__rr_builtin=builtin
	eval 'trap() { __rr_trap "$@"; }' ;;
esac
