#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A county's hub replaces its signing key: two branches on a line (one of them through a mailbox meanwhile), one on sticks and the city above
# follow by themselves; who joins afterwards does; stock git verifies every commit of before and after; a hub that was put
# back with a former key file is told what to do.
. "$(dirname "$0")/_cli.sh"
export LANG=C.UTF-8 GIT_CONFIG_NOSYSTEM=1 HOME=$T
command -v git >/dev/null || exit 77
pids=()
trap 'rc=$?; for p in "${pids[@]:-}"; do [ -n "$p" ] && kill "$p" 2>/dev/null || :; done; if [ $rc -eq 0 ] && [ $failed -eq 0 ]; then rm -rf "$T"; else echo "kept: $T" >&2; fi' EXIT

serve() { # NODE [PORT]: starts it, once more on the port that the devices know; $url, $pid
	"$JICENG" --data "$T/$1" serve ${2:+--listen "127.0.0.1:$2"} >"$T/$1.log" 2>"$T/$1.err" &
	pid=$!
	pids+=("$pid")
	for _ in $(seq 100); do grep -q 端口 "$T/$1.log" && break; sleep 0.1; done
	url=https://127.0.0.1:$(grep -oE '端口 [0-9]+$' "$T/$1.log" | grep -oE '[0-9]+' | head -n 1)
}
stop() { kill "$1"; wait "$1" 2>/dev/null || :; }
at() { D=$T/$1; }
invite() { at county; ends 0 hub invite "$@"; code=$(cat "$T/out"); }
arrived() { # PC ID: by a receipt that it believes
	at "$1"
	ends 0 show "$2"
	says "$3"
}
sound() { for n in "$@"; do at "$n"; ends 0 verify; done; }
verified() { # NODE [SCOPE]: every commit of the export by stock git
	at "$1"
	rm -rf "$T/export.git" "$T/export.git.allowed_signers"
	ends 0 log export "$T/export.git" ${2:+--scope "$2"}
	git -C "$T/export.git" fsck --strict --full >"$T/fsck" 2>&1 || fail "fsck: $(cat "$T/fsck")"
	n=0
	for c in $(git -C "$T/export.git" rev-list --all); do
		git -C "$T/export.git" -c gpg.ssh.allowedSignersFile="$T/export.git.allowed_signers" verify-commit "$c" 2>"$T/why" ||
			fail "$1: verify-commit $c: $(cat "$T/why")"
		n=$((n + 1))
	done
	[ "$n" -gt 2 ] || fail "$1: only $n commits"
}

