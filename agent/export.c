/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <uv.h>

#include "../schema/schema_mem.h"
#include "audit.h"
#include "csv.h"
#include "out.h"
#include "outfile.h"
#include "text_io.h"
#include "xlsx.h"

/* ---- one value ---- */

/* Does typing this text give the stored one? */
static int
reads_back(struct jc_export *x, const struct jc_field *f, const struct jc_buf *typed, size_t from,
    struct jc_slice stored)
{
	struct jc_remarks remarks = {0};

	jc_buf_reset(&x->back);
	if (typed->failed ||
	    jc_value_parse(
		&x->back, f, typed->data + from, typed->len - from, x->today, &remarks, NULL) < 0)
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
ref_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored,
    int labels)
{
	const struct jc_kind *kind = jc_catalogue_kind(f->ref, strlen(f->ref));
	size_t from = out->len;
	jc_id id;
	int rc;

	if (!jc_id_ok(stored.p, stored.n)) {
		jc_buf_put(out, stored.p + 1, stored.n - 1); /* raw: as it was typed */
		return 0;
	}
	if (labels && kind != NULL &&
	    (rc = jc_match_title(x->match, kind, stored, out, x->err)) != 0) {
		if (rc < 0)
			return rc;
		rc = jc_match_ref(x->match, kind,
		    (struct jc_slice){out->data + from, out->len - from}, id, x->err);
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
jc_export_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f,
    struct jc_slice stored, int labels)
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
	if ((rc = jc_export_value(&x->cell, x, f, stored, 0)) < 0 ||
	    (rc = jc_buf_check(&x->cell, "export", x->err)) < 0)
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
	json_array_foreach(set, i, e) if (rc == 0 &&
	    (rc = jsonl_value(
		 &v, x, f, (struct jc_slice){json_string_value(e), json_string_length(e)})) == 0)
	    json_array_append_new(*out, v);
	json_decref(set);
	return rc;
}

/* ---- CSV ---- */

const char *
jc_export_header(const struct jc_kind *kind, const struct jc_field *f)
{
	const char *label = jc_field_label(f);

	return jc_catalogue_field(kind, label, strlen(label)) == NULL &&
		jc_catalogue_field_typed(kind, label) == f
	    ? label
	    : f->name;
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
			jc_csv_put(
			    out, jc_export_header(kind, f), strlen(jc_export_header(kind, f)), 0);
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
			rc = jc_export_value(&x->cell, x, f,
			    (struct jc_slice){json_string_value(e), json_string_length(e)}, 1);
		apart |= !x->cell.failed && splits(x->cell.data + from, x->cell.len - from);
	}
	json_decref(set);
	return rc == 0 && apart ? array_cell(x, f, stored) : rc;
}

int
jc_export_cell(struct jc_export *x, const struct jc_field *f, struct jc_slice stored)
{
	int rc = 0;

	jc_buf_reset(&x->cell);
	if (stored.p != NULL)
		rc = f->set ? set_cell(x, f, stored) : jc_export_value(&x->cell, x, f, stored, 1);
	return rc < 0 ? rc : jc_buf_check(&x->cell, "export", x->err);
}

