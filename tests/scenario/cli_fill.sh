#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# Spreadsheets out: exports that import without changing anything, the layouts of systems above, and forms
# that somebody above sent, filled in place. Another program opens what we write. People are made up.
. "$(dirname "$0")/_cli.sh"

jc branch init --name 青石镇工会 >/dev/null
cat >"$T/roster.csv" <<'C'
姓名,性别,出生日期,证件号码,移动电话,工作单位,是否农民工,会籍变化类型,会籍变化日期,备注
王小青,女,1990-03-07,,13000000001,=青石厂,是,入会,2020-05-06,00123
张三,男,1985-06-12,,13000000002,柳湾合作社,否,,,"第一行
第二行"
李四,男,1978-01-01,,13000000003,,是,,,
C
ends 0 import "$T/roster.csv"
ends 0 add org name=青石镇工会 org_kind=union chair_name=王小青 external_codes=U-17、acftu:9001 region_code=990121100
ends 0 add org name=柳湾村工会 org_kind=union parent_union_id=青石镇工会 union_type=village

# the same bytes for the same content; into an empty folder and out again: the same bytes
for kind in member org member_event; do
	ends 0 export $kind "$T/$kind.xlsx"
	[ "$(stat -c %a "$T/$kind.xlsx")" = 600 ] || fail "an export can be read by others"
done
before=$(digest)
ends 0 import "$T/member.xlsx" --json
is "$(json_of same)" 3
is "$(digest)" "$before"
ends 0 export member "$T/again.xlsx"
cmp "$T/member.xlsx" "$T/again.xlsx" || fail "two exports differ"
(
	D=$T/other
	jc branch init --name 青石镇工会 >/dev/null
	for kind in org member member_event; do
		jc import "$T/$kind.xlsx" >/dev/null 2>&1 || fail "the export of $kind is not imported"
	done
	jc export member "$T/other.xlsx" >/dev/null
	cmp "$T/member.xlsx" "$T/other.xlsx" || fail "export, import, export is not the same"
)

# layouts
ends 0 export member "$T/national.csv" --layout national
head -n 1 "$T/national.csv" | grep -q '序号,姓名,性别,出生日期,民族,就业状况,有效证件类别,证件号码,学历,技能等级,移动电话,户籍类型,户籍所在地,会籍变化类型,会籍变化日期,会籍变化原因,政治面貌,工作单位,籍贯,是否农民工' ||
	fail "the 20 columns are not in order"
grep -q '1,王小青,女,1990-03-07,.*,13000000001,.*,入会,2020-05-06,' "$T/national.csv" || fail "the roster lacks a fact: $(cat "$T/national.csv")"
ends 0 export member "$T/national.xlsx" --layout national
ends 0 import "$T/national.xlsx" --json
is "$(json_of same)" 3
is "$(digest)" "$before"
ends 0 export org "$T/union.csv" --layout union
grep -q '^U-17,青石镇工会,,,990121,,990121100,' "$T/union.csv" || fail "the roster of unions lacks a code: $(cat "$T/union.csv")"
grep -q '柳湾村工会,U-17,青石镇工会' "$T/union.csv" || fail "the union above is missing: $(cat "$T/union.csv")"
ends 0 import "$T/union.csv" --json
is "$(json_of same)" 2
is "$(digest)" "$before"
ends 64 export org "$T/x.xlsx" --layout national
ends 64 export member "$T/x.jsonl" --layout national

# forms
python3 - "$T" <<'P'
import sys, zipfile
T = sys.argv[1]
ns = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
pk = 'http://schemas.openxmlformats.org/package/2006/'
t = lambda r, s, k='1': '<c r="%s" s="%s" t="inlineStr"><is><t>%s</t></is></c>' % (r, k, s)
styles = ('<styleSheet xmlns="%s"><fonts count="1"><font><sz val="11"/></font></fonts><fills count="1"><fill/></fills>'
          '<borders count="2"><border/><border><left style="thin"/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
          '<cellXfs count="2"><xf/><xf borderId="1" applyBorder="1"/></cellXfs></styleSheet>' % ns)
