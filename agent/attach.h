/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Attaching files to records: checked for what they are, pictures stripped and made small, bytes stored and
 * the record that declares them saved in one transaction. One thread.
 */
#ifndef JC_AGENT_ATTACH_H
#define JC_AGENT_ATTACH_H

#include "../sync/sync_blob.h"

/* What a person says of a file. */
struct jc_attach_wish {
	const char *file_name;     /* as people know it; a path's last part is taken */
	const char *purpose;       /* code, label or alias of the field `purpose`; NULL: photo for pictures, else other */
	const char *has_person;    /* as typed, NULL: not said */
	struct jc_slice bytes;
};

struct jc_attached {
	jc_id id;                  /* of the attachment's record */
	char file_name[400];
	const char *mime;          /* static */
	int64_t size;              /* as stored */
	int64_t was;               /* as given */
	char taken_on[11];         /* found in the picture, or "" */
};

/* Attaches one file to a record (by its id as found). JC_EINVAL: what it is, how large it is, what is typed;
 * JC_EDENIED: not a record of this node's own; JC_EEXISTS: this very file is attached to it already. */
int jc_attach_add(struct jc_attached *out, struct jc_node *node, const struct jc_record_key *to,
    const struct jc_attach_wish *wish, struct jc_err *err);

/* An attachment as it stands. */
struct jc_attach_row {
	jc_id id;
	char file_name[400], mime[100], purpose[16], taken_on[11];
	int64_t size, have;        /* bytes here of so many */
	int at_hub;                /* the hub above has them all */
	int64_t scope;
	uint8_t hash[JC_HASH_LEN];
	int is_void;
};
/* The attachments of a record, oldest first; a non-zero answer stops. */
int jc_attach_each(struct jc_node *node, const struct jc_record_key *of, int (*each)(void *arg, const struct jc_attach_row *row),
    void *arg, struct jc_err *err);
/* One attachment by the id of its own record. JC_ENOTFOUND; JC_EINVAL: it is no attachment. */
int jc_attach_find(struct jc_attach_row *out, struct jc_node *node, const char *typed, struct jc_err *err);
/* Its bytes, whole. JC_ENOTFOUND: not here (yet). */
int jc_attach_bytes(struct jc_buf *out, struct jc_node *node, const struct jc_attach_row *row, struct jc_err *err);

#endif
