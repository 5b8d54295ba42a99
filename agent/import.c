/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two passes over the file inside one write transaction. The first finds out which record each row is,
 * so that rows can name each other whatever their order; the second writes. Which record a row is:
 *
 *   an id or external key that it gives               that record, made if it is not there
 *   a valid identity number that one record has       that record
 *   a valid identity number and a name                the id made from both (FORMAT 1)
 *   the same name, birth date and mobile; for bodies  that record (match.h)
 *     the same code or name
 *   else                                              an id made from the row's content
 *
 * so that the same file, imported twice or on two PCs, gives every record once.
 */
#include "import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "out.h"
#include "text_io.h"

#define REMARKS_MAX 10000
#define ROWS_MAX 2000000

struct plan {
	jc_id id;       /* "" for a row that is out */
	uint8_t why;    /* a reason of its own, below */
};

enum why { WHY_NONE, WHY_SEVERAL, WHY_SCOPE };

struct import {
	struct jc_cmd_run *run;
	struct jc_import_report *out;
	struct jc_import_source *src;
	struct jc_save *sv;
	struct jc_scope scope;
	const struct jc_kind *first; /* kind of the first row: decides the scope */
	struct jc_match *match;
	struct jc_typed typed;
	struct plan *plan;
	size_t nplan, cap;
	int64_t line;                /* of the row at work, for remarks */
	char today[11];
	struct jc_err *err;
};

void
jc_import_report_free(struct jc_import_report *r)
{
	json_decref(r->bad);
	json_decref(r->remarks);
	json_decref(r->ignored);
	memset(r, 0, sizeof(*r));
}

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

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	struct import *im = arg;

	if (json_array_size(im->out->remarks) < REMARKS_MAX)
		json_array_append_new(im->out->remarks, json_pack("{s:I,s:s,s:s,s:s}", "line", (json_int_t)im->line, "field",
		    jc_field_label(f), "code", r->code, "text", r->text));
}

static void
bad_row(struct import *im, int64_t line, const char *field, const char *reason)
{
	json_array_append_new(im->out->bad, json_pack("{s:I,s:s,s:s}", "line", (json_int_t)line, "field", field, "reason", reason));
}

/* Errors that concern one row and leave the rest alone. */
static int
of_the_row(int rc)
{
	return rc == JC_EINVAL || rc == JC_ELIMIT || rc == JC_EFORMAT || rc == JC_ENOTFOUND || rc == JC_EUSAGE;
}

/* ---- one row ---- */

static int
cell_take(struct jc_typed *t, const struct jc_import_cell *c, struct jc_err *err)
{
	const json_t *e;
	size_t i;
	int rc;

	if (c->blank_stays && c->text.n == 0)
		return 0;
	if (c->elements == NULL)
		return jc_typed_put(t, c->field, JC_TYPED_SET, c->text.p, c->text.n, err);
	if ((rc = jc_typed_whole(t, c->field, err)) < 0)
		return rc;
	json_array_foreach((json_t *)(size_t)c->elements, i, e) {
		if (!json_is_string(e))
			return jc_err_set(err, JC_EINVAL, "import",
			    JC_T("%s：列表里只能是文字", "%s: a list holds texts only"), jc_field_label(c->field));
		if ((rc = jc_typed_element(t, c->field, json_string_value(e), json_string_length(e), err)) < 0)
			return rc;
	}
	return 0;
}

/* Takes all cells; *field names the one that an error is about. */
static int
row_take(struct import *im, const struct jc_import_row *row, enum jc_typed_refs refs, const struct jc_field **field,
    struct jc_err *err)
{
	struct jc_typed *t = &im->typed;
	int rc = 0;

	*field = NULL;
	t->refs = refs;
	t->remark = refs == JC_TYPED_RAW ? NULL : remark;
	jc_typed_begin(t, row->kind);
	for (size_t i = 0; rc == 0 && i < row->ncells; i++)
		if ((rc = cell_take(t, &row->cell[i], err)) < 0)
			*field = row->cell[i].field;
	if (rc == 0 && t->nparts == 0)
		rc = jc_err_set(err, JC_EINVAL, "import", JC_T("这一行没有内容", "This row has no content"));
	return rc;
}

