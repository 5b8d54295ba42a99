/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_value.h"
#include "../sync/sync_sign.h"
#include "layout_column.h"

#define TOP_ROWS 15
#define ENOUGH 3

static int
is_word(struct jc_slice s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (jc_slice_is(s, *words))
			return 1;
	return 0;
}

static int
begins_with(struct jc_slice s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (s.n >= strlen(*words) && memcmp(s.p, *words, strlen(*words)) == 0)
			return 1;
	return 0;
}

static int
holds(const char *text, size_t n, const char *word)
{
	size_t k = strlen(word);

	for (size_t i = 0; i + k <= n; i++)
		if (memcmp(text + i, word, k) == 0)
			return 1;
	return 0;
}

static struct jc_slice
trimmed(struct jc_slice s)
{
	while (s.n > 0 && strchr(" \t\r\n", *s.p) != NULL) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

static struct jc_slice
cell_text(const struct jc_book *b, const struct jc_sheet_row *row, size_t column)
{
	return trimmed(jc_book_cell(b, row, column));
}

static size_t
filled(const struct jc_book *b, const struct jc_sheet_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->ncells; i++)
		n += cell_text(b, row, i).n > 0;
	return n;
}

/* ---- header texts ---- */

struct heads {
	struct jc_buf text;
	size_t at[JC_SHEET_COLUMNS_MAX + 1],
	    sub[JC_SHEET_COLUMNS_MAX]; /* where each begins; where its lower part does */
	size_t n;
	int64_t group_right;       /* first column that the group at work does not reach any more */
};

static struct jc_layout_head
head_of(const struct heads *h, size_t i)
{
	return (struct jc_layout_head){
	    {h->text.data != NULL ? h->text.data + h->at[i] : "", h->at[i + 1] - h->at[i]},
	    h->sub[i]};
}

/*
 * What stands above a sub-header: the text of a range merged sideways; in files that do not say what was
 * merged, the last text to the left, as long as the lower row goes on.
 */
static struct jc_slice
group_text(const struct jc_book *b, const struct jc_sheet *s, const struct jc_sheet_row *row,
    size_t column)
{
	const struct jc_merge *m = jc_sheet_merge(s, row->line, column);
	struct jc_slice t = cell_text(b, row, column);

	if (m != NULL)
		return cell_text(b, row, m->left);
	if (b->merges_known)
		return t;
	while (t.n == 0 && column > 0)
		t = cell_text(b, row, --column);
	return t;
}

static void
heads_add(struct heads *h, struct jc_slice group, struct jc_slice text)
{
	h->at[h->n] = h->text.len;
	if (!jc_slice_eq(group, text))
		jc_buf_slice(&h->text, group);
	h->sub[h->n] = h->text.len - h->at[h->n];
	jc_buf_slice(&h->text, text);
	h->at[++h->n] = h->text.len;
}

/* The headers of a row, or of it and the one below. */
static void
heads_read(struct heads *h, const struct jc_book *b, const struct jc_sheet *s,
    const struct jc_sheet_row *row, const struct jc_sheet_row *low)
{
	size_t n = low != NULL && low->ncells > row->ncells ? low->ncells : row->ncells;

	h->n = 0;
	jc_buf_reset(&h->text);
	for (size_t i = 0; i < n; i++) {
		struct jc_slice below =
		    low != NULL ? cell_text(b, low, i) : (struct jc_slice){"", 0};

		if (below.n == 0)
			heads_add(h, (struct jc_slice){"", 0}, cell_text(b, row, i));
		else
			heads_add(h, group_text(b, s, row, i), below);
	}
	h->at[h->n] = h->text.len;
}

/* A title: one text in the row, or one that is merged over most of it. */
static int
is_title(const struct jc_book *b, const struct jc_sheet_row *row)
{
	return filled(b, row) <= 1;
}

