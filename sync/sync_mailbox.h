/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A stock git repository as a mailbox (FORMAT 20): chains and receipts of one scope lie in it as refs, put there and
 * fetched by nodes that never meet. What comes out of it is judged like everything from outside: a mailbox
 * is nobody's word. Pure: refs, requests and packs are buffers; the shell in agent/ moves them. The messages of smart
 * HTTP are in mail_git.c.
 */
#ifndef JC_SYNC_MAILBOX_H
#define JC_SYNC_MAILBOX_H

#include "sync_codec.h"
#include "sync_node.h"

#define JC_MAIL_NAME 80
#define JC_MAIL_PACK (64u << 20) /* most bytes of a pack that is fetched or put there */

struct jc_mail_ref {
	char name[JC_MAIL_NAME];
	struct jc_oid oid, old;      /* old, of what is put there: the value it replaces, null for a new one */
};
struct jc_mail_list {
	struct jc_mail_ref *v;
	size_t n, cap;
};

/* One visit in the mailbox of one scope. Zeroed, then jc_mail_begin; freed with jc_mail_end. */
struct jc_mail {
	struct jc_node *node;
	struct jc_scope s;
	struct jc_mail_list there;   /* chains and receipts that lie there */
	struct jc_mail_list want;    /* of these, the chains that are to be fetched, */
	struct jc_mail_list have;    /* what is here already, to make the pack smaller, */
	struct jc_mail_list notes;   /* and the receipts that are to be fetched */
	struct jc_mail_list give;    /* what is to be put there, with its objects in `pack` */
	struct jc_buf pack;
	int64_t commits_in, ops_in, notes_in;
	int64_t packed;              /* commits in `pack` */
	struct jc_err refused;       /* the first that was not taken; code 0: all were */
};
int jc_mail_begin(struct jc_mail *m, struct jc_node *node, int64_t scope, struct jc_err *err);
void jc_mail_end(struct jc_mail *m);
/* Forgets what was learnt of the mailbox, to look once more. */
void jc_mail_forget(struct jc_mail *m);

/* One ref that lies there; of other names nothing is kept. JC_ELIMIT: too many. */
int jc_mail_there(struct jc_mail *m, struct jc_slice name, const struct jc_oid *oid, struct jc_err *err);
/* After all of them: fills want, have and notes. */
int jc_mail_look(struct jc_mail *m, struct jc_err *err);
/*
 * Takes in a fetched pack of commits. What is wrong with it is kept in m->refused; what was fine before that stays.
 * The pack cannot even be read: JC_EFORMAT, JC_ELIMIT (another ref of the mailbox may still be good). Other errors
 * are of this machine.
 */
int jc_mail_take(struct jc_mail *m, const void *pack, size_t n, struct jc_err *err);
/* Takes in a fetched pack of receipts: those of the hub that this node joined, of its present epoch. */
int jc_mail_take_notes(struct jc_mail *m, const void *pack, size_t n, struct jc_err *err);
/* Cuts our drafts (where this node may write) and fills give and pack with the chains that the mailbox lacks. */
int jc_mail_give(struct jc_mail *m, struct jc_err *err);
/* The authority of the scope: the same with its receipts. */
int jc_mail_give_notes(struct jc_mail *m, struct jc_err *err);

/* ---- smart HTTP, protocol version 0, from the client's side (mail_git.c) ---- */

/* Reads the advertisement of git-upload-pack into the visit. JC_EFORMAT: this is no git server. */
int jc_mail_git_refs(struct jc_mail *m, const void *body, size_t n, struct jc_err *err);
/* Appends the request of git-upload-pack for these, with everything that is here already. */
void jc_mail_git_request(struct jc_buf *out, const struct jc_mail_list *want, const struct jc_mail_list *have);
/* The pack within the answer, borrowed. JC_EFORMAT with the server's sentence, if it gave one. */
int jc_mail_git_pack(struct jc_slice *pack, const void *body, size_t n, struct jc_err *err);
/* Appends the request of git-receive-pack for what is to be put there. */
int jc_mail_git_push(struct jc_buf *out, const struct jc_mail *m, struct jc_err *err);
/* Reads its answer. JC_ESTALE: somebody else put something there meanwhile. JC_EDENIED: the server does not want it. */
int jc_mail_git_report(const void *body, size_t n, struct jc_err *err);

#endif
