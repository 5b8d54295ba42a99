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

/*
 * Codes: E:uscc_* E:id_* W:uscc_* W:id_* as DOMAIN 3 lists them; E:date E:number E:money E:bool E:range
 * W:code W:phone W:phone_area W:phone_many W:region W:postcode W:name_pinyin W:name_gap W:date_serial
 * W:date_time W:date_future W:rounded W:id_other W:id_under_14.
 */
/* Adds a remark. `code` starts with "E:" (marked wrong, still saved) or "W:" (a hint). */
void jc_remark_add(struct jc_remarks *r, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Normalises text for storage: valid UTF-8 in, NFKC, full width to half width, odd spaces and zero
 * width characters removed, spaces collapsed, ends trimmed, leading apostrophes removed. With
 * `lines` (prose) line breaks are kept as '\n', and so are the Chinese punctuation and the circled
 * numbers that NFKC would turn into western ones. JC_EINVAL for malformed UTF-8 or over 1 MiB.
 */
int jc_text_normalise(struct jc_buf *out, const char *s, size_t n, int lines, struct jc_err *err);

/*
 * Appends the form in which two spellings of a word are compared (headers, labels, choices): NFKC,
 * lower case, without spaces, '*', colons and invisible characters; with `notes` also without what
 * stands in brackets, and the brackets. Nothing is appended for malformed UTF-8; out of memory the
 * buffer is failed.
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
 * at it. Text over the field's limit is JC_EINVAL with a sentence (a set's element: 100 characters; anything
 * kept raw: 200); everything else is stored, at worst raw, with remarks. "-" and "/" alone mean no
 * value, except in text. Credit codes and identity numbers that fail their check are stored
 * normalised, not raw: the remark says so, and the county can still find the person.
 * JC_REF: an id in any typed form is normalised, other text is appended as it is; resolving names
 * is the importer's work; what it cannot resolve it stores raw, as '?' and the text.
 */
int jc_value_parse(struct jc_buf *out, const struct jc_field *field, const char *s, size_t n,
    const char *today, struct jc_remarks *remarks, struct jc_err *err);

/*
 * Splits the typed text of a set field into elements (separators 、 ， , ； ; | and line breaks, not
 * inside brackets that close) and calls `each` with every trimmed non-empty one; stops at and returns its non-zero result.
 */
int jc_value_split(const char *s, size_t n, int (*each)(void *arg, const char *p, size_t len), void *arg);

/* Appends stored text as people read it (labels, yuan, 是/否) in the thread's language. */
void jc_value_show(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n);

/* Like show, with personal numbers masked (id numbers 3999**********0064, phones 130****0001). */
void jc_value_show_masked(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n);

/* 1 if the bytes are a well-formed stored text of this field (intake of others' operations). */
int jc_value_stored_ok(const struct jc_field *field, const char *stored, size_t n);

/* DOMAIN 3.1 / 3.2. `out` gets the normalised number (also when wrong). Remarks as specified there.
 * Return 1 valid, 0 marked wrong, or JC_ENOMEM (as the checks below do). `birth` gets "YYYY-MM-DD", `sex` "1"/"2" when valid (may be NULL). */
int jc_uscc_check(char out[40], const char *s, size_t n, struct jc_remarks *remarks);
int jc_idno_check(char out[40], char birth[11], char sex[2], const char *s, size_t n, const char *today,
    struct jc_remarks *remarks);

/*
 * Rows 10 and 11 of DOMAIN 3.1, which need the record: a basic union's own code starts with 8, a
 * social organization's does not. `org_kind` and `union_type` are stored codes or NULL.
 */
void jc_uscc_check_owner(const char *uscc, const char *org_kind, const char *union_type, struct jc_remarks *remarks);

/* DOMAIN 3.4. `out` gets the number without spaces, hyphens, brackets and +86. With `any`, short
 * numbers pass as well. Return 1 if it is a number one can call, 0 (W:phone) if not. */
int jc_phone_check(char out[40], const char *s, size_t n, int any, struct jc_remarks *remarks);

/* Calls `each` with every telephone number of a cell (separators / 、 ; , 或 and what jc_value_split
 * knows); stops at and returns its non-zero result. */
int jc_phone_split(const char *s, size_t n, int (*each)(void *arg, const char *p, size_t len), void *arg);

/* DOMAIN 3.3: 6, 9 or 12 digits into `out`; 0 (W:region) when it is not that. An unknown province is
 * a hint only. */
int jc_region_check(char out[16], const char *s, size_t n, struct jc_remarks *remarks);

/* 1 if the text is a number that a spreadsheet has rounded: 16 or more digits shown with an exponent
 * or a fraction, so that its last digits are lost (DOMAIN 2.8 rule 7). For numeric cells also call it
 * with the cell's text: 16 or more significant digits count when `numeric` is not 0. */
int jc_number_rounded(const char *s, size_t n, int numeric);

#endif
