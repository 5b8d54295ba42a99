#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Every command explains itself, in both languages, without a data folder.
. "$(dirname "$0")/_cli.sh"

for lang in zh en; do
	ends 0 --help --lang $lang
	cp "$T/out" "$T/all"
	for code in 0 1 2 3 4 64 65 73 74 75 77; do
		grep -q "^  $code " "$T/all" || fail "--help does not explain exit code $code"
	done
	n=0
	for command in 'branch init' 'hub init' 'hub invite' 'hub devices' 'hub revoke' join add set show list void unvoid undo history import export sync 'bundle write' 'bundle read' attach 'attach list' 'attach get' 'attach clean' return tray 'tray resend' 'tray withdraw' 'tray export' status \
	    conflicts resolve digest rebuild verify 'log export' backup restore; do
		grep -q "^  $command" "$T/all" || fail "--help does not list \"$command\""
		# shellcheck disable=SC2086
		ends 0 $command --help --lang $lang
		says "$command"
		says --data
		n=$((n + 1))
	done
	is "$n" 37
done
ends 0 add member --help
says 姓名
says gender
ends 0 --version
says jiceng
says sqlite
ends 0 --version --json
says '"format":0'
[ ! -e "$D" ] || fail "help made a data folder"
got=0
"$JICENG" >"$T/out" 2>&1 || got=$?
is "$got" 64
says branch
