/* SPDX-License-Identifier: MulanPSL-2.0 */
/* CSV and pasted blocks: one sheet without a name, all texts. */
#include <string.h>

#include "csv.h"
#include "sheet.h"
#include "text_io.h"

static int
row_read(struct jc_book *b, struct jc_csv *csv, const struct jc_err *bad, struct jc_err *err)
{
	struct jc_sheet_row *row;
	int rc = jc_book_row_add(b, csv->line, err);

	for (size_t i = 0; rc == 0 && i < csv->cells; i++) {
		struct jc_slice s = jc_csv_cell(csv, i);

		rc = jc_book_cell_add(b, i, s.n != 0 ? JC_CELL_TEXT : JC_CELL_EMPTY, s.p, s.n, err);
	}
	if (rc < 0 || bad->code == 0)
		return rc;
	row = &b->sheet[0].row[b->sheet[0].nrows - 1];
	row->bad_at = (uint32_t)b->text.len;
	row->bad_n = (uint32_t)strlen(bad->msg);
	jc_buf_puts(&b->text, bad->msg);
	return jc_buf_check(&b->text, "sheet", err);
}

int
jc_sheet_text_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err)
{
	struct jc_err bad = {0};
	struct jc_buf text;
	struct jc_csv csv;
	int rc, got;

	jc_buf_init(&text, JC_TEXT_IO_MAX * 2);
	b->format = "text";
	if ((rc = jc_text_io_decode(&text, &b->encoding, p, n, err)) < 0 ||
	    (rc = jc_book_sheet_add(b, "", err)) < 0) {
		jc_buf_free(&text);
		return rc;
	}
	jc_csv_init(&csv, text.data != NULL ? text.data : "", text.len);
	while (rc == 0 && (got = jc_csv_next(&csv, &bad)) != 0) {
		if (got == JC_ENOMEM)
			rc = JC_NOMEM(err, "sheet");
		else
			rc = row_read(b, &csv, &bad, err);
		bad.code = 0;
	}
	jc_csv_free(&csv);
	jc_buf_free(&text);
	return rc;
}
