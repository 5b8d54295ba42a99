#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# A county adds a field and a form; a branch fills both, imports and exports them; giving one up loses nothing.
. "$(dirname "$0")/_cli.sh"

hub() {
	"$J" --data "$T/h" "$@"
}
hub hub init --name 青石县总工会 --listen 127.0.0.1:0 >/dev/null
hub field add 会员 key=boots zh=雨靴尺码 type=整数 low=30 high=50 pi=N 'check_rule=x_boots < 48' check_zh=尺码太大，再量一次 >/dev/null
hub field add member key=flood zh=防汛任务 type=选项 choices=巡堤、值守、转运 many=1 >/dev/null
cat >"$T/form.json" <<'END'
{"key":"flood","zh":"防汛值班表","fields":[
 {"key":"day","zh":"值班日期","type":"date","pi":"N"},
 {"key":"level","zh":"水位","type":"decimal","scale":2,"pi":"N"},
 {"key":"who","zh":"值班人","type":"ref","ref":"member"}]}
END
hub form add "$T/form.json" >/dev/null
serve h
hub=$last
joins data

ends 0 field list
says 雨靴尺码
id=$(jc add member name=王小青 雨靴尺码=42 防汛任务=巡堤、转运)
ends 0 show "$id"
says 42
says 巡堤、转运
ends 0 set "$id" x_boots=49
says 尺码太大，再量一次
ends 0 show "$id"
says 尺码太大，再量一次
ends 0 list member x_flood=值守
says_not 王小青
ends 0 list member x_flood=巡堤
says 王小青
day=$(jc add 防汛值班表 值班日期=2026-07-01 水位=3.25 值班人="$id")
ends 0 show "$day"
says 3.25
says 王小青
ends 0 export member "$T/out.csv"
grep -q 雨靴尺码 "$T/out.csv" || fail "the export has no column for the county's field"
sed -i 's/,49,/,44,/' "$T/out.csv" # not in an id
ends 0 import "$T/out.csv" --kind member
ends 0 show "$id"
says 44
ends 0 report members # lists of records have the county's fields as columns
says 雨靴尺码
says 44
says 巡堤、转运
ends 0 report members --split town --html "$T/members.html"
grep -q 巡堤、转运 "$T/members.html" || fail "the paper has no column for the county's field"
ends 0 report members --outward
says_not 雨靴尺码
ends 0 sync
ends 77 field add member key=more zh=更多 type=int
ends 0 verify
says 没有发现问题
kill "$hub"
wait "$hub" 2>/dev/null || true
hub field hide member x_boots >/dev/null
hub verify >"$T/out"
says 没有发现问题
hub list member x_boots=44 >"$T/out" 2>&1 && fail "a hidden field is still offered"
hub field hide member x_boots --show >/dev/null
hub list member x_boots=44 >"$T/out"
says 王小青
