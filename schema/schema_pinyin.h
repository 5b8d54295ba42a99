/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * How names sound and look: readings of characters, simplified forms, and finding a name by part of its
 * pinyin or by initials. The tables are made at build time; a character without a reading here is
 * found by itself and never replaced. Pure, any thread.
 */
#ifndef JC_SCHEMA_PINYIN_H
#define JC_SCHEMA_PINYIN_H

#include "schema_buf.h"

/* Next code point of valid UTF-8 at *at, which moves on; 0 at the end. */
uint32_t jc_point_next(const char *s, size_t n, size_t *at);

/* 1 for an ideograph of any block. */
int jc_point_han(uint32_t cp);

/* Readings of a character, the usual one of a name first ("zeng" "ceng"), ü as v, without tones: fills at most 3
 * static texts, returns how many. */
size_t jc_pinyin_of(const char *out[3], uint32_t cp);

/* The simplified form; the character itself when it has none. */
uint32_t jc_point_simple(uint32_t cp);

/*
 * The sound of a text, for jc_pinyin_match: a space before each syllable, `/` between its readings; letters
 * and digits of the text are syllables of themselves. Appends to out, which fails when memory runs out.
 */
void jc_pinyin_sound(struct jc_buf *out, const char *s, size_t n);

/* 1 if the query (lower-case letters and digits) is pinyin, initials or a mixture of both ("wangxq", "wxq",
 * "xiaoq") of neighbouring syllables of a sound. */
int jc_pinyin_match(const char *sound, size_t n, const char *query, size_t qn);

/* The sound with the first readings only and without spaces: names that are written in pinyin for a missing
 * character, in traditional characters or with another dot have the same. Appends. */
void jc_pinyin_key(struct jc_buf *out, const char *s, size_t n);

/* What names are put in order by, as a dictionary does: syllable by syllable; names of the same sound stay together. Appends. */
void jc_pinyin_order(struct jc_buf *out, const char *s, size_t n);

#endif
