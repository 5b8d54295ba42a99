/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A county in simulation: real nodes with their real code and SQLite on a disk in memory, real
 * signatures, time and chance from a seed. A seed is expanded to a mix (what this world is like, which
 * faults it knows) and a tape (events, each with its own random number, so that leaving one out changes
 * no other). Playing a tape twice gives the same trace. What must hold is checked after every
 * meeting; the first thing that does not ends the child process with a report.
 */
#ifndef JC_TESTS_SIM_H
#define JC_TESTS_SIM_H

#include <stdint.h>

#include "sync_bundle.h"
#include "sync_session.h"
#include "sync_sign.h"
#include "sync_succession.h"

#define SIM_NODES 20
#define SIM_BRANCHES 5
#define SIM_TAPE 4096
#define SIM_STICKS 4
#define SIM_LATE 4

/* What happens. work: people; way: meetings; harm: faults. */
#define SIM_EV_MAP(XX) \
	XX(JOIN, "join") XX(NEW, "new") XX(EDIT, "edit") XX(STALE, "edit of an old screen") XX(ELEM, "element") \
	XX(VOID, "void") XX(UNVOID, "unvoid") XX(RESOLVE, "resolve") XX(UNDO, "undo") XX(IMPORT, "import") \
	XX(MERGE, "two are one") XX(UNMERGE, "taken apart") XX(RETURN, "hub returns") XX(ACCEPT, "hub accepts") XX(TRAY, "tray") \
	XX(CORRECT, "hub corrects") XX(REVOKE, "hub revokes") \
	XX(SYNC, "sync") XX(STICK_OUT, "stick to the hub") XX(STICK_BACK, "stick to a branch") XX(STICK_READ, "stick is read") \
	XX(HUBCUT, "hub merges") XX(RESTART, "restart") XX(CLOCK, "clock") XX(REBUILD, "rebuild") XX(VERIFY, "verify") \
	XX(SNAP, "image taken") XX(RESTORE, "image put back") XX(CLONE, "folder copied") XX(HUBBACK, "hub's image put back") XX(GONE, "computer gone") \
	XX(REKEY, "hub takes another key")

/* What goes wrong in it. */
#define SIM_FAULT_MAP(XX) \
	XX(NONE, "") XX(LOSE_UP, "request lost") XX(LOSE_DOWN, "answer lost") XX(CUT_UP, "request cut") \
	XX(CUT_DOWN, "answer cut") XX(TWICE, "request twice") XX(LATE, "request late") XX(POWER, "power cut") \
	XX(POWER_HUB, "power cut at the hub")

enum sim_ev_kind {
#define XX(name, word) SIM_##name,
	SIM_EV_MAP(XX)
#undef XX
	SIM_EVS
};
enum sim_fault {
#define XX(name, word) SIM_F_##name,
	SIM_FAULT_MAP(XX)
#undef XX
	SIM_FAULTS
};

/* Branches of the program that a run must have been in, beside every event and fault. */
#define SIM_MARK_MAP(XX) \
	XX(CONFLICT, "two values beside each other") \
	XX(CUT_KEPT, "a cut request brought something") XX(CUT_NEWS, "a cut answer brought something") \
	XX(SESSION_FAILED, "a session failed") XX(SESSION_MORE, "a session of several requests") \
	XX(POWER_SAVE, "power went while saving") XX(POWER_SYNC, "power went in a session") \
	XX(SAME_SET, "two nodes with the same commits were compared") XX(DRAFT_BEFORE_JOIN, "drafts before joining") \
	XX(MERGE_COMMIT, "a merge commit") XX(UNDO_SKIPPED, "undo left what was edited since") XX(CONVERGED, "all came to one") \
	XX(FORK, "an image went on after its original had") XX(HUB_LOST, "the hub lost commits and got them back") \
	XX(STICK_NEWS, "a stick brought something new") XX(STICK_OLD, "a stick was read again") XX(RETURNED, "something was returned") \
	XX(MENDED, "something returned was sent again") XX(MERGED, "two records became one") XX(BEYOND, "a revoked computer wrote on") \
	XX(CORRECTED, "the hub corrected something") XX(STICKS_ALONE, "all came to one by sticks alone") XX(GREEN, "receipts were held against the hub") \
	XX(FOLLOWED, "a computer followed to another key of the hub") \
	XX(KEY_AHEAD, "the hub's log was older than its key file")

enum sim_mark {
#define XX(name, word) SIM_M_##name,
	SIM_MARK_MAP(XX)
#undef XX
	SIM_MARKS
};

struct sim_ev {
	uint16_t kind, fault;
	uint32_t node;          /* modulo those that can */
	uint64_t r;
};

/* What a world is like. */
struct sim_mix {
	int branches, pcs;
	int branch[SIM_NODES];  /* of node no */
	int weight[SIM_EVS];
	int fault[SIM_FAULTS];  /* weight of each */
	int events;
	int clocks;             /* wrong clocks */
	int small;              /* records per branch at most: collisions */
	int low_tier;           /* kinds that stay in the branch too */
	int sticks;             /* hardly a line: sticks, in the end too */
};

/* A growing set of 64-bit names. */
struct sim_set {
	uint64_t *v;
	size_t n, cap;
};
void sim_set_add(struct sim_set *s, uint64_t x);
int sim_set_has(const struct sim_set *s, uint64_t x);
void sim_set_copy(struct sim_set *to, const struct sim_set *from);
void sim_set_free(struct sim_set *s);

/* A disk image of a computer as it was. */
struct sim_snap {
	int there, joined, met, hub_backs;
	struct sim_set acked;
};

