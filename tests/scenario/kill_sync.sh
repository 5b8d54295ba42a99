#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# kill -9 of real processes while saving and syncing, the hub included: every id that was printed is
# there afterwards, at the branch and at the county. KILLS gives another number of kills (default 40).
set -uo pipefail
J=${JICENG:?}
kills=${KILLS:-40}
T=$(mktemp -d)
hub=
clean() { [ -n "$hub" ] && kill -9 "$hub" 2>/dev/null && wait "$hub" 2>/dev/null; rm -rf "$T"; }
trap clean EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$T" || exit 1
export LANG=C.UTF-8 LC_ALL=C.UTF-8
A=pc$$
RANDOM=${SEED:-1}

"$J" --data h hub init --name 清水县总工会 >/dev/null || fail 'hub init'
port=
serve() {
	rm -f hub.log # the last one's words are not this one's
	"$J" --data h serve --listen "127.0.0.1:${port:-0}" >hub.log 2>&1 &
	hub=$!
	for _ in $(seq 1200); do grep -qE '端口 [0-9]+$' hub.log 2>/dev/null && break; sleep 0.05; done
	port=$(grep -oE '[0-9]+$' hub.log | head -1)
	[ -n "$port" ] || fail "hub: $(cat hub.log)"
}
serve
"$J" --data "$A" join "https://127.0.0.1:$port" "$("$J" --data h hub invite --branch 青石镇工会)" >/dev/null || fail join

work() { # saves and syncs until it is killed; an id counts once it has been printed
	while :; do
		"$J" --data "$A" add member name=王小青 mobile=13000000001 >>ids 2>>errors
		"$J" --data "$A" sync >/dev/null 2>&1
	done
}
: >ids
for i in $(seq "$kills"); do
	( work ) &
	w=$!
	sleep "0.0$((RANDOM % 9))$((RANDOM % 10))"
	if [ $((i % 8)) -eq 0 ]; then
		kill -9 "$hub" 2>/dev/null
		wait "$hub" 2>/dev/null
	fi
	kill -STOP "$w" 2>/dev/null
	pkill -9 -f -- "--data $A " 2>/dev/null
	kill -9 "$w" 2>/dev/null
	wait "$w" 2>/dev/null
	[ $((i % 8)) -eq 0 ] && serve
done
[ -s errors ] && grep -v '^$' errors | head -3
n=$(grep -cE '^[0-9a-z]{12}$' ids)
[ "$n" -ge $((kills / 8)) ] || fail "only $n saves got through"
"$J" --data "$A" sync >/dev/null || fail 'the last sync'
"$J" --data "$A" list member --json >list.json || fail list
lost=0
for id in $(grep -E '^[0-9a-z]{12}$' ids); do
	grep -q "\"$id\"" list.json || lost=$((lost + 1))
done
[ "$lost" -eq 0 ] || fail "$lost of $n printed ids are lost"
[ "$("$J" --data "$A" digest | grep -m1 登记)" = "$("$J" --data h digest | grep -F "$("$J" --data "$A" digest | grep -m1 登记)")" ] ||
	fail 'branch and county differ'
"$J" --data "$A" verify >/dev/null || fail 'the branch does not verify'
"$J" --data h verify >/dev/null || fail 'the hub does not verify'
echo "$kills kills, $n printed ids, 0 lost, branch and county equal"
