/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Checklists that the program brings along, so that the first check needs no hub and no typing. Read-only
 * data of process lifetime; any thread.
 */
#ifndef JC_SCHEMA_STARTER_H
#define JC_SCHEMA_STARTER_H

struct jc_starter_item {
	const char *no, *category, *zh, *en, *how, *evidence, *severity; /* codes of tmpl_item's fields */
};

struct jc_starter {
	const char *code;
	int version;
	const char *zh, *en;
	const char *scene;
	const char *const *applies_to;
	const char *purpose_zh, *purpose_en;
	const struct jc_starter_item *item; /* ends with no NULL */
};

/* All of them; the last has code NULL. */
const struct jc_starter *jc_starters(void);

/* Days to put a problem of that severity right, when nobody says otherwise. */
int jc_starter_days(const char *severity);

#endif
