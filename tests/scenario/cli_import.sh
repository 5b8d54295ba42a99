#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Import and export from the command line: encodings, partly good files, dry runs, round trips.
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null
printf '姓名,性别,手机号,备注\n王小青,女,13000000001,=1+1\n𠮷小山,男,13000000002,"第一行\n第二行"\n' >"$T/utf8.csv"
iconv -f UTF-8 -t GB18030 "$T/utf8.csv" >"$T/gb.csv"
{
	printf '\357\273\277'
	cat "$T/utf8.csv"
} >"$T/bom.csv"

ends 0 import "$T/utf8.csv" --dry-run
says 会新增2
ends 0 list member
says 共0条
ends 0 import "$T/gb.csv"
says 新增2
before=$(digest)
ends 0 import "$T/utf8.csv"
says 相同2
ends 0 import "$T/bom.csv" --json
is "$(json_of same)" 2
is "$(digest)" "$before"

# round trips
for name in x.csv x.jsonl; do
	ends 0 export member "$T/$name"
	[ "$(stat -c %a "$T/$name")" = 600 ] || fail "an export can be read by others"
	ends 0 import "$T/$name"
	says 相同2
	is "$(digest)" "$before"
done
grep -q "'=1+1" "$T/x.csv" || fail "a formula was not defused"
head -c 3 "$T/x.csv" | od -An -tx1 | grep -q 'ef bb bf' || fail "no mark for spreadsheets"
iconv -f UTF-8 -t GB18030 "$T/x.csv" >"$T/x-gb.csv"
ends 0 import "$T/x-gb.csv"
says 相同2
is "$(digest)" "$before"

# into an empty folder: the same content
(
	D=$T/other
	jc branch init --name 青石镇工会 >/dev/null
	jc import "$T/x.jsonl" >/dev/null
	is "$(digest)" "$before"
)

# partly good
cat >"$T/part.jsonl" <<'J'
{"kind":"member","key":"m-1","set":{"name":"张三","mobile":"13000000003"}}
{"kind":"member","key":"m-2","set":{"name":"李四","no_such":"1"}}
not json
{"kind":"member","key":"m-3","set":{"name":"赵六"}}
J
ends 2 import "$T/part.jsonl"
says "第2行没有导入"
says no_such
says "第3行没有导入"
says 新增2
complains "有2行没有导入"
ends 2 import "$T/part.jsonl" --json
is "$(json_of same)" 2
ends 0 undo
says 导入
ends 0 list member
says 共2条

# whole files that are no good
ends 65 import "$T/gb.csv" --kind org
printf 'PK\003\004abc\000' >"$T/book.csv"
ends 65 import "$T/book.csv"
complains "有损坏"
ends 3 import "$T/nothing.csv"
complains nothing.csv
printf 'not json\n' >"$T/bad.jsonl"
printf '{"kind":"member"}\n' >"$T/bad2.jsonl"
ends 65 import "$T/bad2.jsonl"
ends 64 export member "$T/x.txt"
ends 73 export member "$T/no/such/folder/x.csv"
ends 3 export nothing "$T/y.csv"
[ ! -e "$T/y.csv" ] || fail "a failed export left a file"

# 2,000 rows; Ctrl-C in the middle leaves nothing behind
awk 'BEGIN { print "姓名,手机号,工种,备注"; for (i = 0; i < 20000; i++) printf "会员%05d,130%08d,电工,第%d条\n", i, i, i }' >"$T/big.csv"
before=$(digest)
# A shell leaves background children without SIGINT; env gives them the default again. On a busy machine the signal may
# come before the program listens (130): then it had not begun, and it is tried with a longer wait.
for pause in 0.3 1 3 10; do
	env --default-signal=INT "$JICENG" --data "$D" import "$T/big.csv" >"$T/out" 2>"$T/err" &
	pid=$!
	sleep $pause
	kill -INT $pid 2>/dev/null || true
	got=0
	wait $pid || got=$?
	[ $got -eq 130 ] || break
	is "$(digest)" "$before"
done
if [ $got -ne 0 ]; then
	is "$got" 1
	complains 已取消
	is "$(digest)" "$before"
else
	echo "note: the import was faster than Ctrl-C" >&2
fi
ends 0 verify
