#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A folder of photographs on a record: kinds told apart, place gone, sent through a real hub, fetched by the second PC,
# dropped here and fetched again.
. "$(dirname "$0")/_cli.sh"
export LANG=C.UTF-8
C=$(cd "$(dirname "$0")/.." && pwd)/fuzz/corpus/filetype

county
joins a
joins b

D=$T/a
ends 0 add member name=王小青
id=$(head -n 1 "$T/out")
cp "$C/place.jpg" "$T/现场.jpg"
cp "$C/text.png" "$T/截图.png"
printf 'MZ' >"$T/程序.exe"
cp "$C/a.pdf" "$T/假的.jpg"
ends 2 attach "$id" "$T/现场.jpg" "$T/截图.png" "$C/a.docx" "$T/程序.exe" "$T/假的.jpg"
grep -q 假的 "$T/err" || fail "no reason for the false picture: $(cat "$T/err")"
ends 0 attach list "$id"
says 共3个附件
says 现场照片
ends 4 attach "$id" "$T/现场.jpg"
complains 已经附过了
ends 65 attach "$id" "$C/a.pdf" --purpose 没有这个用途
complains 没有这个用途
ends 0 attach "$id" "$C/a.pdf" --purpose 会议纪要 --person 否 --json
says '"mime":"application/pdf"'

# the place is not in the database, nor anywhere else
if grep -qa GPSCANARY "$D"/jiceng.db*; then fail "the place of a photograph was kept"; fi
ends 0 set "$id" mobile=13000000001
ends 0 sync --first "$id"
ends 0 sync --first "$id"
says 没有等着送的修改
ends 0 attach list "$id"
says 已到县里
says_not 在本机

# the second PC: the record at once, the bytes when asked for
D=$T/b
ends 0 sync
ends 0 attach list "$id" --json
says '"have":0'
file=$(grep -oE '"id":"[0-9a-z]*","file_name":"现场.jpg"' "$T/out" | cut -d'"' -f4)
ends 0 attach get "$file" "$T/回来.jpg"
D=$T/a
ends 0 attach get "$file" "$T/原来.jpg"
cmp "$T/回来.jpg" "$T/原来.jpg" || fail "other bytes came back"
ends 3 attach get zzzz2222zzzz "$T/nothing"
ends 65 attach get "$id" "$T/nothing"

# room
ends 0 attach clean
says 腾出
ends 0 verify
D=$T/h
ends 0 verify
