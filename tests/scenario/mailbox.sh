#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# A branch with two PCs and its hub never meet again after joining: everything goes through a mailbox, first a plain folder,
# then a stock git server. Receipts come back, stock git finds nothing to complain about, and rubbish in it holds nobody up.
. "$(dirname "$0")/_cli.sh"
export LANG=C.UTF-8 GIT_CONFIG_NOSYSTEM=1 HOME=$T
command -v git >/dev/null || exit 77

county
joins a
joins b
kill "$hub"
wait "$hub" || :

visit() { # PC [EXIT]: one visit
	D=$T/$1
	ends "${2:-0}" sync --mailbox "$box"
}
register() { # of the branch at a node
	D=$T/$1
	jc digest "${@:2}" | sed -n '2s/^ *登记 *//p'
}
alike() {
	is "$(register b)" "$(register a)"
	scope=$(basename "$(ls -d "$T"/box/*.git | head -n 1)" .git)
}
clean_for_git() {
	for repo in "$T"/box/*.git; do
		git -C "$repo" fsck --strict --full >"$T/fsck" 2>&1 || fail "fsck of $repo: $(cat "$T/fsck")"
		if grep -qE '^(error|warning|missing|broken)' "$T/fsck"; then fail "fsck of $repo: $(cat "$T/fsck")"; fi
	done
}
no_waiting() {
	D=$T/$1
	ends 0 status --json
	is "$(json_of waiting)" 0
}

# ---- a folder ----
box=$T/nothing
D=$T/a
ends 3 sync --mailbox "$box"
box=$T/box
mkdir "$box"
D=$T/a
ends 0 add member name=王小青 mobile=13000000001
id=$(head -n 1 "$T/out")
visit h 3     # nobody was there yet
visit a
visit h
says 取出
visit a
says 收到回执
no_waiting a
visit b
D=$T/b
ends 0 list member
says 王小青
ends 0 set "$id" mobile=13000000002
visit b
visit h
visit b
no_waiting b
visit a
D=$T/a
ends 0 show "$id"
says 0002
alike
clean_for_git

# by the hub's own digest nothing is missing, and what it says of itself flows down
D=$T/h
ends 0 show "$id"
says 0002
ends 0 verify

# ---- rubbish, put there with stock git by anybody ----
own=
for r in "$T"/box/*.git; do # the branch's: two chains of the county's tier at least
	[ "$(git -C "$r" for-each-ref refs/chains/county | wc -l)" -ge 2 ] && own=$r
done
[ -n "$own" ] || fail 'no repository of the branch'
tree=$(git -C "$own" mktree </dev/null)
bad=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@y GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@y git -C "$own" commit-tree -m rubbish "$tree")
git -C "$own" update-ref refs/chains/county/zzzzzzzzzzzz/zzzzzzzzzzzz "$bad"
note=$(git -C "$own" for-each-ref --format='%(refname)' refs/jiceng/notes/county | head -n 1)
[ -n "$note" ] || fail 'no receipt in the mailbox'
kept=$(git -C "$own" rev-parse "$note")
git -C "$own" update-ref "$note" "$(printf 'jiceng-note 0\nfalse\n' | git -C "$own" hash-object -w --stdin)"
D=$T/b
ends 0 add member name=李大山
visit b 2
visit a 2
D=$T/a
ends 0 list member
says 李大山
visit h 2     # and puts its receipt right
[ "$(git -C "$own" cat-file blob "$note" | head -n 1)" = 'jiceng-note 0' ] || fail 'no receipt'
[ "$(git -C "$own" rev-parse "$note")" != "$kept" ] || fail 'the receipt did not change'
git -C "$own" cat-file blob "$note" | grep -q 'BEGIN SSH SIGNATURE' || fail 'the receipt was not put right'
visit b 2
no_waiting b
git -C "$own" update-ref -d refs/chains/county/zzzzzzzzzzzz/zzzzzzzzzzzz

# ---- lost and put back ----
mv "$own" "$T/away"
visit a
visit h
visit b
alike
rm -rf "$own"
mv "$T/away" "$own"
visit b
visit h
clean_for_git

# ---- a stock git server over the same repositories ----
python3 "$(dirname "$0")/_git_http.py" "$T/box" >"$T/web.port" &
pids="$pids $!"
wait_for . "$T/web.port"
box=http://127.0.0.1:$(cat "$T/web.port")
D=$T/a
ends 0 set "$id" job=瓦工
for i in $(seq 30); do ends 0 add member name=张"$i"; done
visit a
visit h
visit a
no_waiting a
visit b
D=$T/b
ends 0 list member --json
is "$(grep -oE '"name":"张' "$T/out" | wc -l)" 30
D=$T/h
ends 0 list member
says 张30
alike
clean_for_git
rm -rf "$own"
visit a 3
complains "$(basename "$own")"
git init -q --bare "$own"
visit a
visit h
visit b
alike
clean_for_git
box=http://127.0.0.1:1
visit a 75
