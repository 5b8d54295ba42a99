/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Search without an index of words. A name has three characters and is looked for by two of them, by
 * the sound of all, by initials: a full-text index answers none of that below three characters. So the words of eight
 * records lie in one row of `search`, and a search reads all rows: for 100,000 members some 8 MB, a few
 * milliseconds, with every kind of question at the same price. A change writes one small row.
 *
 * The table follows from the others and is made in the same flush, so a rebuild makes it again.
 */
#include "search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_pinyin.h"
#include "sync_search.h"

#define HITS_MAX 20000u /* put in order at most; who finds more needs another word */

char
jc_search_class(const struct jc_kind *kind, const struct jc_field *f)
{
	static const char *const names[] = {"former_name", "former_names", "short_name", NULL};
	static const char *const codes[] = {"member_no", "external_codes", NULL};

	if (f->derived)
		return JC_FOUND_NOT;
	for (size_t i = 0; codes[i] != NULL; i++)
		if (strcmp(codes[i], f->name) == 0)
			return JC_FOUND_CODE;
	if (f->type == JC_PHONE || f->type == JC_IDNO || f->type == JC_USCC || f->form == JC_FORM_PHONE)
		return JC_FOUND_CODE;
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], f->name) == 0)
			return JC_FOUND_NAME;
	if (strcmp(f->name, kind->title) == 0 || f->form == JC_FORM_DOCNO || (f->type == JC_TEXT && strncmp(f->name, "x_", 2) == 0))
		return JC_FOUND_NAME;
	return JC_FOUND_NOT;
}

/* ---- words ---- */

static char
low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void
jc_words_put(struct jc_buf *out, char cls, const char *s, size_t n)
{
	size_t at;

	jc_buf_putc(out, cls);
	at = out->len;
	for (size_t i = 0; i < n; i++) {
		char c = low(s[i]);

		if (cls == JC_FOUND_NAME ? c != '\n' && c != '\0' : is_letter(c))
			jc_buf_putc(out, c);
	}
	jc_buf_putc(out, '\n');
	if (cls != JC_FOUND_NAME || out->failed)
		return;
	n = out->len - 1 - at;
	jc_buf_putc(out, 'p');
	if (jc_buf_room(out, n * 20 + 1) == NULL) /* the sound is made of what lies in the same buffer */
		return;
	out->len -= n * 20 + 1;
	jc_pinyin_sound(out, out->data + at, n);
	jc_buf_putc(out, '\n');
}

static void
word_end(struct jc_words *w, struct jc_word *word)
{
	word->letters = word->digits = word->len != 0;
	for (size_t i = 0; i < word->len; i++) {
		word->han |= (unsigned char)word->text[i] >= 0x80;
		word->letters &= is_letter(word->text[i]);
		word->digits &= word->text[i] >= '0' && word->text[i] <= '9';
	}
	w->n += word->len != 0;
}

int
jc_words_parse(struct jc_words *w, const char *typed)
{
	struct jc_buf b;
	int rc;

	memset(w, 0, sizeof(*w));
	jc_buf_init(&b, 1u << 20);
	if ((rc = jc_text_normalise(&b, typed, strlen(typed), 0, NULL)) < 0) {
		jc_buf_free(&b);
		return rc;
	}
	for (size_t i = 0; i < b.len && w->n < JC_WORDS_MAX;) {
		struct jc_word *word = &w->word[w->n];
		size_t n = 0;

		while (i + n < b.len && b.data[i + n] != ' ')
			n++;
		word->len = 0;
		for (size_t k = 0; k < n && word->len < sizeof(word->text); k++)
			word->text[word->len++] = low(b.data[i + k]);
		while (n > sizeof(word->text) && word->len > 0 && ((unsigned char)word->text[word->len - 1] & 0xc0) == 0x80)
			word->len--; /* no half character */
		word_end(w, word);
		i += n + 1;
	}
	jc_buf_free(&b);
	return w->n != 0 ? 0 : JC_EINVAL;
}