/* Does the row below carry sub-headers, not data? Each of its texts stands under a group, none has figures. */
static int
may_be_low(const struct jc_book *b, const struct jc_sheet *s, const struct jc_sheet_row *row,
    const struct jc_sheet_row *low)
{
	int groups = 0;

	if (low->line != row->line + 1 || is_title(b, row) || is_title(b, low))
		return 0;
	for (size_t i = 0; i < low->ncells; i++) {
		struct jc_slice t = cell_text(b, low, i);
		const struct jc_merge *m = jc_sheet_merge(s, row->line, i);

		if (t.n == 0)
			continue;
		for (size_t k = 0; k < t.n; k++)
			if (t.p[k] >= '0' && t.p[k] <= '9')
				return 0;
		if (b->merges_known ? m != NULL && m->right > m->left && m->bottom == row->line
				    : cell_text(b, row, i).n == 0)
			groups++;
	}
	return groups > 0;
}

/* ---- kinds ---- */

struct scored {
	const struct jc_kind *kind;
	int score;
	int tie;
};

/* What the lines above the header, the sheet's name and the file's name say. */
static void
hints_gather(struct jc_buf *out, const struct jc_book *b, const struct jc_sheet *s, size_t head,
    const char *hint)
{
	jc_buf_puts(out, hint);
	jc_buf_putc(out, '\n');
	jc_buf_puts(out, s->name);
	for (size_t i = 0; i < head; i++)
		for (size_t c = 0; c < s->row[i].ncells; c++) {
			jc_buf_putc(out, '\n');
			jc_buf_slice(out, cell_text(b, &s->row[i], c));
		}
}

static int
is_named(const struct jc_kind *kind, const struct jc_buf *hints)
{
	if (hints->data == NULL)
		return 0;
	if (holds(hints->data, hints->len, kind->zh))
		return 1;
	for (const char *const *a = kind->aliases; a != NULL && *a != NULL; a++)
		if (holds(hints->data, hints->len, *a))
			return 1;
	return 0;
}

static int
kind_score(const struct jc_words *w, const struct jc_kind *kind, const struct heads *h, int given)
{
	int sum = 0, known = 0, texts = 0, title = 0, weight;
	const struct jc_field *f;

	for (size_t i = 0; i < h->n; i++) {
		struct jc_layout_head head = head_of(h, i);

		if (head.text.n == 0)
			continue;
		texts++;
		weight = jc_layout_column_weight(w, kind, head);
		known += weight >= 2 || (weight == 1 && !jc_slice_is(head.text, "序号"));
		sum += weight;
		if (weight == 2 && jc_words_exact(w, kind, head.text, &f, 1) == 1 &&
		    strcmp(f->name, kind->title) == 0) {
			sum += 2;
			title = 1;
		}
	}
	if (sum >= 100 || known >= ENOUGH ||
	    ((given || (title && known > 1)) && known > 0 && known == texts))
		return 8 * sum;
	return 0;
}

static int
is_main(const struct jc_kind *kind)
{
	return strcmp(kind->name, "member") == 0 || strcmp(kind->name, "org") == 0;
}

/* The best kind for a header; members and organizations are what files are mostly about. */
static void
kind_find(
    struct scored *out, const struct jc_words *w, const struct heads *h, const struct jc_buf *hints)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < w->nkinds; i++) {
		int score = kind_score(w, w->kind[i], h, 0);

		if (score > 0)
			score += 20 * is_named(w->kind[i], hints) + 12 * is_main(w->kind[i]);
		if (score == 0 || score < out->score)
			continue;
		out->tie = score == out->score;
		out->score = score;
		out->kind = w->kind[i];
	}
}

/* ---- the organizations of a file ---- */

static const char *
org_kind_of(const struct jc_layout *l, const struct jc_buf *hints)
{
	static const struct {
		const char *word, *code;
		int header;        /* only as a header */
	} signs[] = {
	    {"社会组织名称", "social", 1},
	    {"登记管理机关", "social", 1},
	    {"业务主管单位", "social", 1},
	    {"四类", "social", 1},
	    {"工会名称", "union", 1},
	    {"工会全称", "union", 1},
	    {"工会类型", "union", 1},
	    {"建会批复", "union", 1},
	    {"社会组织", "social", 0},
	    {"民办非企业", "social", 0},
	    {"社会团体", "social", 0},
	    {"工会名册", "union", 0},
	    {"工会台账", "union", 0},
	    {"基层工会", "union", 0},
	    {"用人单位", "employer", 0},
	    {"企业", "employer", 0},
	};

	if (strcmp(l->kind->name, "org") != 0)
		return NULL;
	for (size_t k = 0; k < sizeof(signs) / sizeof(signs[0]); k++) {
		for (size_t i = 0; i < l->ncols; i++)
			if (signs[k].header &&
			    holds(l->col[i].header, strlen(l->col[i].header), signs[k].word))
				return signs[k].code;
		if (!signs[k].header && hints->data != NULL &&
		    holds(hints->data, hints->len, signs[k].word))
			return signs[k].code;
	}
	return NULL;
}

