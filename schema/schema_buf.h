/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Byte buffers and readers. A buffer is born with its maximum; past it, or out of memory, it turns
 * `failed` and ignores what follows, so a writer may append a whole structure and look once. A
 * reader is a borrowed range that turns `bad` at the first short or malformed read. Neither does
 * I/O. Not shared between threads. jc_buf_free() frees a buffer; a reader owns nothing.
 */
#ifndef JC_SCHEMA_BUF_H
#define JC_SCHEMA_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "schema_err.h"

struct jc_buf {
	char *data;  /* always NUL-terminated one past len once anything was put */
	size_t len;
	size_t cap;
	size_t max;  /* most bytes it may ever hold */
	int failed;  /* 0, JC_ENOMEM or JC_ELIMIT */
};

/* A borrowed run of bytes, not terminated. */
struct jc_slice {
	const char *p;
	size_t n;
};

#define JC_SLICE(lit) ((struct jc_slice){(lit), sizeof(lit) - 1})

void jc_buf_init(struct jc_buf *b, size_t max);              /* empty; allocates nothing */
void jc_buf_free(struct jc_buf *b);                          /* frees and re-initialises to empty */
void jc_buf_reset(struct jc_buf *b);                         /* len 0, failed 0, keeps memory */
char *jc_buf_room(struct jc_buf *b, size_t n);               /* n writable bytes at the end, or NULL */
void jc_buf_put(struct jc_buf *b, const void *p, size_t n);
void jc_buf_puts(struct jc_buf *b, const char *s);
void jc_buf_putc(struct jc_buf *b, char c);
void jc_buf_putf(struct jc_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void jc_buf_slice(struct jc_buf *b, struct jc_slice s);
void jc_buf_varint(struct jc_buf *b, uint64_t v);            /* LEB128, 7 bits a byte, low first */
void jc_buf_zigzag(struct jc_buf *b, int64_t v);             /* signed, zigzag then LEB128 */
void jc_buf_b64(struct jc_buf *b, const void *p, size_t n);  /* base64url without padding */
void jc_buf_hex(struct jc_buf *b, const void *p, size_t n);  /* lower case */

/* 0, or sets err to the reason the buffer failed and returns its code. */
int jc_buf_check(const struct jc_buf *b, const char *where, struct jc_err *err);

/* Moves the bytes out (caller frees with jc_free); NULL when failed or empty memory. */
char *jc_buf_take(struct jc_buf *b, size_t *len);

struct jc_rd {
	const uint8_t *p;
	const uint8_t *end;
	int bad;
};

/* Begins at p; what is left; one byte (0 when bad). */
void jc_rd_init(struct jc_rd *r, const void *p, size_t n);
size_t jc_rd_left(const struct jc_rd *r);
uint8_t jc_rd_u8(struct jc_rd *r);
uint64_t jc_rd_varint(struct jc_rd *r);                      /* shortest form only, else bad */
int64_t jc_rd_zigzag(struct jc_rd *r);
const uint8_t *jc_rd_bytes(struct jc_rd *r, size_t n);       /* borrowed; NULL and bad when short */

/* Decodes base64url without padding, strict; returns the length or -1. `out` holds `room` bytes. */
int jc_b64_decode(void *out, size_t room, const char *s, size_t n);

/* 1 if the bytes are the same. */
int jc_slice_eq(struct jc_slice a, struct jc_slice b);
int jc_slice_is(struct jc_slice a, const char *s);
int jc_slice_cmp(struct jc_slice a, struct jc_slice b);      /* bytewise; a prefix is smaller */

/* 1 if the bytes are well-formed UTF-8 (no surrogates, no overlong forms, no NUL). */
int jc_utf8_ok(const char *s, size_t n);

#endif
