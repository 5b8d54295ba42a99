#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# Two PCs of a branch, each without a line, enter one person twice, merge, edit and take apart; after both went
# through the hub all three say the same, a rebuild changes nothing, and the hub finds who is a member in two branches.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8

county
digest() { "$J" --data "$1" digest | sed -n '2s/^ *登记 *//p'; }
table() { "$J" --data "$1" digest | sed -n '3s/^ *表格 *//p'; }
must() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
both() { for pc in a b a b; do "$J" --data $pc sync >/dev/null; done; must 'digest of b' "$(digest b)" "$(digest a)"; must 'tables of b' "$(table b)" "$(table a)"; }
members() { "$J" --data "$1" list member --json | grep -o '"id"' | wc -l; }

for pc in a b; do
	"$J" --data $pc branch init --name 青石镇工会 >/dev/null
	joins $pc
done
x=$("$J" --data a add member name=王小青 birth_date=1975-03-08 mobile=13000000001 job=瓦工 | grep -oE '[0-9a-z]{12}' | head -1)
y=$("$J" --data b add member name=王小青 birth_date=1975-03-08 mobile=13000000001 job=木工 former_name=王二丫 | grep -oE '[0-9a-z]{12}' | head -1)
both
must 'members' "$(members a)" 2
"$J" --data a duplicates member | grep -q D4 || fail 'the pair is not offered'

# Without a line: a merges and keeps the other's job, b goes on editing the other record.
"$J" --data a merge "$x" "$y" --keep job=B | grep -q "$x" || fail 'merge does not say the id'
"$J" --data b set "$y" residence=柳湾村 >/dev/null
both
must 'members after the merge' "$(members b)" 1
"$J" --data b show "$y" | grep -q 柳湾村 || fail 'what was written meanwhile is lost'
"$J" --data b show "$x" | grep -q 木工 || fail 'the kept job is not shown'
"$J" --data b search 二丫 | grep -q "$x" || fail 'the former name does not lead to the shown record'
"$J" --data b search wxq | grep -q "$x" || fail 'initials do not find'
"$J" --data b search 0001 | grep -q "$x" || fail 'last digits do not find'
before=$(table b)
"$J" --data b rebuild >/dev/null
must 'tables after a rebuild' "$(table b)" "$before"
"$J" --data b verify >/dev/null || fail 'the self-check finds something'
"$J" --data a duplicates member | grep -q D4 && fail 'a merged pair is offered'

# b takes them apart and says that they are two; a edited the class meanwhile.
"$J" --data b unmerge "$x" "$y" >/dev/null
"$J" --data b distinct "$x" "$y" >/dev/null
"$J" --data a set "$x" job=油漆工 >/dev/null
both
must 'members after taking apart' "$(members a)" 2
"$J" --data a show "$x" | grep -q 油漆工 || fail 'the edit of the class is lost'
"$J" --data a show "$y" | grep -q 木工 || fail 'the other has not its own job again'
"$J" --data a duplicates member | grep -q D4 && fail 'a pair that was told apart is offered again'
"$J" --data a undo >/dev/null
"$J" --data a show "$x" | grep -q 瓦工 || fail 'undo does not bring the job back'
both

# One person, two branches: the county sees it, nobody merges it.
"$J" --data c branch init --name 石桥镇工会 >/dev/null
"$J" --data c join "$url" "$("$J" --data h hub invite --branch 石桥镇工会)" >/dev/null
for pc in a c; do
	id=$("$J" --data $pc add member name=李建国 id_no=399999196402290092 2>/dev/null | grep -oE '[0-9a-z]{12}' | head -1)
	"$J" --data $pc step "$id" 1 --date 2020-03-01 >/dev/null
	"$J" --data $pc sync >/dev/null
done
"$J" --data h duplicates --json | grep -q '"two_branches": *true' || fail 'the hub does not see the two memberships'
"$J" --data h tasks | grep -q 双重会籍 || fail 'the county has no task'
"$J" --data c tasks | grep -q 双重会籍 && fail 'a branch has the county'"'"'s task'
"$J" --data c duplicates | grep -q D1 && fail 'a branch sees what is not its own'
"$J" --data h verify >/dev/null || fail 'the self-check of the hub finds something'
echo ok
