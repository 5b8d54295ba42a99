/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rosters as they come (DOMAIN 2.8): every sheet that has a header, title lines above it, totals and notes
 * below, columns in any order under any of their names. What a column means is the layout's business.
 */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "import.h"
#include "layout.h"

#define SKIPPED_MAX 200

struct source {
	struct jc_import_source base; /* first */
	const struct jc_book *book;
	struct jc_layout *layout;
	size_t nlayouts;
	size_t at, row;               /* layout at work, its next row */
	size_t last;                  /* the row that was given */
	int counted;                  /* the rows that are skipped were listed */
	struct jc_import_cell *cell;
	struct jc_buf text, codes;    /* texts made for this row: day numbers, joined codes */
};

/* ---- one row ---- */

static void
id_take(struct jc_import_row *row, enum jc_layout_what what, struct jc_slice s)
{
	if (s.n == 0 || row->by == JC_IMPORT_BY_ID)
		return;
	row->key = s;
	if (s.n == 3 + JC_ID_LEN && memcmp(s.p, "id:", 3) == 0 && jc_id_ok(s.p + 3, JC_ID_LEN)) {
		row->key.p += 3;
		row->key.n = JC_ID_LEN;
		row->by = JC_IMPORT_BY_ID;
	} else if (what == JC_LAYOUT_ID) {
		if (!jc_id_ok(s.p, s.n))
			jc_import_bad(row, JC_T("记录编号", "record id"),
			    JC_T("“%.*s”不是记录编号；新记录请把这一格留空",
				"\"%.*s\" is no record id; leave the cell empty for a new record"),
			    (int)(s.n < 40 ? s.n : 40), s.p);
		row->by = JC_IMPORT_BY_ID;
	} else {
		row->by = JC_IMPORT_BY_KEY;
	}
}

static void
cell_add(struct source *src, struct jc_import_row *row, const struct jc_field *f,
    struct jc_slice text, enum jc_cell_kind was)
{
	src->cell[row->ncells++] = (struct jc_import_cell){
	    .field = f, .text = text, .blank_stays = 1, .was = (uint8_t)was, .event = f->derived};
}

/* One of several columns of a field: the last one that says something counts. */
static int
cell_again(struct source *src, struct jc_import_row *row, const struct jc_layout_column *c,
    struct jc_slice s)
{
	if (!c->also || s.n == 0)
		return c->also;
	for (size_t i = 0; i < row->ncells; i++)
		if (src->cell[i].field == c->field) {
			src->cell[i].text = s;
			return 1;
		}
	return 0;
}

/* Codes of several systems in columns of their own are one set: "acftu:...". */
static void
codes_take(struct source *src, struct jc_import_row *row, const struct jc_layout *l)
{
	const struct jc_field *f = NULL;
	struct jc_buf *b = &src->codes;

	jc_buf_reset(b);
	for (size_t i = 0; i < l->ncols; i++) {
		const struct jc_layout_column *c = &l->col[i];
		struct jc_slice s = c->system != NULL ? jc_layout_cell(l, src->last, i, NULL)
						      : (struct jc_slice){"", 0};

		if (s.n == 0)
			continue;
		f = c->field;
		if (b->len > 0)
			jc_buf_puts(b, "、");
		if (c->system[0] != '\0')
			jc_buf_putf(b, "%s:", c->system);
		jc_buf_slice(b, s);
	}
	if (f != NULL && !b->failed)
		cell_add(src, row, f, (struct jc_slice){b->data, b->len}, JC_CELL_TEXT);
}

/* Several numbers in one cell: the first is the mobile, the next the other phone. */
struct phones {
	struct jc_slice part[2];
	size_t n;
};

static int
phone_each(void *arg, const char *p, size_t n)
{
	struct phones *ph = arg;

	if (ph->n < 2)
		ph->part[ph->n] = (struct jc_slice){p, n};
	ph->n++;
	return 0;
}

