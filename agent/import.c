/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two passes over the file inside one write transaction. The first finds out which record each row is,
 * so that rows can name each other whatever their order; the second writes. Which record a row is:
 *
 *   an id or external key that it gives               that record, made if it is not there
 *   a valid identity number that one record has       that record
 *   a number whose last digits a spreadsheet ate,     that record; its own number stays
 *     and the name, that one record has
 *   a valid identity number and a name                the id made from both (FORMAT 1)
 *   the same name, birth date and mobile; for bodies  that record (match.h)
 *     the same code or name
 *   a name that somebody has, and a number that is    nobody knows: a person decides (待处理)
 *     nearly theirs, or the same mobile or birth date
 *   else                                              an id made from what tells people apart
 *
 * so that the same file, imported twice or on two PCs, gives every record once, and a corrected file
 * changes what it gave.
 */
#include "import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "files.h"
#include "import_private.h"
#include "out.h"
#include "waiting.h"
#include "text_io.h"

#define ROWS_MAX 2000000
#define FIRST_MAX 10
#define LOOKS_MAX 2000

int
jc_import_bad(struct jc_import_row *row, const char *field, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(row->bad_field, sizeof(row->bad_field), "%s", field);
	jc_err_set(&row->bad, JC_EINVAL, "import", "%s", text);
	return 1;
}

static int
progress(struct jc_import *im, const char *word, int64_t done, int64_t total)
{
	if (im->o->progress != NULL)
		return im->o->progress(im->o->arg, word, done, total);
	return jc_cmd_progress_word(word, done, total);
}

/* ---- telling ---- */

static struct jc_slice
title_of(const struct jc_import *im)
{
	struct jc_match_who who;

	jc_typed_who(&im->typed, &who);
	return who.title;
}

/* One of the first ten of a sort of rows. */
static void
first_add(struct jc_import *im, const char *sort, const struct jc_import_row *row, const char *id,
    json_t *more)
{
	json_t *list = json_object_get(im->out->first, sort), *o;
	struct jc_slice title = title_of(im);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(im->out->first, sort, list);
	}
	if (json_array_size(list) >= FIRST_MAX) {
		json_decref(more);
		return;
	}
	o = json_pack("{s:s,s:I,s:s,s:o}", "sheet", row->sheet != NULL ? row->sheet : "", "line",
	    (json_int_t)row->line, "id", id != NULL ? id : "", "title",
	    json_stringn(title.n != 0 ? title.p : "", title.n));
	if (more != NULL)
		json_object_update_new(o, more);
	json_array_append_new(list, o);
}

/* A row stays out: told, and kept in 待处理 when the batch has gone well. */
static void
row_out(
    struct jc_import *im, const struct jc_import_row *row, const char *field, const char *reason)
{
	struct jc_slice title = row->kind != NULL ? title_of(im) : (struct jc_slice){"", 0};
	json_t *cells;

	json_array_append_new(im->out->bad,
	    json_pack("{s:I,s:s,s:s,s:s,s:o}", "line", (json_int_t)row->line, "sheet",
		row->sheet != NULL ? row->sheet : "", "field", field, "reason", reason, "title",
		json_stringn(title.n != 0 ? title.p : "", title.n)));
	if (im->src->keep == NULL || row->kind == NULL || (cells = im->src->keep(im->src)) == NULL)
		return;
	json_array_append_new(im->kept,
	    json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "no", (json_int_t)row->pending,
		"line", (json_int_t)row->line, "layout", row->layout, "sheet", row->sheet, "kind",
		row->kind->name, "field", field, "reason", reason, "title",
		json_stringn(title.n != 0 ? title.p : "", title.n), "cells", cells));
}

/* ---- first pass: which record ---- */

static struct jc_import_plan *
plan_add(struct jc_import *im)
{
	if (im->nplan == im->cap) {
		size_t cap = im->cap != 0 ? im->cap * 2 : 1024;
		struct jc_import_plan *v = jc_realloc(im->plan, cap * sizeof(*v));

		if (v == NULL)
			return NULL;
		im->plan = v;
		im->cap = cap;
	}
	memset(&im->plan[im->nplan], 0, sizeof(*im->plan));
	return &im->plan[im->nplan++];
}

