/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "map.h"

#include <string.h>

#include "../schema/schema_mem.h"

#define KEYS_MAX ((size_t)1 << 30)

void
jc_map_init(struct jc_map *m)
{
	memset(m, 0, sizeof(*m));
	jc_buf_init(&m->keys, KEYS_MAX);
}

void
jc_map_free(struct jc_map *m)
{
	jc_free(m->slot);
	jc_buf_free(&m->keys);
	memset(m, 0, sizeof(*m));
}

/* FNV-1a with a final mix, so that keys that differ only at their end spread. */
static uint64_t
hash(const void *key, size_t n)
{
	const uint8_t *p = key;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	return h * UINT64_C(0x9e3779b97f4a7c15) >> 8;
}

/* The slot of a key, or the free one where it belongs. The table is never full. */
static struct jc_map_entry *
slot_of(const struct jc_map *m, struct jc_map_entry *slot, size_t cap, const void *key, size_t n)
{
	size_t i = (size_t)hash(key, n) & (cap - 1);

	while (slot[i].len != 0 && (slot[i].len != n || memcmp(m->keys.data + slot[i].at, key, n) != 0))
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

struct jc_map_entry *
jc_map_get(const struct jc_map *m, const void *key, size_t n)
{
	struct jc_map_entry *e;

	if (m->cap == 0 || n == 0)
		return NULL;
	e = slot_of(m, m->slot, m->cap, key, n);
	return e->len != 0 ? e : NULL;
}

static int
grow(struct jc_map *m)
{
	size_t cap = m->cap != 0 ? m->cap * 2 : 256;
	struct jc_map_entry *slot = jc_calloc(cap, sizeof(*slot));

	if (slot == NULL)
		return -1;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slot[i].len != 0)
			*slot_of(m, slot, cap, m->keys.data + m->slot[i].at, m->slot[i].len) = m->slot[i];
	jc_free(m->slot);
	m->slot = slot;
	m->cap = cap;
	return 0;
}

struct jc_map_entry *
jc_map_put(struct jc_map *m, const void *key, size_t n)
{
	struct jc_map_entry *e;

	if (n == 0 || ((m->used + 1) * 4 > m->cap * 3 && grow(m) < 0))
		return NULL;
	e = slot_of(m, m->slot, m->cap, key, n);
	if (e->len != 0)
		return e;
	e->at = m->keys.len;
	jc_buf_put(&m->keys, key, n);
	if (m->keys.failed)
		return NULL;
	e->len = n;
	m->used++;
	return e;
}
