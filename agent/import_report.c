/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What came of an import, for people and programs. */
#include <string.h>

#include "import.h"

void
jc_import_report_init(struct jc_import_report *r)
{
	memset(r, 0, sizeof(*r));
	r->encoding = r->format = "";
	r->bad = json_array();
	r->remarks = json_array();
	r->first = json_object();
}

void
jc_import_report_free(struct jc_import_report *r)
{
	json_decref(r->bad);
	json_decref(r->remarks);
	json_decref(r->ignored);
	json_decref(r->forbidden);
	json_decref(r->sheets);
	json_decref(r->skipped);
	json_decref(r->hints);
	json_decref(r->first);
	memset(r, 0, sizeof(*r));
}

static void
list_set(json_t *o, const char *name, json_t *list)
{
	json_object_set_new(o, name, list != NULL ? json_incref(list) : json_array());
}

json_t *
jc_import_report_json(const struct jc_import_report *r, int dry_run)
{
	json_t *o = json_pack("{s:b,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "dry_run", dry_run,
	    "format", r->format, "encoding", r->encoding, "rows", (json_int_t)r->rows, "new",
	    (json_int_t)r->added, "changed", (json_int_t)r->changed, "same", (json_int_t)r->same,
	    "restored", (json_int_t)r->restored, "duplicate", (json_int_t)r->duplicate, "doubtful",
	    (json_int_t)r->doubtful);

	list_set(o, "bad", r->bad);
	list_set(o, "remarks", r->remarks);
	list_set(o, "ignored", r->ignored);
	list_set(o, "forbidden", r->forbidden);
	list_set(o, "sheets", r->sheets);
	list_set(o, "skipped", r->skipped);
	list_set(o, "hints", r->hints);
	json_object_set_new(o, "first", r->first != NULL ? json_incref(r->first) : json_object());
	return o;
}