/* The scope of a kind is not the batch's: such rows go into a file of their own. */
static int
other_scope(struct jc_import *im, const struct jc_kind *kind)
{
	return kind != im->first && strcmp(im->scope.role, "branch") != 0 &&
	    kind->down != im->first->down;
}

/* An earlier row of a table is this record already: 1 the same content, 2 other content. */
static int
seen_before(struct jc_import *im, const struct jc_import_row *row, struct jc_import_plan *plan)
{
	size_t n = (size_t)(plan - im->plan);
	struct jc_map_entry *e;

	if (im->src->keep == NULL)
		return 0;
	if ((e = jc_map_put(&im->ids, plan->id, JC_ID_LEN)) == NULL)
		return JC_NOMEM(im->err, "import");
	if (e->id[0] == '\0') {
		memcpy(e->id, plan->id, sizeof(e->id));
		e->title = n;
		return 0;
	}
	plan->line = im->plan[e->title].line;
	plan->why = memcmp(plan->hash, im->plan[e->title].hash, sizeof(plan->hash)) == 0
	    ? JC_IMPORT_TWICE
	    : JC_IMPORT_OTHER;
	(void)row;
	return 0;
}

static int
row_plan(struct jc_import *im, const struct jc_import_row *row)
{
	struct jc_import_plan *plan = plan_add(im);
	const struct jc_field *field;
	struct jc_match_who who;
	struct jc_err ignored;
	int rc;

	if (plan == NULL)
		return JC_NOMEM(im->err, "import");
	if (im->nplan > ROWS_MAX)
		return jc_err_set(im->err, JC_ELIMIT, "import",
		    JC_T("行数太多，请分成几个文件", "Too many rows; please split the file"));
	plan->line = row->line;
	if (row->bad.code != 0)
		return 0;
	if (other_scope(im, row->kind)) {
		plan->why = JC_IMPORT_SCOPE;
		return 0;
	}
	if ((rc = jc_import_row_take(im, row, JC_TYPED_RAW, &field, &ignored)) < 0)
		return jc_import_of_the_row(rc)
		    ? 0
		    : (*im->err = ignored, rc); /* told in the second pass */
	jc_import_row_hash(im, plan->hash);
	if ((rc = jc_import_row_id(im, row, &who, plan)) < 0 || plan->id[0] == '\0')
		return rc;
	if ((rc = seen_before(im, row, plan)) < 0)
		return rc;
	return jc_match_note(im->match, row->kind, plan->id, &who, im->err);
}

static int
pass_plan(struct jc_import *im)
{
	struct jc_import_row row = {0};
	int rc;

	while ((rc = im->src->next(im->src, &row, im->err)) == 1) {
		if ((rc = row_plan(im, &row)) < 0)
			return rc;
		if (progress(im, JC_T("读取", "reading"), (int64_t)im->nplan, 0))
			return jc_err_code(im->err, JC_ECANCELLED, "import");
	}
	im->src->rewind(im->src);
	return rc;
}

/* ---- second pass: writing ---- */

static int
record_now(struct jc_import *im, const jc_id id, struct jc_record *now)
{
	struct jc_record_key key;
	int rc;

	if ((rc = jc_record_find(im->o->run->node, im->scope.no, id, &key, im->err)) < 0)
		return rc;
	return jc_record_read(im->o->run->node, key.rec, now, im->err);
}

/* What a row changes, for the list of the first ones: [{field, old, new}], numbers masked. */
static json_t *
changes_of(const struct jc_import *im, const struct jc_record *now)
{
	json_t *list = json_array();
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < im->typed.nchanges; i++) {
		const struct jc_change *c = &im->typed.change[i];
		const char *old = NULL;
		size_t split;

		for (size_t k = 0; k < now->nfields; k++)
			if (now->field[k].field == c->field)
				old = now->field[k].text;
		if (c->field->set || (old != NULL ? jc_slice_is(c->text, old) : c->text.n == 0))
			continue;
		jc_buf_reset(&b);
		if (old != NULL)
			jc_out_value(&b, c->field, old, strlen(old), 0);
		split = b.len;
		jc_out_value(&b, c->field, c->text.p, c->text.n, 0);
		if (!b.failed && b.data != NULL)
			json_array_append_new(list,
			    json_pack("{s:s,s:o,s:o}", "field", jc_field_label(c->field), "old",
				json_stringn(b.data, split), "new",
				json_stringn(b.data + split, b.len - split)));
	}
	jc_buf_free(&b);
	return list;
}

