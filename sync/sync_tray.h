/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Returned writes. At the hub: returning what a branch wrote, with a reason, and accepting it after all.
 * At the branch: the tray of what was returned, to be mended and sent again, or let go. Nothing in it
 * holds up anything else.
 */
#ifndef JC_SYNC_TRAY_H
#define JC_SYNC_TRAY_H

#include "sync_node.h"

/*
 * Hub: returns the present value of a field, or of all fields (NULL), of a record in a scope whose
 * authority this node is. What it had replaced is shown again. One save of its own. *fields (may be NULL)
 * counts them. JC_EDENIED: not the authority. JC_ESTATE: there is nothing to return. JC_EINVAL: no reason.
 */
int jc_tray_return(struct jc_node *hub, const struct jc_record_key *key, const struct jc_field *field, const char *reason,
    int *fields, struct jc_err *err);
/* Hub: accepts what was returned of a field, or of all fields (NULL). JC_ESTATE: nothing is returned. */
int jc_tray_accept(struct jc_node *hub, const struct jc_record_key *key, const struct jc_field *field, int *fields,
    struct jc_err *err);

/* One return, with all it returned. */
#define JC_TRAY_FIELDS 64
struct jc_tray_item {
	int64_t no;                /* its number on this node */
	struct jc_record_key key;
	int refused;               /* 1: the hub did not take it at all (its program could not); 0: returned by a person there */
	char reason[400];
	int64_t time;              /* the hub's clock; of what was refused, when we heard of it */
	int64_t op;                /* the first operation returned: the origin of what is sent again */
	size_t nfields;
	struct {
		const struct jc_field *field;
		char *text;        /* as it was written, stored text; NULL: cleared, or a set */
	} field[JC_TRAY_FIELDS];
};
/* What waits for a person: not sent again, not let go, not accepted since. In order of arrival; an item lives as
 * long as its callback. A non-zero answer stops. */
int jc_tray_each(struct jc_node *node, int (*each)(void *arg, const struct jc_tray_item *item), void *arg, struct jc_err *err);
/* One of them by its number; freed with jc_tray_free. JC_ENOTFOUND. */
int jc_tray_get(struct jc_tray_item *out, struct jc_node *node, int64_t no, struct jc_err *err);
void jc_tray_free(struct jc_tray_item *item);
/* How many. */
int jc_tray_count(struct jc_node *node, int64_t *count, struct jc_err *err);

/* A person has dealt with it; `how` is resent or withdrawn. Joins the caller's transaction or takes its own. */
int jc_tray_close(struct jc_node *node, int64_t no, const char *how, struct jc_err *err);
/* Sends again: the given changes, or what was returned as it was (n 0), carrying the returned operation as
 * origin; closes the item. JC_ENOTFOUND. */
int jc_tray_resend(struct jc_node *node, int64_t no, const struct jc_change *changes, size_t n, struct jc_err *err);

#endif
