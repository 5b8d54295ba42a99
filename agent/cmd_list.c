/* SPDX-License-Identifier: MulanPSL-2.0 */
/* list: the records of a kind, filtered, as a table or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "record_io.h"

#define COLUMNS_MAX 24
#define FILTERS_MAX 32
#define WIDTH_MAX 28

struct list {
	const struct jc_kind *kind;
	size_t column[COLUMNS_MAX]; /* places in the catalogue */
	size_t ncolumns;
	size_t width[COLUMNS_MAX];
	int full;
	int64_t rows;
	struct jc_receipts *receipts;
	struct jc_err *err;
	struct jc_buf b;
};

static size_t
place_of(const struct jc_kind *kind, const struct jc_field *f)
{
	return (size_t)(f - kind->fields);
}

static void
column_add(struct list *l, const struct jc_field *f)
{
	size_t at = place_of(l->kind, f);

	for (size_t i = 0; i < l->ncolumns; i++)
		if (l->column[i] == at)
			return;
	if (l->ncolumns < COLUMNS_MAX)
		l->column[l->ncolumns++] = at;
}

/* The title and the first fields that must be there. */
static void
columns_default(struct list *l)
{
	for (const struct jc_field *f = l->kind->fields; f->id != 0; f++)
		if (strcmp(f->name, l->kind->title) == 0)
			column_add(l, f);
	for (const struct jc_field *f = l->kind->fields; f->id != 0 && l->ncolumns < 5; f++)
		if (f->need >= JC_REQUIRED && !f->derived && !f->set && f->type != JC_LONG && f->type != JC_REF)
			column_add(l, f);
}

static int
columns_typed(struct list *l, const char *typed, struct jc_err *err)
{
	while (*typed != '\0') {
		const struct jc_field *f;
		size_t n = strcspn(typed, ",");
		int rc;

		if (n > 0 && (rc = jc_cmd_field(&f, l->kind, typed, n, err)) < 0)
			return rc;
		if (n > 0)
			column_add(l, f);
		typed += n + (typed[n] == ',');
	}
	return 0;
}

static void
cell_make(struct list *l, const struct jc_field *f, struct jc_slice text)
{
	jc_buf_reset(&l->b);
	jc_out_value(&l->b, f, text.p, text.n, l->full);
	for (size_t i = 0; i < l->b.len; i++)
		if (l->b.data[i] == '\n')
			l->b.data[i] = ' ';
}

static void
header_print(struct list *l)
{
	for (size_t i = 0; i < l->ncolumns; i++) {
		const struct jc_field *f = &l->kind->fields[l->column[i]];
		size_t w = f->type == JC_ENUM || f->type == JC_BOOL3 || f->type == JC_INT || f->type == JC_DATE ? 12 : 20;
		size_t label = jc_out_width(jc_field_label(f), strlen(jc_field_label(f)));

		l->width[i] = label > w ? label : w;
		if (l->width[i] > WIDTH_MAX)
			l->width[i] = WIDTH_MAX;
	}
	jc_out_pad(JC_T("编号", "id"), JC_ID_LEN);
	for (size_t i = 0; i < l->ncolumns; i++) {
		printf("  ");
		jc_out_pad(jc_field_label(&l->kind->fields[l->column[i]]), l->width[i]);
	}
	printf("  %s\n", JC_T("到了哪里", "where"));
}

static int
row_print(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct list *l = arg;
	struct jc_receipt at;
	int rc;

	if ((rc = jc_receipts_get(l->receipts, key->rec, &at, l->err)) < 0)
		return rc;
	if (l->rows++ == 0)
		header_print(l);
	printf("%s", key->id);
	for (size_t i = 0; i < l->ncolumns && l->column[i] < n; i++) {
		cell_make(l, &l->kind->fields[l->column[i]], text[l->column[i]]);
		printf("  ");
		jc_out_pad(l->b.data != NULL ? l->b.data : "", l->width[i]);
	}
	printf("  %s%s\n", jc_out_reach(&at), key->conflicts > 0 ? JC_T("  ← 有不同的值", "  <- conflict") : "");
	return jc_cmd_interrupted() ? JC_ECANCELLED : 0;
}

static int
row_json(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct list *l = arg;
	json_t *fields, *row;
	struct jc_receipt at;
	int rc;

	if ((rc = jc_receipts_get(l->receipts, key->rec, &at, l->err)) < 0)
		return rc;
	fields = json_object();
	for (size_t i = 0; i < n; i++)
		if (text[i].p != NULL)
			json_object_set_new(fields, l->kind->fields[i].name,
			    jc_out_json_value(&l->kind->fields[i], text[i].p, text[i].n));
	row = json_pack("{s:s,s:s,s:b,s:i,s:i,s:i,s:i,s:o}", "id", key->id, "kind", l->kind->name, "void", key->is_void,
	    "conflicts", key->conflicts, "level", at.level, "ceiling", at.ceiling, "returned", at.returned, "fields", fields);
	if (row == NULL)
		return JC_ENOMEM;
	printf("%s", l->rows++ > 0 ? ",\n" : "");
	json_dumpf(row, stdout, JSON_COMPACT);
	json_decref(row);
	return jc_cmd_interrupted() ? JC_ECANCELLED : 0;
}

