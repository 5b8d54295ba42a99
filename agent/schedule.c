/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schedule.h"

#include "../schema/schema_settings.h"

#define BACKOFF_FIRST 30000
#define BACKOFF_MOST 3600000
#define LINE_MS 3000 /* a line that appears gets so long to find its address */

static int64_t
jittered(int64_t ms, uint32_t random)
{
	return ms + (int64_t)(random % (uint32_t)(ms / 4 + 1));
}

/* What changed since the last look. */
static void
notice(struct jc_sched *s, const struct jc_sched_look *l)
{
	if (!s->began) {
		s->began = 1;
		s->due = l->now;
		s->line = l->line;
	}
	if (l->drafts != s->drafts) {
		s->drafts = l->drafts;
		s->changed = l->now;
	}
	if (l->line != s->line) {
		s->line = l->line;
		if (l->line != 0 && s->due > l->now + LINE_MS)
			s->due = l->now + LINE_MS;
	}
}

int
jc_sched_look(struct jc_sched *s, const struct jc_sched_rules *r, const struct jc_sched_look *l)
{
	int settled;

	notice(s, l);
	if (s->state == JC_SCHED_busy)
		return 0;
	if (!l->joined) {
		s->state = JC_SCHED_apart;
		s->wanted = 0;
		return 0;
	}
	settled = s->backoff == 0 && l->drafts > 0 && l->now - s->changed >= r->settle_ms;
	if (!s->wanted && r->paused)
		s->state = JC_SCHED_paused;
	else if (!s->wanted && !jc_setting_hours_ok(r->hours, l->minute))
		s->state = JC_SCHED_hours;
	else if (s->wanted || settled || l->now >= s->due)
		s->state = JC_SCHED_busy;
	else
		s->state = s->backoff != 0 ? JC_SCHED_waiting : l->drafts > 0 ? JC_SCHED_settling : JC_SCHED_quiet;
	if (s->state != JC_SCHED_busy)
		return 0;
	s->wanted = 0;
	return 1;
}

void
jc_sched_ended(struct jc_sched *s, const struct jc_sched_rules *r, int64_t now, int ok, uint32_t random)
{
	if (ok)
		s->backoff = 0;
	else if (s->backoff == 0)
		s->backoff = BACKOFF_FIRST;
	else
		s->backoff = s->backoff * 2 < BACKOFF_MOST ? s->backoff * 2 : BACKOFF_MOST;
	s->due = now + jittered(ok ? r->every_ms : s->backoff, random);
	s->state = ok ? JC_SCHED_quiet : JC_SCHED_waiting;
}

void
jc_sched_now(struct jc_sched *s)
{
	s->wanted = 1;
}

const char *
jc_sched_word(enum jc_sched_state state)
{
	static const char *const word[] = {
#define XX(n) #n,
		JC_SCHED_STATE_MAP(XX)
#undef XX
	};

	return state < JC_SCHED_STATES ? word[state] : "";
}
