#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# Two counties under a city. The city gets the figures of their reports and masked members: the numbers are those of the
# counties, small ones merged; one person with two memberships is seen by nothing but a key; and in all that lies at
# the city there is no name, no number, no phone, no day of birth of any member.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
on() { local d=$1; shift; "$J" --data "$d" "$@"; }
says() { local what=$1; shift; "$@" >out.txt 2>&1 || fail "$*: $(cat out.txt)"; grep -q -- "$what" out.txt || fail "no \"$what\" in $*: $(cat out.txt)"; }

on city hub init --name 云山市总工会 --listen 127.0.0.1:0 >/dev/null
serve city
city=$url
for c in 1 2; do
	on h$c hub init --name "第$c县总工会" --listen 127.0.0.1:0 >/dev/null
	on h$c join "$city" "$(on city hub invite --hub "第$c县总工会")" >/dev/null
	serve h$c
	on p$c join "$url" "$(on h$c hub invite --branch "第$c厂工会")" >/dev/null
	u=$(on p$c add org name="第$c厂工会" org_kind=union)
	v=$(on p$c add org name="第$c矿工会" org_kind=union)
	for i in 1 2 3 4 5 6; do
		on p$c add member name="王甲$c$i" former_name="李乙$c$i" mobile="1380000$c$c$i$i" birth_date="197$i-03-0$i" gender=2 \
			residence="柳湾村$i组" joined_on=2020-05-0$i employment_status=1 union_id="$u" >/dev/null
	done
	w=$(on p$c add org name="第$c店工会" org_kind=union)
	for i in 1 2 3; do
		on p$c add member name="赵丙$c$i" mobile="1390000${c}00$i" joined_on=2021-07-01 gender=1 union_id="$v" >/dev/null
		on p$c add member name="钱丁$c$i" joined_on=2021-07-01 gender=1 union_id="$w" >/dev/null
	done
	on p$c add member name="李建国" id_no=399999196402290092 joined_on=2018-01-01 gender=1 union_id="$u" >/dev/null 2>&1
	on p$c sync >/dev/null
	on h$c figures --make | grep -q 已写下 || fail 'nothing was written'
	on h$c sync >/dev/null
	on h$c sync >/dev/null # the word about the scopes goes first, what it says next
	on h$c sync >/dev/null
done
says 'R05  20[0-9][0-9]  2个单位报来' on city figures
says '第1县总工会.*合计 13' on city figures R05
says '^合计.*合计 26' on city figures R05
says '"closing":26' on city figures R05 --json
says '  第1厂工会.*合计 7' on city figures R05 --rows
says '不足5人' on city figures R05 --rows
grep -qE '矿工会|店工会' out.txt && fail 'a union of three members is named'
says '第1县总工会，第2县总工会都有会籍\|第1县总工会,第2县总工会都有会籍\|第2县总工会,第1县总工会都有会籍' on city tasks
[ "$(on h1 figures --make)" = 已写下0行，下次上报时送出 ] || fail "what did not change is written again: $(on h1 figures --make)"

# The bytes: the database, plain and with every stored object inflated.
sql() { python3 - "$1" <<'P'
import sqlite3, sys, zlib
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
out = open("bytes.bin", "wb")
for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    try:
        rows = db.execute('SELECT * FROM "%s"' % table)
    except sqlite3.Error:
        continue
    for row in rows:
        for v in row:
            b = v if isinstance(v, bytes) else str(v).encode()
            out.write(b + b"\n")
            if isinstance(v, bytes):
                for wbits in (15, -15):
                    try:
                        out.write(zlib.decompressobj(wbits).decompress(v) + b"\n")
                    except zlib.error:
                        pass
P
}
search() { # DB: what of the people is in it
	sql "$1"
	for word in 王甲 李乙 赵丙 钱丁 李建国 399999196402290092 0229009 1380000 1390000 柳湾村 -03-0 1964-02-29; do
		LC_ALL=C grep -aqF -- "$word" bytes.bin "$1"* && echo "$word"
	done
	:
}
f=$(ls city/*.db)
[ "$(search "h1/$(basename "$f")" | wc -l)" -gt 5 ] || fail 'the search finds nothing where everything is'
found=$(search "$f")
[ -z "$found" ] || fail "at the city: $found"

# Who leaves is gone from the figures; the masked row says so.
m=$(on p1 list member --json | tr '{' '\n' | grep -B1 王甲11 | grep -oE '"id":"[^"]*"' | cut -d'"' -f4)
on p1 step "$m" 6 change_reason=5 >/dev/null
on p1 sync >/dev/null
on h1 figures --make >/dev/null
on h1 sync >/dev/null
says '第1县总工会.*退会 1.*合计 12' on city figures R05
for d in city h1 h2 p1; do on $d verify >/dev/null || fail "the self-check of $d finds something"; done
echo ok
