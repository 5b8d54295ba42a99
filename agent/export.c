/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "csv.h"
#include "out.h"
#include "outfile.h"

/* ---- one value ---- */

/* Does typing this text give the stored one? */
static int
reads_back(struct jc_export *x, const struct jc_field *f, const struct jc_buf *typed, size_t from, struct jc_slice stored)
{
	struct jc_remarks remarks = {0};

	jc_buf_reset(&x->back);
	if (typed->failed || jc_value_parse(&x->back, f, typed->data + from, typed->len - from, x->today, &remarks, NULL) < 0)
		return 0;
	return jc_slice_eq((struct jc_slice){x->back.data, x->back.len}, stored);
}

static void
cut_back(struct jc_buf *b, size_t len)
{
	b->len = len;
	if (b->data != NULL)
		b->data[len] = '\0';
}

/* The name of a record if it leads back to it; else "id:" and the id. */
static int
ref_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored, int labels)
{
	const struct jc_kind *kind = jc_catalogue_kind(f->ref, strlen(f->ref));
	size_t from = out->len;
	jc_id id;
	int rc;

	if (!jc_id_ok(stored.p, stored.n)) {
		jc_buf_put(out, stored.p + 1, stored.n - 1); /* raw: as it was typed */
		return 0;
	}
	if (labels && kind != NULL && (rc = jc_match_title(x->match, kind, stored, out, x->err)) != 0) {
		if (rc < 0)
			return rc;
		rc = jc_match_ref(x->match, kind, (struct jc_slice){out->data + from, out->len - from}, id, x->err);
		if (rc < 0)
			return rc;
		if (rc == 1 && jc_slice_is(stored, id))
			return 0;
		cut_back(out, from);
	}
	jc_buf_puts(out, "id:");
	jc_buf_slice(out, stored);
	return 0;
}

static int
is_plain(const struct jc_field *f)
{
	return f->type == JC_TEXT || f->type == JC_LONG;
}

int
jc_export_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored, int labels)
{
	size_t from = out->len;
	int number = f->type == JC_MONEY || f->type == JC_DECIMAL;

	if (f->type == JC_REF)
		return ref_value(out, x, f, stored, labels);
	if (is_plain(f)) {
		jc_buf_slice(out, stored);
		return 0;
	}
	if (stored.n > 0 && stored.p[0] == '?') {
		jc_buf_put(out, stored.p + 1, stored.n - 1);
		return 0;
	}
	if (labels || number) {
		jc_value_show(out, f, stored.p, stored.n);
		if (reads_back(x, f, out, from, stored))
			return 0;
		cut_back(out, from);
	}
	jc_buf_slice(out, stored);
	return 0;
}

/* ---- values for programs ---- */

static int
jsonl_value(json_t **out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored)
{
	int rc;

	jc_buf_reset(&x->cell);
	if ((rc = jc_export_value(&x->cell, x, f, stored, 0)) < 0 || (rc = jc_buf_check(&x->cell, "export", x->err)) < 0)
		return rc;
	*out = json_stringn(x->cell.data != NULL ? x->cell.data : "", x->cell.len);
	return *out != NULL ? 0 : JC_NOMEM(x->err, "export");
}

static int
jsonl_set(json_t **out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored)
{
	json_t *set = json_loadb(stored.p, stored.n, 0, NULL), *e, *v;
	int rc = 0;
	size_t i;

	*out = json_array();
	json_array_foreach(set, i, e)
		if (rc == 0 &&
		    (rc = jsonl_value(&v, x, f, (struct jc_slice){json_string_value(e), json_string_length(e)})) == 0)
			json_array_append_new(*out, v);
	json_decref(set);
	return rc;
}

/* ---- CSV ---- */

static const char *
header_name(const struct jc_kind *kind, const struct jc_field *f)
{
	const char *label = jc_field_label(f);

	return jc_catalogue_field(kind, label, strlen(label)) == NULL && jc_catalogue_field_typed(kind, label) == f ? label : f->name;
}