/* In a text of some bytes: memmem would first make a table that is longer than the text. */
static const char *
short_find(const char *s, size_t n, const char *word, size_t len)
{
	const char *end = s + n, *at = s;

	while ((size_t)(end - at) >= len && (at = memchr(at, word[0], (size_t)(end - at) - len + 1)) != NULL) {
		if (memcmp(at, word, len) == 0)
			return at;
		at++;
	}
	return NULL;
}

static int
name_fit(const struct jc_word *w, const char *s, size_t n)
{
	const char *at = short_find(s, n, w->text, w->len);

	if (at == NULL)
		return -1;
	if (at != s)
		return JC_FIT_PART;
	return n == w->len ? JC_FIT_WHOLE : JC_FIT_BEGIN;
}

/* Two digits may stand anywhere by chance: short ones count at the end only. */
static int
code_fit(const struct jc_word *w, const char *s, size_t n)
{
	if (!w->letters || w->len < 2 || w->len > n)
		return -1;
	if (memcmp(s + n - w->len, w->text, w->len) == 0)
		return JC_FIT_END;
	return w->len >= 4 && short_find(s, n, w->text, w->len) != NULL ? JC_FIT_DIGITS : -1;
}

static int
sound_fit(const struct jc_word *w, const char *s, size_t n)
{
	const char *second;

	if (!w->letters || w->digits || !jc_pinyin_match(s, n, w->text, w->len))
		return -1;
	second = n > 1 ? memchr(s + 1, ' ', n - 1) : NULL; /* does it fit without the first syllable as well? */
	if (second != NULL && jc_pinyin_match(second, (size_t)(s + n - second), w->text, w->len) && s[1] != w->text[0])
		return JC_FIT_SOUND_PART;
	return JC_FIT_SOUND;
}

static int
word_fit(const struct jc_word *w, const char *words, size_t n)
{
	int best = -1;

	while (n > 0) {
		const char *end = memchr(words, '\n', n);
		size_t len = end != NULL ? (size_t)(end - words) : n;
		int fit = len == 0 ? -1
		    : words[0] == JC_FOUND_NAME ? name_fit(w, words + 1, len - 1)
		    : words[0] == JC_FOUND_CODE ? code_fit(w, words + 1, len - 1)
		                                : sound_fit(w, words + 1, len - 1);

		if (fit >= 0 && (best < 0 || fit < best))
			best = fit;
		len += len < n;
		words += len;
		n -= len;
	}
	return best;
}

int
jc_words_fit(const struct jc_words *w, const char *words, size_t n)
{
	int worst = 0;

	for (size_t i = 0; i < w->n; i++) {
		int fit = word_fit(&w->word[i], words, n);

		if (fit < 0)
			return -1;
		worst = fit > worst ? fit : worst;
	}
	return worst;
}

/* ---- the table ---- */

/* An entry of a row: place in the row, kind, scope, length of the words, words. */
struct entry {
	uint64_t place, kind, scope;
	const char *words;
	size_t n;
};

static int
entry_read(struct entry *e, struct jc_rd *rd)
{
	e->place = jc_rd_varint(rd);
	e->kind = jc_rd_varint(rd);
	e->scope = jc_rd_varint(rd);
	e->n = (size_t)jc_rd_varint(rd);
	e->words = (const char *)jc_rd_bytes(rd, e->n);
	return rd->bad || e->words == NULL ? JC_ECORRUPT : 0;
}

static void
entry_put(struct jc_buf *out, const struct entry *e)
{
	jc_buf_varint(out, e->place);
	jc_buf_varint(out, e->kind);
	jc_buf_varint(out, e->scope);
	jc_buf_varint(out, e->n);
	jc_buf_put(out, e->words, e->n);
}

int
jc_search_due(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_rec **v;

	r->dirty_words = 0;
	if (p->nwords == p->words_cap) {
		size_t cap = p->words_cap != 0 ? p->words_cap * 2 : 64;

		if ((v = jc_realloc(p->words, cap * sizeof(struct jc_rec *))) == NULL)
			return JC_NOMEM(err, "jc_search_due");
		p->words = v;
		p->words_cap = cap;
	}
	p->words[p->nwords++] = r;
	return 0;
}

