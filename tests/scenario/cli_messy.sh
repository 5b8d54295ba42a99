#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Rosters as they come: .xlsx and .xls of another program, GB18030, damaged files, bombs, files that are no
# spreadsheets. Every row ends as a record or waits with a reason; nothing aborts. People are made up.
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null

# made-up identity numbers with a right check character
cat >"$T/make.py" <<'P'
import sys
def idno(birth, seq, region='399999'):
    s = region + birth + '%03d' % seq
    w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return s + '10X98765432'[sum(int(c) * k for c, k in zip(s, w)) % 11]
a, b, c = idno('19900307', 5), idno('19850612', 12), idno('19780101', 33)
t = sys.argv[1]
open(t + '/ids', 'w').write('%s %s %s\n' % (a, b, c))
rows = ['青石镇工会会员花名册,,,,,,,',
        ',基本情况,,,联系方式,,,',
        '序号,姓名（必填）,身份证号,入会日期,手机号码,办公电话,宗教信仰,职务',
        '1,王小青,%s,2016年3月,13000000001,,无,主席' % a,
        '2,张 三,%s,2016.3.5,13000000002/13000000003,,无,委员' % b,
        '3,李四,399999197801010330,42434,+86 130-0000-0004,0990-1234567,,组长',
        '4,赵六,,,,,,',
        '5,,,,13000000009,,,',
        '合计,5,,,,,,', '填表人：某某,,,,,,,']
open(t + '/messy.csv', 'w', encoding='utf-8').write('\n'.join(rows) + '\n')
open(t + '/messy-gb.csv', 'w', encoding='gb18030').write('\r\n'.join(rows) + '\r\n')
cells = lambda row, kind: ''.join('<table:table-cell office:value-type="%s"%s><text:p>%s</text:p></table:table-cell>' % (
    ('float', ' office:value="%s"' % x[1:], x[1:]) if x.startswith('#') else ('string', '', x)) for x in row)
body = [['会员名册'], ['姓名', '证件号码', '移动电话', '工种', '血型'], ['王小青', '#' + a[:15] + '000', '#13000000001', '电工', 'A'],
        ['陌生人', '#' + c[:15] + '000', '#13000000077', '焊工', 'B'], ['钱七', '', '#13000000007', '=1+1', '']]
fods = ('<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
        '<table:table table:name="名册">' + ''.join('<table:table-row>%s</table:table-row>' % cells(r, 0) for r in body) +
        '</table:table></office:spreadsheet></office:body></office:document>')
open(t + '/numbers.fods', 'w', encoding='utf-8').write(fods)
P
python3 "$T/make.py" "$T"
read -r A B C <"$T/ids"

# a file of two header rows, GB18030
ends 2 import "$T/messy-gb.csv" --dry-run
says 会新增4
says 宗教信仰
ends 0 list member
says 共0条
ends 2 import "$T/messy-gb.csv" --json
is "$(json_of encoding)" GB18030
is "$(json_of new)" 4
grep -q '"forbidden":\["宗教信仰"\]' "$T/out" || fail "a forbidden column was not named: $(cat "$T/out")"
ends 0 pending
says 没有姓名
says 待处理1行
# the same content as UTF-8: the same records, the row that waits is kept once
ends 2 import "$T/messy.csv" --json
is "$(json_of new)" 0
is "$(json_of same)" 4
ends 0 pending --json
is "$(json_of count)" 1
no=$(json_of no)
ends 64 pending fix "$no"
ends 65 pending fix "$no" 没有的项目=1
ends 0 pending fix "$no" 姓名=孙八
says 新增1
ends 0 pending
says 待处理0行
ends 3 pending discard 99
ends 0 undo
ends 0 list member
says 共4条
ends 0 list member --json
is "$(grep -o '"membership_status":"active"' "$T/out" | wc -l)" 3

if command -v soffice >/dev/null 2>&1; then
	mkdir "$T/lo"
	(cd "$T/lo" && HOME=$T soffice --headless --convert-to xlsx "$T/numbers.fods" >/dev/null 2>&1 &&
		HOME=$T soffice --headless --convert-to xls "$T/numbers.fods" >/dev/null 2>&1) || true
	[ -s "$T/lo/numbers.xlsx" ] && [ -s "$T/lo/numbers.xls" ] || fail "LibreOffice made no files"
	mv "$T/lo/numbers.xls" "$T/lo/numbers.et"
	# numbers that lost their last digits: kept for who is there, refused for a stranger
	for name in numbers.xlsx numbers.et; do
		ends 2 import "$T/lo/$name"
		says 没有导入1
		says 修改1
		says 后三位已丢失
		says 血型
		ends 0 list member --json
		grep -q "\"id_no\":\"$A\"" "$T/out" || fail "the old number was not kept"
		ends 0 pending
		says 陌生人
		ends 0 undo
		ends 0 list member
		says 共4条
		ends 0 pending discard "$(jc pending --json >"$T/out" && json_of no)"
	done
	# and corrected they go in
	ends 2 import "$T/lo/numbers.xlsx"
	jc pending --json >"$T/out"
	ends 0 pending fix "$(json_of no)" 证件号码="$C"
	says 新增1
else
	echo "note: LibreOffice is not installed; its files were not tried" >&2
fi

# what is no spreadsheet, is damaged, or is out to fill the machine
before=$(digest)
printf '%%PDF-1.4 abc' >"$T/a.xlsx"
ends 65 import "$T/a.xlsx"
complains PDF
printf '<html><body><table><tr><td>姓名</td></tr></table>' >"$T/b.xls"
ends 65 import "$T/b.xls"
complains 网页
head -c 3000 /dev/urandom >"$T/c.csv"
printf '\000' >>"$T/c.csv"
ends 65 import "$T/c.csv"
python3 - "$T/bomb.xlsx" <<'P'
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
z.writestr('xl/workbook.xml', '<workbook><sheets><sheet name="a" sheetId="1" id="r1"/></sheets></workbook>')
z.writestr('xl/_rels/workbook.xml.rels', '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></Relationships>')
z.writestr('xl/s.xml', '<worksheet>' + ' ' * (100 << 20) + '</worksheet>')
z.close()
P
ends 65 import "$T/bomb.xlsx"
complains 大得不正常
is "$(digest)" "$before"
ends 0 verify