static int
csv_head(struct jc_buf *out, const struct jc_kind *kind)
{
	struct jc_buf id;

	jc_buf_init(&id, 256);
	jc_buf_putf(&id, JC_T("%s记录编号", "%s record id"), jc_kind_label(kind));
	jc_buf_puts(out, "\357\273\277");
	if (id.data != NULL)
		jc_csv_put(out, id.data, id.len, 1);
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (!f->derived)
			jc_csv_put(out, header_name(kind, f), strlen(header_name(kind, f)), 0);
	jc_csv_end(out);
	jc_buf_free(&id);
	return 0;
}

static int
separates(void *arg, const char *p, size_t n)
{
	struct jc_slice *whole = arg;

	return whole->n == n && memcmp(whole->p, p, n) == 0 ? 0 : 1;
}

/* Would the element be taken apart when it is read back? */
static int
splits(const char *s, size_t n)
{
	struct jc_slice whole = {s, n};

	return jc_value_split(s, n, separates, &whole) != 0;
}

/* A set whose elements hold separators, as the text of a JSON array. */
static int
array_cell(struct jc_export *x, const struct jc_field *f, struct jc_slice stored)
{
	json_t *array = NULL;
	int rc = jsonl_set(&array, x, f, stored);
	char *text = rc == 0 ? json_dumps(array, JSON_COMPACT) : NULL;

	if (rc == 0 && text == NULL)
		rc = JC_NOMEM(x->err, "export");
	jc_buf_reset(&x->cell);
	jc_buf_puts(&x->cell, text != NULL ? text : "");
	free(text);
	json_decref(array);
	return rc;
}

/* Elements with 、 between them; as a JSON array when one of them holds a separator. */
static int
set_cell(struct jc_export *x, const struct jc_field *f, struct jc_slice stored)
{
	json_t *set = json_loadb(stored.p, stored.n, 0, NULL), *e;
	int rc = 0, apart = 0;
	size_t i, from;

	json_array_foreach(set, i, e) {
		if (i > 0)
			jc_buf_puts(&x->cell, "、");
		from = x->cell.len;
		if (rc == 0)
			rc = jc_export_value(&x->cell, x, f, (struct jc_slice){json_string_value(e), json_string_length(e)}, 1);
		apart |= !x->cell.failed && splits(x->cell.data + from, x->cell.len - from);
	}
	json_decref(set);
	return rc == 0 && apart ? array_cell(x, f, stored) : rc;
}

static int
csv_row(struct jc_buf *out, struct jc_export *x, const struct jc_export_row *row)
{
	jc_csv_put(out, row->id, strlen(row->id), 1);
	for (size_t i = 0; i < row->n; i++) {
		const struct jc_field *f = &row->kind->fields[i];
		int rc = 0;

		if (f->derived)
			continue;
		jc_buf_reset(&x->cell);
		if (row->text[i].p != NULL)
			rc = f->set ? set_cell(x, f, row->text[i]) : jc_export_value(&x->cell, x, f, row->text[i], 1);
		if (rc < 0 || (rc = jc_buf_check(&x->cell, "export", x->err)) < 0)
			return rc;
		jc_csv_put(out, x->cell.data != NULL ? x->cell.data : "", x->cell.len, 0);
	}
	jc_csv_end(out);
	return 0;
}

/* ---- JSON Lines ---- */

static int
jsonl_row(struct jc_buf *out, struct jc_export *x, const struct jc_export_row *row)
{
	json_t *set = json_object(), *doc, *v = NULL;
	char key[3 + JC_ID_LEN + 1] = "id:", *text = NULL;
	int rc = 0;

	memcpy(key + 3, row->id, JC_ID_LEN + 1);
	for (size_t i = 0; rc == 0 && i < row->n; i++) {
		const struct jc_field *f = &row->kind->fields[i];

		if (f->derived || row->text[i].p == NULL)
			continue;
		if ((rc = f->set ? jsonl_set(&v, x, f, row->text[i]) : jsonl_value(&v, x, f, row->text[i])) == 0)
			json_object_set_new(set, f->name, v);
	}
	doc = json_pack("{s:s,s:s,s:o}", "kind", row->kind->name, "key", key, "set", set);
	if (rc == 0 && (text = json_dumps(doc, JSON_COMPACT)) == NULL)
		rc = JC_NOMEM(x->err, "export");
	if (rc == 0) {
		jc_buf_puts(out, text);
		jc_buf_putc(out, '\n');
	}
	free(text);
	json_decref(doc);
	return rc;
}