static int
has_field(const struct jc_layout *l, const char *name)
{
	for (size_t i = 0; i < l->ncols; i++)
		if (l->col[i].what == JC_LAYOUT_FIELD && strcmp(l->col[i].field->name, name) == 0)
			return 1;
	return 0;
}

/* ---- what was said before ---- */

static void
print_make(struct jc_layout *l)
{
	uint8_t h[JC_HASH_LEN];
	struct jc_hasher hasher;
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < l->ncols; i++) {
		jc_text_fold(&b, l->col[i].header, strlen(l->col[i].header), 1);
		jc_buf_putc(&b, '\n');
	}
	jc_hasher_init(&hasher);
	jc_hasher_add(&hasher, b.data != NULL ? b.data : "", b.len);
	jc_hasher_end(&hasher, h);
	for (size_t i = 0; i < JC_LAYOUT_PRINT / 2; i++)
		snprintf(l->print + 2 * i, 3, "%02x", h[i]);
	jc_buf_free(&b);
}

static void
column_said(struct jc_layout *l, size_t i, const struct jc_field *f)
{
	struct jc_layout_column *c = &l->col[i];

	for (size_t k = 0; f != NULL && k < l->ncols; k++)
		if (k != i && l->col[k].what == JC_LAYOUT_FIELD && l->col[k].field == f)
			l->col[k].what = JC_LAYOUT_IGNORED; /* one column to a field */
	c->what = f != NULL ? JC_LAYOUT_FIELD : JC_LAYOUT_IGNORED;
	c->field = f;
	c->how = JC_LAYOUT_SAID;
	c->ask = 0;
}

static int
said_read(struct jc_layout *l, struct jc_db *db, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (db == NULL)
		return 0;
	rc = jc_db_prep(&st, db,
	    "SELECT col, field FROM layout_choice"
	    " WHERE layout = :layout AND kind = :kind",
	    err);
	if (rc < 0)
		return rc;
	jc_bind_text(st, ":layout", l->print, JC_LAYOUT_PRINT);
	jc_bind_str(st, ":kind", l->kind->name);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		int64_t col = jc_col_int(st, 0);
		const struct jc_field *f;
		const char *name;
		size_t n;

		name = jc_col_text(st, 1, &n);
		f = n != 0 ? jc_catalogue_field(l->kind, name, n) : NULL;
		if (col >= 0 && (size_t)col < l->ncols && l->col[col].what != JC_LAYOUT_FORBIDDEN &&
		    (f != NULL || n == 0))
			column_said(l, (size_t)col, f);
	}
	return rc;
}

int
jc_layout_say(const struct jc_layout *l, struct jc_db *db, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->ncols; i++) {
		const struct jc_layout_column *c = &l->col[i];

		if (c->how != JC_LAYOUT_SAID)
			continue;
		rc = jc_db_prep(&st, db,
		    "INSERT OR REPLACE INTO layout_choice(layout, col, kind, field)"
		    " VALUES(:layout, :col, :kind, :field)",
		    err);
		if (rc < 0)
			break;
		jc_bind_text(st, ":layout", l->print, JC_LAYOUT_PRINT);
		jc_bind_int(st, ":col", (int64_t)i);
		jc_bind_str(st, ":kind", l->kind->name);
		jc_bind_str(st, ":field", c->what == JC_LAYOUT_FIELD ? c->field->name : "");
		jc_db_log_window(db, 1);
		rc = jc_stmt_run(st, err);
		jc_db_log_window(db, -1);
	}
	return rc;
}

