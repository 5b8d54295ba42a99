/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Operations: canonical lines <-> struct jc_op (FORMAT 4, 5). The reader is one strict parser for
 * network, stick and own log; it accepts canonical lines and nothing else, is bounded, and reuses
 * its memory from line to line (hot path: over a million fields a second). Pure; one reader per
 * thread. What a jc_op points to is borrowed from the payload and the reader until the next call.
 */
#ifndef JC_SYNC_OP_H
#define JC_SYNC_OP_H

#include "../schema/schema_buf.h"
#include "../schema/schema_canon.h"
#include "../schema/schema_id.h"
#include "sync_sign.h"

#define JC_LINE_MAX 65536
#define JC_PAYLOAD_MAX (1 << 20)
#define JC_OPS_MAX 4096

enum jc_verb {
	JC_V_SET, JC_V_VOID, JC_V_UNVOID, JC_V_FOUND, JC_V_DEVICE,
	JC_V_EVENT, JC_V_ALIAS, JC_V_VERDICT, JC_V_EXTRACT, JC_V_SNAPSHOT, JC_V_NOTE, JC_V_FIELD, JC_V_ATTACH
};

enum jc_refkind { JC_REF_SAME, JC_REF_HASH, JC_REF_LOCAL }; /* ".i"  "H.i"  "#n" */
struct jc_opref {
	enum jc_refkind kind;
	uint8_t h[JC_H16]; /* JC_REF_HASH */
	int64_t n;         /* index, or the local number */
};

enum jc_valkind { JC_VAL_TEXT, JC_VAL_NULL, JC_VAL_RAW, JC_VAL_SET };
struct jc_opfield {
	struct jc_slice name;
	enum jc_valkind kind;
	int boxed;                 /* stood in the box */
	struct jc_slice text;      /* TEXT, RAW: decoded, without the '?' */
	const struct jc_slice *add; /* SET: sorted */
	size_t nadd;
	const struct jc_slice *del;
	size_t ndel;
};
struct jc_opnames {                /* one member of "p" */
	struct jc_slice field;
	const struct jc_opref *refs;
	size_t nrefs;
};
struct jc_op {
	enum jc_verb verb;
	struct jc_slice kind;      /* k, empty when absent */
	jc_id rec;                 /* r, "" when absent */
	jc_id batch;               /* always filled, also when elided in the line */
	int64_t place;
	int64_t time;
	int64_t count;             /* n, 0 when absent */
	struct jc_slice actor, date, hat, behalf; /* a d h w; empty when absent */
	int has_origin;
	struct jc_opref origin;
	const struct jc_opfield *fields; /* of f and b together, sorted by name, no duplicates */
	size_t nfields;
	const struct jc_opnames *names;
	size_t nnames;
	struct jc_slice line;      /* the bytes read, without LF (reader only) */
};

/* Where the elision of "t" stands; zeroed at the start of a payload. */
struct jc_opctx {
	int any;
	jc_id batch;
	int64_t place;
	int64_t time;
};

struct jc_ops_reader;
/* `drafts` non-zero: "#n" references are allowed (own drafts), ".i" and others too; the last line may
 * come without its LF. */
int jc_ops_reader_new(struct jc_ops_reader **out, int drafts, struct jc_err *err);
void jc_ops_reader_free(struct jc_ops_reader *r);
/* Starts a payload (borrowed). */
void jc_ops_begin(struct jc_ops_reader *r, const char *p, size_t n);
/* 1 and the next operation, 0 at the end, JC_EFORMAT / JC_ELIMIT naming the line and what is wrong. */
int jc_ops_next(struct jc_ops_reader *r, struct jc_op *op, struct jc_err *err);

/* Appends one line with LF. Members, fields, sets and refs must already be sorted; JC_EINVAL if not. */
int jc_op_write(struct jc_buf *b, const struct jc_op *op, struct jc_opctx *ctx, struct jc_err *err);

/* SHA-256 of the line without its members n, o, p, t: what makes two copies one (FORMAT 4). */
void jc_op_content(uint8_t out[JC_HASH_LEN], const struct jc_op *op);

/* Reference text to and from. */
void jc_opref_put(struct jc_buf *b, const struct jc_opref *ref);
int jc_opref_parse(struct jc_opref *out, struct jc_slice s, int drafts);

/* The word of a verb in a line. Never NULL. */
const char *jc_verb_word(enum jc_verb v);

/* The text of a field in clear, "" when it has none. */
struct jc_slice jc_op_text(const struct jc_op *op, const char *name);

/* The summary line of a payload: `新增会员3 修改组织1`, counts by kind label; at most 200 bytes.
 * New = operations that name nothing, give the kind's title field, and are the first on their record in
 * this payload. */
int jc_ops_summary(struct jc_buf *b, const char *payload, size_t n, struct jc_err *err);

#endif
