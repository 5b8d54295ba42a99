/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Every word that a header may use for a field of any kind, folded once, so that many headers can be
 * looked at. The same answers as jc_catalogue_fields_typed. Freed with jc_words_free.
 */
#ifndef JC_AGENT_WORDS_H
#define JC_AGENT_WORDS_H

#include "../schema/schema_buf.h"
#include "../schema/schema_catalogue.h"

struct jc_word {
	const struct jc_field *field;
	size_t at;               /* light form, then heavy form (without notes) in the text */
	uint16_t light, heavy;   /* their lengths */
	uint8_t alias;           /* 0 a label or key, 1 an alias */
};

struct jc_words {
	const struct jc_kind **kind;
	size_t *first;           /* first word of each kind; one more at the end */
	size_t nkinds;
	struct jc_word *word;
	size_t nwords, cap;
	struct jc_buf text;
};

int jc_words_open(struct jc_words *w, struct jc_err *err);
void jc_words_free(struct jc_words *w);

/* Fields of a kind that a header may mean, best first; at most `room`. */
size_t jc_words_exact(const struct jc_words *w, const struct jc_kind *kind, struct jc_slice header,
    const struct jc_field **out, size_t room);

/*
 * The field whose longest word (two characters at least) stands in the header; NULL when none does. *end 1:
 * the word is the header's end, as the main noun is.
 */
const struct jc_field *jc_words_part(const struct jc_words *w, const struct jc_kind *kind, struct jc_slice header, int *end);

#endif