void
jc_search_forget(struct jc_project *p)
{
	p->nwords = 0;
	if (p->words_cap > 4096) {
		jc_free(p->words);
		p->words = NULL;
		p->words_cap = 0;
	}
}

/* All that stands in the record's name and number fields, also beside what is shown. */
static int
words_of(struct jc_buf *out, const struct jc_rec *r)
{
	jc_buf_reset(out);
	for (size_t i = 0; i < r->cells.n; i++) {
		const struct jc_cell *c = &r->cells.v[i];
		const struct jc_field *f = jc_kindmap_field_no(r->k, c->field);
		char cls = f != NULL && f->set == c->set && c->val != NULL ? r->k->found[f->id] : (char)JC_FOUND_NOT;
		size_t raw = cls != JC_FOUND_NOT && c->len > 0 && c->val[0] == '?';

		if (cls != JC_FOUND_NOT)
			jc_words_put(out, cls, c->val + raw, c->len - raw);
	}
	return out->failed ? JC_ENOMEM : 0;
}

static int
row_read(struct jc_buf *out, struct jc_project *p, int64_t row, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db, "SELECT words FROM search WHERE row = :row", err);

	jc_buf_reset(out);
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":row", row);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const void *body = jc_col_blob(st, 0, &n);

		jc_buf_put(out, body, n);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : jc_buf_check(out, "row_read", err);
}

static int
row_write(struct jc_project *p, int64_t row, const struct jc_buf *body, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "INSERT INTO search(row, words) VALUES(:row, :words) ON CONFLICT(row) DO UPDATE SET words = excluded.words", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":row", row);
	jc_bind_blob(st, ":words", body->len != 0 ? body->data : "", body->len);
	return jc_stmt_run(st, err);
}

/* The old row with the entries of v[0..n) in their places. */
static int
row_merge(struct jc_buf *out, struct jc_buf *words, const struct jc_buf *old, struct jc_rec *const *v, size_t n)
{
	struct jc_rd rd;
	struct entry e;
	size_t i = 0;

	jc_buf_reset(out);
	jc_rd_init(&rd, old->data, old->len);
	while (jc_rd_left(&rd) > 0 || i < n) {
		int have = jc_rd_left(&rd) > 0;

		if (have && entry_read(&e, &rd) < 0)
			return JC_ECORRUPT;
		for (; i < n && (!have || (uint64_t)(v[i]->rec % JC_SEARCH_ROW) <= e.place); i++) {
			struct entry now = {(uint64_t)(v[i]->rec % JC_SEARCH_ROW), v[i]->k->no, (uint64_t)v[i]->scope, NULL, 0};

			if (words_of(words, v[i]) < 0)
				return JC_ENOMEM;
			now.words = words->data != NULL ? words->data : "";
			now.n = words->len;
			entry_put(out, &now);
			have = have && now.place != e.place;
		}
		if (have)
			entry_put(out, &e);
	}
	return out->failed ? JC_ENOMEM : 0;
}

static int
rec_cmp(const void *a, const void *b)
{
	int64_t x = (*(struct jc_rec *const *)a)->rec, y = (*(struct jc_rec *const *)b)->rec;

	return x < y ? -1 : x > y;
}

int
jc_search_flush(struct jc_project *p, struct jc_err *err)
{
	struct jc_buf old, body, words;
	int rc = 0;

	if (p->nwords == 0)
		return 0;
	jc_buf_init(&old, 64u << 20);
	jc_buf_init(&body, 64u << 20);
	jc_buf_init(&words, 64u << 20);
	qsort(p->words, p->nwords, sizeof(struct jc_rec *), rec_cmp);
	for (size_t i = 0, n; rc == 0 && i < p->nwords; i += n) {
		int64_t row = p->words[i]->rec / JC_SEARCH_ROW;

		for (n = 1; i + n < p->nwords && p->words[i + n]->rec / JC_SEARCH_ROW == row; n++)
			continue;
		if ((rc = row_read(&old, p, row, err)) < 0)
			break;
		if ((rc = row_merge(&body, &words, &old, &p->words[i], n)) < 0)
			rc = jc_err_code(err, rc, "jc_search_flush");
		else if (old.len != body.len || memcmp(old.data, body.data, old.len) != 0)
			rc = row_write(p, row, &body, err);
	}
	jc_buf_free(&old);
	jc_buf_free(&body);
	jc_buf_free(&words);
	p->nwords = 0;
	return rc;
}

