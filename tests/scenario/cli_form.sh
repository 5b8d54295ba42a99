#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# A form that was opened before somebody else's save and is saved after it: both values survive.
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null
id=$(jc add member name=王小青 mobile=13000000001 job=电工)
ends 0 show --json "$id"
seen=$(json_of seen)
ends 0 set "$id" mobile=13000000002
ends 0 set "$id" --seen "$seen" mobile=13000000003 job=焊工
says conflicts
ends 0 conflicts
says 130****0002
says 130****0003
says_not 焊工
ends 0 conflicts --json
is "$(grep -o '"op"' "$T/out" | wc -l)" 2
ends 0 show "$id"
says "2个不同的值"
op=$(jc conflicts | sed -n 's/.*\[\([0-9]*\)\] 130\*\*\*\*0002.*/\1/p')
ends 64 resolve "$id" mobile
ends 64 resolve "$id" mobile --pick "$op" --value 1
ends 3 resolve "$id" mobile --pick 999999
complains conflicts
ends 0 resolve "$id" mobile --pick "$op"
ends 0 show --full "$id"
says 13000000002
ends 0 conflicts
says 没有要选的
ends 4 resolve "$id" mobile --pick "$op"
# settling is a save: it can be undone, and settled otherwise
ends 0 undo
ends 0 set "$id" --seen "$seen" mobile=13000000004
ends 0 resolve "$id" 手机号 --value 13000000005
ends 0 show --full "$id"
says 13000000005
before=$(digest)
ends 0 rebuild
is "$(digest)" "$before"