at city
ends 0 hub init --name 云山市总工会 --listen 127.0.0.1:0
at county
ends 0 hub init --name 清水县总工会 --listen 127.0.0.1:0
serve city
city=$pid
cityurl=$url
at city
ends 0 hub invite --hub 清水县总工会
code=$(cat "$T/out")
at county
ends 0 join "$cityurl" "$code"
serve county
county=$pid
countyurl=$url
port=${url##*:}
invite --branch 青石镇工会
at a
ends 0 join "$countyurl" "$code"
ends 0 add org name=青石厂工会 org_kind=工会组织
org=$(head -n 1 "$T/out" | awk '{print $NF}')
ends 0 add member name=王小青 mobile=13000000001
ends 0 sync
scope=$(jc status --json | sed 's/.*"scope":"\([a-z0-9]*\)".*/\1/')
invite --branch 白水镇工会
at b
ends 0 join "$countyurl" "$code"
mkdir "$T/usb" "$T/box"
invite --branch 黑石镇工会
at s
ends 0 branch init --name 黑石镇工会
ends 0 join --stick "$T/usb" "$code"
at county
ends 0 bundle read "$T/usb"
at s
ends 0 bundle read "$T/usb"
ends 0 add member name=李大山
first=$(head -n 1 "$T/out" | awk '{print $NF}')
rm -f "$T"/usb/*
ends 0 bundle write "$T/usb" # sealed to the key of before
invite --branch 青石镇工会     # a code of before
old_code=$code

# ---- only where it can be done ----
at a
ends 4 hub rekey
complains 县里用的命令
at county
ends 75 hub rekey
complains 请先停下
stop "$county"
cp -r "$T/county" "$T/before"
ends 0 hub rekey
says 备份
is "$(grep -c . "$T/county/device.key")" 2
ends 0 status

# ---- the line, and a code of before ----
serve county "$port"
county=$pid
at a
ends 0 set "$org" name=青石厂工会委员会
ends 0 sync
at a2
ends 0 join "$countyurl" "$old_code"
ends 0 sync
ends 0 show "$org"
says 青石厂工会委员会
at county
for _ in 1 2 3; do ends 0 sync; done
at city
ends 0 show "$org"
says 青石厂工会委员会
for _ in $(seq 50); do at a; jc sync >/dev/null; jc show "$org" | head -n 1 | grep -q 已到市 && break; sleep 0.2; done
arrived a "$org" 已到市
verified a
verified county "$scope"
verified city "$scope"

# ---- the city replaces its key as well ----
stop "$city"
at city
ends 0 hub rekey
serve city "${cityurl##*:}"
city=$pid
at a
ends 0 set "$org" name=青石县青石厂工会
for _ in $(seq 50); do
	at a; jc sync >/dev/null
	at county; jc sync >/dev/null
	at a; jc sync >/dev/null
	jc show "$org" | head -n 1 | grep -q 已到市 && break
	sleep 0.2
done
arrived a "$org" 已到市

# ---- sticks: what was sealed to the former key is opened, the answer leads to the new one ----
at county
for f in "$T"/usb/*.jcb; do ends 0 bundle read "$f"; done
at s
ends 0 bundle read "$T/usb"
arrived s "$first" 已到县里
stop "$county"
at county
ends 0 hub renew # another TLS key at once
ends 0 hub rekey
serve county "$port"
county=$pid
at a
ends 0 sync
at s
ends 0 add member name=赵小河
second=$(head -n 1 "$T/out" | awk '{print $NF}')
rm -f "$T"/usb/*
ends 0 bundle write "$T/usb"
at county
for f in "$T"/usb/*.jcb; do ends 0 bundle read "$f"; done
at s
ends 0 bundle read "$T/usb"
arrived s "$second" 已到县里

# ---- a mailbox: the branch learns of both keys from the commits that lie there ----
at b
ends 0 add member name=孙小溪
third=$(head -n 1 "$T/out" | awk '{print $NF}')
ends 0 sync --mailbox "$T/box"
at county
ends 0 sync --mailbox "$T/box"
at b
ends 0 sync --mailbox "$T/box"
arrived b "$third" 已到县里
verified b

sound a a2 b s county city
stop "$county"
for n in a b; do at "$n"; ends 0 rebuild; done
sound a b

# ---- the power goes while a key is replaced: it works with the old key or the new one, and goes on ----
at county
for i in 1 2 3 4 5 6 7 8; do
	"$JICENG" --data "$D" hub rekey >/dev/null 2>&1 &
	p=$!
	sleep "0.00$((i * 2))"
	kill -9 "$p" 2>/dev/null || :
	wait "$p" 2>/dev/null || :
	ends 0 status
	says_not device.key
done
serve county "$port" # what broke off is finished at the start
county=$pid
at a
ends 0 add member name=吴小泉
fourth=$(head -n 1 "$T/out" | awk '{print $NF}')
ends 0 sync
arrived a "$fourth" 已到
verified a
stop "$county"
sound a county

# ---- the machine of before, with the key file of before ----
serve before "$port"
before=$pid
at a
ends 0 add member name=周小山
rc=0
jc sync >"$T/out" 2>"$T/err" || rc=$?
[ "$rc" -ne 0 ] || fail 'what a replaced key signs was believed'
complains device.key
at before
ends 0 status
says device.key
ends 0 status --json
says '"key_behind":true'
stop "$before"
cp "$T/county/device.key" "$T/before/device.key"
ends 0 status
serve before "$port"
before=$pid
at a
ends 0 sync
ends 0 status --json
is "$(json_of waiting)" 0
stop "$before"
sound a before