/* ---- searching ---- */

struct found {
	int64_t rec;
	int fit;
};

struct finder {
	struct jc_node *node;
	const struct jc_search *s;
	struct jc_words words;
	struct found *v;
	size_t n, cap;
	struct jc_err *err;
};

static int
found_add(struct finder *f, int64_t rec, int fit)
{
	if (f->n == HITS_MAX)
		return 0;
	if (f->n == f->cap) {
		size_t cap = f->cap != 0 ? f->cap * 2 : 256;
		struct found *v = jc_realloc(f->v, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(f->err, "found_add");
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = (struct found){rec, fit};
	return 0;
}

/* 1 when the row cannot hold the first word: names and numbers stand in it as they are looked for. */
static int
row_hopeless(const struct finder *f, const void *body, size_t n)
{
	const struct jc_word *w = &f->words.word[0];

	return (w->han || w->digits || !w->letters) && memmem(body, n, w->text, w->len) == NULL;
}

static int
row_search(struct finder *f, int64_t row, const void *body, size_t n)
{
	struct jc_rd rd;
	struct entry e;
	int rc = 0;

	if (row_hopeless(f, body, n))
		return 0;
	jc_rd_init(&rd, body, n);
	while (rc == 0 && jc_rd_left(&rd) > 0) {
		int fit;

		if (entry_read(&e, &rd) < 0)
			return jc_err_code(f->err, JC_ECORRUPT, "row_search");
		if ((f->s->kind != NULL && e.kind != f->s->kind->id) || (f->s->scope != 0 && e.scope != (uint64_t)f->s->scope))
			continue;
		if ((fit = jc_words_fit(&f->words, e.words, e.n)) >= 0)
			rc = found_add(f, row * JC_SEARCH_ROW + (int64_t)e.place, fit);
	}
	return rc;
}

static int
all_rows(struct finder *f)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, f->node->db, "SELECT row, words FROM search ORDER BY row", f->err);

	while (rc >= 0 && (rc = jc_stmt_step(st, f->err)) == 1) {
		size_t n;
		const void *body = jc_col_blob(st, 1, &n);

		if ((rc = row_search(f, jc_col_int(st, 0), body, n)) < 0)
			jc_stmt_reset(st);
	}
	return rc;
}

/* Best first; they were found in the order of their numbers, which stays within a fit. */
static int
found_order(struct finder *f)
{
	struct found *v = jc_alloc((f->n + 1) * sizeof(*v));
	size_t n = 0;

	if (v == NULL)
		return JC_NOMEM(f->err, "found_order");
	for (int fit = 0; n < f->n; fit++)
		for (size_t i = 0; i < f->n; i++)
			if (f->v[i].fit == fit)
				v[n++] = f->v[i];
	jc_free(f->v);
	f->v = v;
	return 0;
}

