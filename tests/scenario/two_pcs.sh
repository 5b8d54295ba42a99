#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# One roster imported offline on two PCs of a branch, a rebuild, an export taken in again, a folder that was
# copied to a third machine, a folder restored from an old image: nothing is twice, nothing is lost.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8

county
invite() { "$J" --data h hub invite --branch 青石镇工会; }
digest() { "$J" --data "$1" digest | sed -n '2s/^ *登记 *//p'; }
table() { "$J" --data "$1" digest | sed -n '3s/^ *表格 *//p'; }
count() { "$J" --data "$1" digest | sed -n '1s/.* \([0-9]*\)条$/\1/p'; }
must() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }

# 41 records: an organization, and 40 members that name it by its external key.
echo '{"kind":"org","key":"o-1","set":{"name":"青石镇工会","org_kind":"工会组织"}}' >roster.jsonl
for i in $(seq 40); do
	printf '{"kind":"member","key":"m-%d","set":{"name":"王小青%d","gender":"女","mobile":"130000000%02d","union_id":"o-1"}}\n' "$i" "$i" "$i"
done >>roster.jsonl
for pc in a b; do
	"$J" --data $pc branch init --name 青石镇工会 >/dev/null
	"$J" --data $pc import roster.jsonl >/dev/null
	"$J" --data $pc join "$url" "$(invite)" >/dev/null
done
for pc in a b a b; do "$J" --data $pc sync >/dev/null; done
must 'records after the same import on two PCs' "$(count a)" 41
must 'digest of b' "$(digest b)" "$(digest a)"
must 'conflicts' "$("$J" --data a conflicts --json | tr -d '[:space:]' | head -c 2)" "$(printf '[]')"

before=$(table a)
"$J" --data a rebuild >/dev/null
must 'tables after a rebuild' "$(table a)" "$before"
"$J" --data a export member m.jsonl >/dev/null
"$J" --data a export member m.csv >/dev/null
"$J" --data a import m.jsonl >/dev/null
"$J" --data a import m.csv --kind member >/dev/null
must 'tables after taking the export in again' "$(table a)" "$before"

# The folder is copied to another machine; both go on, both sync.
id=$("$J" --data a list member --json | grep -oE '"id": *"[^"]+"' | head -1 | cut -d'"' -f4)
cp -r a old
"$J" --data a set "$id" title=主席 >/dev/null
cp -r a c
"$J" --data a add member name=李大山 >/dev/null
"$J" --data c add member name=赵玉梅 >/dev/null
for pc in a c a c b; do "$J" --data $pc sync >/dev/null; done
must 'records after a copied folder' "$(count b)" 43
must 'digest of the copy' "$(digest c)" "$(digest a)"
must 'digest of b' "$(digest b)" "$(digest a)"
"$J" --data c status | grep -qE '复制|恢复' || fail "status does not name the fork: $("$J" --data c status)"

# An image from before all that is restored.
rm -rf a
mv old a
"$J" --data a add member name=孙海燕 >/dev/null
for pc in a b a; do "$J" --data $pc sync >/dev/null; done
must 'records after a restored image' "$(count a)" 44
must 'digest after a restored image' "$(digest a)" "$(digest b)"
for pc in a b c h; do "$J" --data $pc verify >/dev/null || fail "$pc does not verify"; done
echo 'same import twice, rebuild, export, copy and restored image: 44 records, one digest'

# What may not leave the branch is not waited for: the list of an activity stays here, and all is sent.
waiting() { "$J" --data "$1" status --json | grep -oE '"waiting": *[0-9]+' | grep -oE '[0-9]+$'; }
activity=$("$J" --data b add activity title=读书会 start_at=2026-03-05)
"$J" --data b add participant activity_id="$activity" name=李大山 >/dev/null
[ "$(waiting b)" -gt 0 ] || fail 'what was just written does not wait'
"$J" --data b sync >/dev/null
must 'waiting after a sync' "$(waiting b)" 0
