/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "words.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_value.h"

#define WORD_MAX 300

static int
word_add(
    struct jc_words *w, const struct jc_field *f, const char *word, int alias, struct jc_err *err)
{
	size_t at = w->text.len, n;

	if (word == NULL || strlen(word) > WORD_MAX)
		return 0;
	if (w->nwords == w->cap) {
		size_t cap = w->cap != 0 ? w->cap * 2 : 4096;
		struct jc_word *v = jc_realloc(w->word, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, "words");
		w->word = v;
		w->cap = cap;
	}
	jc_text_fold(&w->text, word, strlen(word), 0);
	n = w->text.len - at;
	jc_text_fold(&w->text, word, strlen(word), 1);
	w->word[w->nwords++] =
	    (struct jc_word){f, at, (uint16_t)n, (uint16_t)(w->text.len - at - n), (uint8_t)alias};
	return jc_buf_check(&w->text, "words", err);
}

static int
kind_add(struct jc_words *w, const struct jc_kind *kind, struct jc_err *err)
{
	int rc = 0;

	for (const struct jc_field *f = kind->fields; rc == 0 && f->id != 0; f++) {
		if ((rc = word_add(w, f, f->name, 0, err)) < 0 ||
		    (rc = word_add(w, f, f->zh, 0, err)) < 0)
			break;
		rc = word_add(w, f, f->en, 0, err);
		for (const char *const *a = f->aliases; rc == 0 && a != NULL && *a != NULL; a++)
			rc = word_add(w, f, *a, 1, err);
	}
	return rc;
}

int
jc_words_open(struct jc_words *w, struct jc_err *err)
{
	const struct jc_kind *const *kinds = jc_catalogue_kinds();
	size_t n = 0;
	int rc = 0;

	memset(w, 0, sizeof(*w));
	jc_buf_init(&w->text, 16u << 20);
	while (kinds[n] != NULL)
		n++;
	w->kind = jc_calloc(n + 1, sizeof(*w->kind));
	w->first = jc_calloc(n + 1, sizeof(*w->first));
	if (w->kind == NULL || w->first == NULL)
		return JC_NOMEM(err, "words");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		w->kind[i] = kinds[i];
		w->first[i] = w->nwords;
		rc = kind_add(w, kinds[i], err);
	}
	w->nkinds = n;
	w->first[n] = w->nwords;
	return rc;
}

void
jc_words_free(struct jc_words *w)
{
	jc_free(w->kind);
	jc_free(w->first);
	jc_free(w->word);
	jc_buf_free(&w->text);
	memset(w, 0, sizeof(*w));
}

static int
range_of(const struct jc_words *w, const struct jc_kind *kind, size_t *from, size_t *to)
{
	for (size_t i = 0; i < w->nkinds; i++)
		if (w->kind[i] == kind) {
			*from = w->first[i];
			*to = w->first[i + 1];
			return 1;
		}
	return 0;
}

/* A header in both forms. */
struct folded {
	struct jc_buf light, heavy;
};

static void
fold(struct folded *f, struct jc_slice s)
{
	jc_buf_init(&f->light, 4 * WORD_MAX);
	jc_buf_init(&f->heavy, 4 * WORD_MAX);
	jc_text_fold(&f->light, s.p, s.n, 0);
	jc_text_fold(&f->heavy, s.p, s.n, 1);
}

static void
fold_free(struct folded *f)
{
	jc_buf_free(&f->light);
	jc_buf_free(&f->heavy);
}

/* 0 label, 1 alias; 2, 3 without the notes; 4 not at all. */
static int
rank_of(const struct jc_words *w, const struct jc_word *word, const struct folded *f)
{
	const char *p = w->text.data + word->at;

	if (word->light != 0 && word->light == f->light.len &&
	    memcmp(p, f->light.data, word->light) == 0)
		return word->alias;
	if (word->heavy != 0 && word->heavy == f->heavy.len &&
	    memcmp(p + word->light, f->heavy.data, word->heavy) == 0)
		return 2 + word->alias;
	return 4;
}

static void
out_add(const struct jc_field **out, size_t room, size_t *n, const struct jc_field *f)
{
	for (size_t i = 0; i < *n; i++)
		if (out[i] == f)
			return;
	if (*n < room)
		out[(*n)++] = f;
}

size_t
jc_words_exact(const struct jc_words *w, const struct jc_kind *kind, struct jc_slice header,
    const struct jc_field **out, size_t room)
{
	size_t from, to, n = 0;
	struct folded f;

	if (header.n == 0 || header.n > WORD_MAX || !range_of(w, kind, &from, &to))
		return 0;
	fold(&f, header);
	for (int want = 0; want < 4 && f.light.len + f.heavy.len != 0; want++)
		for (size_t i = from; i < to; i++)
			if (rank_of(w, &w->word[i], &f) == want)
				out_add(out, room, &n, w->word[i].field);
	fold_free(&f);
	return n;
}

static const char *
find(const char *p, size_t n, const char *word, size_t k)
{
	for (size_t i = n; i + 1 > k && k != 0; i--)
		if (memcmp(p + i - k, word, k) == 0)
			return p + i - k; /* the last one */
	return NULL;
}

const struct jc_field *
jc_words_part(
    const struct jc_words *w, const struct jc_kind *kind, struct jc_slice header, int *end)
{
	const struct jc_field *best = NULL;
	size_t from, to, longest = 5; /* two Chinese characters are six bytes */
	struct folded f;

	*end = 0;
	if (header.n == 0 || header.n > WORD_MAX || !range_of(w, kind, &from, &to))
		return NULL;
	fold(&f, header);
	for (size_t i = from; i < to; i++) {
		const struct jc_word *word = &w->word[i];
		const char *p = w->text.data + word->at + word->light, *at;

		if (word->heavy <= longest ||
		    (at = find(f.heavy.data, f.heavy.len, p, word->heavy)) == NULL)
			continue;
		longest = word->heavy;
		best = word->field;
		*end = at + word->heavy == f.heavy.data + f.heavy.len;
	}
	fold_free(&f);
	return best;
}
