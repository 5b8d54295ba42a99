/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A hash map from byte strings to record ids, for matching rows with records. Grows; never shrinks. */
#ifndef JC_AGENT_MAP_H
#define JC_AGENT_MAP_H

#include "../schema/schema_buf.h"
#include "../schema/schema_id.h"

struct jc_map_entry {
	size_t at, len;   /* key, in the map's buffer */
	jc_id id;
	uint8_t state;    /* the caller's; 0 in a fresh entry */
	size_t title;     /* the caller's: where a text lies, from 1 */
	uint8_t many;     /* more than one record has this key */
};

struct jc_map {
	struct jc_map_entry *slot;
	size_t cap, used;
	struct jc_buf keys;
};

void jc_map_init(struct jc_map *m);
void jc_map_free(struct jc_map *m);

/* The entry of a key, NULL when there is none. Valid until the next jc_map_put. */
struct jc_map_entry *jc_map_get(const struct jc_map *m, const void *key, size_t n);

/* The entry of a key, made when there is none (its id is then ""). NULL: out of memory. */
struct jc_map_entry *jc_map_put(struct jc_map *m, const void *key, size_t n);

#endif
