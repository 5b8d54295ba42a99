#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# The codec beside stock git: our packs to index-pack and unpack-objects, git's packs (deltas by offset,
# by name, thin) to our reader, then clone, fetch, push and refusals over HTTP, with the codec as server.
#   codec_git.sh [TEST_PACK]    the unit test program, which has the modes used here
set -eu

prog=${1:-${JC_BUILD:-build/release}/tests/unit/test_pack}
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null; rm -rf "$dir"' EXIT INT TERM
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=$dir LC_ALL=C.UTF-8 GIT_TERMINAL_PROMPT=0
GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t no_proxy='*'
export GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL HOME LC_ALL GIT_TERMINAL_PROMPT no_proxy
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

fail() {
	echo "codec_git: $*" >&2
	exit 1
}

# ---- our packs, read by git ----
git init -q --bare "$dir/ours.git"
written=0
for seed in 1 2 3 4 5 6 7 8 9 10; do
	"$prog" --write "$dir/p" "$seed"
	"$prog" --list "$dir/p" | cut -d' ' -f1 | sort > "$dir/want"
	(cd "$dir" && git --git-dir=ours.git index-pack --strict -o "p$seed.idx" p > /dev/null) || fail "index-pack $seed"
	git show-index < "$dir/p$seed.idx" | cut -d' ' -f2 | sort > "$dir/got"
	cmp -s "$dir/want" "$dir/got" || fail "index-pack sees other objects, seed $seed"
	git --git-dir="$dir/ours.git" unpack-objects -q --strict < "$dir/p" || fail "unpack-objects $seed"
	while read -r oid; do
		git --git-dir="$dir/ours.git" cat-file -e "$oid" || fail "$oid was not unpacked"
		written=$((written + 1))
	done < "$dir/want"
done

# ---- git's packs, read by us ----
git init -q -b main "$dir/theirs"
cd "$dir/theirs"
i=0
while [ $i -lt 40 ]; do
	seq $((i * 3)) $((i * 3 + 400)) > ops
	echo "行 $i" >> "other$((i % 3))"
	git add . && git commit -q -m "提交 $i"
	i=$((i + 1))
done
git tag -a -m t v1
git rev-list --objects --all | cut -d' ' -f1 | sort -u > "$dir/want"
for how in '' '--delta-base-offset' '--depth=0' '--window=50 --depth=50 --delta-base-offset'; do
	# shellcheck disable=SC2086
	git pack-objects -q --all --stdout --no-reuse-delta $how > "$dir/p" < /dev/null
	"$prog" --list "$dir/p" > "$dir/list" || fail "cannot read pack-objects $how"
	cut -d' ' -f1 "$dir/list" | sort > "$dir/got"
	cmp -s "$dir/want" "$dir/got" || fail "other objects than pack-objects $how wrote"
	while read -r oid type size; do
		[ "$(git cat-file -t "$oid") $(git cat-file -s "$oid")" = "$type $size" ] || fail "$oid is not $type $size"
	done < "$dir/list"
done
git pack-objects -q --revs --stdout --thin > "$dir/p" << X
HEAD
^HEAD~1
X
if "$prog" --list "$dir/p" > /dev/null 2> "$dir/why"; then
	git index-pack --stdin < "$dir/p" > /dev/null 2>&1 && fail "no thin pack was made"
	fail "a thin pack was read"
fi
grep -q no-thin "$dir/why" || fail "no advice about thin packs"
read_=$(wc -l < "$dir/want")

