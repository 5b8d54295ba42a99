/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The bytes of git: object ids, zlib, pkt-line, smart-HTTP messages, packs. Pure functions of bytes,
 * bounded by budgets the caller gives, no I/O; any thread. Only oid.c calls libgit2, for the hash that
 * knows collision attacks. What comes from outside is read by these before anything else sees it.
 * Sources: gitformat-pack(5), gitprotocol-common(5), gitprotocol-pack(5), gitprotocol-http(5), RFC 1950,
 * RFC 1951.
 */
#ifndef JC_SYNC_CODEC_H
#define JC_SYNC_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "../schema/schema_buf.h"

#define JC_OID_LEN 20
#define JC_OID_HEX 40

/* A SHA-1 object id: an address, never a proof. */
struct jc_oid {
	uint8_t b[JC_OID_LEN];
};

enum jc_objtype { JC_OBJ_COMMIT = 1, JC_OBJ_TREE = 2, JC_OBJ_BLOB = 3, JC_OBJ_TAG = 4 };

/* Starts libgit2 for its pure functions, once per process; from any thread, any number of times. */
void jc_git_ready(void);

/* The id of an object of this type and body. JC_EFORMAT: the bytes are a known attack on SHA-1. */
int jc_oid_of(struct jc_oid *out, enum jc_objtype type, const void *body, size_t n);
void jc_oid_hex(char out[JC_OID_HEX + 1], const struct jc_oid *oid);
/* 40 lower-case hex digits exactly; JC_EFORMAT. */
int jc_oid_parse(struct jc_oid *out, const char *s, size_t n);
int jc_oid_cmp(const struct jc_oid *a, const struct jc_oid *b);
/* "commit", "tree", "blob", "tag"; NULL for anything else. */
const char *jc_objtype_word(int type);

/* Appends a zlib stream (RFC 1950) of p. level 1..9. */
int jc_zlib_pack(struct jc_buf *out, const void *p, size_t n, int level, struct jc_err *err);
/* Appends the inflated bytes; the stream must fill `n` bytes exactly and yield exactly `size` bytes.
 * JC_EFORMAT. */
int jc_zlib_unpack(struct jc_buf *out, const void *p, size_t n, size_t size, struct jc_err *err);
/* Like unpack, but the stream may be followed by other bytes: *used is its length. At most `max`
 * bytes are produced (JC_ELIMIT). */
int jc_zlib_unpack_some(struct jc_buf *out, const void *p, size_t n, size_t max, size_t *used, struct jc_err *err);
/* Raw deflate (RFC 1951) with a preset dictionary of at most 32 KiB (NULL, 0: none). */
int jc_deflate_dict(struct jc_buf *out, const void *p, size_t n, int level, const void *dict, size_t dn,
    struct jc_err *err);
/* The reverse; the stream must end exactly at n; at most `max` bytes (JC_ELIMIT), JC_EFORMAT. */
int jc_inflate_dict(struct jc_buf *out, const void *p, size_t n, size_t max, const void *dict, size_t dn,
    struct jc_err *err);

/* Appends p as one raw LZMA1 stream (FORMAT 11); for whole pieces, not for single operations. */
int jc_squeeze(struct jc_buf *out, const void *p, size_t n, struct jc_err *err);
/* The reverse: the stream must fill n bytes exactly and yield exactly `size` bytes (the caller bounds it).
 * JC_EFORMAT; what could be made before the damage is then appended, for a caller who can check it. */
int jc_unsqueeze(struct jc_buf *out, const void *p, size_t n, size_t size, struct jc_err *err);

/* SHA-1 of a stream (FIPS 180-4), for checksums of packs. Ids come from jc_oid_of(), which also knows
 * the known attacks. init, add as often as wanted, end. */
struct jc_sha1 {
	uint32_t h[5];
	uint64_t n;
	uint8_t block[64];
};
void jc_sha1_init(struct jc_sha1 *s);
void jc_sha1_add(struct jc_sha1 *s, const void *p, size_t n);
void jc_sha1_end(struct jc_sha1 *s, uint8_t out[JC_OID_LEN]);

