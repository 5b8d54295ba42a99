#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A member moves between two branches of a county: one with a line, one that has nothing but a stick. Sent, accepted, sent
# back with a reason, withdrawn too late, asked for by the receiving side, decided by the county after 15 days. At no
# time is anybody on two registers of the county, and R05 balances.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
U=$T/usb
mkdir "$U"

county
ago() { date -d "12:00 $1 days ago" +%F; }
on() { local d=$1; shift; "$J" --data "$d" "$@"; }
says() { local what=$1; shift; "$@" >out.txt 2>&1 || fail "$*: $(cat out.txt)"; grep -q -- "$what" out.txt || fail "no \"$what\" in $*: $(cat out.txt)"; }
quiet() { local what=$1; shift; "$@" >out.txt 2>&1 || fail "$*: $(cat out.txt)"; grep -q -- "$what" out.txt && fail "\"$what\" in $*: $(cat out.txt)" || :; }
refuses() { local what=$1; shift; "$@" >out.txt 2>&1 && fail "$* went through" || :; grep -q -- "$what" out.txt || fail "$* does not say $what: $(cat out.txt)"; }
value() { on "$1" show "$2" --json >v.json; grep -oE "\"$3\":\"[^\"]*\"" v.json | head -1 | sed 's/.*:"//; s/"$//' || :; } # NODE ID FIELD
state() { local got; got=$(value "$1" "$2" "$3"); [ "$got" = "$4" ] || fail "$3 of $2 at $1 is \"$got\", not \"$4\""; }
stick() { # b's way to the hub and back
	rm -f "$U"/*
	on b bundle write "$U" >/dev/null
	on h bundle read "$U" >/dev/null
	on b bundle read "$U" >/dev/null
}
a_syncs() { on a sync >/dev/null; }
double() { # whoever has a membership that counts, counts once
	local names
	names=$(on h list member --json | tr '{' '\n' | grep -E '"membership_status":"(active|retained|moving)"' | grep -oE '"name":"[^"]*"' | sort)
	[ "$(printf '%s\n' "$names" | uniq -d)" = '' ] || fail "on two registers: $names"
	quiet 双重会籍 on h tasks
}
cell() { on h report R05 --from "$(ago 300)" --json | tr '{' '\n' | grep -F -A1 '"key":"'"$1"'","level":"'"${3:-row}"'"' | grep -oE "\"$2\":[0-9-]+" | head -1 | grep -oE '[0-9-]+$' || echo none; }
balanced() { # N: members of the county, that many went from one branch to another
	[ "$(cell '*' closing total)" = "$1" ] || fail "the county has $(cell '*' closing total) members, not $1"
	[ "$(cell '*' balance total)" = 0 ] || fail "R05 does not balance"
	[ "$(cell '*' local_in total)" = "$2" ] && [ "$(cell '*' local_out total)" = "$2" ] || fail "inside the county: in $(cell '*' local_in total), out $(cell '*' local_out total), not $2"
	[ "$(cell '*' moved_in total)$(cell '*' moved_out total)" = 00 ] || fail 'moves inside the county count as from outside'
}

for pc in a b; do on $pc branch init --name "$([ $pc = a ] && echo 青石镇工会 || echo 石桥镇工会)" >/dev/null; done
on a join "$url" "$(on h hub invite --branch 青石镇工会)" >/dev/null
on b join --stick "$U" "$(on h hub invite --branch 石桥镇工会)" >/dev/null
on h bundle read "$U" >/dev/null
on b bundle read "$U" >/dev/null
ua=$(on a add org name=青石厂工会 org_kind=union)
ub=$(on b add org name=石桥厂工会 org_kind=union)
m=$(on a add member name=王小青 id_no=399999196402290092 mobile=13000000001 joined_on=2015-03-01 gender=2 union_id="$ua" posts=chair job=瓦工)
n=$(on a add member name=李大山 mobile=13000000002 joined_on=2018-05-01 gender=1 union_id="$ua")
k=$(on a add member name=赵一 mobile=13000000003 joined_on=2019-06-01 gender=1 union_id="$ua")
a_syncs
stick

# sent by name, accepted on a PC without a line
t=$(on a add transfer member_id="$m" direction=out from_union="$ua" to_name=石桥厂工会 reason=1)
on a step "$t" send --date "$(ago 200)" >/dev/null
state a "$m" membership_status moving
refuses 对方答复 on a step "$t" accept
a_syncs
[ "$(value a "$t" name)" = 王小青 ] || fail 'the transfer has no name'
balanced 3 0
stick
says 王小青的会籍接转等您答复（青石厂工会提出） on b tasks
c=$(on b list transfer --json | grep -oE '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
[ "$(on b list member --json | grep -c '"id"')" = 0 ] || fail 'the member is at B before it accepted'
balanced 3 0
on b step "$c" accept --date "$(ago 196)" >/dev/null
p=$(on b list member --json | grep -oE '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
state b "$p" membership_status active
state b "$p" name 王小青
state b "$p" id_no 399999196402290092
state b "$p" mobile 13000000001
state b "$p" joined_on 2015-03-01
state b "$p" join_method transfer_in
state b "$p" union_id "$ub"
state b "$p" posts ''
state b "$p" job ''
quiet 等您答复 on b tasks
double
rm -f "$U"/*
on b bundle write "$U" >/dev/null
on h bundle read "$U" >/dev/null
double
balanced 3 1
a_syncs
state a "$t" state accepted
state a "$t" to_union "$ub"
state a "$m" membership_status moved
state a "$m" name 王小青
state a "$m" id_no ''
state a "$m" mobile ''
quiet 县里改 on a corrections
balanced 3 1

# sent back with a reason, drafted again, withdrawn while the other side accepts: the acceptance holds
t=$(on a add transfer member_id="$n" direction=out from_union="$ua" to_union="id:$ub" reason=1)
on a step "$t" send --date "$(ago 20)" >/dev/null
a_syncs
stick
c=$(on b list transfer --json | tr '{' '\n' | grep -B1 -A9 李大山 | grep -oE '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
refuses 理由 on b step "$c" reject
on b step "$c" reject reason=不在本单位上班 --date "$(ago 18)" >/dev/null
stick
a_syncs
state a "$t" state rejected
state a "$n" membership_status active
says 李大山的接转被退回：不在本单位上班 on a tasks
stick
state b "$c" name 李大山
state b "$c" mobile '' # what came of him is not kept where he is not taken
on a step "$t" redraft --date "$(ago 17)" >/dev/null
on a step "$t" send --date "$(ago 16)" >/dev/null
a_syncs
stick
says 李大山的会籍接转等您答复 on b tasks
on a step "$t" withdraw --date "$(ago 13)" >/dev/null
on b step "$c" accept --date "$(ago 14)" >/dev/null
a_syncs
state a "$n" membership_status active
stick
a_syncs
state a "$t" state accepted
state a "$n" membership_status moved
state b "$c" state accepted
double
balanced 3 2
for d in a b h; do quiet 流程对不上 on $d tasks; done

# B asks for somebody by the card; nobody has it; then by the name that the county corrects; A does not answer
q=$(on b add transfer direction=in name=赵一 member_no=8 from_name=青石厂工会 to_union="$ub" reason=1)
on b step "$q" ask --date "$(ago 40)" >/dev/null
stick
says '赵一的接转（青石厂工会）在县里找不到对方' on h tasks
on a set "$k" member_no=8 >/dev/null
a_syncs
on h step "$q" >/dev/null
on a set "$ua" short_name=青石厂 >/dev/null
a_syncs
a_syncs
says '赵一的会籍接转等您答复（石桥厂工会提出）' on a tasks
says '15天没有答复' on h tasks
on h step "$q" decide --hat CNT reason=劳动关系已在石桥厂 --date "$(ago 9)" >/dev/null
a_syncs
stick
state a "$k" membership_status moved
state b "$q" state decided
[ "$(on b list member --json | grep -oE '"membership_status":"active"' | wc -l)" = 3 ] || fail "B has $(on b list member)"
on b list member --json | grep -q 13000000003 || fail 'what B did not know of him did not come'
double
balanced 3 3

# an acceptance that is taken back
m=$(on a add member name=钱二 mobile=13000000004 joined_on=2020-01-01 union_id="$ua")
t=$(on a add transfer member_id="$m" direction=out to_name=石桥镇工会 reason=1)
on a step "$t" send --date "$(ago 7)" >/dev/null
a_syncs
stick
c=$(on b list transfer --json | tr '{' '\n' | grep -B1 -A9 钱二 | grep -oE '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
on b step "$c" accept --date "$(ago 6)" >/dev/null
stick
a_syncs
state a "$m" membership_status moved
on b undo >/dev/null
stick
a_syncs
state a "$t" state sent
state a "$m" membership_status moving
state a "$m" mobile 13000000004
double
on b step "$c" accept --date "$(ago 5)" >/dev/null
stick
a_syncs
state a "$m" membership_status moved
double
balanced 4 4

# everything is what the log says, everywhere
for d in a b h; do
	before=$(on $d digest | sed -n '3s/^ *表格 *//p')
	on $d rebuild >/dev/null
	[ "$(on $d digest | sed -n '3s/^ *表格 *//p')" = "$before" ] || fail "a rebuild changes $d"
	on $d verify >/dev/null || fail "the self-check of $d finds something"
done
echo ok