static void
count_row(struct jc_import *im, const struct jc_import_row *row, const char *id, int state,
    int written, const struct jc_record *now)
{
	if (state == JC_MATCH_VOID) {
		im->out->restored++;
		first_add(im, "restored", row, id, NULL);
	} else if (state == JC_MATCH_NONE || state == JC_MATCH_FILE) {
		im->out->added++;
		first_add(im, "new", row, id, NULL);
	} else if (written > 0) {
		if (im->out->changed++ < FIRST_MAX)
			first_add(im, "changed", row, id,
			    now != NULL ? json_pack("{s:o}", "changes", changes_of(im, now))
					: NULL);
	} else {
		im->out->same++;
		first_add(im, "same", row, id, NULL);
	}
}

/* A new record of a table without a name is nobody's. */
static int
title_missing(struct jc_import *im, const struct jc_import_row *row, int there, struct jc_err *err)
{
	const struct jc_field *f =
	    jc_catalogue_field(row->kind, row->kind->title, strlen(row->kind->title));

	if (there || im->src->keep == NULL || f == NULL || f->type != JC_TEXT ||
	    title_of(im).n != 0)
		return 0;
	return jc_err_set(
	    err, JC_EINVAL, "import", JC_T("没有%s", "%s is missing"), jc_field_label(f));
}

/* Writes a row whose cells were taken. */
static int
row_save(struct jc_import *im, const struct jc_import_row *row, jc_id id, struct jc_err *err)
{
	struct jc_record now = {0};
	int state, rc, there, written = 0, look;

	if ((state = jc_match_state(im->match, row->kind, id, err)) < 0)
		return state;
	there = state == JC_MATCH_LIVING || state == JC_MATCH_VOID;
	if ((rc = title_missing(im, row, there, err)) < 0)
		return rc;
	if ((rc = jc_import_row_number(im, !there, err)) < 0 ||
	    (row->draft && !there && (rc = jc_import_row_draft(im, err)) < 0))
		return rc;
	/* what a row changes is told for the first ones of a preview; reading every record would cost more than saving */
	look = there && (jc_typed_needs_record(&im->typed) ||
	    (im->o->dry_run && im->out->changed < FIRST_MAX && im->out->same < LOOKS_MAX));
	if (look && (rc = record_now(im, id, &now)) < 0)
		return rc;
	if ((rc = jc_typed_finish(&im->typed, look ? &now : NULL, err)) == 0 &&
	    state == JC_MATCH_VOID)
		rc = jc_save_unvoid(im->sv, id, err);
	if (rc == 0)
		rc = jc_save_set(
		    im->sv, row->kind, id, im->typed.change, im->typed.nchanges, 0, &written, err);
	if (rc == 0)
		count_row(im, row, id, state, written, look ? &now : NULL);
	jc_record_free(&now);
	if (rc < 0)
		return rc;
	if (state != JC_MATCH_LIVING)
		jc_match_settle(im->match, row->kind, id);
	rc = jc_import_row_events(
	    im, row, id, state == JC_MATCH_NONE || state == JC_MATCH_FILE, err);
	if (!jc_import_of_the_row(rc))
		return rc;
	jc_import_row_remark(im, err->msg); /* the record is in; only its event is not */
	err->code = 0;
	return 0;
}

