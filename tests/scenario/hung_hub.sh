#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A county server that hangs, in every phase of a real exchange with TLS: in the greeting, while it is sent to, before, in and
# behind its answer, among attachments. Each try ends by itself within its limit with code 75, the next one over a good line
# gets through, nothing is there twice, and the hub keeps neither descriptors nor memory of what hung.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
command -v python3 >/dev/null || exit 77
LIMIT=1

county
for pc in a b; do
	joins $pc
done
echo fine >fault
python3 "$here/_hanging_line.py" "$port" >line & pids="$pids $!"
wait_for . line
python3 -c 'import sqlite3, sys; d = sqlite3.connect("a/jiceng.db"); d.execute("UPDATE peer SET url = ?", (sys.argv[1],)); d.commit()' \
	"https://127.0.0.1:$(cat line)"

n=0
# The other PC's changes wait at the county, this one's wait here: an answer is a note and some news.
edits() {
	local i
	for i in $(seq 80); do
		n=$((n + 1))
		printf '{"kind":"member","key":"m-%d","set":{"name":"王小青%d","mobile":"1300000%04d","residence":"%s"}}\n' \
			"$n" "$n" "$n" "$(echo "青石$n$1" | sha256sum)"
	done >news.jsonl
	"$J" --data b import news.jsonl >import.log 2>&1 || fail "import: $(head -3 import.log)"
	"$J" --data b sync >/dev/null || fail 'the other PC has a good line'
	n=$((n + 1))
	printf '{"kind":"member","key":"m-%d","set":{"name":"李小白%d"}}\n' "$n" "$n" >mine.jsonl
	"$J" --data a import mine.jsonl >import.log 2>&1 || fail "import: $(head -3 import.log)"
}
good() {
	echo fine >fault
	"$J" --data a sync >sync.log 2>&1 || fail "after '$1' a good line does not help: $(cat sync.log)"
	[ "$("$J" --data a status --json | grep -o '"waiting":[0-9]*')" = '"waiting":0' ] || fail "after '$1' something still waits"
}
# Records at both PCs: as many as were entered.
count() { "$J" --data "$1" digest | sed -n '1s/.* \([0-9]*\)条$/\1/p'; }
hangs() {
	local rc=0 before
	edits "$1$2"
	echo "$1 $2" >fault
	before=$SECONDS
	"$J" --data a sync --limit $LIMIT >sync.log 2>&1 || rc=$?
	[ $rc -eq 75 ] || fail "$1 $2: ended with $rc: $(cat sync.log)"
	[ $((SECONDS - before)) -le $((LIMIT + 8)) ] || fail "$1 $2: took $((SECONDS - before)) s"
	[ "$(wc -l <sync.log)" -eq 1 ] || fail "$1 $2: an error is one sentence: $(cat sync.log)"
	if [ "$3" = noted ]; then
		[ "$("$J" --data a status --json | grep -o '"waiting":[0-9]*')" = '"waiting":0' ] || fail "$1 $2: the note came and does not count"
	fi
	good "$1 $2"
	[ "$(count a)" = "$n" ] || fail "$1 $2: $(count a) records and not $n"
}

edits clean
good clean
sleep 0.3
set -- $(cat moved)
up=$1 down=$2
[ "$down" -gt 5000 ] || fail "an answer of $down bytes has no room for faults"
hangs silent 0 lost          # never answers: not even the greeting
hangs half 60 lost           # in its part of the TLS greeting
hangs mute 0 lost            # takes the request and never answers
hangs stuck 100 lost         # stops reading in our part of the greeting
hangs stuck $((up - 200)) lost       # stops reading in the body of the request
hangs trickle 0 lost         # half a byte a second from the start
hangs trickle $((down / 2)) lost     # half a byte a second in the answer
hangs half $((down - 1500)) noted    # stands still behind the note
hangs cut $((down - 1500)) noted     # cuts behind the note, and the line stays away
fds() { ls "/proc/$hub/fd" | wc -l; }
settled() { # its descriptors, once the connections are gone that were cut a moment ago
	local i
	for i in $(seq 50); do [ "$(fds)" -le "${1:-0}" ] && break; sleep 0.1; done
	fds
}
rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$hub/status"; }
f1=$(settled 0) r1=$(rss)
for f in "half 60" "mute 0" "stuck 100" "stuck $((up - 200))" "half $((down - 1500))"; do hangs $f any; done
f2=$(settled "$f1") r2=$(rss)
[ "$f2" -le "$f1" ] || fail "the hub had $f1 descriptors and has $f2"
[ "$r2" -le $((r1 + 6144)) ] || fail "the hub had $r1 kB and has $r2"

# Among attachments: the records are there, the next try goes on with the bytes.
head -c 200000 /dev/urandom >noise && { printf '%%PDF-1.4\n'; cat noise; printf '\n%%%%EOF\n'; } >plan.pdf
id=$("$J" --data a add member name=王小白 | head -1)
"$J" --data a attach "$id" plan.pdf --person 否 >attach.log 2>&1 || fail "attach: $(cat attach.log)"
echo 'stuck 90000' >fault
rc=0; "$J" --data a sync --limit $LIMIT >sync.log 2>&1 || rc=$?
[ $rc -eq 75 ] && grep -q '记录都已送到' sync.log || fail "among attachments: $rc $(cat sync.log)"
good attachments
digest() { "$J" --data "$1" digest | sed -n '2s/^ *登记 *//p'; }
"$J" --data b sync >/dev/null
[ "$(digest a)" = "$(digest b)" ] || fail 'the PCs differ'
for d in a b h; do "$J" --data $d verify >/dev/null || fail "$d does not verify"; done
echo "15 hangs, each within $LIMIT s and a little; hub: $f1 then $f2 descriptors, $r1 then $r2 kB"
