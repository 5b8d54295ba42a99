#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Records from the command line: add, set, show, list, void, undo, history; words of errors and exit codes.
. "$(dirname "$0")/_cli.sh"

ends 3 list member
complains "jiceng branch init"
ends 64 branch init
complains "--name"
ends 0 branch init --name 青石镇工会
ends 4 branch init --name 别的工会
complains "青石镇工会"
[ "$(stat -c %a "$D/device.key")" = 600 ] || fail "the device key can be read by others"
[ "$(stat -c %a "$D")" = 700 ] || fail "the data folder can be read by others"

# add prints the id and nothing else
ends 0 add org name=青石镇工会 org_kind=工会组织
org=$(cat "$T/out")
[ ${#org} -eq 12 ] || fail "\"$org\" is no id"
ends 0 add 会员 姓名=王小青 性别=女 手机号=13000000001 所属工会=青石镇工会 特长=书法、唱歌
id=$(cat "$T/out")

ends 0 show "$id"
says 王小青
says "130****0001"
says_not 13000000001
says 青石镇工会
ends 0 show --full "$id"
says 13000000001
ends 0 show --json "$id"
is "$(json_of name)" 王小青
is "$(json_of gender)" 2
says "\"union_id\":\"$org\""
# the beginning of an id will do
ends 0 show "$(echo "$id" | cut -c1-6)"
says 王小青

# set: change, clear, sets as a whole and by element
ends 0 set "$id" mobile=13000000002 job=电工
says "改了2项"
ends 0 set "$id" mobile=13000000002
says "没有变化"
ends 0 set "$id" job= 特长+=游泳 特长-=书法
ends 0 show --json "$id"
says_not '"job"'
says '"talents":["唱歌","游泳"]'
ends 0 set "$id" 特长=下棋
ends 0 show --json "$id"
says '"talents":["下棋"]'

# list and its filters
ends 0 add member name=张三 gender=男 mobile=13000000003
id2=$(cat "$T/out")
ends 0 list member gender=女
says 王小青
says_not 张三
says 共1条
ends 0 list member job= --json
says "$id2"
ends 0 list member --fields name,mobile --full
says 13000000003

# void, unvoid, undo
ends 64 void "$id2"
ends 0 void "$id2" --reason 重复登记
ends 4 void "$id2" --reason 重复登记
complains 作废
ends 4 set "$id2" job=钳工
complains unvoid
ends 0 list member
says_not 张三
ends 0 list member --void
says 张三
ends 0 unvoid "$id2"
ends 4 unvoid "$id2"
ends 0 list member
says 张三
ends 0 set "$id2" job=钳工
ends 0 undo
says 修改
ends 0 show --json "$id2"
says_not 钳工
ends 0 history "$id2"
says 新增
says 作废
says 重复登记
says 恢复
ends 0 history --json "$id2"
says '"verb":"void"'

# one person once; an external key once
ends 0 add member name=赵小兰 id_no=399999199003070061
ends 4 add member name=赵小兰 id_no=399999199003070061
complains 已经有
ends 0 add member --key m-17 name=钱七
ends 4 add member --key m-17 name=钱七
ends 0 add member name=孙八 id_no=399999199003070062
grep -q 请核对 "$T/err" || fail "a wrong number is saved without a word"

# ... but covered anew every year, on their own number or another one's
ends 0 add aid_plan name=住院医疗互助
plan=$(cat "$T/out")
ends 0 add aid_cover plan_id="$plan" name=周九 id_no=399999199003070061 from=2025-01-01 to=2025-12-31
ends 0 add aid_cover plan_id="$plan" name=周九 id_no=399999199003070061 from=2026-01-01 to=2026-12-31

# words of errors
ends 64 nonsense
complains nonsense
ends 64 show
complains "参数不够"
ends 64 show "$id" more
complains more
ends 64 show "$id" --nonsense
complains --nonsense
ends 64 add member name
complains "name=张三"
ends 65 add member no_such_field=1
complains no_such_field
ends 3 add person name=甲
complains member
ends 3 add member name=甲 union_id=没有的工会
complains 没有的工会
ends 65 add member membership_status=在籍
complains 推算
ends 3 show zzzzzzzzzzzz
complains 核对编号
ends 65 show a
ends 64 set "$id" name=乙 --seen abc
ends 64 list member --limit 0
ends 64 show --lang fr "$id"

# English where it is asked for
ends 0 show --lang en "$id"
says "on this PC"
LANG=en_US.UTF-8 "$JICENG" --data "$D" show zzzzzzzzzzzz 2>"$T/err" && fail "found nothing"
complains "There is no record"

# -v adds the cause
got=0
jc -v show zzzzzzzzzzzz >"$T/out" 2>"$T/err" || got=$?
is "$got" 3
grep -q 原因 "$T/err" || fail "-v says no cause"

ends 0 status
says 青石镇工会
says 没有加入
ends 0 status --json
says '"joined":false'
ends 0 verify
says 没有发现问题