static const char *
why_text(const struct jc_import *im, const struct jc_import_plan *plan, char room[300])
{
	switch (plan->why) {
	case JC_IMPORT_SEVERAL:
		return JC_T("有几条记录都像是这一行，请加上“外部编号”或“记录编号”一列说明是哪一条",
		    "Several records look like this row; say which in a column \"external key\" or \"record id\"");
	case JC_IMPORT_SCOPE:
		return JC_T("这种记录要下发给各基层，请放在另一个文件里导入",
		    "Records of this kind are issued downward; import them in a file of their own");
	case JC_IMPORT_LOST:
		return JC_T("身份证号后三位已丢失（表格把它当数字存了），请查原件",
		    "The last three digits of the number are lost (the spreadsheet stored it as a number); look at the paper");
	case JC_IMPORT_OTHER:
		snprintf(room, 300,
		    JC_T("和第%lld行是同一条记录，但内容不同，请看哪一行是对的",
			"The same record as row %lld, with other content; see which row is right"),
		    (long long)plan->line);
		return room;
	case JC_IMPORT_LIKE:
		snprintf(room, 300,
		    JC_T("像是已有的%s，但拿不准：%s；请说明是不是同一个人",
			"Looks like %s, but it is not certain: %s; say whether it is the same person"),
		    im->like_who, im->like);
		return room;
	default:
		return "";
	}
}

/* Rows that the first pass decided about. 1: done. */
static int
row_decided(struct jc_import *im, const struct jc_import_row *row, struct jc_import_plan *plan)
{
	const struct jc_field *field;
	struct jc_err ignored;
	char room[300];

	if (plan->why == JC_IMPORT_GOOD)
		return 0;
	jc_import_row_take(im, row, JC_TYPED_RAW, &field, &ignored);
	if (plan->why == JC_IMPORT_TWICE) {
		im->out->duplicate++;
		first_add(im, "duplicate", row, plan->id,
		    json_pack("{s:I}", "as", (json_int_t)plan->line));
		return 1;
	}
	if (plan->why == JC_IMPORT_LIKE || plan->why == JC_IMPORT_OTHER ||
	    plan->why == JC_IMPORT_SEVERAL) {
		im->out->doubtful++;
		if (plan->why == JC_IMPORT_LIKE)
			jc_import_row_like(im, row, plan);
		first_add(im, "doubtful", row, plan->like,
		    json_pack("{s:s}", "reason", why_text(im, plan, room)));
	}
	row_out(im, row, plan->why == JC_IMPORT_LOST ? JC_T("证件号码", "ID number") : "",
	    why_text(im, plan, room));
	return 1;
}

static int
row_write(struct jc_import *im, const struct jc_import_row *row, struct jc_import_plan *plan)
{
	const struct jc_field *field = NULL;
	struct jc_err err = {0};
	size_t remarks = json_array_size(im->out->remarks);
	int rc;

	im->line = row->line;
	if (row->bad.code != 0) {
		row_out(im, row, row->bad_field, row->bad.msg);
		return 0;
	}
	if (row_decided(im, row, plan))
		return 0;
	if ((rc = jc_import_row_take(im, row, JC_TYPED_KEEP, &field, &err)) == 0 &&
	    plan->id[0] != '\0')
		rc = row_save(im, row, plan->id, &err);
	if (rc == 0)
		return jc_import_row_settled(im, row, title_of(im));
	if (!jc_import_of_the_row(rc)) {
		*im->err = err;
		return rc;
	}
	while (json_array_size(im->out->remarks) > remarks)
		json_array_remove(im->out->remarks, json_array_size(im->out->remarks) - 1);
	row_out(im, row, field != NULL ? jc_field_label(field) : "", err.msg);
	return 0;
}

static int
pass_write(struct jc_import *im)
{
	struct jc_import_row row = {0};
	size_t i = 0;
	int rc;

	while ((rc = im->src->next(im->src, &row, im->err)) == 1 && i < im->nplan) {
		if ((rc = row_write(im, &row, &im->plan[i++])) < 0)
			return rc;
		im->out->rows++;
		if (progress(im, JC_T("导入", "importing"), (int64_t)i, (int64_t)im->nplan))
			return jc_err_code(im->err, JC_ECANCELLED, "import");
	}
	return rc < 0 ? rc : 0;
}

/* ---- the whole ---- */