/* ---- finding ---- */

struct finding {
	struct jc_words words;
	struct heads one, two;
	struct jc_buf hints;
};

static int
layout_take(struct jc_layout *l, const struct finding *f, struct heads *h, size_t head, size_t rows,
    struct jc_db *db, struct jc_err *err)
{
	const struct jc_field *field;
	int rc;

	l->head = head;
	l->first = head + rows;
	l->ncols = h->n;
	if ((l->col = jc_calloc(h->n + 1, sizeof(*l->col))) == NULL)
		return JC_NOMEM(err, "layout");
	for (size_t i = 0; i < h->n; i++) {
		struct jc_slice t = head_of(h, i).text;

		if (h->sub[i] != 0 && !l->book->merges_known &&
		    jc_words_exact(&f->words, l->kind, t, &field, 1) == 0) {
			t.p +=
			    h->sub
				[i]; /* where the group ends was a guess, and together they say nothing */
			t.n -= h->sub[i];
			h->sub[i] = 0;
		}
		for (size_t k = 0, to = 0; k < t.n && to + 1 < JC_LAYOUT_HEADER; k++)
			if (t.p[k] != '\n' && t.p[k] != '\r')
				l->col[i].header[to++] = t.p[k];
	}
	print_make(l);
	l->org_kind = org_kind_of(l, &f->hints);
	if ((rc = jc_layout_column_decide(l, &f->words, h->sub, err)) < 0 ||
	    (rc = said_read(l, db, err)) < 0)
		return rc;
	if (has_field(l, "org_kind"))
		l->org_kind = NULL;
	return 1;
}

/* The best reading of row i as a header: alone, or with the one below. */
static int
row_try(struct scored *out, struct finding *f, const struct jc_layout *l, size_t i,
    const struct jc_kind *given)
{
	const struct jc_sheet *s = l->sheet;
	struct scored two = {0};
	int low = i + 1 < s->nrows && may_be_low(l->book, s, &s->row[i], &s->row[i + 1]);

	heads_read(&f->one, l->book, s, &s->row[i], NULL);
	if (low)
		heads_read(&f->two, l->book, s, &s->row[i], &s->row[i + 1]);
	if (given != NULL) {
		*out = (struct scored){given, kind_score(&f->words, given, &f->one, 1), 0};
		if (low)
			two = (struct scored){given, kind_score(&f->words, given, &f->two, 1), 0};
	} else {
		kind_find(out, &f->words, &f->one, &f->hints);
		if (low)
			kind_find(&two, &f->words, &f->two, &f->hints);
	}
	if (two.score <= out->score)
		return 1;
	*out = two;
	return 2;
}

static int
tie_say(struct jc_err *err)
{
	return jc_err_set(err, JC_EINVAL, "layout",
	    JC_T("看不出这是哪种记录，请用 --kind 说明，例如 --kind member",
		"It is unclear which records these are; say so with --kind, as in --kind member"));
}

static int
header_search(struct jc_layout *l, struct finding *f, const struct jc_kind *given, const char *hint,
    struct jc_db *db, struct jc_err *err)
{
	int tie = 0;

	for (size_t i = 0; i < l->sheet->nrows && i < TOP_ROWS; i++) {
		struct scored best;
		int rows;

		if (l->sheet->row[i].bad_n != 0)
			continue;
		jc_buf_reset(&f->hints);
		hints_gather(&f->hints, l->book, l->sheet, i, hint);
		rows = row_try(&best, f, l, i, given);
		tie |= best.tie;
		if (best.score == 0 || best.tie)
			continue;
		l->kind = best.kind;
		return layout_take(l, f, rows == 2 ? &f->two : &f->one, i, (size_t)rows, db, err);
	}
	return tie ? tie_say(err) : 0;
}

