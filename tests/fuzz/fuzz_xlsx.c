/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The first byte chooses: 0 the rest is a file from a stranger, whatever it is; 1..3 it is the XML of one
 * part (sheet, texts, styles) of a workbook that is otherwise sound, so that the mutations get past the
 * zip. What was read must hold together: cells within the book, rows in order, texts in UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../agent/sheet.h"
#include "zip_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

static void
row_check(const struct jc_book *b, const struct jc_sheet_row *row)
{
	REQUIRE(row->cell + row->ncells <= b->ncells && row->ncells <= JC_SHEET_COLUMNS_MAX);
	REQUIRE((size_t)row->bad_at + row->bad_n <= b->text.len);
	for (size_t i = 0; i < row->ncells; i++) {
		struct jc_slice s = jc_book_cell(b, row, i);

		REQUIRE(s.n == 0 || (s.p >= b->text.data && s.p + s.n <= b->text.data + b->text.len));
		REQUIRE(jc_utf8_ok(s.p, s.n));
	}
}

static void
book_check(const char *p, size_t n)
{
	struct jc_book b;
	struct jc_err err = {0};
	int rc = jc_book_open(&b, p, n, &err);

	REQUIRE(rc == 0 || (rc < 0 && err.code == rc && err.msg[0] != '\0'));
	for (size_t i = 0; rc == 0 && i < b.nsheets; i++)
		for (size_t k = 0; k < b.sheet[i].nrows; k++) {
			row_check(&b, &b.sheet[i].row[k]);
			REQUIRE(k == 0 || b.sheet[i].row[k - 1].line <= b.sheet[i].row[k].line);
		}
	jc_book_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char sheet[] = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>42434</v></c></row></sheetData>";
	struct zip_kit kit;
	char *text;

	if (size == 0)
		return 0;
	if (data[0] == 0 || data[0] > 3) {
		book_check((const char *)data + 1, size - 1);
		return 0;
	}
	if ((text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	zip_kit_new(&kit);
	zip_kit_book(&kit, data[0] == 1 ? text : sheet, data[0] == 2 ? text : "<si><t>x</t></si>",
	    data[0] == 3 ? text : "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>", 0);
	book_check(kit.out.data, kit.out.len);
	zip_kit_free(&kit);
	free(text);
	return 0;
}
