#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# serve as a person and a script meet it: one per folder, the API with its token, a branch that syncs by
# itself, an end on SIGTERM; and sync without a line, with a hub that never answers, with a newer database.
set -euo pipefail
. "$(dirname "$0")/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8

county
rc=0; "$J" --data h serve >second.log 2>&1 || rc=$?
[ "$rc" -eq 4 ] || fail "a second serve ended with $rc: $(cat second.log)"
[ "$(wc -l <second.log)" -eq 1 ] || fail "a second serve says: $(cat second.log)"

joins a
serve a
branch=$last
api=$(grep -oE 'http://[0-9.:]+' a.log | head -1)
token=$(cat a/api.token)
[ "$(stat -c %a a/api.token)" = 600 ] || fail 'others may read the token'
auth="Authorization: Bearer $token"
curl -sf -H "$auth" "$api/api/v1/status" | grep -q '青石镇工会' || fail 'status'
curl -sf "$api/api/v1/status" && fail 'the API answers without a token'
curl -sf -H "$auth" -d '{"set":{"name":"王小青","gender":"女"}}' "$api/api/v1/records/member" >add.json || fail 'add'
curl -sf -H "$auth" -d '{}' "$api/api/v1/sync" >/dev/null || fail 'sync'
for _ in $(seq 600); do
	"$J" --data a status | grep -q '等待上报：没有' && break
	sleep 0.1
done
"$J" --data a status | grep -q '等待上报：没有' || fail "it does not sync by itself: $("$J" --data a status)"
"$J" --data h list member --json | grep -q '王小青' || fail 'the county has it not'
kill -TERM "$branch"
wait "$branch" || fail "SIGTERM: $?"

# No line; a hub that takes the connection and never answers; both say so, keep everything and end with 75.
"$J" --data a add member name=李大山 >/dev/null
kill -TERM "$hub"
wait "$hub" || fail 'the hub does not end well'
rc=0; "$J" --data a sync >sync.log 2>&1 || rc=$?
[ "$rc" -eq 75 ] || fail "sync without a line ended with $rc: $(cat sync.log)"
[ "$(wc -l <sync.log)" -eq 1 ] || fail "sync says: $(cat sync.log)"
python3 - >port.txt <<'PY' & pids="$pids $!"
import socket, time
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(8)
print(s.getsockname()[1], flush=True)
keep = []
while True:
    keep.append(s.accept())
PY
wait_for . port.txt
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