int
jc_layout_find(struct jc_layout *out, const struct jc_book *book, const struct jc_sheet *sheet,
    const struct jc_kind *kind, const char *hint, struct jc_db *db, struct jc_err *err)
{
	struct finding *f = jc_calloc(1, sizeof(*f));
	int rc;

	memset(out, 0, sizeof(*out));
	out->book = book;
	out->sheet = sheet;
	if (f == NULL)
		return JC_NOMEM(err, "layout");
	jc_buf_init(&f->one.text, 1 << 20);
	jc_buf_init(&f->two.text, 1 << 20);
	jc_buf_init(&f->hints, 1 << 20);
	if ((rc = jc_words_open(&f->words, err)) == 0)
		rc = header_search(out, f, kind, hint, db, err);
	jc_words_free(&f->words);
	jc_buf_free(&f->one.text);
	jc_buf_free(&f->two.text);
	jc_buf_free(&f->hints);
	jc_free(f);
	return rc;
}

void
jc_layout_free(struct jc_layout *l)
{
	jc_free(l->col);
	memset(l, 0, sizeof(*l));
}

/* ---- rows ---- */

/* The first text of the row without blanks, columns of serial numbers left out unless there is nothing else. */
static struct jc_slice
first_text(const struct jc_layout *l, const struct jc_sheet_row *row, char room[96], size_t *count)
{
	struct jc_slice first = {"", 0};
	size_t n = 0;

	*count = 0;
	for (size_t i = 0; i < row->ncells; i++) {
		struct jc_slice s = cell_text(l->book, row, i);

		if (s.n == 0)
			continue;
		if (i < l->ncols && l->col[i].what == JC_LAYOUT_SERIAL && s.p[0] >= '0' &&
		    s.p[0] <= '9')
			continue;
		if ((*count)++ == 0)
			first = s;
	}
	for (size_t i = 0; i < first.n && n < 95; i++)
		if (first.p[i] != ' ')
			room[n++] = first.p[i];
	return (struct jc_slice){room, n};
}

static int
is_again(const struct jc_layout *l, const struct jc_sheet_row *row)
{
	size_t same = 0, texts = 0;

	for (size_t i = 0; i < row->ncells; i++) {
		struct jc_slice s = cell_text(l->book, row, i);

		if (s.n == 0)
			continue;
		texts++;
		if (i < l->ncols && s.n <= strlen(l->col[i].header) &&
		    memcmp(l->col[i].header + strlen(l->col[i].header) - s.n, s.p, s.n) == 0)
			same++;
	}
	return texts >= 2 && same == texts;
}

enum jc_layout_row
jc_layout_row(const struct jc_layout *l, const struct jc_sheet_row *row)
{
	static const char *const totals[] = {"合计", "小计", "总计", "共计", NULL};
	static const char *const after[] = {
	    "合计：", "合计:", "小计：", "小计:", "总计：", "总计:", "共计：", "共计:", NULL};
	static const char *const notes[] = {"填表说明", "填报说明", "备注：", "备注:", "说明：",
	    "说明:", "注：", "注:", "填表人", "制表人", "审核人：", "审核人:", "填报人", "填报单位",
	    "负责人（签字）", "负责人(签字)", NULL};
	const struct jc_merge *m;
	struct jc_slice first;
	char room[96];
	size_t n;

	if (row->bad_n != 0)
		return JC_LAYOUT_DATA;
	first = first_text(l, row, room, &n);
	if (n == 0)
		return JC_LAYOUT_EMPTY;
	if (is_word(first, totals) || begins_with(first, after))
		return JC_LAYOUT_TOTAL;
	if (begins_with(first, notes))
		return JC_LAYOUT_NOTE;
	if (n == 1 && (m = jc_sheet_merge(l->sheet, row->line, 0)) != NULL &&
	    (m->right - m->left + 1) * 2 > l->ncols && l->ncols > 2)
		return JC_LAYOUT_NOTE; /* a line over the whole table */
	if (n == 1 && jc_slice_is(first, "联系电话"))
		return JC_LAYOUT_NOTE;
	return is_again(l, row) ? JC_LAYOUT_AGAIN : JC_LAYOUT_DATA;
}

