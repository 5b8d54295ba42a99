/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "waiting.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_sign.h"

#define LIST_MAX 1000
#define KEY_BYTES 16

static int
no_row(int64_t no, struct jc_err *err)
{
	return jc_err_set(err, JC_ENOTFOUND, "pending",
	    JC_T("待处理里没有第%lld号", "There is no row %lld waiting"), (long long)no);
}

/* ---- writing ---- */

static void
hash_of(uint8_t out[JC_HASH_LEN], const char *layout, const char *cells)
{
	struct jc_hasher h;

	jc_hasher_init(&h);
	jc_hasher_add(&h, layout, strlen(layout) + 1);
	jc_hasher_add(&h, cells, strlen(cells));
	jc_hasher_end(&h, out);
}

static int
run_in_window(struct jc_db *db, struct jc_stmt *st, struct jc_err *err)
{
	int rc;

	jc_db_log_window(db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(db, -1);
	return rc;
}

int
jc_waiting_put(struct jc_db *db, const struct jc_waiting *p, struct jc_err *err)
{
	char *cells = json_dumps(p->cells, JSON_COMPACT);
	uint8_t hash[JC_HASH_LEN];
	struct jc_stmt *st;
	int rc;

	if (cells == NULL)
		return JC_NOMEM(err, "pending");
	hash_of(hash, p->layout, cells);
	rc = jc_db_prep(&st, db,
	    "INSERT INTO pending_row(hash, layout, file, sheet, line, kind, title, cells, field, reason, time)"
	    " VALUES(:hash, :layout, :file, :sheet, :line, :kind, :title, :cells, :field, :reason, :time)"
	    " ON CONFLICT(hash) DO UPDATE SET file = excluded.file, sheet = excluded.sheet, line = excluded.line,"
	    "   field = excluded.field, reason = excluded.reason, time = excluded.time",
	    err);
	if (rc == 0) {
		jc_bind_blob(st, ":hash", hash, KEY_BYTES);
		jc_bind_str(st, ":layout", p->layout);
		jc_bind_str(st, ":file", p->file);
		jc_bind_str(st, ":sheet", p->sheet);
		jc_bind_int(st, ":line", p->line);
		jc_bind_str(st, ":kind", p->kind);
		jc_bind_text(st, ":title", p->title.p, p->title.n);
		jc_bind_str(st, ":cells", cells);
		jc_bind_str(st, ":field", p->field);
		jc_bind_str(st, ":reason", p->reason);
		jc_bind_int(st, ":time", p->time);
		rc = run_in_window(db, st, err);
	}
	free(cells);
	return rc;
}

int
jc_waiting_drop(struct jc_db *db, int64_t no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, db, "DELETE FROM pending_row WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = run_in_window(db, st, err)) == 0 && jc_db_changes(db) == 0)
		rc = no_row(no, err);
	return rc;
}

int
jc_waiting_drop_title(
    struct jc_db *db, const char *layout, struct jc_slice title, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(
	    &st, db, "DELETE FROM pending_row WHERE layout = :layout AND title = :title", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":layout", layout);
	jc_bind_text(st, ":title", title.p, title.n);
	return run_in_window(db, st, err);
}

int
jc_waiting_count(struct jc_db *db, int64_t *count, struct jc_err *err)
{
	return jc_db_int(db, count, "SELECT count(*) FROM pending_row", err);
}

/* ---- reading ---- */

static json_t *
text_col(struct jc_stmt *st, int i)
{
	size_t n;
	const char *p = jc_col_text(st, i, &n);

	return json_stringn(p != NULL ? p : "", n);
}

static json_t *
row_json(struct jc_stmt *st)
{
	size_t n;
	const char *cells = jc_col_text(st, 9, &n);

	return json_pack("{s:I,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:I,s:o,s:o}", "no",
	    (json_int_t)jc_col_int(st, 0), "file", text_col(st, 1), "sheet", text_col(st, 2),
	    "line", (json_int_t)jc_col_int(st, 3), "kind", text_col(st, 4), "title",
	    text_col(st, 5), "field", text_col(st, 6), "reason", text_col(st, 7), "time",
	    (json_int_t)jc_col_int(st, 8), "cells", json_loadb(cells, n, 0, NULL), "layout",
	    text_col(st, 10));
}

int
jc_waiting_list(json_t **out, struct jc_db *db, int64_t no, int64_t after, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	*out = json_array();
	rc = jc_db_prep(&st, db,
	    "SELECT no, file, sheet, line, kind, title, field, reason, time, cells, layout FROM pending_row"
	    " WHERE no > :after AND (:no = 0 OR no = :no) ORDER BY no LIMIT :limit",
	    err);
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":after", after);
	jc_bind_int(st, ":no", no);
	jc_bind_int(st, ":limit", LIST_MAX);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if (json_array_append_new(*out, row_json(st)) < 0) {
			jc_stmt_reset(st);
			return JC_NOMEM(err, "pending");
		}
	if (rc == 0 && no != 0 && json_array_size(*out) == 0)
		rc = no_row(no, err);
	return rc;
}

