#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# Three programs: a branch PC, its county's hub, the city's hub. What may go to the city gets there, nothing else does, and the branch is told by the city's own receipt.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8

"$J" --data city hub init --name 云山市总工会 --listen 127.0.0.1:0 >/dev/null
"$J" --data county hub init --name 青石县总工会 --listen 127.0.0.1:0 >/dev/null
serve city
city=$url
rc=0; "$J" --data city hub invite >/dev/null 2>&1 || rc=$?
[ "$rc" -eq 64 ] || fail "an invitation of nobody ended with $rc"
"$J" --data county join "$city" "$("$J" --data city hub invite --hub 青石县总工会)" >join.log
grep -q 已加入 join.log || fail "$(cat join.log)"
rc=0; "$J" --data county join "$city" "$("$J" --data city hub invite --hub 青石县总工会)" >/dev/null 2>again.log || rc=$?
[ "$rc" -ne 0 ] || fail 'a county joined twice'
serve county
"$J" --data pc join "$url" "$("$J" --data county hub invite --branch 青石镇工会)" >/dev/null
org=$("$J" --data pc add org name=青石厂工会 org_kind=union)
member=$("$J" --data pc add member name=王小青 mobile=13000000001)
"$J" --data pc sync >/dev/null
for _ in 1 2 3; do "$J" --data county sync >sync.log; done # serve does it by itself some seconds after
"$J" --data city show "$org" >city.log || fail 'the county does not forward'
grep -q 青石厂工会 city.log || fail "the city has: $(cat city.log)"
grep -q 等县里 sync.log && fail "the county waits for ever: $(cat sync.log)"
"$J" --data city show "$member" >/dev/null 2>&1 && fail 'a member went to the city'
"$J" --data city list member --json | grep -q 王小青 && fail 'a member went to the city'
for _ in $(seq 300); do
	"$J" --data pc sync >/dev/null
	"$J" --data pc show "$org" | head -1 | grep -q 已到市 && break
	sleep 0.2
done
"$J" --data pc show "$org" | head -1 | grep -q 已到市 || fail "the branch is not told: $("$J" --data pc show "$org" | head -1)"
"$J" --data pc show "$member" | head -1 | grep -qE '已到(县|上级)' || fail "the member: $("$J" --data pc show "$member" | head -1)"
for d in city county pc; do
	"$J" --data "$d" verify >verify.log || fail "$d: $(cat verify.log)"
done
