/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Values. Turns what people type into the one stored text of a field and back. Text is normalised
 * here, once, where it enters (DOMAIN 2.9); afterwards its bytes are never touched again. Pure; any
 * thread. Results are appended to the caller's buffer.
 *
 * Stored text: integers, money (fen) and decimals (scaled) as decimal digits; dates as ISO text;
 * BOOL3 "1"/"0"; codes and ids as they are. What could not be understood is kept as '?' + the text
 * as typed (a *raw* value), with a warning: nothing typed is ever dropped. Only types other than
 * TEXT and LONG can be raw.
 */
#ifndef JC_SCHEMA_VALUE_H
#define JC_SCHEMA_VALUE_H

#include "schema_buf.h"
#include "schema_catalogue.h"

/* One remark about a value: "E:id_check", "W:region" ... and a sentence in the thread's language. */
struct jc_remark {
	char code[24];
	char text[200];
};

#define JC_REMARKS_MAX 6
struct jc_remarks {
	size_t n;
	struct jc_remark item[JC_REMARKS_MAX]; /* further ones are dropped */
};

/* Adds a remark. `code` starts with "E:" (marked wrong, still saved) or "W:" (a hint). */
void jc_remark_add(struct jc_remarks *r, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Normalises text for storage: valid UTF-8 in, NFKC, full width to half width, odd spaces and zero
 * width characters removed, spaces collapsed, ends trimmed; with `lines` line breaks are kept as
 * '\n'. JC_EINVAL for malformed UTF-8.
 */
int jc_text_normalise(struct jc_buf *out, const char *s, size_t n, int lines, struct jc_err *err);

/*
 * Appends the form in which two spellings of a word are compared (headers, labels, choices): NFKC,
 * lower case, without spaces, '*', colons and invisible characters; with `notes` also without what
 * stands in brackets, and the brackets. Nothing is appended for malformed UTF-8.
 */
void jc_text_fold(struct jc_buf *out, const char *s, size_t n, int notes);

/* Code points in n bytes of well-formed UTF-8. */
size_t jc_text_points(const char *s, size_t n);

/*
 * Appends a person's name in its one form: spaces between Han removed, any dot between Han as '·'.
 * Takes normalised text. Returns 1 when Latin letters stand among Han (待补字: a character that the
 * writer could not type), else 0.
 */
int jc_text_name(struct jc_buf *out, const char *s, size_t n);

/*
 * Parses what was typed (or read from a cell) for one element of `field`. Appends the stored text;
 * nothing is appended when the input means "no value". `today` is "YYYY-MM-DD" for rules that look
 * at it. Text over the field's limit is JC_EINVAL with a sentence; everything else is stored, at
 * worst raw, with remarks.
 * JC_REF: an id in any typed form is normalised, other text is appended as it is; resolving names
 * is the importer's work.
 */
int jc_value_parse(struct jc_buf *out, const struct jc_field *field, const char *s, size_t n,
    const char *today, struct jc_remarks *remarks, struct jc_err *err);

/*
 * Splits the typed text of a set field into elements (separators 、 ， , ； ; | and line breaks) and
 * calls `each` with every trimmed non-empty one; stops at and returns its non-zero result.
 */
int jc_value_split(const char *s, size_t n, int (*each)(void *arg, const char *p, size_t len), void *arg);

/* Appends stored text as people read it (labels, yuan, 是/否) in the thread's language. */
void jc_value_show(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n);

/* Like show, with personal numbers masked (id numbers 3999**********0064, phones 130****0001). */
void jc_value_show_masked(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n);

/* 1 if the bytes are a well-formed stored text of this field (intake of others' operations). */
int jc_value_stored_ok(const struct jc_field *field, const char *stored, size_t n);

/* DOMAIN 3.1 / 3.2. `out` gets the normalised number (also when wrong). Remarks as specified there.
 * Return 1 valid, 0 marked wrong. `birth` gets "YYYY-MM-DD", `sex` "1"/"2" when valid (may be NULL). */
int jc_uscc_check(char out[40], const char *s, size_t n, struct jc_remarks *remarks);
int jc_idno_check(char out[40], char birth[11], char sex[2], const char *s, size_t n, const char *today,
    struct jc_remarks *remarks);

#endif
