/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Checklists: which templates there are (issued ones as records, starters that the program brings along), a
 * hub issuing one, and a check begun from one with an item for every line.
 */
#ifndef JC_AGENT_CHECKS_H
#define JC_AGENT_CHECKS_H

#include <jansson.h>

#include "../schema/schema_starter.h"
#include "../sync/sync_node.h"

/* [{code, version, title, scene, items, source: "issued" | "starter", id}]. New reference. */
int jc_templates_json(json_t **out, struct jc_node *node, struct jc_err *err);

/* Writes a starter as records of `scope` (a hub's `common`). JC_ENOTFOUND, JC_EEXISTS: that version is there. */
int jc_template_issue(jc_id out, struct jc_node *node, int64_t scope, const char *code,
    const char *issued_by, const char *today,
    struct jc_err *err);

/* A check to begin; texts are stored texts, NULL: not given. */
struct jc_check_new {
	const char *tmpl;      /* code, title or id */
	const char *org;       /* id of the inspected organization */
	const char *inspector; /* id of the inspecting one */
	const char *venue, *mode, *day;
	const char *const *people; /* inspectors, NULL-terminated; or NULL */
};
/* Writes check and items in one save; *items how many. JC_ENOTFOUND: no such template. */
int jc_check_start(jc_id out, int *items, struct jc_node *node, int64_t scope,
    const struct jc_check_new *n, struct jc_err *err);

/* The living item of a check with that number. JC_ENOTFOUND. */
int jc_check_item_find(struct jc_record_key *out, struct jc_node *node,
    const struct jc_record_key *check, const char *no,
    struct jc_err *err);

#endif
