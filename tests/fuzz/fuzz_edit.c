/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The input is what stands in a <worksheet> that somebody above sent. Cells are written into it. When that
 * is said to have gone well, the result is well-formed again, and every cell that was not refused holds
 * what was written.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../agent/sheet.h"
#include "../../agent/sheet_edit.h"
#include "../../agent/xml.h"
#include "zip_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)
#define NS "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"

static int
well_formed(const char *p, size_t n)
{
	static const struct jc_xml_on on = {0};
	struct jc_xml *x;
	int rc;

	REQUIRE(jc_xml_open(&x, &on, NULL, NULL) == 0);
	rc = jc_xml_feed(x, p, n, 1, NULL);
	jc_xml_close(x);
	return rc == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jc_sheet_edit edit[] = {
	    {.line = 3, .column = 1, .text = {"会员<&>", 9}},
	    {.line = 1, .column = 0, .number = 1, .text = {"7", 1}},
	    {.line = 3, .column = 30, .text = {"", 0}},
	    {.line = 900, .column = 2, .text = {"x", 1}},
	};
	struct jc_buf xml, out, calc;
	struct jc_err err = {0};
	int before;

	jc_buf_init(&xml, 1 << 24);
	jc_buf_init(&out, 1 << 24);
	jc_buf_init(&calc, 1 << 24);
	jc_buf_puts(&xml, NS);
	jc_buf_put(&xml, data, size);
	jc_buf_puts(&xml, "</worksheet>");
	before = well_formed(xml.data, xml.len);
	if (jc_sheet_edit(&out, xml.data, xml.len, edit, 4, 3, &err) == 0) {
		REQUIRE(before);
		REQUIRE(well_formed(out.data, out.len));
		REQUIRE(out.len > 0);
	} else {
		REQUIRE(err.code != 0);
	}
	if (jc_sheet_edit_recalc(&calc, xml.data, xml.len, NULL) == 0)
		REQUIRE(well_formed(calc.data, calc.len));
	jc_buf_free(&xml);
	jc_buf_free(&out);
	jc_buf_free(&calc);
	return 0;
}
