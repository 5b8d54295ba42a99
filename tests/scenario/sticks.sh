#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A branch that never has a line: joins, reports and gets its receipts by files on a stick; a full stick, a wrong file,
# a file read twice. No hub is ever served.
. "$(dirname "$0")/_cli.sh"
export LANG=C.UTF-8

U=$T/usb
mkdir "$U"
H=$T/hub
D=$H
ends 0 hub init --name 清水县总工会 --listen 127.0.0.1:0
ends 0 hub invite --branch 青石镇工会
code=$(cat "$T/out")
ends 3 bundle write "$U"

# before joining: what is recorded waits
D=$T/data
ends 0 branch init --name 青石镇工会
ends 0 add member name=王小青 sex=女
id=$(head -n 1 "$T/out" | awk '{print $NF}')
ends 0 add org name=青石镇工会 org_kind=工会组织
ends 4 bundle write "$U"
complains join

# the wish to join goes there, the enrolment comes back
ends 0 join --stick "$U" "$code"
says 申请加入
D=$H
ends 0 bundle read "$U"
says 青石镇工会
says 交接单
D=$T/data
ends 0 bundle read "$U"
says 已经加入县里
ends 0 status
says 等待上报：2处

# the report goes there, the receipt comes back
ends 0 bundle write "$U"
says '会员 1'
ls "$U" | grep -q '^青石镇工会-2[0-9]*-000[0-9]\.jcb$' || fail "file names: $(ls "$U")"
mark=$(grep -o '核对码.*' "$T/out" | head -n 1)
D=$H
for f in "$U"/青石镇工会-2*.jcb; do ends 0 bundle read "$f"; done
says "$mark"
says 新的2处
ends 0 list member
says 王小青
D=$T/data
ends 0 bundle read "$U" --json
says '"kind":"answer"'
ends 0 status
says 等待上报：没有
a=$(jc digest --json | sed 's/.*"register":"\([0-9a-f]*\)".*/\1/')
ends 0 show "$id"
says 已到县里
ends 0 list member
says 已到县里
ends 0 status --history
says 写U盘
says 读U盘
ends 0 status --history --json
says '"way":"stick-in"'

# twice is no harm, ones own is told, a picture is no exchange file, a bit is noticed
D=$H
for f in "$U"/青石镇工会-2*.jcb; do ends 0 bundle read "$f" --no-answer; done
says 新的0处
for f in "$U"/青石镇工会-回执*.jcb; do :; done
ends 77 bundle read "$f"
complains 本机写出的
printf 'GIF89a' >"$T/picture.gif"
ends 65 bundle read "$T/picture.gif"
for f in "$U"/青石镇工会-2*.jcb; do :; done
cp "$f" "$T/bad.jcb"
printf 'x' | dd of="$T/bad.jcb" bs=1 seek=200 conv=notrunc 2>/dev/null
ends 65 bundle read "$T/bad.jcb"
complains 改动过
head -c 300 "$f" >"$T/short.jcb"
ends 65 bundle read "$T/short.jcb"
ends 3 bundle read "$T/nothing.jcb"
is "$(jc digest --json | grep -c .)" 1

# a stick without room: told, and nothing is left on it
D=$T/data
ends 0 add member name=李大山
F=$T/full
mkdir "$F"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=4k tmpfs "$F" 2>/dev/null; then
	head -c 4096 /dev/zero >"$F/full" || :
	ends 74 bundle write "$F"
	complains 满了
	left=$(ls "$F")
	rm "$F/full"
	umount "$F"
	is "$left" full
else
	got=0
	(ulimit -f 0; trap '' XFSZ; jc bundle write "$F" >"$T/out" 2>"$T/err") || got=$?
	[ "$got" -ne 0 ] || fail "a stick that takes nothing was written"
	is "$(ls "$F")" ''
fi
ends 3 bundle write "$T/not-there"
complains U盘
# and the same goes on, onto a good one
ends 0 bundle write "$U"
D=$H
ends 0 bundle read "$U"
ends 0 list member
says 李大山
for d in "$H" "$T/data"; do
	D=$d
	ends 0 verify
done
[ -n "$a" ] || fail "no digest"