/* ---- correcting ---- */

static void
cell_set(json_t *cells, const char *field, const char *text)
{
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (strcmp(json_string_value(json_array_get(cell, 0)), field) == 0) {
			if (text[0] == '\0')
				json_array_remove(cells, i);
			else
				json_array_set_new(cell, 2, json_string(text));
			return;
		}
	if (text[0] != '\0')
		json_array_append_new(cells, json_pack("[s,s,s]", field, "", text));
}

static int
cells_fix(json_t *row, const json_t *fixes, struct jc_err *err)
{
	const struct jc_kind *kind =
	    jc_catalogue_kind_typed(json_string_value(json_object_get(row, "kind")));
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(size_t)fixes, name, value) {
		const struct jc_field *f =
		    kind != NULL && name[0] != '=' ? jc_catalogue_field_typed(kind, name) : NULL;

		if (!json_is_string(value) ||
		    (f == NULL && strcmp(name, "=id") != 0 && strcmp(name, "=new") != 0))
			return jc_err_set(err, JC_EINVAL, "pending",
			    JC_T("没有“%.60s”这个项目", "There is no field \"%.60s\""), name);
		cell_set(json_object_get(row, "cells"), f != NULL ? f->name : name,
		    json_string_value(value));
	}
	return 0;
}

static int
cells_write(struct jc_db *db, const json_t *row, int64_t no, struct jc_err *err)
{
	char *cells = json_dumps(json_object_get(row, "cells"), JSON_COMPACT);
	uint8_t hash[JC_HASH_LEN];
	struct jc_stmt *st;
	int rc;

	if (cells == NULL)
		return JC_NOMEM(err, "pending");
	hash_of(hash, json_string_value(json_object_get(row, "layout")), cells);
	rc = jc_db_prep(&st, db,
	    "UPDATE OR REPLACE pending_row SET cells = :cells, hash = :hash WHERE no = :no", err);
	if (rc == 0) {
		jc_bind_str(st, ":cells", cells);
		jc_bind_blob(st, ":hash", hash, KEY_BYTES);
		jc_bind_int(st, ":no", no);
		rc = run_in_window(db, st, err);
	}
	free(cells);
	return rc;
}