/* ---- pkt-line ---- */

#define JC_LINE_BYTES_MAX 65516u /* content of one line */

/* Kinds of lines: content, "0000", "0001", "0002". */
enum jc_line { JC_LINE_DATA = 1, JC_LINE_FLUSH, JC_LINE_DELIM, JC_LINE_STOP };

/*
 * The first line of the n bytes that are there so far: its kind, content in *line (borrowed), its whole
 * length in *used. 0: more bytes are needed. JC_EFORMAT: not a pkt-line, and more bytes will not mend it.
 */
int jc_pkt_next(struct jc_slice *line, size_t *used, const void *p, size_t n);
/* Appends one line of content (JC_ELIMIT in b->failed when longer than a line may be), a flush. */
void jc_pkt_put(struct jc_buf *b, const void *p, size_t n);
void jc_pkt_puts(struct jc_buf *b, const char *s);
void jc_pkt_flush(struct jc_buf *b);
/* A line written in parts: put what it holds into b between open and close (*at: from open). */
void jc_pkt_open(struct jc_buf *b, size_t *at);
void jc_pkt_close(struct jc_buf *b, size_t at);
/* "ERR sentence", cut to one line. */
void jc_pkt_err(struct jc_buf *b, const char *sentence);
/* Appends p in packets of side band 1 (data), 2 (progress) or 3 (fatal), each at most `packet` bytes
 * with its length: 65520 for side-band-64k, 1000 for side-band. No flush. */
void jc_pkt_band(struct jc_buf *b, int band, const void *p, size_t n, size_t packet);
/* The band of a line's content, 1..3, and what follows it; JC_EFORMAT. */
int jc_pkt_unband(struct jc_slice *data, struct jc_slice line);

/* ---- messages of smart HTTP, protocol versions 0 and 1 (a client that asks for 2 takes 0) ---- */

enum jc_git_service { JC_GIT_FETCH = 1, JC_GIT_PUSH = 2 };

/* "git-upload-pack" is FETCH, "git-receive-pack" is PUSH; JC_EFORMAT for anything else. */
int jc_gitproto_service(const char *s, size_t n);
/* 1 when the name is well-formed (a subset of git-check-ref-format: "refs/...", <= 255 bytes of UTF-8). */
int jc_gitproto_ref_ok(const char *s, size_t n);

/* An advertisement on its way out. begin, ref per reference ("HEAD" first, then by name), end. */
struct jc_gitproto_advert {
	struct jc_buf *out;          /* borrowed */
	enum jc_git_service service;
	const char *head;            /* what HEAD stands for ("refs/heads/main"), NULL: there is no HEAD */
	size_t count;
};
void jc_gitproto_advert_begin(struct jc_gitproto_advert *a, struct jc_buf *out, enum jc_git_service service,
    const char *head);
void jc_gitproto_advert_ref(struct jc_gitproto_advert *a, struct jc_slice name, const struct jc_oid *oid);
void jc_gitproto_advert_end(struct jc_gitproto_advert *a);

/* A request of git-upload-pack. Free with jc_gitproto_fetch_free. */
struct jc_git_fetch {
	struct jc_oid *want, *have;  /* no duplicates among the wants */
	size_t nwants, nhaves;
	int acks;                    /* 0 plain, 1 multi_ack, 2 multi_ack_detailed */
	size_t band;                 /* 0, or the `packet` of jc_pkt_band */
	int done;                    /* the pack follows the answer; otherwise the client asks again */
};
/* Reads a whole body. Shallow, deepen and filter are refused with a sentence. JC_EFORMAT, JC_ELIMIT. */
int jc_gitproto_fetch_read(struct jc_git_fetch *out, const void *p, size_t n, size_t wants_max, size_t haves_max,
    struct jc_err *err);
void jc_gitproto_fetch_free(struct jc_git_fetch *f);
/* The lines before the pack: common[i] says of have[i] that it is ours too; ready: enough is known. */
void jc_gitproto_fetch_acks(struct jc_buf *out, const struct jc_git_fetch *f, const uint8_t *common, int ready);

