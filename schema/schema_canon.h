/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one canonical JSON form (sync/FORMAT.md section 3) that is hashed and signed: UTF-8, no
 * white space, members sorted by key bytes without duplicates, minimal escapes, integers only. The
 * reader is a pull parser over a borrowed buffer that accepts canonical bytes and nothing else, so
 * "re-serialise and compare" holds by construction (and is what the fuzzer checks). Pure, bounded,
 * no allocation in the reader; any thread.
 */
#ifndef JC_SCHEMA_CANON_H
#define JC_SCHEMA_CANON_H

#include "schema_buf.h"

#define JC_CANON_DEPTH 8

enum jc_tok {
	JC_TOK_BAD = -1,  /* not canonical; the reader stays bad */
	JC_TOK_END = 0,   /* input used up at depth 0 */
	JC_TOK_OBJ, JC_TOK_OBJ_END, JC_TOK_ARR, JC_TOK_ARR_END,
	JC_TOK_KEY,       /* member name; its value follows */
	JC_TOK_STR, JC_TOK_INT, JC_TOK_TRUE, JC_TOK_FALSE, JC_TOK_NULL
};

struct jc_canon {
	const char *p;
	const char *end;
	int depth;
	char stack[JC_CANON_DEPTH + 1];              /* '{' or '[' per level */
	char state;                                  /* what may come next */
	struct jc_slice last_key[JC_CANON_DEPTH + 1]; /* raw bytes of the previous key per level */
	struct jc_slice raw;                         /* of KEY and STR: bytes between the quotes, still escaped */
	int64_t num;                                 /* of INT */
	const char *why;                             /* of BAD: a short English reason, static */
};

/* Begins reading n borrowed bytes. */
void jc_canon_init(struct jc_canon *c, const char *p, size_t n);

/* The next token. After BAD or END it repeats itself. */
enum jc_tok jc_canon_next(struct jc_canon *c);

/* Skips the value that comes next (after KEY, or an array element) whole; 0 or JC_EFORMAT. */
int jc_canon_skip(struct jc_canon *c);

/*
 * The text of `raw`: borrowed as it is when it holds no escape, else decoded into `scratch`.
 * JC_ENOMEM or JC_ELIMIT from scratch only.
 */
int jc_canon_text(struct jc_slice *out, struct jc_slice raw, struct jc_buf *scratch);

/* 0 if all n bytes are exactly one canonical value; JC_EFORMAT with the reason and offset. */
int jc_canon_check(const char *p, size_t n, struct jc_err *err);

/* Writers. Strings must be valid UTF-8 without NUL (asserted by the buffer turning failed). The
 * caller writes members in sorted order; tests and intake check it. */
void jc_canon_str(struct jc_buf *b, const char *s, size_t n);
void jc_canon_int(struct jc_buf *b, int64_t v);

#endif
