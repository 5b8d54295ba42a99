#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Practice data: full of made-up records, says so everywhere, joins nothing, goes away whole.
. "$(dirname "$0")/_cli.sh"

P=$T/practice
ends 0 practice "$P"
says 练习数据
"$JICENG" --data "$P" list member --limit 3 >"$T/out" 2>"$T/err"
says 王
grep -q 练习数据 "$T/err" || fail "a list does not say that it is practice: $(cat "$T/err")"
"$JICENG" --data "$P" show "$(sed -n 2p "$T/out" | cut -c1-12)" 2>&1 | grep -q 练习数据 || fail "show does not say it"
"$JICENG" --data "$P" add member name=李大山 >/dev/null 2>&1
got=0
"$JICENG" --data "$P" join https://127.0.0.1:1 abcde-fghjk-mnp01-23456-789ab-y >"$T/out" 2>"$T/err" || got=$?
is "$got" 4
grep -q 练习数据 "$T/err" || fail "join does not say why: $(cat "$T/err")"
"$JICENG" --data "$P" sync >/dev/null 2>&1 && fail "practice data syncs"
"$JICENG" --data "$P" verify >/dev/null 2>&1 || fail "verify"
jc branch init --name 青石镇工会 >/dev/null
ends 77 practice "$D" --remove
ends 0 list member
ends 0 practice "$P" --remove
[ ! -e "$P" ] || fail "something is left: $(ls -A "$P")"
ends 3 practice "$P" --remove
