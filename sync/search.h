/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the projection: the words by which records are found, a few records a row. */
#ifndef JC_SEARCH_H
#define JC_SEARCH_H

#include "project.h"

/* Records of one row of `search`: rec / JC_SEARCH_ROW. A change writes the row again, a search reads them all. */
#define JC_SEARCH_ROW 8

/* Fields by whose text a record is found. */
enum { JC_FOUND_NOT, JC_FOUND_NAME = 'n', JC_FOUND_CODE = 'd' };
char jc_search_class(const struct jc_kind *kind, const struct jc_field *f);

/* A record whose words may have changed is written: it is put down. Then all of them are brought to the table. */
int jc_search_due(struct jc_project *p, struct jc_rec *r, struct jc_err *err);
int jc_search_flush(struct jc_project *p, struct jc_err *err);
void jc_search_forget(struct jc_project *p);

/* ---- matching, pure ---- */

#define JC_WORDS_MAX 8

/* A query: words in lower case. */
struct jc_words {
	size_t n;
	struct jc_word {
		char text[96];
		size_t len;
		int han, letters, digits;  /* characters beyond ASCII; only letters and digits; only digits */
	} word[JC_WORDS_MAX];
};
/* JC_EINVAL when there is nothing in it. Further words and what is longer are left out. */
int jc_words_parse(struct jc_words *w, const char *typed);

/* Appends the words of one text: class as jc_search_class says. */
void jc_words_put(struct jc_buf *out, char cls, const char *s, size_t n);

/* How the words (as jc_words_put made them) fit; -1: not all do. */
int jc_words_fit(const struct jc_words *w, const char *words, size_t n);

#endif