static int
csv_row(struct jc_buf *out, struct jc_export *x, const struct jc_export_row *row)
{
	int rc;

	jc_csv_put(out, row->id, strlen(row->id), 1);
	for (size_t i = 0; i < row->n; i++) {
		const struct jc_field *f = &row->kind->fields[i];

		if (f->derived)
			continue;
		if ((rc = jc_export_cell(x, f, row->text[i])) < 0)
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
		if ((rc = f->set ? jsonl_set(&v, x, f, row->text[i])
				 : jsonl_value(&v, x, f, row->text[i])) == 0)
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
	{".xlsx", NULL, NULL}, /* not a stream of text: book_row */
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

/* ---- .xlsx ---- */

static int
column_width(const struct jc_field *f)
{
	static const uint8_t widths[] = {[JC_TEXT] = 16,
	    [JC_LONG] = 40,
	    [JC_INT] = 10,
	    [JC_MONEY] = 14,
	    [JC_DECIMAL] = 12,
	    [JC_DATE] = 12,
	    [JC_PDATE] = 12,
	    [JC_DATETIME] = 18,
	    [JC_BOOL3] = 8,
	    [JC_ENUM] = 14,
	    [JC_REF] = 24,
	    [JC_REGION] = 14,
	    [JC_USCC] = 22,
	    [JC_IDNO] = 22,
	    [JC_PHONE] = 16};

	return f->type == JC_TEXT && f->max > 60 ? 32 : widths[f->type];
}

/* A whole number as a number; everything else, and numbers that people do not count with, as text. */
static struct jc_xlsx_cell
xlsx_cell(const struct jc_field *f, struct jc_slice stored, struct jc_slice shown)
{
	struct jc_xlsx_cell c = jc_xlsx_text(shown.p, shown.n);
	int64_t v = 0;
	size_t i = stored.n > 0 && stored.p[0] == '-';

	if (f->set || (f->type != JC_INT && f->type != JC_MONEY && f->type != JC_DECIMAL) ||
	    stored.n == i || stored.n > 14)
		return c;
	for (; i < stored.n; i++) {
		if (stored.p[i] < '0' || stored.p[i] > '9')
			return c;
		v = v * 10 + (stored.p[i] - '0');
	}
	c.type = f->type == JC_INT ? JC_XLSX_INT
	    : f->type == JC_MONEY  ? JC_XLSX_MONEY
				   : JC_XLSX_DECIMAL;
	c.scale = f->scale;
	c.number = stored.p[0] == '-' ? -v : v;
	return c;
}

#define COLUMNS JC_XLSX_COLUMNS_MAX

struct book {
	struct jc_xlsx *x;
	struct jc_xlsx_column column[COLUMNS];
	struct jc_xlsx_cell cell[COLUMNS];
	size_t n;
	struct jc_buf text;      /* of the row at work */
	size_t at[COLUMNS];
	char id[160];
};

static int
book_head(struct book *b, const struct jc_kind *kind, const struct jc_export_layout *layout,
    struct jc_err *err)
{
	const char *title = layout != NULL ? layout->title : jc_kind_label(kind);
	int rc;

	b->n = 0;
	if (layout == NULL) {
		snprintf(
		    b->id, sizeof(b->id), JC_T("%s记录编号", "%s record id"), jc_kind_label(kind));
		b->column[b->n++] = (struct jc_xlsx_column){.label = b->id, .width = 16};
		for (const struct jc_field *f = kind->fields; f->id != 0 && b->n < COLUMNS; f++)
			if (!f->derived)
				b->column[b->n++] = (struct jc_xlsx_column){
				    .label = jc_export_header(kind, f), .width = column_width(f)};
	} else {
		for (; layout->header[b->n] != NULL; b->n++)
			b->column[b->n] = (struct jc_xlsx_column){.label = layout->header[b->n]};
	}
	if ((rc = jc_xlsx_sheet(
		 b->x, title, b->column, b->n, JC_XLSX_PLAIN | JC_XLSX_LANDSCAPE, err)) < 0)
		return rc;
	return jc_xlsx_head(b->x, err);
}

/* ---- the whole ---- */

struct writing {
	struct jc_export x;
	const struct jc_export_format *format;
	const struct jc_export_layout *layout;
	struct jc_export_cells cells;
	struct jc_outfile file;
	struct book *book;
	int64_t count;
	int quiet;               /* no terminal: the page asks */
};

/* Texts of a row lie one after the other in b->text, so they are pointed at when all are there. */
static int
book_row(struct writing *w, const struct jc_export_row *row)
{
	struct book *b = w->book;
	size_t n = 0;
	int rc;

	jc_buf_reset(&b->text);
	jc_buf_puts(&b->text, row->id);
	b->at[n++] = b->text.len;
	for (size_t i = 0; i < row->n && n < b->n; i++) {
		if (row->kind->fields[i].derived)
			continue;
		if ((rc = jc_export_cell(&w->x, &row->kind->fields[i], row->text[i])) < 0)
			return rc;
		jc_buf_put(&b->text, w->x.cell.data, w->x.cell.len);
		b->at[n++] = b->text.len;
	}
	if ((rc = jc_buf_check(&b->text, "export", w->x.err)) < 0)
		return rc;
	b->cell[0] = jc_xlsx_text(b->text.data, b->at[0]);
	n = 1;
	for (size_t i = 0; i < row->n && n < b->n; i++) {
		const struct jc_field *f = &row->kind->fields[i];
		struct jc_slice none = {"", 0};

		if (f->derived)
			continue;
		b->cell[n] = xlsx_cell(f, row->text[i].p != NULL ? row->text[i] : none,
		    (struct jc_slice){b->text.data + b->at[n - 1], b->at[n] - b->at[n - 1]});
		n++;
	}
	return jc_xlsx_row(b->x, b->cell, n, w->x.err);
}

/* A row of a layout: into the sheet, or as CSV. */
static int
layout_row(struct writing *w, const struct jc_export_row *row)
{
	struct book *b = w->book;
	struct jc_buf one;
	size_t n = 0;
	int rc = 0;

	jc_buf_init(&one, 4u << 20);
	if (b != NULL)
		jc_buf_reset(&b->text);
	for (; rc == 0 && w->layout->header[n] != NULL; n++) {
		jc_buf_reset(&one);
		if ((rc = w->layout->cell(&one, &w->cells, row, n, w->count + 1)) < 0 ||
		    (rc = jc_buf_check(&one, "export", w->x.err)) < 0)
			break;
		if (b == NULL) {
			jc_csv_put(&w->file.buf, one.data != NULL ? one.data : "", one.len, n == 0);
			continue;
		}
		jc_buf_put(&b->text, one.data, one.len);
		b->at[n] = b->text.len;
	}
	jc_buf_free(&one);
	if (rc == 0 && b == NULL)
		jc_csv_end(&w->file.buf);
	if (rc < 0 || b == NULL)
		return rc;
	for (size_t i = 0; i < n; i++) {
		size_t from = i > 0 ? b->at[i - 1] : 0;

		b->cell[i] =
		    jc_xlsx_text(b->text.data != NULL ? b->text.data + from : "", b->at[i] - from);
	}
	return jc_xlsx_row(b->x, b->cell, n, w->x.err);
}

static int
row_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct writing *w = arg;
	struct jc_export_row row = {key->kind, key->id, text, n};
	int rc;

	if (w->layout != NULL && w->layout->wanted != NULL && !w->layout->wanted(&row))
		return 0;
	if (w->layout != NULL)
		rc = layout_row(w, &row);
	else
		rc =
		    w->book != NULL ? book_row(w, &row) : w->format->row(&w->file.buf, &w->x, &row);
	if (rc == 0 && w->book == NULL)
		rc = jc_outfile_flush(&w->file, 0, w->x.err);
	if (rc < 0)
		return rc;
	w->count++;
	if (w->quiet)
		return 0;
	return jc_cmd_progress_word(JC_T("导出", "exporting"), w->count, 0) ? JC_ECANCELLED : 0;
}

static int
head_write(struct writing *w, const struct jc_kind *kind)
{
	if (w->book != NULL)
		return book_head(w->book, kind, w->layout, w->x.err);
	if (w->layout == NULL)
		return w->format->head != NULL ? w->format->head(&w->file.buf, kind) : 0;
	jc_buf_puts(&w->file.buf, "\357\273\277");
	for (size_t i = 0; w->layout->header[i] != NULL; i++)
		jc_csv_put(
		    &w->file.buf, w->layout->header[i], strlen(w->layout->header[i]), i == 0);
	jc_csv_end(&w->file.buf);
	return 0;
}

/* Reads the kinds that are referred to before the list begins. */
static int
write_rows(struct writing *w, struct jc_cmd_run *run, const struct jc_kind *kind)
{
	struct jc_query q = {.kind = kind};
	int rc = 0;

	for (const struct jc_field *f = kind->fields; f->id != 0 && rc >= 0; f++) {
		const struct jc_kind *to =
		    f->type == JC_REF ? jc_catalogue_kind(f->ref, strlen(f->ref)) : NULL;

		if (to != NULL) /* a kind that this program does not have yet cannot be read */
			rc = jc_match_state(w->x.match, to, "000000000000", w->x.err);
	}
	if (rc >= 0)
		rc = head_write(w, kind);
	if (rc == 0)
		rc = jc_records_each(run->node, &q, row_each, w, w->x.err);
	if (!w->quiet)
		jc_cmd_progress_word("", -1, 0);
	return rc == JC_ECANCELLED ? jc_err_code(w->x.err, rc, "export") : rc;
}

static int
out_open(struct writing *w, const char *path, struct jc_err *err)
{
	size_t n = strlen(path);
	int rc;

	if (n <= 5 || strcmp(path + n - 5, ".xlsx") != 0)
		return jc_outfile_open(&w->file, path, 0600, err);
	if ((w->book = jc_calloc(1, sizeof(*w->book))) == NULL)
		return JC_NOMEM(err, "export");
	jc_buf_init(&w->book->text, 64u << 20);
	if ((rc = jc_xlsx_open(&w->book->x, path, 1, err)) < 0) {
		jc_free(w->book);
		w->book = NULL;
	}
	return rc;
}

static int
out_end(struct writing *w, int ok, struct jc_err *err)
{
	int rc;

	if (w->book == NULL)
		return jc_outfile_end(&w->file, ok, err);
	if (ok && jc_xlsx_cut(w->book->x) > 0) {
		jc_xlsx_end(w->book->x, 0, NULL, NULL);
		rc = jc_err_set(err, JC_ELIMIT, "export",
		    JC_T("有内容太长，.xlsx 的一格放不下，请导出成 .csv 或 .jsonl",
			"A text is too long for a cell of .xlsx; export as .csv or .jsonl"));
	} else {
		rc = jc_xlsx_end(w->book->x, ok, NULL, err);
	}
	jc_buf_free(&w->book->text);
	jc_free(w->book);
	return rc;
}

static int
export_to(int64_t *count, struct jc_cmd_run *run, const struct jc_kind *kind,
    const struct jc_export_layout *layout, const char *path, int quiet, struct jc_err *err)
{
	struct writing w = {
	    .x = {.err = err}, .format = jc_export_format(path), .layout = layout, .quiet = quiet};
	struct jc_scope scope;
	int rc, end;

	*count = 0;
	if (w.format == NULL || (layout != NULL && strcmp(w.format->suffix, ".jsonl") == 0))
		return jc_err_set(err, JC_EUSAGE, "export",
		    JC_T("文件名要以 .xlsx、.csv 或 .jsonl 结尾",
			"The file's name must end in .xlsx, .csv or .jsonl"));
	if ((rc = jc_cmd_scope(run, kind, &scope, err)) < 0)
		return rc;
	jc_out_today(w.x.today, run->env);
	if ((rc = out_open(&w, path, err)) < 0) {
		run->exit = rc == JC_EIO ? JC_EXIT_CREATE : 0;
		return rc;
	}
	if (!quiet)
		jc_cmd_catch();
	jc_buf_init(&w.x.cell, 4u << 20);
	jc_buf_init(&w.x.back, 4u << 20);
	w.cells = (struct jc_export_cells){.x = &w.x, .node = run->node};
	if ((rc = jc_match_open(&w.x.match, run->node, &scope, w.x.today, err)) == 0)
		rc = write_rows(&w, run, kind);
	if (rc == 0)
		rc = jc_audit_add(run->node->db, "export", kind->name, w.count, err);
	end = out_end(&w, rc == 0, rc == 0 ? err : NULL);
	jc_match_close(w.x.match);
	json_decref(w.cells.codes);
	jc_buf_free(&w.x.cell);
	jc_buf_free(&w.x.back);
	*count = w.count;
	return rc < 0 ? rc : end;
}

int
jc_export_file(int64_t *count, struct jc_cmd_run *run, const struct jc_kind *kind, const char *path,
    struct jc_err *err)
{
	return export_to(count, run, kind, NULL, path, 0, err);
}

int
jc_export_layout_file(int64_t *count, struct jc_cmd_run *run, const struct jc_export_layout *layout,
    const char *path, struct jc_err *err)
{
	return export_to(count, run, jc_catalogue_kind(layout->kind, strlen(layout->kind)), layout,
	    path, 0, err);
}

int
jc_export_bytes(struct jc_buf *out, struct jc_cmd_run *run, const struct jc_kind *kind,
    const struct jc_export_layout *layout, const char *suffix, struct jc_err *err)
{
	char dir[3900], path[4096], *bytes;
	size_t n = sizeof(dir);
	uint64_t raw;
	int64_t count;
	uv_fs_t req;
	int rc;

	if (uv_os_tmpdir(dir, &n) != 0 || run->env->random(run->env->ctx, &raw, sizeof(raw)) != 0)
		return jc_err_code(err, JC_EIO, "export");
	snprintf(path, sizeof(path), "%s/jiceng-%016llx%s", dir, (unsigned long long)raw, suffix);
	if ((rc = export_to(&count, run, kind, layout, path, 1, err)) < 0)
		return rc;
	if ((rc = jc_text_io_bytes(&bytes, &n, path, err)) == 0) {
		jc_buf_put(out, bytes, n);
		free(bytes);
		rc = jc_buf_check(out, "export", err);
	}
	uv_fs_unlink(NULL, &req, path, NULL);
	uv_fs_req_cleanup(&req);
	return rc;
}
