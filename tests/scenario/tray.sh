#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# The county returns a field; the branch sees why, mends it and sends it again; the rest of the record stood all the time.
. "$(dirname "$0")/_cli.sh"
export LANG=C.UTF-8

county
joins a
D=$T/a
ends 0 add member name=王小青 title=主席 mobile=13000000001
id=$(head -n 1 "$T/out")
ends 0 set "$id" title=委员 mobile=13000000002
ends 0 sync
ends 0 tray
says 没有退回的内容
ends 77 return "$id" title --reason 不对

D=$T/h
ends 64 return "$id" title
ends 4 return "$id" title --accept
ends 0 return "$id" title --reason 与花名册不符
says 已退回1项
ends 0 show "$id"
says 主席
D=$T/a
ends 0 sync
ends 0 show "$id"
says 主席
says 退回
ends 0 tray
says 与花名册不符
says 委员
ends 0 status
says 退回
ends 0 tray --json
no=$(json_of no)
ends 0 tray export "$T/tray.csv"
grep -q '与花名册不符' "$T/tray.csv" || fail "the export has no reason"
ends 3 tray resend 999999
ends 0 tray resend "$no" title=组长
ends 3 tray withdraw "$no"
ends 0 sync
ends 0 tray
says 没有退回的内容
D=$T/h
ends 0 show "$id"
says 组长
ends 0 hub devices
says 青石镇工会
says 在用
ends 0 hub devices --json
ends 0 hub revoke "$(json_of id)"
says 已停用
ends 4 hub revoke "$(jc hub devices --json | grep -oE '"id":"[0-9a-z]*"' | cut -d'"' -f4)"
ends 65 hub revoke 不对
D=$T/a
ends 0 set "$id" title=又改
got=0
jc sync >/dev/null 2>&1 || got=$?
[ "$got" -ne 0 ] || fail "a revoked computer could still sync"
D=$T/h
ends 0 show "$id"
says 组长
for d in "$T/a" "$T/h"; do
	D=$d
	ends 0 rebuild
	ends 0 verify
done
