#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A checklist from its issue at the county to the last 销号: the template flows down, a check is begun from it, items
# are answered, a problem is put right late, sent back, put right again, closed; a problem that comes back is a new
# item; the other PC and the hub see the same. A branch without a line begins from what the program brings along.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
a() { "$J" --data a "$@"; }
refused() { # WORD COMMAND...: must fail with that word
	want=$1
	shift
	if a "$@" >out 2>err; then fail "$* was not refused"; fi
	grep -qF -- "$want" err || fail "$*: $(cat err)"
}
has() { printf '%s\n' "$2" | grep -qF -- "$1" || fail "no \"$1\" in: $2"; }

# M04 M26 M31: without a line, from what comes with the program.
"$J" --data a branch init --name 青石镇工会 >/dev/null
org=$(a add org name=青石志愿者协会 org_kind=社会组织 mgmt_issues=管理松散、活动随性、场所欠缺)
has SO-SELF "$(a template list)"
first=$(a check start SO-SELF --org 青石志愿者协会 --people 张三、李四 --mode 联合检查)
[ "$(a list check_item --json | grep -o '"id"' | wc -l)" -eq 19 ] || fail 'a check has an item for every line'
a set "$first" joint_party=是 >/dev/null
refused '每一项都有结果' step "$first" submit
refused '没有“NOTHING”' check start NOTHING --org 青石志愿者协会
refused '模板由县' template issue SO-SELF

# The county issues a template; the branch gets it with its next session.
"$J" --data h hub init --name 清水县总工会 --listen 127.0.0.1:0 >/dev/null
"$J" --data h template issue VENUE-SAFE >/dev/null
if "$J" --data h template issue VENUE-SAFE >/dev/null 2>err; then fail 'one version is issued once'; fi
grep -qF 下发过了 err || fail "$(cat err)"
serve h
joins a
"$J" --data b branch init --name 青石镇工会 >/dev/null
joins b
a sync >/dev/null
has '上级下发' "$(a template list)"

venue=$(a add venue name=活动室 org_id=青石志愿者协会)
check=$(a check start VENUE-SAFE --org 青石志愿者协会 --venue 活动室 --people 张三 --date 2026-03-01)
has "活动场所与活动安全检查表" "$(a show "$check")"
refused 问题描述 check item "$check" C-02 find resp_person=王五
a check item "$check" C-02 find finding=灭火器过期 resp_person=王五 --date 2026-03-01 >/dev/null
a check item "$check" C-16 na reason=没有户外活动 >/dev/null
a check pass "$check" >/dev/null
has '期限2026-03-04' "$(a check show "$check")" # three days: it is serious
has '（超期）' "$(a check show "$check")"
has '灭火器过期”整改已超期' "$(a tasks)"
has '可用                   否' "$(a show "$venue")"
a step "$check" issue >/dev/null
a step "$check" submit >/dev/null
item=$(a list check_item --json item_no=C-02 2>/dev/null | grep -oE '"id": *"[^"]+"' | head -1 | cut -d'"' -f4 || :)
[ -n "$item" ] || item=$(a tasks --json --rule item_overdue | grep -oE '"record": *"[^"]+"' | head -1 | cut -d'"' -f4)
a check item "$check" C-02 receive >/dev/null
refused 佐证 check item "$check" C-02 submit rectify_desc=已换新
photo=$(a add attachment file_name=after.jpg mime=image/jpeg size=1000 sha256=0000000000000000000000000000000000000000000000000000000000000000 purpose=整改后 page_of="$item")
a check item "$check" C-02 submit rectify_desc=已换新 evidence_after="$photo" --date 2026-03-06 >/dev/null
refused 复查 check item "$check" C-02 close --hat CHAIR
a check item "$check" C-02 return reason=照片看不清 new_date=2026-03-10 by_person=赵六 --date 2026-03-07 --hat CHAIR >/dev/null
has '退回' "$(a check show "$check")"
a check item "$check" C-02 submit --date 2026-03-09 >/dev/null
refused '不能与' check item "$check" C-02 close reason=通过 by_person=王五 second_person=钱七 --hat CHAIR
a check item "$check" C-02 close reason=通过 by_person=赵六 second_person=钱七 --date 2026-03-10 --hat CHAIR >/dev/null
has '办结' "$(a show "$check")"
has '可用                   是' "$(a show "$venue")"
has '2026-03-04' "$(a show "$item")" # the first term is kept
a check item "$check" C-02 recur --date 2026-04-01 >/dev/null
has '反弹自' "$(a show "$(a list check_item --json | grep -oE '"id": *"[^"]+"' | tail -1 | cut -d'"' -f4)")"

# The other PC and the hub see the same; a rebuild changes nothing.
a sync >/dev/null
"$J" --data b sync >/dev/null
for pc in a b; do "$J" --data $pc digest | grep 表格 >$pc.digest; done
cmp a.digest b.digest || fail 'two PCs differ'
"$J" --data b rebuild >/dev/null
"$J" --data b digest | grep 表格 | cmp - a.digest || fail 'a rebuild differs'
