/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "hub_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_sign.h"

static void
unlink_at(struct hub_parts *parts, struct hub_part **at)
{
	struct hub_part *p = *at;

	*at = p->next;
	parts->total -= p->bytes.cap;
	jc_buf_free(&p->bytes);
	free(p);
}

/* Drops what is too old, and the oldest ones until all fit. */
static void
trim(struct hub_parts *parts, int64_t now)
{
	size_t sum = 0;
	struct hub_part **at = &parts->first;

	while (*at != NULL) {
		sum += (*at)->bytes.cap;
		if (now - (*at)->at > HUB_PARTS_MS || sum > HUB_PARTS_BYTES) {
			sum -= (*at)->bytes.cap;
			unlink_at(parts, at);
		} else {
			at = &(*at)->next;
		}
	}
}

void
hub_parts_drop(struct hub_parts *parts, const char *login)
{
	struct hub_part **at = &parts->first;

	while (*at != NULL && strcmp((*at)->login, login) != 0)
		at = &(*at)->next;
	if (*at != NULL)
		unlink_at(parts, at);
}

void
hub_parts_put(struct hub_parts *parts, const char *login, const uint8_t mark[32], struct jc_slice bytes, int64_t now)
{
	struct hub_part *p;

	hub_parts_drop(parts, login);
	if (strlen(login) >= sizeof(p->login) || (p = calloc(1, sizeof(*p))) == NULL)
		return;
	snprintf(p->login, sizeof(p->login), "%s", login);
	p->at = now;
	if (mark != NULL)
		memcpy(p->mark, mark, sizeof(p->mark));
	jc_buf_init(&p->bytes, bytes.n + 64);
	jc_buf_slice(&p->bytes, bytes);
	if (p->bytes.failed) {
		jc_buf_free(&p->bytes);
		free(p);
		return;
	}
	p->next = parts->first;
	parts->first = p;
	parts->total += p->bytes.cap;
	trim(parts, now);
}

const struct hub_part *
hub_parts_get(struct hub_parts *parts, const char *login, int64_t now)
{
	const struct hub_part *p;

	trim(parts, now);
	for (p = parts->first; p != NULL; p = p->next)
		if (strcmp(p->login, login) == 0)
			return p;
	return NULL;
}

int
hub_answer_mark(uint8_t out[32], const uint8_t request[32], const void *p, size_t n)
{
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, n + 64);
	jc_buf_put(&b, request, 32);
	jc_buf_put(&b, p, n);
	if ((rc = b.failed ? JC_ENOMEM : 0) == 0)
		jc_hash(out, b.data, b.len);
	jc_buf_free(&b);
	return rc;
}

void
hub_parts_free(struct hub_parts *parts)
{
	while (parts->first != NULL)
		unlink_at(parts, &parts->first);
}
