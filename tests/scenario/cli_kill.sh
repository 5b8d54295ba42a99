#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# kill -9 right after `add` has printed an id loses nothing. JC_KILLS sets how often (default 100).
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null
mkfifo "$T/pipe"
n=${JC_KILLS:-100}
i=0
while [ $i -lt "$n" ]; do
	i=$((i + 1))
	jc add member name="会员$i" mobile="$(printf '130%08d' $i)" >"$T/pipe" 2>/dev/null &
	pid=$!
	read -r id <"$T/pipe"
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	[ ${#id} -eq 12 ] || fail "round $i printed \"$id\""
	jc show "$id" >"$T/out" 2>&1 || fail "round $i: $id is gone: $(cat "$T/out")"
	says "会员$i"
done
jc list member --json >"$T/out"
is "$(grep -o '"id"' "$T/out" | wc -l)" "$n"

# and at any moment: what was printed is there, what is there is whole
i=0
while [ $i -lt $((n / 4)) ]; do
	i=$((i + 1))
	: >"$T/id"
	jc add member name="晚$i" job=电工 >"$T/id" 2>/dev/null &
	pid=$!
	sleep "0.00$((i % 10))"
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	id=$(cat "$T/id")
	[ -z "$id" ] || jc show "$id" >/dev/null || fail "$id was printed and is gone"
done
ends 0 verify
ends 0 list member --json
is "$(grep -o '"name":"晚' "$T/out" | wc -l)" "$(grep -o '"job":"电工"' "$T/out" | wc -l)"
