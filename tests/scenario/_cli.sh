# SPDX-License-Identifier: MulanPSL-2.0
# What the command line scenarios share. $JICENG is the program; everything happens in a folder of its
# own, which stays when a scenario fails.
set -eu
: "${JICENG:?set JICENG to the program}"
unset LC_ALL LC_MESSAGES LANG JICENG_DATA || true
export LANG=C
T=$(mktemp -d "${TMPDIR:-/tmp}/jiceng-cli.XXXXXX")
D=$T/data
failed=0
trap 'rc=$?; if [ $rc -eq 0 ] && [ $failed -eq 0 ]; then rm -rf "$T"; else echo "kept: $T" >&2; fi' EXIT

jc() {
	"$JICENG" --data "$D" "$@"
}

fail() {
	failed=1
	echo "FAILED: $*" >&2
	exit 1
}

# ends CODE COMMAND...: runs the program; output in $T/out, errors in $T/err.
ends() {
	want=$1
	shift
	got=0
	jc "$@" >"$T/out" 2>"$T/err" || got=$?
	[ "$got" -eq "$want" ] || fail "jiceng $* ended with $got, not $want: $(cat "$T/out" "$T/err")"
}

# says WORD, complains WORD: what the last run printed, or wrote to standard error.
says() {
	grep -qF -- "$1" "$T/out" || fail "output does not say \"$1\": $(cat "$T/out")"
}
says_not() {
	if grep -qF -- "$1" "$T/out"; then fail "output says \"$1\": $(cat "$T/out")"; fi
}
complains() {
	grep -qF -- "$1" "$T/err" || fail "error does not say \"$1\": $(cat "$T/err")"
	[ "$(wc -l <"$T/err")" -eq 1 ] || fail "an error is one sentence: $(cat "$T/err")"
}

# is GOT WANT
is() {
	[ "$1" = "$2" ] || fail "\"$1\" is not \"$2\""
}

# json_of NAME: a member of the one-line JSON object in $T/out (texts and numbers).
json_of() {
	grep -oE '"'"$1"'":"?[^",}]*' "$T/out" | head -n 1 | sed 's/^[^:]*:"\{0,1\}//'
}

digest() {
	jc digest --json | sed 's/.*"typed":"\([0-9a-f]*\)".*/\1/'
}
