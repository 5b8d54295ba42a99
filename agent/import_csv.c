/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * CSV as rosters come (DOMAIN 2.8): title lines above the header, totals and notes below, columns in any
 * order under any of their names. The header is the first of the top 15 rows that knows enough columns;
 * without a given kind it also decides which records these are.
 */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "csv.h"
#include "import.h"

#define TOP_ROWS 15
#define ENOUGH 3

enum what { COL_IGNORED, COL_FIELD, COL_ID, COL_KEY };

struct column {
	enum what what;
	const struct jc_field *field;
};

struct source {
	struct jc_import_source base; /* first */
	const struct jc_kind *kind;
	struct jc_csv csv;
	struct column *col;
	size_t ncols;
	int header_at;                /* rows before and with the header */
	struct jc_import_cell *cell;
	struct jc_buf header;         /* its text, to know it again */
};

/* ---- the header ---- */

static struct jc_slice
trimmed(struct jc_slice s)
{
	while (s.n > 0 && (*s.p == ' ' || *s.p == '\t' || *s.p == '\n' || *s.p == '\r')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static int
is_word(struct jc_slice s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (jc_slice_is(s, *words))
			return 1;
	return 0;
}

/* "会员记录编号", "member record id": the column that an export writes, which names the kind as well. */
static int
is_id_of(const struct jc_kind *kind, struct jc_slice s)
{
	char name[128];

	snprintf(name, sizeof(name), "%s记录编号", kind->zh);
	if (jc_slice_is(s, name))
		return 1;
	snprintf(name, sizeof(name), "%s record id", kind->en);
	return jc_slice_is(s, name);
}

static struct column
column_of(const struct jc_kind *kind, struct jc_slice cell)
{
	static const char *const id_words[] = {"记录编号", "record id", NULL};
	static const char *const key_words[] = {"外部编号", "external key", "key", NULL};
	struct jc_slice s = trimmed(cell);
	struct column c = {COL_IGNORED, NULL};
	char name[200];

	if (s.n == 0 || s.n >= sizeof(name))
		return c;
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
	if (is_id_of(kind, s) || is_word(s, id_words))
		c.what = COL_ID;
	else if (is_word(s, key_words))
		c.what = COL_KEY;
	else if ((c.field = jc_catalogue_field(kind, name, s.n)) != NULL || (c.field = jc_catalogue_field_typed(kind, name)) != NULL)
		c.what = c.field->derived ? COL_IGNORED : COL_FIELD;
	return c;
}

/* How well the current row serves as a header of this kind: known columns, or 0. */
static size_t
header_score(const struct source *src, const struct jc_kind *kind, int given)
{
	size_t known = 0, filled = 0;

	for (size_t i = 0; i < src->csv.cells; i++) {
		struct jc_slice s = trimmed(jc_csv_cell(&src->csv, i));

		filled += s.n > 0;
		if (is_id_of(kind, s))
			known += 100; /* names the kind */
		else if (column_of(kind, s).what != COL_IGNORED)
			known++;
	}
	if (known >= ENOUGH || (given && known > 0 && known == filled))
		return known;
	return 0;
}

/* The best kind for the current row; NULL when none or, with *tie, when two serve alike. */
static const struct jc_kind *
header_kind(const struct source *src, int *tie)
{
	const struct jc_kind *best = NULL;
	size_t most = 0;

	*tie = 0;
	for (const struct jc_kind *const *k = jc_catalogue_kinds(); *k != NULL; k++) {
		size_t score = header_score(src, *k, 0);

		if (score == 0 || score < most)
			continue;
		*tie = score == most;
		best = *k;
		most = score;
	}
	return best;
}

/* A second column of one name: telephone twice is mobile and other phone, anything else is not read. */
static void
second_column(struct column *c, const struct column *before, size_t n, const struct jc_kind *kind)
{
	const struct jc_field *other;
	int taken = 0, other_taken = 0;

	if (c->what != COL_FIELD)
		return;
	other = strcmp(c->field->name, "mobile") == 0 ? jc_catalogue_field(kind, "phone2", 6) : NULL;
	for (size_t i = 0; i < n; i++) {
		taken |= before[i].field == c->field && before[i].what == COL_FIELD;
		other_taken |= other != NULL && before[i].field == other;
	}
	if (!taken)
		return;
	if (other != NULL && !other_taken)
		c->field = other;
	else
		c->what = COL_IGNORED;
}

static int
header_take(struct source *src, struct jc_err *err)
{
	src->ncols = src->csv.cells;
	src->col = jc_calloc(src->ncols + 1, sizeof(*src->col));
	src->cell = jc_calloc(src->ncols + 1, sizeof(*src->cell));
	if (src->col == NULL || src->cell == NULL)
		return JC_NOMEM(err, "import");
	for (size_t i = 0; i < src->ncols; i++) {
		struct jc_slice s = trimmed(jc_csv_cell(&src->csv, i));

		src->col[i] = column_of(src->kind, s);
		second_column(&src->col[i], src->col, i, src->kind);
		if (src->col[i].what == COL_IGNORED && s.n > 0 && !jc_slice_is(s, "序号"))
			json_array_append_new(src->base.ignored, json_stringn(s.p, s.n));
	}
	jc_buf_put(&src->header, src->csv.text.data, src->csv.text.len);
	return jc_buf_check(&src->header, "import", err);
}

static int
header_none(const struct source *src, int tie, struct jc_err *err)
{
	if (tie)
		return jc_err_set(err, JC_EINVAL, "import",
		    JC_T("看不出这是哪种记录，请用 --kind 说明，例如 --kind member", "It is unclear which records these are; say so with --kind, as in --kind member"));
	return jc_err_set(err, JC_EINVAL, "import",
	    src->kind != NULL
	        ? JC_T("没有找到表头：前15行里没有一行写着%s的项目名称", "No header found: none of the top 15 rows names fields (%s)")
	        : JC_T("没有找到表头：前15行里没有一行写着项目名称（如“姓名”）；请检查文件%s", "No header found in the top 15 rows; check the file%s"),
	    src->kind != NULL ? jc_kind_label(src->kind) : "");
}

static int
header_find(struct source *src, struct jc_err *err)
{
	int rc, tie = 0, any_tie = 0;

	for (int row = 1; row <= TOP_ROWS; row++) {
		const struct jc_kind *kind;

		if ((rc = jc_csv_next(&src->csv, err)) == 0)
			break;
		if (rc == JC_ENOMEM)
			return rc;
		if (rc < 0)
			continue;
		kind = src->kind != NULL ? (header_score(src, src->kind, 1) > 0 ? src->kind : NULL) : header_kind(src, &tie);
		any_tie |= tie;
		if (kind == NULL || tie)
			continue;
		src->kind = kind;
		src->header_at = row;
		return header_take(src, err);
	}
	return header_none(src, any_tie, err);
}

/* ---- rows ---- */

/* Totals, notes and signatures that rosters carry below their rows. */
static int
is_note(const struct jc_csv *csv)
{
	static const char *const totals[] = {"合计", "小计", "总计", "共计", NULL};
	static const char *const notes[] = {"填表说明", "备注：", "备注:", "说明：", "说明:", "注：", "注:", "填表人", "制表人", "审核人", "填报人", NULL};
	size_t filled = 0;
	struct jc_slice first = {"", 0};
	char folded[32];
	size_t n = 0;

	for (size_t i = 0; i < csv->cells; i++) {
		struct jc_slice s = trimmed(jc_csv_cell(csv, i));

		if (s.n > 0 && filled++ == 0)
			first = s;
	}
	if (filled == 0)
		return 1;
	for (size_t i = 0; i < first.n && n < sizeof(folded) - 1; i++)
		if (first.p[i] != ' ')
			folded[n++] = first.p[i];
	if (is_word((struct jc_slice){folded, n}, totals))
		return 1;
	for (const char *const *w = notes; *w != NULL; w++)
		if (n >= strlen(*w) && memcmp(folded, *w, strlen(*w)) == 0)
			return 1;
	return 0;
}

static int
is_header_again(const struct source *src)
{
	return src->csv.cells == src->ncols && src->csv.text.len == src->header.len &&
	    memcmp(src->csv.text.data, src->header.data, src->header.len) == 0;
}

static void
id_take(struct jc_import_row *row, enum what what, struct jc_slice s)
{
	if (s.n == 0 || row->by == JC_IMPORT_BY_ID)
		return;
	row->key = s;
	if (s.n == 3 + JC_ID_LEN && memcmp(s.p, "id:", 3) == 0 && jc_id_ok(s.p + 3, JC_ID_LEN)) {
		row->key.p += 3;
		row->key.n = JC_ID_LEN;
		row->by = JC_IMPORT_BY_ID;
	} else if (what == COL_ID) {
		if (!jc_id_ok(s.p, s.n))
			jc_import_bad(row, JC_T("记录编号", "record id"), JC_T("“%.*s”不是记录编号；新记录请把这一格留空", "\"%.*s\" is no record id; leave the cell empty for a new record"),
			    (int)(s.n < 40 ? s.n : 40), s.p);
		row->by = JC_IMPORT_BY_ID;
	} else {
		row->by = JC_IMPORT_BY_KEY;
	}
}

static void
row_fill(struct source *src, struct jc_import_row *row)
{
	row->kind = src->kind;
	row->cell = src->cell;
	for (size_t i = 0; i < src->csv.cells; i++) {
		struct jc_slice s = jc_csv_cell(&src->csv, i);

		if (i >= src->ncols) {
			if (trimmed(s).n > 0)
				jc_import_bad(row, "", JC_T("这一行比表头多出一格（“%.*s”），请检查逗号", "This row has a cell more than the header (\"%.*s\"); check the commas"),
				    (int)(s.n < 40 ? s.n : 40), s.p);
			continue;
		}
		if (src->col[i].what == COL_ID || src->col[i].what == COL_KEY)
			id_take(row, src->col[i].what, trimmed(s));
		else if (src->col[i].what == COL_FIELD)
			src->cell[row->ncells++] = (struct jc_import_cell){src->col[i].field, trimmed(s), NULL, 1};
	}
}

static int
next(struct jc_import_source *base, struct jc_import_row *row, struct jc_err *err)
{
	struct source *src = (struct source *)base;
	struct jc_err why = {0};
	int rc;

	while ((rc = jc_csv_next(&src->csv, &why)) == 1 && (is_note(&src->csv) || is_header_again(src)))
		continue;
	if (rc == 0)
		return 0;
	if (rc == JC_ENOMEM)
		return JC_NOMEM(err, "import");
	memset(row, 0, sizeof(*row));
	row->line = src->csv.line;
	if (rc < 0)
		return jc_import_bad(row, "", "%s", why.msg);
	row_fill(src, row);
	return 1;
}

static void
rewind_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	jc_csv_rewind(&src->csv);
	for (int i = 0; i < src->header_at; i++)
		jc_csv_next(&src->csv, NULL);
}

static void
close_it(struct jc_import_source *base)
{
	struct source *src = (struct source *)base;

	jc_csv_free(&src->csv);
	json_decref(src->base.ignored);
	jc_buf_free(&src->header);
	jc_free(src->col);
	jc_free(src->cell);
	jc_free(src);
}

int
jc_import_csv_open(struct jc_import_source **out, const char *p, size_t n, const struct jc_kind *kind, struct jc_err *err)
{
	struct source *src = jc_calloc(1, sizeof(*src));
	int rc;

	*out = NULL;
	if (src == NULL)
		return JC_NOMEM(err, "import");
	src->base = (struct jc_import_source){next, rewind_it, close_it, json_array()};
	src->kind = kind;
	jc_csv_init(&src->csv, p, n);
	jc_buf_init(&src->header, 1 << 20);
	if ((rc = header_find(src, err)) < 0) {
		close_it(&src->base);
		return rc;
	}
	*out = &src->base;
	return 0;
}