def book(name, sheet):
    z = zipfile.ZipFile(T + '/' + name, 'w', zipfile.ZIP_DEFLATED)
    z.writestr('[Content_Types].xml', '<Types xmlns="%scontent-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>' % pk)
    z.writestr('_rels/.rels', '<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (pk, rel))
    z.writestr('xl/workbook.xml', '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>' % (ns, rel))
    z.writestr('xl/_rels/workbook.xml.rels', '<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="%s/styles" Target="styles.xml"/></Relationships>' % (pk, rel, rel))
    z.writestr('xl/styles.xml', styles)
    z.writestr('docProps/custom.bin', bytes(range(256)) * 3)
    z.writestr('xl/worksheets/sheet1.xml', '<worksheet xmlns="%s">%s</worksheet>' % (ns, sheet))
    z.close()
book('list.xlsx', '<cols><col min="1" max="8" width="13.5" customWidth="1"/></cols><sheetData><row r="1">' + t('A1', '会员信息采集表') +
     '</row><row r="2">' + t('A2', '填报单位：') + t('F2', '填报人：') + '</row><row r="3">' +
     ''.join(t('ABCDEFG'[i] + '3', s) for i, s in enumerate(['序号', '姓名', '性别', '联系电话', '血型', '鞋码', '工作单位'])) + '</row>' +
     ''.join('<row r="%d" ht="22" customHeight="1"><c r="B%d" s="1"/></row>' % (i, i) for i in range(4, 7)) + '<row r="7">' + t('A7', '合计') +
     '<c r="B7"><f>COUNTA(B4:B6)</f><v>0</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:G1"/></mergeCells>')
book('few.xlsx', '<sheetData><row r="1">' + ''.join(t('ABC'[i] + '1', s) for i, s in enumerate(['姓名', '联系电话', '工作单位'])) +
     '</row><row r="2"><c r="A2" s="1"/></row><row r="3">' + t('A3', '合计') + '</row></sheetData>')
book('named.xlsx', '<sheetData><row r="1">' + ''.join(t('ABC'[i] + '1', s) for i, s in enumerate(['姓名', '联系电话', '工作单位'])) +
     '</row><row r="2">' + t('A2', '张三') + '</row><row r="3">' + t('A3', '不认识') + '</row></sheetData>')
book('counts.xlsx', '<sheetData><row r="1">' + t('A1', '统计表') + '</row><row r="2">' + ''.join(t('ABCDEF'[i] + '2', s) for i, s in
     enumerate(['单位名称', '会员总数', '其中：女会员', '农民工会员', '新入会', '拥有汽车数'])) + '</row><row r="3">' + t('A3', '东岭乡工会') +
     '</row><row r="4">' + t('A4', '青石镇工会') + '</row></sheetData><mergeCells count="1"><mergeCell ref="A1:F1"/></mergeCells>')
book('labels.xlsx', '<sheetData><row r="1">' + t('A1', '工会名称') + '<c r="B1" s="1"/>' + t('C1', '会员总数') + '</row><row r="2">' + t('A2', '工会主席') +
     '<c r="B2" s="1"/>' + t('C2', '女会员数') + '<c r="D2"><f>D1*1</f><v>7</v></c></row></sheetData>')
book('nothing.xlsx', '<sheetData><row r="1">' + t('A1', '天气') + '</row></sheetData>')
P

# xml NAME PART: a part of a filled form
part() {
	python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2"
}

ends 0 fill "$T/list.xlsx"
says 血型
says 不应收集
says 鞋码
says 没有这一项
says 要本人签字
out="$T/list（已填）.xlsx"
[ "$(stat -c %a "$out")" = 600 ] || fail "a filled form can be read by others"
part "$out" xl/worksheets/sheet1.xml >"$T/sheet.xml"
for word in 'width="13.5"' '<mergeCell ref="A1:G1"/>' '<f>COUNTA(B4:B6)</f></c>' '<c r="B4" s="1" t="inlineStr"><is><t xml:space="preserve">王小青' \
	'<c r="A4"><v>1</v></c>' '=青石厂'; do
	grep -qF -- "$word" "$T/sheet.xml" || fail "the form lacks $word: $(cat "$T/sheet.xml")"
done
for name in xl/styles.xml docProps/custom.bin _rels/.rels; do
	part "$T/list.xlsx" $name >"$T/a"
	part "$out" $name >"$T/b"
	cmp "$T/a" "$T/b" || fail "$name has changed"
done
ends 0 fill "$T/few.xlsx" --out "$T/o.xlsx"
says 还有2条放不下
ends 0 fill "$T/named.xlsx" --out "$T/named-out.xlsx"
says 没有找到这一行
part "$T/named-out.xlsx" xl/worksheets/sheet1.xml >"$T/sheet.xml"
grep -qF '<c r="B2" s="1" t="inlineStr"' "$T/sheet.xml" || grep -qF '<c r="B2" t="inlineStr"><is><t xml:space="preserve">13000000002' "$T/sheet.xml" ||
	fail "the named row was not filled: $(cat "$T/sheet.xml")"
if grep -q '13000000001' "$T/sheet.xml"; then fail "somebody who is not named stands in the form"; fi
ends 0 fill "$T/counts.xlsx" --out "$T/counts-out.xlsx" --period 2020-Q2 --json
part "$T/counts-out.xlsx" xl/worksheets/sheet1.xml >"$T/sheet.xml"
for word in '<c r="B4"><v>3</v></c>' '<c r="C4"><v>1</v></c>' '<c r="D4"><v>2</v></c>'; do
	grep -qF -- "$word" "$T/sheet.xml" || fail "the count table lacks $word: $(cat "$T/sheet.xml")"
done
ends 0 fill "$T/labels.xlsx" --out "$T/labels-out.xlsx"
says "已填 B2 工会主席：王小青"
part "$T/labels-out.xlsx" xl/worksheets/sheet1.xml >"$T/sheet.xml"
grep -qF '<f>D1*1</f>' "$T/sheet.xml" || fail "a formula was lost"
ends 65 fill "$T/nothing.xlsx" --out "$T/x.xlsx"
[ ! -e "$T/x.xlsx" ] || fail "an empty answer was written"
ends 65 fill "$T/roster.csv" --out "$T/x.xlsx"
ends 65 fill "$T/list.xlsx" --out "$T/x.xlsx" --period soon
ends 3 fill "$T/no-such.xlsx"
ends 0 audit
says fill

# another program reads what we wrote
if command -v soffice >/dev/null 2>&1; then
	mkdir "$T/lo"
	cp "$out" "$T/lo/list.xlsx"
	cp "$T/national.xlsx" "$T/lo/national.xlsx"
	(cd "$T/lo" && HOME=$T soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' list.xlsx national.xlsx >/dev/null 2>&1) || true
	grep -q '^1,王小青,女,13000000001,,,=青石厂' "$T/lo/list.csv" || fail "LibreOffice reads something else: $(cat "$T/lo/list.csv")"
	grep -q '^合计,3,' "$T/lo/list.csv" || fail "the formula was not computed anew: $(cat "$T/lo/list.csv")"
	tail -c +4 "$T/national.csv" | tr -d '\r"' | sed "s/'=/=/" >"$T/want.csv"
	tr -d '"' <"$T/lo/national.csv" | diff "$T/want.csv" - || fail "LibreOffice reads another roster"
else
	echo "note: LibreOffice is not installed; it did not open our files" >&2
fi
ends 0 verify
