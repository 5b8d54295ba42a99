# SPDX-License-Identifier: MulanPSL-2.0
# What scenarios with programs that go on running share: $J is the program, every node's folder lies in $T. What was
# started is stopped at the end; $T stays when a scenario fails.
set -eu
J=${JICENG:?set JICENG to the program}
T=$(mktemp -d "${TMPDIR:-/tmp}/jiceng-test.XXXXXX")
pids=
failed=0

clean() {
	rc=$?
	for p in $pids; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null || :; done
	if [ $rc -eq 0 ] && [ $failed -eq 0 ]; then rm -rf "$T"; else echo "kept: $T" >&2; fi
}
trap clean EXIT

fail() {
	failed=1
	echo "FAILED: $*" >&2
	exit 1
}

# wait_for PATTERN FILE: until a line of the file has it; a minute, for the machine may be busy.
wait_for() {
	for _ in $(seq 600); do
		if grep -qE -- "$1" "$2" 2>/dev/null; then return 0; fi
		sleep 0.1
	done
	fail "no \"$1\" in $2: $(cat "$2")"
}

# serve FOLDER [ARGUMENTS]: starts it; its process is $last, a hub's address $url, its port $port, what it says FOLDER.log.
serve() {
	_node=$1
	shift
	rm -f "$T/$_node.log" # the last one's words are not this one's
	"$J" --data "$T/$_node" serve "$@" >"$T/$_node.log" 2>&1 &
	last=$!
	pids="$pids $last"
	wait_for 口令 "$T/$_node.log"
	port=$(sed -n 's/.*端口 \([0-9]*\)$/\1/p' "$T/$_node.log" | head -n 1)
	url=https://127.0.0.1:$port
}

# county: a hub in folder h that is served.
county() {
	"$J" --data "$T/h" hub init --name 清水县总工会 --listen 127.0.0.1:0 >/dev/null
	serve h
	hub=$last
}

# joins PC [BRANCH]: a PC of a branch joins the county.
joins() {
	"$J" --data "$T/$1" join "$url" "$("$J" --data "$T/h" hub invite --branch "${2:-青石镇工会}")" >/dev/null
}
