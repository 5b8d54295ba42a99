/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A backup that comes in through the page: written beside the data, looked through as a node would open it, and only
 * then put in the place of what is here, in one transaction. Blocking; only for a folder in which nothing is lost.
 */
#ifndef JC_AGENT_RESTORE_H
#define JC_AGENT_RESTORE_H

#include "../sync/sync_node.h"

#define JC_RESTORE_MAX ((int64_t)4 << 30)

struct jc_restore;

/* Makes the file for the upload beside db. JC_EIO, JC_ENOMEM. Closed with jc_restore_close. */
int jc_restore_open(struct jc_restore **out, const struct jc_env *env, const char *db, struct jc_err *err);
/* Adds bytes; the first failure is kept and told by jc_restore_place. */
void jc_restore_put(struct jc_restore *r, const void *p, size_t n);
/* Checks what came in and puts it in the place of what node has, which must be closed and opened anew afterwards. name: of
 * the scope in it. JC_EFORMAT: no data of ours; JC_ENEWER, JC_ECORRUPT, JC_ELIMIT, JC_EFULL. */
int jc_restore_place(struct jc_restore *r, struct jc_node *node, char name[128], struct jc_err *err);
/* Also takes the upload away. */
void jc_restore_close(struct jc_restore *r);

/* Puts nothing in the place of what is here: an empty node, as a new folder has it. The same holds for node. */
int jc_restore_empty(struct jc_node *node, const struct jc_env *env, struct jc_err *err);

#endif