static int
phone_take(struct source *src, struct jc_import_row *row, const struct jc_layout *l,
    const struct jc_field *f, struct jc_slice s)
{
	const struct jc_field *other = jc_catalogue_field(l->kind, "phone2", 6);
	struct phones ph = {.n = 0};

	if (strcmp(f->name, "mobile") != 0 || other == NULL)
		return 0;
	for (size_t i = 0; i < l->ncols; i++)
		if (l->col[i].what == JC_LAYOUT_FIELD && l->col[i].field == other &&
		    jc_layout_cell(l, src->last, i, NULL).n != 0)
			return 0; /* it has a column of its own, and something in it */
	jc_phone_split(s.p, s.n, phone_each, &ph);
	if (ph.n != 2)
		return 0;
	cell_add(src, row, f, ph.part[0], JC_CELL_TEXT);
	cell_add(src, row, other, ph.part[1], JC_CELL_TEXT);
	return 1;
}

/* A serial number in a date column, in the 1904 system: as the other system counts. */
static struct jc_slice
serial_1904(struct source *src, const struct jc_field *f, struct jc_slice s, enum jc_cell_kind was)
{
	size_t at = src->text.len;
	long v = 0;

	if (at == 0 && jc_buf_room(&src->text, 16 * JC_SHEET_COLUMNS_MAX) != NULL)
		jc_buf_reset(
		    &src->text); /* memory for the row: it is pointed at, so it must not move */
	if (!src->book->date1904 || was != JC_CELL_NUMBER || s.n != 5 ||
	    (f->type != JC_DATE && f->type != JC_PDATE))
		return s;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return s;
		v = v * 10 + (s.p[i] - '0');
	}
	jc_buf_putf(&src->text, "%ld", v + 1462);
	return src->text.failed ? s : (struct jc_slice){src->text.data + at, src->text.len - at};
}

static void
column_take(struct source *src, struct jc_import_row *row, const struct jc_layout *l, size_t i)
{
	const struct jc_layout_column *c = &l->col[i];
	struct jc_slice s = jc_layout_cell(l, src->last, i, NULL);
	enum jc_cell_kind was = jc_book_cell_kind(src->book, &l->sheet->row[src->last], i);

	if (c->what == JC_LAYOUT_ID || c->what == JC_LAYOUT_KEY)
		id_take(row, c->what, s);
	else if (c->what == JC_LAYOUT_FIELD && c->system == NULL && !cell_again(src, row, c, s) &&
	    !phone_take(src, row, l, c->field, s))
		cell_add(src, row, c->field, serial_1904(src, c->field, s, was), was);
}

static void
row_fill(struct source *src, struct jc_import_row *row, const struct jc_layout *l)
{
	const struct jc_sheet_row *r = &l->sheet->row[src->last];
	const struct jc_field *f;

	row->kind = l->kind;
	row->cell = src->cell;
	if (r->bad_n != 0) {
		jc_import_bad(row, "", "%.*s", (int)r->bad_n, src->book->text.data + r->bad_at);
		return;
	}
	for (size_t i = 0; i < l->ncols; i++)
		column_take(src, row, l, i);
	codes_take(src, row, l);
	for (size_t i = l->ncols; i < r->ncells; i++) {
		struct jc_slice s = jc_book_cell(src->book, r, i);

		if (s.n != 0 && strcmp(src->book->format, "text") == 0)
			jc_import_bad(row, "",
			    JC_T("这一行比表头多出一格（“%.*s”），请检查逗号",
				"This row has a cell more than the header (\"%.*s\"); check the commas"),
			    (int)(s.n < 40 ? s.n : 40), s.p);
	}
	row->draft = l->org_kind != NULL && strcmp(l->org_kind, "social") == 0;
	if (l->org_kind != NULL && (f = jc_catalogue_field(l->kind, "org_kind", 8)) != NULL)
		cell_add(
		    src, row, f, (struct jc_slice){l->org_kind, strlen(l->org_kind)}, JC_CELL_TEXT);
}

static void
skipped_add(struct source *src, const struct jc_layout *l, const struct jc_sheet_row *r)
{
	struct jc_slice s = {"", 0};

	for (size_t i = 0; i < r->ncells && s.n == 0; i++)
		s = jc_book_cell(src->book, r, i);
	if (!src->counted && json_array_size(src->base.skipped) < SKIPPED_MAX)
		json_array_append_new(src->base.skipped,
		    json_pack("{s:s,s:I,s:o}", "sheet", l->sheet->name, "line", (json_int_t)r->line,
			"text", json_stringn(s.p, s.n < 120 ? s.n : 0)));
}

