# SPDX-License-Identifier: MulanPSL-2.0
# What the command line scenarios share: everything happens in a folder of its own, and D names the node of the moment.
. "$(dirname "$0")/_nodes.sh"
unset LC_ALL LC_MESSAGES LANG JICENG_DATA || true
export LANG=C
D=$T/data

jc() {
	"$J" --data "$D" "$@"
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
