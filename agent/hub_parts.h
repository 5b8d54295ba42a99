/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What arrived of exchanges whose line broke, and answers that may have broken off, so that the device can go on
 * where it was (FORMAT 10). In memory only and bounded: the newest per device, for a quarter of an hour, 64 MiB of
 * all together; what is dropped costs its device some bytes and nothing else. Of one thread.
 */
#ifndef JC_AGENT_HUB_PARTS_H
#define JC_AGENT_HUB_PARTS_H

#include "../schema/schema_buf.h"

#define HUB_PARTS_BYTES (64u << 20)
#define HUB_PARTS_MS 900000

struct hub_part {
	struct hub_part *next;
	char login[16];
	uint8_t mark[32];         /* as the caller gave it: the hash of the request that an answer is for */
	int64_t at;               /* monotonic ms */
	struct jc_buf bytes;
};
struct hub_parts {
	struct hub_part *first;   /* newest first */
	size_t total;
};

/* Keeps a copy of the bytes in place of what the device left before. Out of memory: forgets it. `mark` may be NULL. */
void hub_parts_put(struct hub_parts *parts, const char *login, const uint8_t mark[32], struct jc_slice bytes, int64_t now);
/* What is held of the device; NULL when nothing. Borrowed until the next call. */
const struct hub_part *hub_parts_get(struct hub_parts *parts, const char *login, int64_t now);
/* What a device says to prove that it has the first n bytes of an answer: SHA-256 of the request's hash and of them.
 * JC_ENOMEM. */
int hub_answer_mark(uint8_t out[32], const uint8_t request[32], const void *p, size_t n);
/* The device's exchange has ended. */
void hub_parts_drop(struct hub_parts *parts, const char *login);
void hub_parts_free(struct hub_parts *parts);

#endif