static int
next(struct jc_import_source *base, struct jc_import_row *row, struct jc_err *err)
{
	struct source *src = (struct source *)base;

	for (; src->at < src->nlayouts; src->at++, src->row = 0) {
		const struct jc_layout *l = &src->layout[src->at];

		if (src->row < l->first)
			src->row = l->first;
		while (src->row < l->sheet->nrows) {
			const struct jc_sheet_row *r = &l->sheet->row[src->row++];
			enum jc_layout_row what = jc_layout_row(l, r);

			if (what == JC_LAYOUT_TOTAL || what == JC_LAYOUT_NOTE)
				skipped_add(src, l, r);
			if (what != JC_LAYOUT_DATA)
				continue;
			memset(row, 0, sizeof(*row));
			jc_buf_reset(&src->text);
			src->last = src->row - 1;
			row->line = r->line;
			row->sheet = src->nlayouts > 1 ? l->sheet->name : "";
			row->layout = l->print;
			row_fill(src, row, l);
			return jc_buf_check(&src->text, "import", err) < 0 ? JC_ENOMEM : 1;
		}
	}
	src->counted = 1;
	return 0;
}

static void
rewind_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	src->at = src->row = 0;
}

static json_t *
keep(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;
	const struct jc_layout *l = &src->layout[src->at];
	json_t *out = json_array();

	for (size_t i = 0; i < l->ncols; i++) {
		const struct jc_layout_column *c = &l->col[i];
		struct jc_slice s = jc_layout_cell(l, src->last, i, NULL);
		const char *name = c->what == JC_LAYOUT_FIELD ? c->field->name
		    : c->what == JC_LAYOUT_ID		      ? "=id"
		    : c->what == JC_LAYOUT_KEY		      ? "=key"
							      : "";

		if (s.n != 0 && c->what != JC_LAYOUT_FORBIDDEN && c->what != JC_LAYOUT_SERIAL)
			json_array_append_new(
			    out, json_pack("[s,s,o]", name, c->header, json_stringn(s.p, s.n)));
	}
	if (l->org_kind != NULL)
		json_array_append_new(out, json_pack("[s,s,s]", "org_kind", "", l->org_kind));
	return out;
}

static void
close_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	for (size_t i = 0; i < src->nlayouts; i++)
		jc_layout_free(&src->layout[i]);
	jc_free(src->layout);
	json_decref(src->base.ignored);
	json_decref(src->base.forbidden);
	json_decref(src->base.sheets);
	json_decref(src->base.skipped);
	json_decref(src->base.hints);
	jc_buf_free(&src->text);
	jc_buf_free(&src->codes);
	jc_free(src->cell);
	jc_free(src);
}

/* ---- opening ---- */

static void
columns_tell(struct source *src, const struct jc_layout *l)
{
	for (size_t i = 0; i < l->ncols; i++) {
		const struct jc_layout_column *c = &l->col[i];

		if (c->header[0] == '\0' ||
		    (c->what != JC_LAYOUT_IGNORED && c->what != JC_LAYOUT_FORBIDDEN))
			continue;
		json_array_append_new(src->base.ignored, json_string(c->header));
		if (c->what == JC_LAYOUT_FORBIDDEN)
			json_array_append_new(src->base.forbidden, json_string(c->header));
	}
	json_array_append_new(src->base.sheets, jc_layout_json(l));
}

static void
sheet_hints(struct source *src, const struct jc_sheet *s)
{
	int columns = 0;

	for (size_t i = 0; i < JC_SHEET_COLUMNS_MAX; i++)
		columns += s->hidden_column[i];
	if (s->hidden_rows > 0)
		json_array_append_new(src->base.hints,
		    json_sprintf(JC_T("%s里有%lld行是隐藏的，也一起读了",
				     "%s: %lld hidden rows were read as well"),
			s->name, (long long)s->hidden_rows));
	if (columns > 0)
		json_array_append_new(src->base.hints,
		    json_sprintf(JC_T("%s里有%d列是隐藏的，也一起读了",
				     "%s: %d hidden columns were read as well"),
			s->name, columns));
	if (s->beyond > 0)
		json_array_append_new(src->base.hints,
		    json_sprintf(JC_T("%s里最右边有%lld格超出了能读的列数，没有读",
				     "%s: %lld cells lie too far right and were not read"),
			s->name, (long long)s->beyond));
}

