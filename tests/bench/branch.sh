#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# W1 as a branch lives it, on the generator's data ($JICENG_BENCH): branch.sh JICENG. A hub, two PCs that import the same
# file without a line, and a third that only joins: one digest and 511 records everywhere; rebuilding, and exporting and
# importing again, change nothing. Fails when any of that does not hold.
set -euo pipefail
export LANG=zh_CN.UTF-8
jiceng=$(realpath "$1")
bench=${JICENG_BENCH:-$(dirname "$0")/../../../shared/bench}
work=$(mktemp -d)
hub=
trap '[ -z "$hub" ] || kill $hub; rm -rf "$work"' EXIT
fail() {
	echo "branch.sh: $*" >&2
	exit 1
}
jc() { "$jiceng" --data "$work/$1" "${@:2}"; }
digest() { jc "$1" digest --json; }
one() { python3 -c 'import json, sys; print(*[(s["register"], s["typed"]) for s in json.load(sys.stdin) if s["role"] == "branch"])'; }
records() { for kind in org member activity tmpl tmpl_item check check_item; do jc "$1" list $kind --json; done | grep -o '"id": *"[^"]*"' | sort -u | wc -l; }

python3 "$bench/gen.py" branch --out "$work/w" >/dev/null
python3 "$bench/to_catalogue.py" <"$work/w/branch.jsonl" >"$work/w1.jsonl"
jc hub hub init --name 清水县总工会 --listen 127.0.0.1:0 >/dev/null
jc hub serve >"$work/hub.out" 2>&1 &
hub=$!
for _ in $(seq 100); do grep -q 端口 "$work/hub.out" && break; sleep 0.1; done
url=https://127.0.0.1:$(grep -o "端口 [0-9]*" "$work/hub.out" | cut -d" " -f2)
for pc in a b; do
	jc $pc branch init --name 青石镇工会 >/dev/null
	jc $pc import "$work/w1.jsonl" >"$work/$pc.out" || fail "import at $pc: $(cat "$work/$pc.out")"
done
for pc in a b c; do jc $pc join "$url" "$(jc hub hub invite --branch 青石镇工会)" >/dev/null; done
for pc in a b c a; do jc $pc sync >/dev/null; done
for pc in a b c; do
	n=$(records $pc)
	[ "$n" = 511 ] || fail "$pc has $n records"
	[ "$(digest $pc)" = "$(digest a)" ] || fail "$pc has another digest"
done
n=$(records hub)
[ "$n" = 511 ] || fail "the hub has $n records"
[ -n "$(digest hub | one)" ] && [ "$(digest hub | one)" = "$(digest a | one)" ] || fail "the hub has another digest than its branch"
before=$(digest c)
jc c rebuild >/dev/null
[ "$(digest c)" = "$before" ] || fail "rebuild changed the digest"
for kind in org member activity tmpl tmpl_item check check_item; do
	jc c export $kind "$work/$kind.jsonl" >/dev/null
	jc c import "$work/$kind.jsonl" >"$work/out" || fail "importing $kind again: $(cat "$work/out")"
	jc c export $kind "$work/$kind-2.jsonl" >/dev/null
	cmp "$work/$kind.jsonl" "$work/$kind-2.jsonl" || fail "$kind is another after export and import"
done
[ "$(digest c)" = "$before" ] || fail "importing what was exported changed the digest"
jc c verify >/dev/null || fail "verify"
echo "W1: 511 records at the hub and at three PCs, one digest; rebuild, export and import change nothing"