struct jc_slice
jc_layout_cell(const struct jc_layout *l, size_t row, size_t column, int *from_above)
{
	const struct jc_sheet_row *r = &l->sheet->row[row], *top;
	struct jc_slice s = cell_text(l->book, r, column);
	const struct jc_merge *m;

	if (from_above != NULL)
		*from_above = 0;
	if (s.n != 0 || column >= l->ncols || !l->col[column].fill_down)
		return s;
	if (l->book->merges_known) {
		m = jc_sheet_merge(l->sheet, r->line, column);
		top = m != NULL ? jc_sheet_row_at(l->sheet, m->top) : NULL;
		s = top != NULL ? cell_text(l->book, top, m->left) : s;
	} else if (strcmp(l->book->format, "xls") == 0) {
		while (s.n == 0 &&
		    row > l->first) /* what was merged is not known: the last one above */
			s = cell_text(l->book, &l->sheet->row[--row], column);
	}
	if (from_above != NULL)
		*from_above = s.n != 0;
	return s;
}

/* ---- choices ---- */

int
jc_layout_column(const struct jc_layout *l, const char *name)
{
	long v = 0;
	const char *p = name;

	for (size_t i = 0; i < l->ncols; i++)
		if (l->col[i].header[0] != '\0' && strcmp(l->col[i].header, name) == 0)
			return (int)i;
	for (; *p >= '0' && *p <= '9' && v < 10000; p++)
		v = v * 10 + (*p - '0');
	return *p == '\0' && v >= 1 && (size_t)v <= l->ncols ? (int)v - 1 : -1;
}

int
jc_layout_choose(struct jc_layout *l, const json_t *choices, struct jc_err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(size_t)choices, name, value) {
		const char *to = json_string_value(value);
		const struct jc_field *f = NULL;
		int i = jc_layout_column(l, name);

		if (i < 0 || to == NULL)
			return jc_err_set(err, JC_EINVAL, "layout",
			    JC_T("表头里没有“%.60s”这一列", "The header has no column \"%.60s\""),
			    name);
		if (l->col[i].what == JC_LAYOUT_FORBIDDEN)
			return jc_err_set(err, JC_EINVAL, "layout",
			    JC_T("“%.60s”这一列不能保存", "The column \"%.60s\" must not be kept"),
			    name);
		if (strcmp(to, "-") != 0 && to[0] != '\0' &&
		    (f = jc_catalogue_field_typed(l->kind, to)) == NULL)
			return jc_err_set(err, JC_EINVAL, "layout",
			    JC_T("%s没有“%.60s”这个项目", "%s has no field \"%.60s\""),
			    jc_kind_label(l->kind), to);
		column_said(l, (size_t)i, f);
	}
	return 0;
}

/* ---- for people ---- */

static json_t *
field_json(const struct jc_field *f)
{
	return json_pack("{s:s,s:s}", "field", f->name, "label", jc_field_label(f));
}

static json_t *
column_json(const struct jc_layout_column *c, size_t i)
{
	static const char *const what[] = {"ignored", "field", "id", "key", "serial", "forbidden"};
	static const char *const how[] = {"exact", "part", "values", "said"};
	json_t *o = json_pack("{s:I,s:s,s:s,s:b}", "column", (json_int_t)i + 1, "header", c->header,
	    "as", what[c->what], "ask", c->ask);
	json_t *others = json_array();

	if (c->what == JC_LAYOUT_FIELD) {
		json_object_set_new(o, "field", json_string(c->field->name));
		json_object_set_new(o, "label", json_string(jc_field_label(c->field)));
		json_object_set_new(o, "how", json_string(how[c->how]));
	}
	for (size_t k = 0; k < c->nothers; k++)
		json_array_append_new(others, field_json(c->other[k]));
	json_object_set_new(o, "others", others);
	return o;
}

json_t *
jc_layout_json(const struct jc_layout *l)
{
	json_t *columns = json_array();

	for (size_t i = 0; i < l->ncols; i++)
		if (l->col[i].header[0] != '\0')
			json_array_append_new(columns, column_json(&l->col[i], i));
	return json_pack("{s:s,s:s,s:s,s:I,s:s,s:o}", "sheet", l->sheet->name, "kind",
	    l->kind->name, "kind_label", jc_kind_label(l->kind), "header_line",
	    (json_int_t)l->sheet->row[l->head].line, "layout", l->print, "columns", columns);
}