/* Key and title of a row of the tables. 1 there and living, 0 not, negative. */
static int
hit_read(struct finder *f, int64_t rec, struct jc_record_key *key, struct jc_buf *title)
{
	struct jc_merged m;
	struct jc_kindmap *k;
	struct jc_rec *r;
	const struct jc_field *tf;
	const struct jc_cell *c;
	struct jc_cells joined = {0};
	int rc;

	if ((rc = jc_rec_load(&r, f->node->project, rec, f->err)) < 0 ||
	    (rc = jc_merged_get(&m, f->node->project, r, f->err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	r = m.shown;
	k = r->k;
	memset(key, 0, sizeof(*key));
	key->rec = r->rec;
	key->scope = r->scope;
	key->kind = k->kind;
	key->is_void = jc_merged_void(&m);
	jc_id_from_u64(key->id, r->id);
	jc_buf_reset(title);
	if (key->is_void || k->kind == NULL)
		return 0;
	if (m.n > 1 && (rc = jc_merged_cells(&joined, NULL, f->node->project, &m, r, 0, f->err)) < 0)
		return rc;
	key->conflicts = jc_cells_conflicts(m.n > 1 ? &joined : &r->cells);
	tf = jc_catalogue_field(k->kind, k->kind->title, strlen(k->kind->title));
	c = tf != NULL ? jc_cells_field(m.n > 1 ? &joined : &r->cells, tf->id, 0, NULL) : NULL;
	if (c != NULL && c->val != NULL)
		jc_buf_put(title, c->val, c->len);
	jc_buf_putc(title, '\0');
	jc_cells_free(&joined);
	return title->failed ? JC_NOMEM(f->err, "hit_read") : 1;
}

static int
given_before(const int64_t *given, int64_t n, int64_t rec)
{
	for (int64_t i = 0; i < n; i++)
		if (given[i] == rec)
			return 1;
	return 0;
}

static int
hits_give(struct finder *f, int (*each)(void *arg, const struct jc_hit *hit), void *arg)
{
	int64_t limit = f->s->limit > 0 ? f->s->limit : 20, n = 0;
	int64_t *given = jc_calloc((size_t)(limit < HITS_MAX ? limit : HITS_MAX) + 1, sizeof(*given));
	struct jc_buf title;
	int rc = 0;

	if (given == NULL)
		return JC_NOMEM(f->err, "hits_give");
	jc_buf_init(&title, 1u << 20);
	for (size_t i = 0; rc == 0 && i < f->n && n < limit; i++) {
		struct jc_hit hit = {.fit = (enum jc_fit)f->v[i].fit};

		if ((rc = hit_read(f, f->v[i].rec, &hit.key, &title)) != 1 || given_before(given, n, hit.key.rec)) {
			rc = rc < 0 ? rc : 0;
			continue;
		}
		given[n++] = hit.key.rec;
		hit.title = title.data;
		rc = each(arg, &hit);
	}
	jc_buf_free(&title);
	jc_free(given);
	return rc;
}

int
jc_search(struct jc_node *node, const struct jc_search *s, int (*each)(void *arg, const struct jc_hit *hit), void *arg,
    struct jc_err *err)
{
	struct finder f = {.node = node, .s = s, .err = err};
	int rc;

	if ((rc = jc_words_parse(&f.words, s->text)) == JC_EINVAL)
		return jc_err_set(err, rc, "jc_search", JC_T("请写要找的字、拼音或号码", "Give a name, its pinyin or a number to look for"));
	if (rc < 0 || (rc = jc_read_begin(node, err)) < 0)
		return rc < 0 && rc != JC_EINVAL ? jc_err_code(err, rc, "jc_search") : rc;
	if ((rc = all_rows(&f)) == 0 && (rc = found_order(&f)) == 0)
		rc = hits_give(&f, each, arg);
	jc_free(f.v);
	return jc_read_end(node, rc, err);
}

int
jc_search_recs(struct jc_buf *out, struct jc_node *node, const struct jc_search *s, struct jc_err *err)
{
	struct finder f = {.node = node, .s = s, .err = err};
	int rc;

	jc_buf_puts(out, "[");
	if ((rc = jc_words_parse(&f.words, s->text)) == 0 && (rc = jc_read_begin(node, err)) == 0) {
		rc = all_rows(&f);
		for (size_t i = 0; rc == 0 && i < f.n; i++)
			jc_buf_putf(out, "%s%" PRId64, i > 0 ? "," : "", f.v[i].rec);
		rc = jc_read_end(node, rc, err);
	}
	jc_free(f.v);
	jc_buf_puts(out, "]");
	return rc == JC_EINVAL ? 0 : rc < 0 ? jc_err_code(err, rc, "jc_search_recs") : jc_buf_check(out, "jc_search_recs", err);
}