int
jc_waiting_fix(struct jc_db *db, int64_t no, const json_t *cells, struct jc_err *err)
{
	json_t *list = NULL;
	int rc, end;

	if ((rc = jc_db_begin(db, err)) < 0)
		return rc;
	if ((rc = jc_waiting_list(&list, db, no, 0, err)) == 0 &&
	    (rc = cells_fix(json_array_get(list, 0), cells, err)) == 0)
		rc = cells_write(db, json_array_get(list, 0), no, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	json_decref(list);
	return rc < 0 ? rc : end;
}

/* ---- as a source ---- */

struct source {
	struct jc_import_source base; /* first */
	json_t *rows;
	size_t at;
	struct jc_import_cell *cell;
	size_t cap;
};

static const char *
member(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static void
cell_take(struct jc_import_row *row, const char *name, struct jc_slice text)
{
	const struct jc_field *f;

	if (strcmp(name, "=new") == 0) {
		row->as_new = 1;
	} else if (strcmp(name, "=id") == 0 || strcmp(name, "=key") == 0) {
		row->by = name[1] == 'i' ? JC_IMPORT_BY_ID : JC_IMPORT_BY_KEY;
		if (text.n == 3 + JC_ID_LEN && memcmp(text.p, "id:", 3) == 0) {
			text.p += 3;
			text.n -= 3;
			row->by = JC_IMPORT_BY_ID;
		}
		row->key = text;
		if (row->by == JC_IMPORT_BY_ID && !jc_id_ok(text.p, text.n))
			jc_import_bad(row, JC_T("记录编号", "record id"),
			    JC_T("“%.*s”不是记录编号", "\"%.*s\" is no record id"),
			    (int)(text.n < 40 ? text.n : 40), text.p);
	} else if (name[0] != '\0' &&
	    (f = jc_catalogue_field(row->kind, name, strlen(name))) != NULL) {
		row->cell[row->ncells++] = (struct jc_import_cell){.field = f,
		    .text = text,
		    .blank_stays = 1,
		    .was = JC_CELL_TEXT,
		    .event = f->derived};
	}
}

static int
next(struct jc_import_source *base, struct jc_import_row *row, struct jc_err *err)
{
	struct source *src = (struct source *)base;
	const json_t *doc = json_array_get(src->rows, src->at),
		     *cells = json_object_get(doc, "cells"), *c;
	size_t i, n = json_array_size(cells);

	if (doc == NULL)
		return 0;
	src->at++;
	memset(row, 0, sizeof(*row));
	if (n > src->cap) {
		struct jc_import_cell *v = jc_realloc(src->cell, n * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, "pending");
		src->cell = v;
		src->cap = n;
	}
	row->cell = src->cell;
	row->sheet = member(doc, "sheet");
	row->layout = member(doc, "layout");
	row->line = json_integer_value(json_object_get(doc, "line"));
	row->pending = json_integer_value(json_object_get(doc, "no"));
	row->kind = jc_catalogue_kind(member(doc, "kind"), strlen(member(doc, "kind")));
	if (row->kind == NULL)
		return jc_import_bad(row, "",
		    JC_T("这种记录需要更新的程序", "Records of this kind need a newer program"));
	json_array_foreach((json_t *)(size_t)cells, i, c) {
		const json_t *name = json_array_get(c, 0), *text = json_array_get(c, 2);

		if (json_is_string(name) && json_is_string(text))
			cell_take(row, json_string_value(name),
			    (struct jc_slice){json_string_value(text), json_string_length(text)});
	}
	return 1;
}

static void
rewind_it(struct jc_import_source *base)
{
	((struct source *)base)->at = 0;
}

static json_t *
keep(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	return json_incref(json_object_get(json_array_get(src->rows, src->at - 1), "cells"));
}

static void
close_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	json_decref(src->rows);
	json_decref(src->base.ignored);
	jc_free(src->cell);
	jc_free(src);
}

int
jc_waiting_open(struct jc_import_source **out, struct jc_db *db, int64_t no, struct jc_err *err)
{
	struct source *src = jc_calloc(1, sizeof(*src));
	int64_t after = 0;
	json_t *part;
	int rc;

	*out = NULL;
	if (src == NULL)
		return JC_NOMEM(err, "pending");
	src->base = (struct jc_import_source){.next = next,
	    .rewind = rewind_it,
	    .close = close_it,
	    .keep = keep,
	    .ignored = json_array()};
	src->rows = json_array();
	do {
		if ((rc = jc_waiting_list(&part, db, no, after, err)) == 0) {
			json_array_extend(src->rows, part);
			after = json_integer_value(
			    json_object_get(json_array_get(part, json_array_size(part) - 1), "no"));
		}
		rc = rc < 0 ? rc : json_array_size(part) == LIST_MAX;
		json_decref(part);
	} while (rc == 1);
	if (rc < 0) {
		close_it(&src->base);
		return rc;
	}
	*out = &src->base;
	return 0;
}
