#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A first upload over a line that breaks every 4 KiB, with TLS, and a second PC that fetches it over the same line: both come
# to their end by themselves, nothing is twice, and what went twice is little. Then a login page where the hub was.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
command -v python3 >/dev/null || exit 77

county
for pc in a b; do
	joins $pc
done
for i in $(seq 900); do
	printf '{"kind":"member","key":"m-%d","set":{"name":"王小青%d","gender":"女","mobile":"1300000%04d","residence":"青石镇第%d组"}}\n' \
		"$i" "$i" "$i" $((i * 7919 % 97))
done >roster.jsonl
"$J" --data a import roster.jsonl >import.log 2>&1 || fail "import: $(head -3 import.log)"
lead() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE peer SET url = ?", (sys.argv[2],)); d.commit()' \
	"$1/jiceng.db" "https://127.0.0.1:$2"; }
for pc in a b; do
	python3 "$here/_breaking_line.py" "$port" 4096 7 >line.$pc & line=$!
	pids="$pids $line"
	wait_for . line.$pc
	lead $pc "$(head -1 line.$pc)"
	rc=0; n=0
	while [ $n -lt 20 ]; do
		n=$((n + 1)); rc=0; "$J" --data $pc sync --trace trace.$pc.$n >sync.log 2>&1 || rc=$?
		[ $rc -eq 0 ] && break
		[ $rc -eq 75 ] || fail "sync ended with $rc: $(cat sync.log)"
	done
	[ $rc -eq 0 ] || fail "PC $pc did not come through: $(cat sync.log)"
	kill $line; wait $line 2>/dev/null || :
	"$J" --data $pc debug replay trace.$pc.$n >replay.log || fail "replay: $(cat replay.log)"
	grep -q ' AWAIT .* ASK \| AWAIT .* AGAIN \| AWAIT .* DONE ' replay.log || fail "replay says: $(cat replay.log)"
	set -- $(tail -1 line.$pc)
	echo "PC $pc: $1 bytes over $2 cuts in $n tries"
	[ "$2" -ge 3 ] || fail "the line broke only $2 times"
done
grep -q '王小青\|1300000\|青石\|secret' trace.* && fail 'a trace tells what was carried'
sed 's/"next":"DONE"/"next":"PROVE"/' trace.b."$n" >other
rc=0; "$J" --data a debug replay other >replay.log || rc=$?
[ "$rc" -eq 2 ] || fail "a step that differs ended with $rc"
digest() { "$J" --data "$1" digest | sed -n '2s/^ *登记 *//p'; }
[ "$(digest a)" = "$(digest b)" ] || fail 'the PCs differ'
[ "$("$J" --data b list member --json | grep -o '"id"' | wc -l)" -ge 900 ] || [ "$("$J" --data b digest | sed -n '1s/.* \([0-9]*\)条$/\1/p')" = 900 ] ||
	fail 'not every record is there once'

# A network that asks for a login answers in the hub's place.
python3 -c '
import http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        b = b"<html>login</html>"; self.send_response(200); self.send_header("Content-Length", str(len(b))); self.end_headers(); self.wfile.write(b)
    do_POST = do_GET
    def log_message(self, *a): pass
s = http.server.HTTPServer(("127.0.0.1", 0), H); print(s.server_address[1], flush=True); s.serve_forever()' >portal & pids="$pids $!"
wait_for . portal
lead a "$(cat portal)"
"$J" --data a add member name=王小白 >/dev/null
rc=0; "$J" --data a sync >sync.log 2>&1 || rc=$?
[ $rc -ne 0 ] && grep -q '这不是县里的服务器' sync.log || fail "a login page: $rc $(cat sync.log)"
"$J" --data a status | grep -q '等待上报：1处' || fail "status: $("$J" --data a status)"
echo ok