/* ---- first pass: which record ---- */

/* A key made of the row's content, the same on every PC. */
static int
content_id(struct import *im, jc_id out)
{
	const struct jc_typed *t = &im->typed;
	uint8_t h[JC_HASH_LEN];
	char key[80] = "row:";
	struct jc_hasher hasher;

	jc_hasher_init(&hasher);
	for (size_t i = 0; i < t->nparts; i++) {
		jc_hasher_add(&hasher, t->part[i].field->name, strlen(t->part[i].field->name) + 1);
		if (t->part[i].len > 0)
			jc_hasher_add(&hasher, t->text.data + t->part[i].at, t->part[i].len);
		jc_hasher_add(&hasher, "", 1);
	}
	jc_hasher_end(&hasher, h);
	for (size_t i = 0; i < 16; i++)
		snprintf(key + 4 + 2 * i, 3, "%02x", h[i]);
	return jc_save_id_key(im->sv, out, t->kind, (struct jc_slice){key, 36}, im->err);
}

static int
row_id(struct import *im, const struct jc_import_row *row, struct jc_match_who *who, struct plan *plan)
{
	int rc;

	jc_typed_who(&im->typed, who);
	if (row->by == JC_IMPORT_BY_ID) {
		memcpy(plan->id, row->key.p, JC_ID_LEN);
		plan->id[JC_ID_LEN] = '\0';
		return 0;
	}
	if (row->by == JC_IMPORT_BY_KEY)
		return jc_save_id_key(im->sv, plan->id, row->kind, row->key, im->err);
	if ((rc = jc_match_who(im->match, row->kind, who, plan->id, im->err)) == 2) {
		plan->why = WHY_SEVERAL;
		plan->id[0] = '\0';
		return 0;
	}
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (who->number.n != 0 && who->title.n != 0)
		return jc_save_id_person(im->sv, plan->id, row->kind, who->number, who->title, im->err);
	return content_id(im, plan->id);
}

/* The scope of a kind is not the batch's: such rows go into a file of their own. */
static int
other_scope(struct import *im, const struct jc_kind *kind)
{
	return kind != im->first && strcmp(im->scope.role, "branch") != 0 && kind->down != im->first->down;
}

static struct plan *
plan_add(struct import *im)
{
	if (im->nplan == im->cap) {
		size_t cap = im->cap != 0 ? im->cap * 2 : 1024;
		struct plan *v = jc_realloc(im->plan, cap * sizeof(*v));

		if (v == NULL)
			return NULL;
		im->plan = v;
		im->cap = cap;
	}
	memset(&im->plan[im->nplan], 0, sizeof(*im->plan));
	return &im->plan[im->nplan++];
}

static int
row_plan(struct import *im, const struct jc_import_row *row)
{
	struct plan *plan = plan_add(im);
	const struct jc_field *field;
	struct jc_match_who who;
	struct jc_err ignored;
	int rc;

	if (plan == NULL)
		return JC_NOMEM(im->err, "import");
	if (im->nplan > ROWS_MAX)
		return jc_err_set(im->err, JC_ELIMIT, "import", JC_T("行数太多，请分成几个文件", "Too many rows; please split the file"));
	if (row->bad.code != 0)
		return 0;
	if (other_scope(im, row->kind)) {
		plan->why = WHY_SCOPE;
		return 0;
	}
	if ((rc = row_take(im, row, JC_TYPED_RAW, &field, &ignored)) < 0)
		return of_the_row(rc) ? 0 : (*im->err = ignored, rc); /* told in the second pass */
	if ((rc = row_id(im, row, &who, plan)) < 0 || plan->id[0] == '\0')
		return rc;
	return jc_match_note(im->match, row->kind, plan->id, &who, im->err);
}

