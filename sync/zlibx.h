/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to zlibx.c and pack_read.c: one inflater for many streams, because setting one up costs more
 * than most objects do. Not shared between threads. */
#ifndef JC_ZLIBX_H
#define JC_ZLIBX_H

#include "sync_codec.h"

struct jc_zlibx_in;

/* NULL when out of memory. close(NULL) is fine. */
struct jc_zlibx_in *jc_zlibx_in_open(void);
void jc_zlibx_in_close(struct jc_zlibx_in *in);
/*
 * Inflates the stream at p into exactly `size` bytes at dst; *used is the stream's length, at most n.
 * JC_EFORMAT: damaged, cut, or of another size. A stream that is longer than an honest compressor would
 * make for that size counts as damaged: it is only there to cost time.
 */
int jc_zlibx_in_exact(struct jc_zlibx_in *in, void *dst, size_t size, const void *p, size_t n, size_t *used);

#endif
