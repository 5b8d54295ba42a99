/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * When to sync next: a machine without clock, timer or socket. The shell (autosync.c) tells it what it
 * sees and does what it says.
 *
 *              drafts             quiet for `settle`
 *    QUIET ------------> SETTLING -------------------+
 *      |    every                                    v
 *      +------------------------------------------> BUSY ---- went well ----> QUIET
 *                                                   ^  \
 *    WAITING -------- time is up, line came --------+   `--- failed --------> WAITING
 *
 * WAITING begins with half a minute and doubles up to an hour, each time with up to a quarter more by
 * chance, so that the PCs of a county do not call together when their line comes back. A line that
 * appears cuts it short: an interface that changed is worth one call, which on a dead line costs no more
 * than a connection that nobody accepts. PAUSED and the hours of the day hold back everything but a
 * person's "now".
 */
#ifndef JC_AGENT_SCHEDULE_H
#define JC_AGENT_SCHEDULE_H

#include <stdint.h>

#define JC_SCHED_STATE_MAP(XX) XX(quiet) XX(settling) XX(waiting) XX(busy) XX(paused) XX(hours) XX(apart)

enum jc_sched_state {
#define XX(n) JC_SCHED_##n,
	JC_SCHED_STATE_MAP(XX)
#undef XX
	JC_SCHED_STATES
};

/* The rules in force, from the settings. */
struct jc_sched_rules {
	int paused;
	int64_t settle_ms, every_ms;
	char hours[256];
};

/* What is seen at a moment. */
struct jc_sched_look {
	int64_t now;            /* monotonic ms */
	int minute;             /* of the day, local */
	int joined;
	int64_t drafts;         /* not sent yet */
	uint64_t line;          /* hash of the interfaces that are up; 0: none */
	uint32_t random;
};

struct jc_sched {
	enum jc_sched_state state;
	int64_t due;            /* monotonic ms of the next session of its own accord */
	int64_t backoff;        /* of the last wait, 0: the last session went well */
	int64_t drafts, changed; /* last seen, and when it last grew or fell */
	uint64_t line;
	int began;              /* the first look was taken */
	int wanted;             /* somebody asked for one now */
};

/* One look. 1: begin a session now (the state is then BUSY until jc_sched_ended). */
int jc_sched_look(struct jc_sched *s, const struct jc_sched_rules *r, const struct jc_sched_look *l);
/* The session ended; ok 0: try again later. */
void jc_sched_ended(struct jc_sched *s, const struct jc_sched_rules *r, int64_t now, int ok, uint32_t random);
/* A person asked. */
void jc_sched_now(struct jc_sched *s);
/* The state's word, for status. */
const char *jc_sched_word(enum jc_sched_state state);

#endif
