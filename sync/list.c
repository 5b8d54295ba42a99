/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Lists: rows of one kind's table with filters, in order of their local number, a window at a time. */
#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"
#include "sync_node.h"

#define LIST_FIELDS_MAX 200
#define FIRST_FILTER 8 /* number of the first condition's parameter */
#define DIGITS_LEAST 4 /* so many last digits of a number find its record */

static int
numeric(const struct jc_field *f)
{
	return f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL;
}

/* One condition; a set holds the element, no text means no value. */
static void
filter_sql(struct jc_buf *b, const struct jc_filter *f, int at)
{
	const char *name = f->field->name;

	if (f->text.n == 0)
		jc_buf_putf(b, " AND k.\"%s\" IS NULL", name);
	else if (f->field->set)
		jc_buf_putf(b, " AND EXISTS(SELECT 1 FROM json_each(k.\"%s\") WHERE json_each.value = ?%d)", name, at);
	else if (numeric(f->field))
		jc_buf_putf(b, " AND CAST(k.\"%s\" AS TEXT) = ?%d", name, at);
	else
		jc_buf_putf(b, " AND k.\"%s\" = ?%d", name, at);
}

static int
by_last_digits(const struct jc_field *f)
{
	return !f->set && (f->type == JC_IDNO || f->type == JC_PHONE || f->type == JC_USCC);
}

/* Part of the title, or of a number what people read out: its end. */
static void
search_sql(struct jc_buf *b, const struct jc_query *q)
{
	if (q->search.n == 0)
		return;
	jc_buf_putf(b, " AND (instr(k.\"%s\", ?6) > 0", q->kind->title);
	for (const struct jc_field *f = q->kind->fields; q->search.n >= DIGITS_LEAST && f->id != 0; f++)
		if (by_last_digits(f))
			jc_buf_putf(b, " OR substr(k.\"%s\", -length(?6)) = ?6", f->name);
	if (q->found.n != 0)
		jc_buf_puts(b, " OR r.rec IN (SELECT value FROM json_each(?7))");
	jc_buf_puts(b, ")");
}

static void
order_sql(struct jc_buf *b, const struct jc_query *q)
{
	const char *way = q->descending ? " DESC" : "";

	jc_buf_puts(b, " ORDER BY ");
	if (q->order != NULL && q->by_sound)
		jc_buf_putf(b, "k.\"%s\" IS NULL, jc_order(k.\"%s\")%s, k.\"%s\"%s, ", q->order->name, q->order->name, way, q->order->name, way);
	else if (q->order != NULL)
		jc_buf_putf(b, "k.\"%s\" IS NULL, k.\"%s\"%s, ", q->order->name, q->order->name, way);
	jc_buf_puts(b, "r.rec LIMIT ?4 OFFSET ?5");
}

static void
query_bind(struct jc_stmt *st, const struct jc_query *q, int count)
{
	jc_bind_int_at(st, 1, q->voided != 0);
	jc_bind_int_at(st, 2, q->after);
	jc_bind_int_at(st, 3, q->scope);
	if (!count) {
		jc_bind_int_at(st, 4, q->limit > 0 ? q->limit : -1);
		jc_bind_int_at(st, 5, q->offset);
	}
	if (q->search.n != 0)
		jc_bind_text_at(st, 6, q->search.p, q->search.n);
	if (q->search.n != 0 && q->found.n != 0)
		jc_bind_text_at(st, 7, q->found.p, q->found.n);
	for (size_t i = 0; i < q->nfilters; i++)
		if (q->filter[i].text.n != 0)
			jc_bind_text_at(st, (int)i + FIRST_FILTER, q->filter[i].text.p, q->filter[i].text.n);
}

static int
query_make(struct jc_stmt **st, struct jc_node *node, const struct jc_query *q, int count, struct jc_err *err)
{
	const struct jc_field *f = q->kind->fields;
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 1 << 16);
	jc_buf_puts(&b, count ? "SELECT count(*)" : "SELECT r.rec, r.scope, r.id, r.conflicts");
	for (; !count && f->id != 0; f++)
		jc_buf_putf(&b, ", k.\"%s\"", f->name);
	jc_buf_putf(&b, " FROM record r JOIN \"k_%s\" k ON k.rec = r.rec WHERE r.kind = %u AND r.void = ?1 AND r.rec > ?2"
	    " AND (r.scope = ?3 OR ?3 = 0)", q->kind->name, (unsigned)q->kind->id);
	for (size_t i = 0; i < q->nfilters; i++)
		filter_sql(&b, &q->filter[i], (int)i + FIRST_FILTER);
	search_sql(&b, q);
	if (!count)
		order_sql(&b, q);
	if ((rc = jc_buf_check(&b, "query_make", err)) == 0)
		rc = jc_db_prep_text(st, node->db, b.data, err);
	jc_buf_free(&b);
	if (rc < 0)
		return rc;
	query_bind(*st, q, count);
	return 0;
}

static int
row_give(struct jc_stmt *st, const struct jc_query *q,
    int (*each)(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n), void *arg,
    struct jc_err *err)
{
	struct jc_slice text[LIST_FIELDS_MAX];
	struct jc_record_key key = {.kind = q->kind, .is_void = q->voided};
	size_t n, fields = (size_t)jc_col_count(st) - 4;
	const char *id = jc_col_text(st, 2, &n);

	if (id == NULL || n != JC_ID_LEN || fields > LIST_FIELDS_MAX)
		return jc_err_code(err, JC_ECORRUPT, "row_give");
	key.rec = jc_col_int(st, 0);
	key.scope = jc_col_int(st, 1);
	memcpy(key.id, id, n);
	key.conflicts = (int)jc_col_int(st, 3);
	for (size_t i = 0; i < fields; i++) {
		text[i].p = jc_col_text(st, (int)i + 4, &n);
		text[i].n = text[i].p != NULL ? n : 0;
	}
	return each(arg, &key, text, fields);
}

int
jc_records_each(struct jc_node *node, const struct jc_query *q,
    int (*each)(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n), void *arg,
    struct jc_err *err)
{
	struct jc_stmt *st = NULL;
	int rc;

	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = query_make(&st, node, q, 0, err)) == 0)
		while ((rc = jc_stmt_step(st, err)) == 1)
			if ((rc = row_give(st, q, each, arg, err)) != 0)
				break;
	jc_stmt_free(st);
	return jc_read_end(node, rc, err);
}

int
jc_records_count(struct jc_node *node, const struct jc_query *q, int64_t *count, struct jc_err *err)
{
	struct jc_stmt *st = NULL;
	int rc;

	*count = 0;
	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = query_make(&st, node, q, 1, err)) == 0 && (rc = jc_stmt_step(st, err)) == 1) {
		*count = jc_col_int(st, 0);
		rc = 0;
	}
	jc_stmt_free(st);
	return jc_read_end(node, rc, err);
}
