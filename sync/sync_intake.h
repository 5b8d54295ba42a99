/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Strict intake, the same for network, stick and stock git (DESIGN 3, 5). Two halves: *check* is a
 * pure function of bytes (structure, canonical form, hashes, signature) that may run on any thread or
 * in a child; *admit* looks at the log (standing, chain, parents, Lamport, named operations exist in
 * the same scope, record and field) and appends inside the writer's transaction.
 */
#ifndef JC_SYNC_INTAKE_H
#define JC_SYNC_INTAKE_H

#include "sync_codec.h"
#include "sync_node.h"

/* One commit with its bytes, checked. Zeroed at first; owned: jc_intake_item_free. */
struct jc_intake_item {
	struct jc_commit c;
	struct jc_buf object, payload;
	struct jc_buf payload_z; /* as it is stored: made by the check, so that the one writer does not have to */
};
void jc_intake_item_free(struct jc_intake_item *it);

/*
 * Pure check of one commit given as object and payload bytes (moved into `it`): parse, attach,
 * signature, every operation line, verbs allowed for the tier, device id = ID(key).
 * JC_EFORMAT, JC_ESIGNATURE, JC_ELIMIT with a sentence that names the operation.
 */
int jc_intake_check(struct jc_intake_item *it, struct jc_err *err);

/* The half of jc_intake_check that concerns operations, for commits that jc_compact_read_body has
 * already parsed and verified. */
int jc_intake_ops(struct jc_intake_item *it, struct jc_err *err);

/*
 * A stock pack: pre-scan, objects, every commit's tree and payload in the pack, all checked, parents
 * before children. *items is an array of *n (free each and the array). Refuses what is not our shape.
 */
int jc_intake_pack(struct jc_intake_item **items, size_t *n, const void *pack, size_t len, struct jc_err *err);

/* The same within another budget. `base` (may be NULL) gives what a pack leaves out because the receiver has it: fills
 * body and *type and returns 1, or 0. */
int jc_intake_pack_within(struct jc_intake_item **items, size_t *n, const void *pack, size_t len,
    const struct jc_pack_budget *budget,
    int (*base)(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err), void *arg,
    struct jc_err *err);

/*
 * Admits one checked item into a scope: appends and projects, inside the caller's write transaction.
 * Every refusal happens before anything is written, so the commits before it stay and the transaction
 * goes on; jc_intake_refused() tells such an answer from a failing database. `caller` is the device
 * that brought the item ("" = the hub above, or a file): it may bring any commit of a device of the scope
 * (after a hub was restored, branches give back what it lost), but nothing of the tier `branch`. A revoked device
 * brings nothing itself; what others bring of it counts as far as it was accepted (FORMAT 4, `heads`).
 * *fresh = 0 when it was there already. JC_ESTALE: predecessor or parent not stored. JC_EDENIED:
 * other network or scope, author not enrolled, tier. JC_EFORMAT: Lamport, sequence, parents' hashes,
 * what is named does not exist in that record and field. JC_ELIMIT.
 */
int jc_intake_admit(struct jc_node *node, const struct jc_scope *s, const struct jc_intake_item *it,
    const char *caller, int64_t *no, int *fresh, struct jc_err *err);

/* 1 if the code blames the item (refuse it and go on), 0 if it blames this machine (roll back). */
int jc_intake_refused(int code);

#endif
