#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Stock git reads an exported scope: clone, fsck --strict, verify-commit, a log that reads in Chinese.
#   export_git.sh TEST_STORE    the unit test program, which writes the export
set -eu

store=${1:-${JC_BUILD:?}/tests/unit/test_store}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=$dir LC_ALL=C.UTF-8
export GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL HOME LC_ALL

fail() {
	echo "export_git: $*" >&2
	exit 1
}

"$store" --export "$dir/out.git" > "$dir/log" 2>&1 || { cat "$dir/log"; fail "no export"; }
signers=$dir/out.git.allowed_signers
[ -s "$signers" ] || fail "no allowed signers"

git -C "$dir/out.git" fsck --strict --full > "$dir/fsck" 2>&1 || { cat "$dir/fsck"; fail "fsck of the export"; }
git clone -q "$dir/out.git" "$dir/clone" 2> "$dir/clone.err" || { cat "$dir/clone.err"; fail "clone"; }
grep -q 'empty repository' "$dir/clone.err" && fail "the clone is empty"
git -C "$dir/clone" fsck --strict --full > "$dir/fsck" 2>&1 || { cat "$dir/fsck"; fail "fsck of the clone"; }
[ -f "$dir/clone/ops" ] || fail "no working file"
git clone -q --mirror "$dir/out.git" "$dir/mirror.git"
git -C "$dir/mirror.git" fsck --strict > /dev/null 2>&1 || fail "fsck of the mirror"

# One clone shows the whole scope.
all=$(git -C "$dir/mirror.git" rev-list --all | wc -l)
main=$(git -C "$dir/clone" rev-list HEAD | wc -l)
[ "$all" -ge 8 ] || fail "only $all commits"
[ "$all" = "$main" ] || fail "main shows $main of $all commits"

for commit in $(git -C "$dir/mirror.git" rev-list --all); do
	git -C "$dir/mirror.git" -c gpg.ssh.allowedSignersFile="$signers" verify-commit "$commit" 2> "$dir/verify" ||
		{ cat "$dir/verify"; fail "verify-commit $commit"; }
	grep -q '^Good "git" signature for [0-9a-z]*@[0-9a-z]*\.jiceng with ED25519 key' "$dir/verify" ||
		{ cat "$dir/verify"; fail "verify-commit says something else"; }
done
if git -C "$dir/mirror.git" -c gpg.ssh.allowedSignersFile=/dev/null verify-commit HEAD 2> /dev/null; then
	fail "verify-commit accepts without the signers"
fi

# A commit changed in one byte is not accepted.
tip=$(git -C "$dir/mirror.git" rev-parse HEAD)
git -C "$dir/mirror.git" cat-file commit "$tip" | sed 's/^Jc-Lamport: \(.*\)$/Jc-Lamport: 9\1/' > "$dir/changed"
changed=$(git -C "$dir/mirror.git" hash-object -t commit -w "$dir/changed")
if git -C "$dir/mirror.git" -c gpg.ssh.allowedSignersFile="$signers" verify-commit "$changed" 2> /dev/null; then
	fail "verify-commit accepts a changed commit"
fi

git -C "$dir/clone" log --format=%s > "$dir/diary"
grep -q '新增' "$dir/diary" || { cat "$dir/diary"; fail "the log does not tell what was added"; }
grep -q '修改' "$dir/diary" || { cat "$dir/diary"; fail "the log does not tell what was changed"; }
grep -q '合并' "$dir/diary" || { cat "$dir/diary"; fail "the log does not tell the merge"; }
grep -q '王' "$dir/diary" && fail "the log names a person"
echo "export_git: $all commits, all verified"