static int
pass_plan(struct import *im)
{
	struct jc_import_row row = {0};
	int rc;

	while ((rc = im->src->next(im->src, &row, im->err)) == 1) {
		if ((rc = row_plan(im, &row)) < 0)
			return rc;
		if (jc_cmd_progress_word(JC_T("读取", "reading"), (int64_t)im->nplan, 0))
			return jc_err_code(im->err, JC_ECANCELLED, "import");
	}
	im->src->rewind(im->src);
	return rc;
}

/* ---- second pass: writing ---- */

static int
record_now(struct import *im, const struct jc_kind *kind, const jc_id id, struct jc_record *now)
{
	struct jc_record_key key;
	int rc;

	(void)kind;
	if ((rc = jc_record_find(im->run->node, im->scope.no, id, &key, im->err)) < 0)
		return rc;
	return jc_record_read(im->run->node, key.rec, now, im->err);
}

static void
count_row(struct import *im, int state, int written)
{
	if (state == JC_MATCH_VOID)
		im->out->restored++;
	else if (state == JC_MATCH_NONE || state == JC_MATCH_FILE)
		im->out->added++;
	else if (written > 0)
		im->out->changed++;
	else
		im->out->same++;
}

/* Writes a row whose cells were taken. */
static int
row_save(struct import *im, const struct jc_kind *kind, jc_id id, struct jc_err *err)
{
	struct jc_record now = {0};
	int state, rc, there, written = 0;

	if ((state = jc_match_state(im->match, kind, id, err)) < 0)
		return state;
	there = state == JC_MATCH_LIVING || state == JC_MATCH_VOID;
	if (there && jc_typed_needs_record(&im->typed) && (rc = record_now(im, kind, id, &now)) < 0)
		return rc;
	if ((rc = jc_typed_finish(&im->typed, there ? &now : NULL, err)) == 0 && state == JC_MATCH_VOID)
		rc = jc_save_unvoid(im->sv, id, err);
	if (rc == 0)
		rc = jc_save_set(im->sv, kind, id, im->typed.change, im->typed.nchanges, 0, &written, err);
	jc_record_free(&now);
	if (rc < 0)
		return rc;
	count_row(im, state, written);
	if (state != JC_MATCH_LIVING)
		jc_match_settle(im->match, kind, id);
	return 0;
}

static const char *
why_text(enum why why)
{
	return why == WHY_SEVERAL
	    ? JC_T("有几条记录都像是这一行，请加上“外部编号”或“记录编号”一列说明是哪一条",
	          "Several records look like this row; say which in a column \"external key\" or \"record id\"")
	    : JC_T("这种记录要下发给各基层，请放在另一个文件里导入", "Records of this kind are issued downward; import them in a file of their own");
}

static int
row_write(struct import *im, const struct jc_import_row *row, struct plan *plan)
{
	const struct jc_field *field = NULL;
	struct jc_err err = {0};
	size_t remarks = json_array_size(im->out->remarks);
	int rc;

	im->line = row->line;
	if (row->bad.code != 0) {
		bad_row(im, row->line, row->bad_field, row->bad.msg);
		return 0;
	}
	if (plan->why != WHY_NONE) {
		bad_row(im, row->line, "", why_text((enum why)plan->why));
		return 0;
	}
	if ((rc = row_take(im, row, JC_TYPED_KEEP, &field, &err)) == 0 && plan->id[0] != '\0')
		rc = row_save(im, row->kind, plan->id, &err);
	if (rc == 0)
		return 0;
	if (!of_the_row(rc)) {
		*im->err = err;
		return rc;
	}
	while (json_array_size(im->out->remarks) > remarks)
		json_array_remove(im->out->remarks, json_array_size(im->out->remarks) - 1);
	bad_row(im, row->line, field != NULL ? jc_field_label(field) : "", err.msg);
	return 0;
}

