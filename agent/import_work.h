/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * An import under way for the page: the file is kept in memory between its preview and the import, the work
 * is done on a thread with a connection of its own, progress can be asked for and the work cancelled. One
 * at a time: a new file takes the old one's place. All functions are called by one thread.
 */
#ifndef JC_AGENT_IMPORT_WORK_H
#define JC_AGENT_IMPORT_WORK_H

#include <jansson.h>

#include "../sync/sync_node.h"

#define JC_IMPORT_WORK_MAX ((size_t)32 << 20)
#define JC_IMPORT_WORK_TOKEN 16

struct jc_import_work;

/* What to do with the file. */
struct jc_import_order {
	const struct jc_kind *kind;  /* NULL: by the header */
	int dry_run;
	json_t *columns, *set;       /* borrowed; may be NULL */
	const char *activity;        /* record id, or NULL */
};

/* key may be NULL; the strings and the environment live as long as it does. Closing waits for the thread,
 * which is told to stop. JC_ENOMEM. */
int jc_import_work_open(struct jc_import_work **out, const struct jc_env *env, const char *db, const struct jc_key *key,
    struct jc_err *err);
void jc_import_work_close(struct jc_import_work *w);

/* Takes a file (copied) and gives its token. JC_ESTATE: an import is being written; JC_EIO, JC_ENOMEM. */
int jc_import_work_file(struct jc_import_work *w, char token[JC_IMPORT_WORK_TOKEN + 1], const char *name, const char *p, size_t n,
    struct jc_err *err);

/* Starts. JC_ENOTFOUND: no file of that token is here any more; JC_ESTATE: it is at work, or was imported. */
int jc_import_work_start(struct jc_import_work *w, const char *token, const struct jc_import_order *order, struct jc_err *err);

/* {token, name, state: running | ready | done | failed | cancelled, word, done, total, report, error}. New
 * reference. JC_ENOTFOUND. */
int jc_import_work_state(struct jc_import_work *w, json_t **out, const char *token, struct jc_err *err);

/* Asks the work to stop: nothing of it will have been written. JC_ENOTFOUND. */
int jc_import_work_cancel(struct jc_import_work *w, const char *token, struct jc_err *err);

#endif