struct sim_node {
	int no, branch;         /* -1: a hub */
	int up;                 /* there is such a computer */
	int joined, revoked;
	int deceived;           /* the hub was put back, and this one has not met it since */
	unsigned keys;          /* of the hub, that it knows */
	struct {
		jc_id epoch;
		int64_t counter;
	} note[JC_TIERS];       /* of its hub, the newest seen here */
	int met;                /* a session or a stick has told it who belongs to its branch */
	char file[16];
	struct jc_env *env;
	struct jc_key key;
	struct jc_node *n;
	struct sim_set acked;   /* operations that are here and stay */
	int64_t scanned;        /* last operation number looked at */
	int64_t clock;          /* its error, ms */
	struct sim_snap snap;
};

/* A stick in a drawer: the files of one writing. */
#define SIM_PARTS 6
struct sim_stick {
	struct { char *p; size_t n; } part[SIM_PARTS];
	int parts, to;          /* 0: the hub */
	int reads;
	unsigned keys;          /* how many the hub had then */
};

struct sim_late {
	char *p;
	size_t n;
	int node;
};

struct sim {
	uint64_t seed;
	struct sim_mix mix;
	struct sim_ev tape[SIM_TAPE];
	size_t ntape;
	int step;
	int64_t now;            /* ms */
	struct sim_node node[SIM_NODES]; /* 0: the county hub */
	int nodes;
	struct sim_late late[SIM_LATE];
	struct sim_stick stick[SIM_STICKS];
	jc_id merged[2];        /* the last two records that were made one */
	int hub_backs;          /* how often the hub was put back */
	int hub_snap_nodes;     /* computers that the hub's image knows, one bit each */
	int values;             /* numbers the values written */
	char *trace;
	size_t trace_n, trace_cap;
};

/* What a child leaves to its parent. */
struct sim_shared {
	uint64_t events[SIM_EVS], faults[SIM_FAULTS], marks[SIM_MARKS];
	uint64_t ops, checks, sessions, bytes;
	uint64_t trace_hash;
	uint64_t steps;
	int failed_step;
	char what[600];
	char report[16384];
};
extern struct sim_shared *sim_shared;

#define sim_mark(m) (sim_shared->marks[SIM_M_##m]++)

const char *sim_ev_word(int kind);
const char *sim_fault_word(int fault);
const char *sim_mark_word(int mark);

/* sim_tape.c */
uint64_t sim_rand(uint64_t *state);
uint64_t sim_below(uint64_t *state, uint64_t n);
void sim_expand(struct sim *w, uint64_t seed);

/* sim_world.c: ends this process with a report */
void sim_fail(struct sim *w, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));
void sim_say(struct sim *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Fails when rc is negative, unless the power is gone; gives rc back. */
int sim_ok(struct sim *w, int rc, const struct jc_err *err, const char *what);
/* What every world begins with: an empty database in memory. Once per process. */
void sim_template(void);
void sim_world_new(struct sim *w);
void sim_open(struct sim *w, struct sim_node *t);
void sim_reopen(struct sim *w, struct sim_node *t);
/* A computer that was not there: with an empty database. */
struct sim_node *sim_node_new(struct sim *w, int branch);
void sim_join(struct sim *w, struct sim_node *t);
/* The power of that computer goes at its n-th operation on the disk; afterwards: 1 if it went (it is up again). */
void sim_power_arm(struct sim_node *t, int64_t n);
int sim_power_end(struct sim *w, struct sim_node *t, uint64_t r);
void sim_clock(struct sim *w);

/* sim_do.c: what people do; 1 when something was done */
int sim_work(struct sim *w, const struct sim_ev *ev);

/* Between jc_save_begin and jc_save_end by `put`: 1 when it is on the disk; what may not be written is not. */
typedef int (*sim_put)(struct jc_save *sv, void *arg, struct jc_err *err);
int sim_save(struct sim *w, struct sim_node *t, int64_t scope, const char *what, sim_put put, void *arg);
/* Some record of a scope that is shown, of any kind or of that one; 0 when there is none. */
int sim_record(struct sim *w, struct sim_node *t, int64_t scope, const char *kind, uint64_t *s, struct jc_record_key *key);

/* sim_county.c: what happens at the hub, and what comes of it at a branch */
int sim_county(struct sim *w, const struct sim_ev *ev);
/* Some branch's scope at the hub; 0 when nobody has joined yet. */
int sim_branch(struct sim *w, uint64_t r, struct jc_scope *out);

/* sim_image.c: images, copies and sticks */
void sim_image(struct sim *w, const struct sim_ev *ev);
void sim_stick(struct sim *w, const struct sim_ev *ev);
/* Somebody carries a stick to the hub and back. */
void sim_stick_round(struct sim *w, struct sim_node *t);

/* sim_wire.c */
void sim_sync(struct sim *w, struct sim_node *t, int fault, uint64_t r);
void sim_late_all(struct sim *w);
/* The hub's merge commits, when a stock client fetches. */
void sim_hub_merge(struct sim *w, uint64_t r);

/* sim_check.c */
/* Takes notice of what has been stored since the last time: it must never go. */
void sim_learn(struct sim *w, struct sim_node *t);
/* All that was there is there. */
void sim_kept(struct sim *w, struct sim_node *t);
void sim_meet(struct sim *w, struct sim_node *a, struct sim_node *b);
void sim_rebuild(struct sim *w, struct sim_node *t);
void sim_verify(struct sim *w, struct sim_node *t);
void sim_receipts(struct sim *w, struct sim_node *t, int all);
void sim_notes(struct sim *w, struct sim_node *t);
void sim_end(struct sim *w);

#endif
