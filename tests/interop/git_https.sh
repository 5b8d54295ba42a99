#!/bin/bash
# SPDX-License-Identifier: MulanPSL-2.0
# Stock git against a real hub over HTTPS with a device's credentials: clone, fsck, verify-commit, log,
# fetch, push; a commit changed in one byte is refused with a sentence.
set -euo pipefail
. "$(dirname "$0")/../scenario/_nodes.sh"
cd "$T"
export LANG=C.UTF-8 LC_ALL=C.UTF-8 HOME=$T GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0

county
"$J" --data a branch init --name 青石镇工会 >/dev/null
id=$("$J" --data a add member name=王小青 gender=女)
joins a
"$J" --data a set "$id" mobile=13000000001 >/dev/null
"$J" --data a sync >/dev/null
sql() { sqlite3 a/jiceng.db "$1"; }
login=$(sql 'SELECT login FROM peer'); secret=$(sql 'SELECT secret FROM peer')
pin=$(sql 'SELECT pin FROM peer'); scope=$(sql 'SELECT id FROM scope WHERE no = 1')
url=https://$login:$secret@127.0.0.1:$port/s/$scope.git
g() { git -c http.sslVerify=false -c http.pinnedPubkey="$pin" "$@"; }

g clone -q "$url" clone
git -C clone fsck --strict 2>fsck.log >/dev/null
[ ! -s fsck.log ] || fail "fsck says: $(cat fsck.log)"
"$J" --data a log export a.git >/dev/null
git -C clone config gpg.ssh.allowedSignersFile "$T/a.git.allowed_signers"
n=0
for c in $(git -C clone rev-list --all); do
	git -C clone verify-commit "$c" 2>verify.log || fail "verify-commit $c: $(cat verify.log)"
	n=$((n + 1))
done
[ "$n" -ge 4 ] || fail "only $n commits"
git -C clone log --format='%an %s' >log.txt
grep -q '青石镇工会 新增工会会员1' log.txt || fail "log does not read like a diary: $(cat log.txt)"
grep -q '青石镇工会 修改工会会员1' log.txt || fail "log does not say what was edited: $(cat log.txt)"

# Another branch's device gets nothing of it.
"$J" --data b join "https://127.0.0.1:$port" "$("$J" --data h hub invite --branch 白水乡工会)" >/dev/null
other=https://$(sqlite3 b/jiceng.db 'SELECT login FROM peer'):$(sqlite3 b/jiceng.db 'SELECT secret FROM peer')@127.0.0.1:$port/s/$scope.git
g ls-remote "$other" >/dev/null 2>&1 && fail 'a stranger may read the scope'
g ls-remote "https://$login:wrong@127.0.0.1:$port/s/$scope.git" >/dev/null 2>&1 && fail 'a wrong credential is taken'

# A commit made here travels by stock git; one changed byte does not.
"$J" --data a set "$id" mobile=13000000002 >/dev/null
"$J" --data a digest >/dev/null # cuts
"$J" --data a log export b.git >/dev/null
ref=$(git -C b.git for-each-ref --format='%(refname)' "refs/chains/county/$login/*")
[ -n "$ref" ] || fail 'no chain of this device'
git -C b.git cat-file commit "$ref" | sed 's/^Jc-Lamport: \(.*\)$/Jc-Lamport: 9\1/' >bad.txt
bad=$(git -C b.git hash-object -t commit -w "$T/bad.txt")
g -C b.git push "$url" "$bad:$ref" >push.log 2>&1 && fail 'a changed commit is taken'
grep -qE '签名|signature|Lamport|格式' push.log || fail "refused without a sentence: $(cat push.log)"
g -C b.git push -q "$url" "$ref:$ref" || fail 'a good commit is refused'
g -C clone fetch -q "$url" 'refs/heads/main:refs/remotes/origin/main'
git -C clone fsck --strict >/dev/null 2>&1 || fail 'fsck after fetch'
"$J" --data a sync | grep -q 已送到县里 || fail 'sync after a push by stock git'
"$J" --data h verify >/dev/null || fail 'the hub does not verify'
echo "clone, fsck, $n signatures, log, push and refusal as they should be"