static int
pass_write(struct import *im)
{
	struct jc_import_row row = {0};
	size_t i = 0;
	int rc;

	while ((rc = im->src->next(im->src, &row, im->err)) == 1 && i < im->nplan) {
		if ((rc = row_write(im, &row, &im->plan[i++])) < 0)
			return rc;
		im->out->rows++;
		if (jc_cmd_progress_word(JC_T("导入", "importing"), (int64_t)i, (int64_t)im->nplan))
			return jc_err_code(im->err, JC_ECANCELLED, "import");
	}
	return rc < 0 ? rc : 0;
}

/* ---- the whole ---- */

/* The kind of the first row that can be read: it decides the scope. */
static int
first_kind(struct import *im)
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

static int
source_open(struct import *im, const char *path, const struct jc_buf *text, const struct jc_kind *kind)
{
	const char *p = text->data != NULL ? text->data : "", *dot = strrchr(path, '.');
	size_t i = strspn(p, " \t\r\n");

	if (text->len == i)
		return jc_err_set(im->err, JC_EINVAL, "import", JC_T("文件是空的", "The file is empty"));
	if (p[i] == '{' && (dot == NULL || strcmp(dot, ".csv") != 0))
		return jc_import_jsonl_open(&im->src, p, text->len, kind, im->err);
	return jc_import_csv_open(&im->src, p, text->len, kind, im->err);
}

/* Everything between begin and end of the batch. */
static int
batch(struct import *im, int dry_run)
{
	int64_t ops = 0;
	int rc, end, keep;

	if ((rc = jc_save_begin(&im->sv, im->run->node, im->scope.no, "import", im->err)) < 0)
		return rc;
	if ((rc = pass_plan(im)) == 0)
		rc = pass_write(im);
	jc_cmd_progress_word("", -1, 0);
	if (rc == 0 && jc_cmd_interrupted())
		rc = jc_err_code(im->err, JC_ECANCELLED, "import");
	keep = rc == 0 && !dry_run && im->out->added + im->out->changed + im->out->restored > 0;
	end = jc_save_end(im->sv, keep, &ops, rc == 0 ? im->err : NULL);
	return rc < 0 ? rc : end;
}

static int
import_text(struct import *im, const char *path, const struct jc_buf *text, const struct jc_kind *kind, int dry_run)
{
	struct jc_cmd_run *run = im->run;
	int rc;

	if ((rc = source_open(im, path, text, kind)) < 0 || (rc = first_kind(im)) < 0)
		return rc;
	im->out->ignored = json_incref(im->src->ignored);
	if (im->first == NULL && kind == NULL)
		rc = jc_node_scope(run->node, &im->scope, im->err);
	else
		rc = jc_cmd_scope(run, im->first != NULL ? im->first : kind, &im->scope, im->err);
	if (rc < 0 || (rc = jc_match_open(&im->match, run->node, &im->scope, im->today, im->err)) < 0)
		return rc;
	im->typed.match = im->match;
	jc_cmd_catch();
	if ((rc = batch(im, dry_run)) < 0)
		return rc;
	if (im->out->rows == 0)
		return jc_err_set(im->err, JC_EINVAL, "import", JC_T("文件里没有可以导入的行", "The file has no rows to import"));
	return 0;
}

int
jc_import_file(struct jc_import_report *out, struct jc_cmd_run *run, const char *path, const struct jc_kind *kind,
    int dry_run, struct jc_err *err)
{
	struct import im = {.run = run, .out = out, .err = err};
	struct jc_buf text;
	int rc;

	memset(out, 0, sizeof(*out));
	out->bad = json_array();
	out->remarks = json_array();
	if (out->bad == NULL || out->remarks == NULL)
		return JC_NOMEM(err, "import");
	if ((rc = jc_text_io_read(&text, &out->encoding, path, err)) < 0)
		return rc;
	jc_out_today(im.today, run->env);
	jc_typed_init(&im.typed, NULL, JC_TYPED_RAW, im.today);
	im.typed.arg = &im;
	rc = import_text(&im, path, &text, kind, dry_run);
	if (im.src != NULL)
		im.src->close(im.src);
	jc_match_close(im.match);
	jc_typed_free(&im.typed);
	jc_free(im.plan);
	jc_buf_free(&text);
	return rc;
}