# ---- over HTTP ----
cat > "$dir/server.py" << 'X'
import gzip, http.server, subprocess, sys
prog, root = sys.argv[1], sys.argv[2]
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, service, method, body):
        run = subprocess.run([prog, '--serve', root, service, method], input=body, stdout=subprocess.PIPE)
        self.send_response(200 if run.returncode == 0 else 500)
        kind = 'advertisement' if method == 'get' else 'result'
        self.send_header('Content-Type', 'application/x-%s-%s' % (service, kind))
        self.send_header('Content-Length', str(len(run.stdout)))
        self.end_headers()
        self.wfile.write(run.stdout)
    def do_GET(self):
        self.answer(self.path.split('service=')[1], 'get', b'')
    def do_POST(self):
        body = b''
        if self.headers.get('Transfer-Encoding') == 'chunked':
            while (n := int(self.rfile.readline(), 16)) > 0:
                body += self.rfile.read(n)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers['Content-Length']))
        if self.headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        self.answer(self.path.rsplit('/', 1)[1], 'post', body)
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
X
mkdir "$dir/folder"
case $prog in /*) ;; *) prog=$OLDPWD/$prog ;; esac
python3 "$dir/server.py" "$prog" "$dir/folder" > "$dir/port" &
server=$!
i=0
while [ ! -s "$dir/port" ]; do
	i=$((i + 1))
	[ $i -lt 100 ] || fail "no server"
	sleep 0.1
done
url=http://127.0.0.1:$(cat "$dir/port")/x.git

git ls-remote "$url" > "$dir/out" || fail "ls-remote of nothing"
[ -s "$dir/out" ] && fail "an empty folder has refs"
git push -q "$url" main~5:refs/heads/main 2> "$dir/out" || { cat "$dir/out"; fail "first push"; }
git push -q "$url" main v1~0:refs/heads/side 2> "$dir/out" || { cat "$dir/out"; fail "second push"; }
git clone -q "$url" "$dir/clone" 2> "$dir/out" || { cat "$dir/out"; fail "clone"; }
git -C "$dir/clone" fsck --strict --full > "$dir/out" 2>&1 || { cat "$dir/out"; fail "fsck of the clone"; }
[ "$(git rev-parse main)" = "$(git -C "$dir/clone" rev-parse HEAD)" ] || fail "the clone is at another commit"
for protocol in 0 1 2; do
	git -c protocol.version=$protocol ls-remote "$url" > "$dir/out" || fail "ls-remote, version $protocol"
	[ "$(wc -l < "$dir/out")" = 3 ] || fail "ls-remote, version $protocol"
	echo "$protocol" >> ops
	git commit -q -a -m "版本 $protocol"
	git -c protocol.version=$protocol push -q "$url" main 2> "$dir/out" || { cat "$dir/out"; fail "push, version $protocol"; }
	git -C "$dir/clone" -c protocol.version=$protocol fetch -q 2> "$dir/out" || { cat "$dir/out"; fail "fetch, version $protocol"; }
	[ "$(git rev-parse main)" = "$(git -C "$dir/clone" rev-parse origin/main)" ] || fail "fetch brought something else"
done
# Long histories that do not meet: several rounds of haves, compressed requests.
git -C "$dir/clone" checkout -q --orphan alone
i=0
while [ $i -lt 60 ]; do
	git -C "$dir/clone" commit -q --allow-empty -m "另 $i"
	i=$((i + 1))
done
echo more >> ops
git commit -q -a -m more
git push -q "$url" main
git -C "$dir/clone" fetch -q 2> "$dir/out" || { cat "$dir/out"; fail "fetch after many haves"; }
git -C "$dir/clone" fsck --strict > /dev/null 2>&1 || fail "fsck after many haves"
# Larger than git's post buffer: a probe, then a chunked body.
head -c 1500000 /dev/urandom | base64 -w 100 | split -b 500000 - big
git add . && git commit -q -m big
git -c http.postBuffer=65536 push -q "$url" main 2> "$dir/out" || { cat "$dir/out"; fail "a large push"; }
# Refusals are sentences.
git push "$url" main:refs/heads/locked > "$dir/out" 2>&1 && fail "a locked ref was pushed"
grep -q '这个引用不收推送' "$dir/out" || { cat "$dir/out"; fail "the sentence did not arrive"; }
git clone -q --depth 1 "$url" "$dir/shallow" > "$dir/out" 2>&1 && fail "a shallow clone was made"
git push "$url" :refs/heads/side > "$dir/out" 2>&1 && fail "a ref was deleted"
head -c 2000000 /dev/zero > zeros
git add . && git commit -q -m zeros
git push "$url" main > "$dir/out" 2>&1 && fail "an object over the budget was taken"
grep -qE '太大|too large' "$dir/out" || { cat "$dir/out"; fail "no sentence about the size"; }
echo "codec_git: $written objects written, $read_ objects read four times, HTTP in versions 0, 1 and 2"