/* Filters are typed like values; their texts stay in `typed`. */
static int
filters_make(struct jc_record_io *io, struct jc_filter *filter, size_t *n, struct jc_err *err)
{
	int rc;

	if ((rc = jc_typed_finish(&io->typed, NULL, err)) < 0)
		return rc;
	for (size_t i = 0; i < io->typed.nchanges; i++) {
		const struct jc_change *c = &io->typed.change[i];

		for (size_t k = 0; k < (c->field->set ? c->nadd : 1); k++) {
			if (*n == FILTERS_MAX)
				return jc_err_set(err, JC_ELIMIT, "jc_cmd_list", JC_T("条件太多", "Too many conditions"));
			filter[(*n)++] = (struct jc_filter){c->field, c->field->set ? c->add[k] : c->text};
		}
	}
	return 0;
}

static int
query_run(struct jc_cmd_run *run, struct list *l, struct jc_query *q, struct jc_err *err)
{
	int rc;

	if (!run->json) {
		if ((rc = jc_records_each(run->node, q, row_print, l, err)) == 0)
			printf(JC_T("共%lld条\n", "%lld records\n"), (long long)l->rows);
		return rc == JC_ECANCELLED ? jc_err_code(err, rc, "jc_cmd_list") : rc;
	}
	printf("[");
	rc = jc_records_each(run->node, q, row_json, l, err);
	printf("]\n");
	if (rc == JC_ENOMEM || rc == JC_ECANCELLED)
		return jc_err_code(err, rc, "jc_cmd_list");
	return rc;
}

static int
list_filtered(struct jc_cmd_run *run, struct list *l, struct jc_record_io *io, struct jc_err *err)
{
	struct jc_filter filter[FILTERS_MAX];
	struct jc_query q = {.scope = jc_cmd_opt(run, "branch") != NULL ? io->scope.no : 0, .kind = l->kind, .filter = filter,
	    .voided = jc_cmd_opt(run, "void") != NULL};
	const char *fields = jc_cmd_opt(run, "fields"), *limit = jc_cmd_opt(run, "limit");
	int rc;

	if ((rc = jc_record_io_pairs(io, l->kind, run->nargs - 1, run->args + 1, err)) < 0 ||
	    (rc = filters_make(io, filter, &q.nfilters, err)) < 0)
		return rc;
	if (limit != NULL && (rc = jc_cmd_number(&q.limit, "limit", limit, err)) < 0)
		return rc;
	if (fields == NULL)
		columns_default(l);
	else if ((rc = columns_typed(l, fields, err)) < 0)
		return rc;
	l->err = err;
	if ((rc = jc_receipts_open(&l->receipts, run->node, err)) == 0)
		rc = query_run(run, l, &q, err);
	jc_receipts_close(l->receipts);
	return rc;
}

static int
list(struct jc_cmd_run *run, struct jc_err *err)
{
	struct list l = {.full = jc_cmd_opt(run, "full") != NULL};
	struct jc_record_io io;
	struct jc_scope scope;
	int rc;

	if ((rc = jc_cmd_kind(&l.kind, run->args[0], err)) < 0 || (rc = jc_cmd_scope(run, l.kind, &scope, err)) < 0)
		return rc;
	jc_buf_init(&l.b, 1 << 20);
	if ((rc = jc_record_io_open(&io, run, &scope, err)) == 0)
		rc = list_filtered(run, &l, &io, err);
	jc_record_io_close(&io);
	jc_buf_free(&l.b);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"branch", "名称", "NAME", "（县里）只列一个基层的", "(a hub) of one branch only", 0},
	{"fields", "项目,项目", "FIELD,FIELD", "表格里列哪些项目", "columns of the table", 0},
	{"limit", "条数", "N", "最多列多少条", "at most so many", 0},
	{"void", NULL, NULL, "列已作废的", "list void records", 0},
	{"full", NULL, NULL, "证件号和电话不遮盖", "identity numbers and phones unmasked", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_list = {
	.name = "list",
	.args_zh = "种类 [项目=内容...]", .args_en = "KIND [FIELD=VALUE...]",
	.least = 1, .most = 1 + FILTERS_MAX,
	.zh = "列出一种记录\n条件要全部符合；“项目=”表示没有填。--json 列出全部项目，存下的值，不遮盖。",
	.en = "list records of a kind\nAll conditions must hold; \"FIELD=\" means no value. --json gives all fields, as stored, unmasked.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = list
};