/* The choices that this sheet's header has. */
static int
choose(struct jc_layout *l, const json_t *columns, json_t *used, struct jc_err *err)
{
	json_t *mine = json_object(), *value;
	const char *name;
	int rc;

	json_object_foreach((json_t *)(size_t)columns, name, value)
		if (jc_layout_column(l, name) >= 0) {
			json_object_set(mine, name, value);
			json_object_set_new(used, name, json_true());
		}
	rc = jc_layout_choose(l, mine, err);
	json_decref(mine);
	return rc;
}

static int
sheets_find(struct source *src, const struct jc_import_options *o, json_t *used, struct jc_err *err)
{
	size_t columns = 0;
	int rc;

	src->layout = jc_calloc(src->book->nsheets + 1, sizeof(*src->layout));
	if (src->layout == NULL)
		return JC_NOMEM(err, "import");
	for (size_t i = 0; i < src->book->nsheets; i++) {
		const struct jc_sheet *s = &src->book->sheet[i];
		struct jc_layout *l = &src->layout[src->nlayouts];

		if (s->nrows == 0)
			continue;
		rc = jc_layout_find(l, src->book, s, o->kind, o->name != NULL ? o->name : "",
		    o->run->node->db, err);
		if (rc <= 0) {
			jc_layout_free(l);
			if (rc < 0)
				return rc;
			if (src->book->nsheets > 1)
				json_array_append_new(src->base.hints,
				    json_sprintf(
					JC_T("%s里没有找到表头，没有读（%zu行）",
					    "%s: no header was found, not read (%zu rows)"),
					s->name, s->nrows));
			continue;
		}
		src->nlayouts++;
		if ((rc = choose(l, o->columns, used, err)) < 0 ||
		    (!o->dry_run && (rc = jc_layout_say(l, o->run->node->db, err)) < 0))
			return rc;
		columns = l->ncols > columns ? l->ncols : columns;
		columns_tell(src, l);
		sheet_hints(src, s);
	}
	src->cell = jc_calloc(2 * columns + 2, sizeof(*src->cell));
	return src->cell != NULL ? 0 : JC_NOMEM(err, "import");
}

static int
header_none(const struct jc_import_options *o, struct jc_err *err)
{
	if (o->kind != NULL)
		return jc_err_set(err, JC_EINVAL, "import",
		    JC_T("没有找到表头：前15行里没有一行写着%s的项目名称",
			"No header found: none of the top 15 rows names fields (%s)"),
		    jc_kind_label(o->kind));
	return jc_err_set(err, JC_EINVAL, "import", "%s",
	    JC_T("没有找到表头：前15行里没有一行写着项目名称（如“姓名”）；请检查文件",
		"No header found in the top 15 rows; check the file"));
}

int
jc_import_sheet_open(struct jc_import_source **out, const struct jc_book *book,
    const struct jc_import_options *o, struct jc_err *err)
{
	struct source *src = jc_calloc(1, sizeof(*src));
	json_t *used = json_object(), *value;
	const char *name;
	int rc;

	*out = NULL;
	if (src == NULL)
		return JC_NOMEM(err, "import");
	src->base = (struct jc_import_source){next, rewind_it, close_it, keep, json_array(),
	    json_array(), json_array(), json_array(), json_array()};
	src->book = book;
	jc_buf_init(&src->text, 1 << 20);
	jc_buf_init(&src->codes, 1 << 20);
	if ((rc = sheets_find(src, o, used, err)) == 0 && src->nlayouts == 0)
		rc = header_none(o, err);
	json_object_foreach((json_t *)(size_t)o->columns, name, value) if (rc == 0 &&
	    json_object_get(used, name) == NULL) rc = jc_err_set(err, JC_EINVAL, "import",
	    JC_T("表头里没有“%.60s”这一列", "The header has no column \"%.60s\""), name);
	json_decref(used);
	if (rc < 0) {
		close_it(&src->base);
		return rc;
	}
	*out = &src->base;
	return 0;
}