/* The kind of the first row that can be read: it decides the scope. */
static int
first_kind(struct jc_import *im)
{
	struct jc_import_row row = {0};
	int rc;

	while ((rc = im->src->next(im->src, &row, im->err)) == 1 && row.bad.code != 0)
		continue;
	if (rc == 1)
		im->first = row.kind;
	im->src->rewind(im->src);
	return rc < 0 ? rc : 0;
}

/* Rows that stay out, in the transaction that is open. */
static int
kept_write(struct jc_import *im)
{
	struct jc_db *db = im->o->run->node->db;
	json_t *k;
	size_t i;
	int rc = 0;

	json_array_foreach(im->kept, i, k) {
		int64_t no = json_integer_value(json_object_get(k, "no"));
		const json_t *title = json_object_get(k, "title");
		struct jc_waiting p = {
		    .layout = json_string_value(json_object_get(k, "layout")),
		    .file = im->o->name != NULL ? im->o->name : "",
		    .sheet = json_string_value(json_object_get(k, "sheet")),
		    .kind = json_string_value(json_object_get(k, "kind")),
		    .field = json_string_value(json_object_get(k, "field")),
		    .reason = json_string_value(json_object_get(k, "reason")),
		    .title = {json_string_value(title), json_string_length(title)},
		    .line = json_integer_value(json_object_get(k, "line")),
		    .time = im->o->run->env->wall_ms(im->o->run->env->ctx) / 1000,
		    .cells = json_object_get(k, "cells"),
		};

		if (no == 0 && rc == 0 && p.title.n != 0)
			rc = jc_waiting_drop_title(db, p.layout, p.title,
			    im->err); /* the same person's row of an earlier try */
		if (rc == 0)
			rc = jc_waiting_put(db, &p, im->err);
	}
	return rc;
}

/* Everything between begin and end of the batch. */
static int
batch(struct jc_import *im)
{
	struct jc_db *db = im->o->run->node->db;
	int64_t ops = 0;
	int rc, end, keep, kept;

	if ((rc = jc_save_begin(&im->sv, im->o->run->node, im->scope.no, "import", im->err)) < 0)
		return rc;
	if ((rc = jc_waiting_count(db, &im->waiting, im->err)) == 0 && (rc = pass_plan(im)) == 0)
		rc = pass_write(im);
	progress(im, "", -1, 0);
	if (rc == 0 && im->o->progress == NULL && jc_cmd_interrupted())
		rc = jc_err_code(im->err, JC_ECANCELLED, "import");
	keep = rc == 0 && !im->o->dry_run &&
	    (im->out->added + im->out->changed + im->out->restored > 0 || im->events > 0);
	kept = rc == 0 && !im->o->dry_run;
	if (keep)
		rc = kept_write(im);
	end = jc_save_end(im->sv, keep && rc == 0, &ops, rc == 0 ? im->err : NULL);
	if (rc < 0 || end < 0 || keep || !kept)
		return rc < 0 ? rc : end;
	if ((rc = jc_db_begin(db, im->err)) < 0)
		return rc;
	if ((rc = kept_write(im)) == 0)
		rc = jc_import_settled_again(im);
	end = jc_db_end(db, rc == 0, rc == 0 ? im->err : NULL);
	return rc < 0 ? rc : end;
}

static int
scope_find(struct jc_import *im)
{
	const struct jc_kind *kind = im->first != NULL ? im->first : im->o->kind;

	if (kind == NULL)
		return jc_node_scope(im->o->run->node, &im->scope, im->err);
	return jc_cmd_scope(im->o->run, kind, &im->scope, im->err);
}

static json_t *
list_of(json_t *list)
{
	return list != NULL ? json_incref(list) : json_array();
}

