#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# print: a form as a page, as PDF where a browser or LibreOffice is there, and a kind sentence where not.
. "$(dirname "$0")/_cli.sh"

ends 0 branch init --name 青石镇工会
ends 0 add member name=王小青 gender=女 mobile=13000000001
id=$(cat "$T/out")

ends 3 print nothing
complains roster
ends 64 print notice
complains "检查的编号"
ends 0 print --help
says "整改通知单"

ends 3 print 花名册
ends 0 print 会员花名册 --html "$T/p.html"
grep -q '130\*\*\*\*0001' "$T/p.html" || fail "the phone is not masked"
grep -q '王小青' "$T/p.html" || fail "nobody is on the roster"
if grep -qE '<script|style=|http:|https:' "$T/p.html"; then fail "the page has a script, an inline style or an outside reference"; fi
[ "$(stat -c %a "$T/p.html")" = 600 ] || fail "the page can be read by others"
ends 0 audit
says "还没有人"
ends 0 print application "$id" --full-numbers
says 13000000001
ends 0 audit
says application
says "1人"
ends 0 audit --json
says '"count":1'

# without any program that makes PDFs: a sentence, nothing half written, nothing left behind
got=0
env PATH="$T" "$JICENG" --data "$D" print roster --pdf "$T/no.pdf" >"$T/out" 2>"$T/err" || got=$?
[ "$got" -eq 4 ] || fail "without a browser print ended with $got"
complains "--html"
[ ! -e "$T/no.pdf" ] || fail "a PDF out of nothing"

# with one: a PDF
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
	ends 0 print roster --pdf "$T/r.pdf"
	[ "$(head -c 5 "$T/r.pdf")" = "%PDF-" ] || fail "no PDF"
	if command -v pdftotext >/dev/null; then
		pdftotext "$T/r.pdf" - | grep -q '第1页 共1页' || fail "no page number: $(pdftotext "$T/r.pdf" -)"
		pdftotext "$T/r.pdf" - | grep -q '数据截至' || fail "the page does not say how new the data is"
	fi
else
	echo "left out: no Chromium for the PDF"
fi
[ "$(ls "$D" | grep -c print-)" -eq 0 ] || fail "a page was left in the data folder"