/* One command of a push; a null id stands for no reference. */
struct jc_git_command {
	struct jc_oid old, new;
	struct jc_slice ref;         /* borrowed from the request; well-formed */
	const char *said;            /* set by the caller, borrowed: why it was refused; NULL: taken */
};
/* A request of git-receive-pack. Free with jc_gitproto_push_free. */
struct jc_git_commands {
	struct jc_git_command *cmd;
	size_t n;
	int report;                  /* the client wants report-status */
	size_t band;                 /* as above */
	struct jc_slice pack;        /* what follows the commands; empty when all of them delete */
};
/* Reads a whole body. Push certificates, shallow pushes, ill-formed or repeated names are refused. */
int jc_gitproto_push_read(struct jc_git_commands *out, const void *p, size_t n, size_t commands_max,
    struct jc_err *err);
void jc_gitproto_push_free(struct jc_git_commands *c);
/* Appends the answer: report-status if asked for, in side band if asked for. unpack: NULL, or why the
 * pack could not be read (every command without a sentence of its own then gets this one). */
int jc_gitproto_push_report(struct jc_buf *out, const struct jc_git_commands *c, const char *unpack,
    struct jc_err *err);

/* 1 when every byte of the id is zero. */
int jc_oid_is_null(const struct jc_oid *oid);

/* ---- packs ---- */

/* What a pack may cost. Everything is counted before it is inflated or built. */
struct jc_pack_budget {
	size_t pack;                 /* bytes of the pack itself */
	size_t objects;              /* entries */
	size_t object;               /* bytes of one object, or of one delta */
	size_t total;                /* bytes of all objects and deltas together, */
	size_t ratio, least;         /* at most ratio * bytes of the pack (0: any), `least` being always allowed */
	unsigned depth;              /* deltas upon deltas */
	int tags;                    /* annotated tags are taken */
};
#define JC_PACK_BUDGET                                                                                       \
	((struct jc_pack_budget){.pack = 4u << 20, .objects = 65536, .object = 1u << 20, .total = 32u << 20, \
	    .ratio = 24, .least = 2u << 20, .depth = 50})

struct jc_pack_object {
	enum jc_objtype type;
	struct jc_oid oid;
	struct jc_buf body;          /* a callback may move it out (jc_buf_init what stays) */
};
struct jc_pack_sink {
	/* Every object in the order of the pack, after the whole pack was found good. Negative ends it. */
	int (*object)(void *arg, struct jc_pack_object *o, struct jc_err *err);
	/* A delta's base that is not in the pack: fill body and *type and return 1, or 0. NULL: refused. */
	int (*base)(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid,
	    struct jc_err *err);
	void *arg;
};
/*
 * Reads a whole pack of n bytes. Refused: what costs more than the budget (JC_ELIMIT); other types, the
 * same object twice, wrong sizes or checksums, deltas that do not fit, missing bases, trailing bytes
 * (JC_EFORMAT). JC_ENOMEM, and what the callbacks return. The pack stays the caller's.
 */
int jc_pack_read(const void *pack, size_t n, const struct jc_pack_budget *budget, const struct jc_pack_sink *sink,
    struct jc_err *err);

/* A pack on its way out, in pieces: out may be sent and reset between calls. */
struct jc_pack_writer {
	struct jc_sha1 sum;
	uint32_t left;               /* entries still to come */
	uint64_t bytes;              /* written so far */
};
/* Head, entries (z: the zlib stream of `size` bytes, as stored; or a body, deflated here), checksum.
 * JC_ESTATE when the number of entries is not what was said; errors of the buffer. */
int jc_pack_write_begin(struct jc_pack_writer *w, struct jc_buf *out, uint32_t count, struct jc_err *err);
int jc_pack_write_entry(struct jc_pack_writer *w, struct jc_buf *out, enum jc_objtype type, size_t size, const void *z,
    size_t n, struct jc_err *err);
int jc_pack_write_body(struct jc_pack_writer *w, struct jc_buf *out, enum jc_objtype type, const void *body, size_t n,
    struct jc_err *err);
int jc_pack_write_end(struct jc_pack_writer *w, struct jc_buf *out, struct jc_err *err);

#endif