static int
source_run(struct jc_import *im)
{
	int rc;

	if ((rc = first_kind(im)) < 0)
		return rc;
	im->out->ignored = list_of(im->src->ignored);
	im->out->forbidden = list_of(im->src->forbidden);
	im->out->sheets = list_of(im->src->sheets);
	im->out->skipped = list_of(im->src->skipped);
	im->out->hints = list_of(im->src->hints);
	if ((rc = scope_find(im)) < 0 ||
	    (rc = jc_match_open(&im->match, im->o->run->node, &im->scope, im->today, im->err)) < 0)
		return rc;
	im->typed.match = im->event.match = im->match;
	if (im->o->progress == NULL)
		jc_cmd_catch();
	if ((rc = batch(im)) < 0)
		return rc;
	if (im->out->rows == 0)
		return jc_err_set(im->err, JC_EINVAL, "import",
		    JC_T("文件里没有可以导入的行", "The file has no rows to import"));
	return 0;
}

int
jc_import_source(struct jc_import_report *out, const struct jc_import_options *o,
    struct jc_import_source *src, struct jc_err *err)
{
	struct jc_import im = {.o = o, .out = out, .src = src, .err = err};
	int rc;

	jc_out_today(im.today, o->run->env);
	jc_import_row_init(&im);
	if ((rc = jc_import_row_activity(&im, err)) == 0)
		rc = source_run(&im);
	src->close(src);
	jc_match_close(im.match);
	jc_import_row_free(&im);
	jc_free(im.plan);
	return rc;
}

static int
jsonl_bytes(struct jc_import_report *out, const struct jc_import_options *o, const char *p,
    size_t n, struct jc_err *err)
{
	struct jc_import_source *src;
	struct jc_buf text;
	int rc;

	jc_buf_init(&text, JC_TEXT_IO_MAX * 2);
	out->format = "jsonl";
	if ((rc = jc_text_io_decode(&text, &out->encoding, p, n, err)) == 0 &&
	    (rc = jc_import_jsonl_open(
		 &src, text.data != NULL ? text.data : "", text.len, o->kind, err)) == 0)
		rc = jc_import_source(out, o, src, err);
	jc_buf_free(&text);
	return rc;
}

static int
is_jsonl(const char *name, const char *p, size_t n)
{
	const char *dot = name != NULL ? strrchr(name, '.') : NULL;
	size_t i = n >= 3 && memcmp(p, "\357\273\277", 3) == 0 ? 3 : 0;

	while (i < n && strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
		i++;
	return i < n && p[i] == '{' && (dot == NULL || strcmp(dot, ".csv") != 0);
}

static int
is_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(" \t\r\n", p[i]) == NULL || p[i] == '\0')
			return 0;
	return 1;
}

int
jc_import_bytes(struct jc_import_report *out, const struct jc_import_options *o, const char *p,
    size_t n, struct jc_err *err)
{
	struct jc_import_source *src;
	struct jc_book book;
	int rc;

	jc_import_report_init(out);
	if (out->bad == NULL || out->remarks == NULL || out->first == NULL)
		return JC_NOMEM(err, "import");
	if (is_blank(p, n))
		return jc_err_set(
		    err, JC_EINVAL, "import", JC_T("文件是空的", "The file is empty"));
	if (is_jsonl(o->name, p, n))
		return jsonl_bytes(out, o, p, n, err);
	if ((rc = jc_book_open(&book, p, n, err)) == 0) {
		out->encoding = book.encoding;
		out->format = book.format;
		if ((rc = jc_import_sheet_open(&src, &book, o, err)) == 0)
			rc = jc_import_source(out, o, src, err);
	}
	jc_book_free(&book);
	return rc;
}

int
jc_import_path(struct jc_import_report *out, const struct jc_import_options *o, const char *path,
    struct jc_err *err)
{
	char *bytes;
	size_t n;
	int rc;

	jc_import_report_init(out);
	if ((rc = jc_text_io_bytes(&bytes, &n, path, err)) < 0)
		return rc;
	jc_import_report_free(out);
	rc = jc_import_bytes(out, o, bytes, n, err);
	free(bytes);
	return rc;
}

int
jc_import_file(struct jc_import_report *out, struct jc_cmd_run *run, const char *path,
    const struct jc_kind *kind, int dry_run, struct jc_err *err)
{
	const char *slash = strrchr(path, '/');
	struct jc_import_options o = {
	    .run = run, .kind = kind, .name = slash != NULL ? slash + 1 : path, .dry_run = dry_run};

	return jc_import_path(out, &o, path, err);
}
