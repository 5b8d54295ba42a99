#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# serve as a person and a script meet it: one per folder, the API with its token, a branch that syncs by
# itself, an end on SIGTERM; and sync without a line, with a hub that never answers, with a newer database.
set -euo pipefail
J=${JICENG:?}
T=$(mktemp -d)
pids=()
clean() { for p in "${pids[@]:-}"; do [ -n "$p" ] && kill "$p" 2>/dev/null && wait "$p" 2>/dev/null || :; done; rm -rf "$T"; }
trap clean EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8
wait_for() { for _ in $(seq 150); do grep -qE "$1" "$2" 2>/dev/null && return 0; sleep 0.1; done; fail "no \"$1\" in $2: $(cat "$2")"; }

"$J" --data h hub init --name 清水县总工会 --listen 127.0.0.1:0 >/dev/null
"$J" --data h serve >hub.log 2>&1 & pids+=($!)
wait_for '口令' hub.log
url=https://127.0.0.1:$(sed -n 's/.*端口 \([0-9]*\)$/\1/p' hub.log)
rc=0; "$J" --data h serve >second.log 2>&1 || rc=$?
[ "$rc" -eq 4 ] || fail "a second serve ended with $rc: $(cat second.log)"
[ "$(wc -l <second.log)" -eq 1 ] || fail "a second serve says: $(cat second.log)"

"$J" --data a join "$url" "$("$J" --data h hub invite --branch 青石镇工会)" >/dev/null
"$J" --data a serve >a.log 2>&1 & pids+=($!)
wait_for '口令' a.log
api=$(grep -oE 'http://[0-9.:]+' a.log | head -1)
token=$(cat a/api.token)
[ "$(stat -c %a a/api.token)" = 600 ] || fail 'others may read the token'
auth="Authorization: Bearer $token"
curl -sf -H "$auth" "$api/api/v1/status" | grep -q '青石镇工会' || fail 'status'
curl -sf "$api/api/v1/status" && fail 'the API answers without a token'
curl -sf -H "$auth" -d '{"set":{"name":"王小青","gender":"女"}}' "$api/api/v1/records/member" >add.json || fail 'add'
curl -sf -H "$auth" -d '{}' "$api/api/v1/sync" >/dev/null || fail 'sync'
for _ in $(seq 100); do
	"$J" --data a status | grep -q '等待上报：没有' && break
	sleep 0.1
done
"$J" --data a status | grep -q '等待上报：没有' || fail "it does not sync by itself: $("$J" --data a status)"
"$J" --data h list member --json | grep -q '王小青' || fail 'the county has it not'
kill -TERM "${pids[1]}"
wait "${pids[1]}" || fail "SIGTERM: $?"
pids[1]=

# No line; a hub that takes the connection and never answers; both say so, keep everything and end with 75.
"$J" --data a add member name=李大山 >/dev/null
kill -TERM "${pids[0]}"
wait "${pids[0]}" || fail 'the hub does not end well'
pids[0]=
rc=0; "$J" --data a sync >sync.log 2>&1 || rc=$?
[ "$rc" -eq 75 ] || fail "sync without a line ended with $rc: $(cat sync.log)"
[ "$(wc -l <sync.log)" -eq 1 ] || fail "sync says: $(cat sync.log)"
python3 - >port.txt <<'PY' & pids[0]=$!
import socket, time
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(8)
print(s.getsockname()[1], flush=True)
keep = []
while True:
    keep.append(s.accept())
PY
for _ in $(seq 50); do [ -s port.txt ] && break; sleep 0.1; done
sqlite3 a/jiceng.db "UPDATE peer SET url = 'https://127.0.0.1:$(cat port.txt)'"
from=$(date +%s)
rc=0; "$J" --data a sync --limit 2 >sync.log 2>&1 || rc=$?
[ "$rc" -eq 75 ] || fail "sync with a hung hub ended with $rc: $(cat sync.log)"
[ $(($(date +%s) - from)) -le 20 ] || fail 'sync with a hung hub took too long'
"$J" --data a list member --json | grep -q '李大山' || fail 'something was lost'

sqlite3 a/jiceng.db 'PRAGMA user_version = 99'
rc=0; "$J" --data a status >new.log 2>&1 || rc=$?
[ "$rc" -eq 65 ] && grep -q '升级' new.log || fail "a newer database: $rc $(cat new.log)"
echo 'serve, API, automatic sync, no line, hung hub, newer database: as they should be'
