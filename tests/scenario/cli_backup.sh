#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Backup and restore; a database of a newer program; two runs at a time.
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null
id=$(jc add member name=王小青)
ends 0 backup "$T/b.db"
[ "$(stat -c %a "$T/b.db")" = 600 ] || fail "a backup can be read by others"
ends 73 backup "$T/b.db"
ends 73 backup "$T/no/such/b.db"
complains 不能写
before=$(digest)
ends 0 set "$id" name=王晓青
ends 73 restore "$T/b.db"
complains --replace
ends 0 restore "$T/b.db" --replace
says 青石镇工会
is "$(digest)" "$before"
ls "$D"/jiceng.db.before-restore-* >/dev/null || fail "what was there is gone"
ends 0 verify
says 1条记录

# into a new folder
D=$T/new
ends 0 restore "$T/b.db"
says 密钥
ends 0 show "$id"
says 王小青
D=$T/data

# damaged, and no backup at all
head -c 5000 "$T/b.db" >"$T/short.db"
ends 65 restore "$T/short.db" --replace
printf 'hello' >"$T/text.db"
ends 65 restore "$T/text.db" --replace
ends 3 restore "$T/nothing.db"
is "$(digest)" "$before"

# a newer program wrote it
if command -v sqlite3 >/dev/null; then
	cp "$T/b.db" "$T/newer.db"
	sqlite3 "$T/newer.db" 'PRAGMA user_version = 99' >/dev/null
	ends 65 restore "$T/newer.db" --replace
	complains 升级
	mkdir "$T/newer"
	cp "$T/newer.db" "$T/newer/jiceng.db"
	D=$T/newer
	ends 65 list member
	complains 升级

	# an older program wrote it: the layout becomes the present one, a copy stays, nothing else changes
	mkdir "$T/older"
	cp "$T/b.db" "$T/older/jiceng.db"
	# every table that a migration makes goes, so that this test knows none of them by name
	drop=$(cat "$JC_SOURCE"/schema/migrations/*.sql | sed -n 's/^CREATE TABLE \([a-z_]*\)(.*/DROP TABLE \1;/p')
	newest=$(ls "$JC_SOURCE"/schema/migrations | sed -n 's/^0*\([0-9]*\)-.*\.sql$/\1/p' | sort -n | tail -n 1)
	sqlite3 "$T/older/jiceng.db" "$drop PRAGMA user_version = 1" >/dev/null
	D=$T/older
	is "$(digest)" "$before"
	is "$(sqlite3 "$T/older/jiceng.db" .schema | sort)" "$(sqlite3 "$T/b.db" .schema | sort)"
	[ -s "$T/older/jiceng.db.before-v$newest" ] || fail "no copy of the older layout"
	D=$T/data
fi

# ten at once: each is saved, none says anything but its id
for i in 1 2 3 4 5 6 7 8 9 10; do
	jc add member name="同时$i" >"$T/id.$i" 2>"$T/err.$i" &
done
wait
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ ! -s "$T/err.$i" ] || fail "$(cat "$T/err.$i")"
	jc show "$(cat "$T/id.$i")" >"$T/out"
	says "同时$i"
done

# nothing is written where nothing can be written
if [ "$(id -u)" -ne 0 ]; then
	mkdir "$T/ro"
	chmod 500 "$T/ro"
	D=$T/ro/data
	ends 73 branch init --name 甲
	D=$T/data
fi
got=0
jc list member >/dev/full 2>"$T/err" || got=$?
is "$got" 74