const struct jc_export_format jc_export_formats[] = {
	{".csv", csv_head, csv_row},
	{".jsonl", NULL, jsonl_row},
	{NULL, NULL, NULL}
};

const struct jc_export_format *
jc_export_format(const char *path)
{
	size_t n = strlen(path);

	for (const struct jc_export_format *f = jc_export_formats; f->suffix != NULL; f++) {
		size_t k = strlen(f->suffix);

		if (n > k && strcmp(path + n - k, f->suffix) == 0)
			return f;
	}
	return NULL;
}

/* ---- the whole ---- */

struct writing {
	struct jc_export x;
	const struct jc_export_format *format;
	struct jc_outfile file;
	int64_t count;
};

static int
row_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct writing *w = arg;
	struct jc_export_row row = {key->kind, key->id, text, n};
	int rc;

	if ((rc = w->format->row(&w->file.buf, &w->x, &row)) < 0 || (rc = jc_outfile_flush(&w->file, 0, w->x.err)) < 0)
		return rc;
	w->count++;
	return jc_cmd_progress_word(JC_T("导出", "exporting"), w->count, 0) ? JC_ECANCELLED : 0;
}

/* Reads the kinds that are referred to before the list begins. */
static int
write_rows(struct writing *w, struct jc_cmd_run *run, const struct jc_kind *kind)
{
	struct jc_query q = {.kind = kind};
	int rc = 0;

	for (const struct jc_field *f = kind->fields; f->id != 0 && rc >= 0; f++) {
		const struct jc_kind *to = f->type == JC_REF ? jc_catalogue_kind(f->ref, strlen(f->ref)) : NULL;

		if (to != NULL) /* a kind that this program does not have yet cannot be read */
			rc = jc_match_state(w->x.match, to, "000000000000", w->x.err);
	}
	if (rc >= 0)
		rc = w->format->head != NULL ? w->format->head(&w->file.buf, kind) : 0;
	if (rc == 0)
		rc = jc_records_each(run->node, &q, row_each, w, w->x.err);
	jc_cmd_progress_word("", -1, 0);
	return rc == JC_ECANCELLED ? jc_err_code(w->x.err, rc, "export") : rc;
}

int
jc_export_file(int64_t *count, struct jc_cmd_run *run, const struct jc_kind *kind, const char *path, struct jc_err *err)
{
	struct writing w = {.x = {.err = err}, .format = jc_export_format(path)};
	struct jc_scope scope;
	int rc, end;

	*count = 0;
	if (w.format == NULL)
		return jc_err_set(err, JC_EUSAGE, "export", JC_T("文件名要以 .csv 或 .jsonl 结尾", "The file's name must end in .csv or .jsonl"));
	if ((rc = jc_cmd_scope(run, kind, &scope, err)) < 0)
		return rc;
	jc_out_today(w.x.today, run->env);
	if ((rc = jc_outfile_open(&w.file, path, 0600, err)) < 0) {
		run->exit = rc == JC_EIO ? JC_EXIT_CREATE : 0;
		return rc;
	}
	jc_cmd_catch();
	jc_buf_init(&w.x.cell, 4u << 20);
	jc_buf_init(&w.x.back, 4u << 20);
	if ((rc = jc_match_open(&w.x.match, run->node, &scope, w.x.today, err)) == 0)
		rc = write_rows(&w, run, kind);
	end = jc_outfile_end(&w.file, rc == 0, rc == 0 ? err : NULL);
	jc_match_close(w.x.match);
	jc_buf_free(&w.x.cell);
	jc_buf_free(&w.x.back);
	*count = w.count;
	return rc < 0 ? rc : end;
}
