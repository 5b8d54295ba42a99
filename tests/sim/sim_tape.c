/* SPDX-License-Identifier: MulanPSL-2.0 */
/* From a seed to a mix and a tape. Each seed knows about half of the faults, so that some run long without. */
#include <string.h>

#include "sim.h"

static const char *const EV[] = {
#define XX(name, word) word,
    SIM_EV_MAP(XX)
#undef XX
};
static const char *const FAULT[] = {
#define XX(name, word) word,
    SIM_FAULT_MAP(XX)
#undef XX
};
static const char *const MARK[] = {
#define XX(name, word) word,
    SIM_MARK_MAP(XX)
#undef XX
};

const char *
sim_ev_word(int kind)
{
	return EV[kind];
}

const char *
sim_fault_word(int fault)
{
	return FAULT[fault];
}

const char *
sim_mark_word(int mark)
{
	return MARK[mark];
}

uint64_t
sim_rand(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
sim_below(uint64_t *state, uint64_t n)
{
	return n == 0 ? 0 : sim_rand(state) % n;
}

static int
often(uint64_t *s, int low, int high)
{
	return low + (int)sim_below(s, (uint64_t)(high - low + 1));
}

static void
mix_weights(struct sim_mix *m, uint64_t *s)
{
	static const int W[SIM_EVS] = {[SIM_JOIN] = 3, [SIM_NEW] = 14, [SIM_EDIT] = 30, [SIM_STALE] = 10, [SIM_ELEM] = 10,
	    [SIM_VOID] = 5, [SIM_UNVOID] = 4, [SIM_RESOLVE] = 6, [SIM_UNDO] = 5, [SIM_IMPORT] = 2, [SIM_SYNC] = 40,
	    [SIM_HUBCUT] = 3, [SIM_RESTART] = 3, [SIM_CLOCK] = 3, [SIM_REBUILD] = 1, [SIM_VERIFY] = 1};
	/* Each seed knows some of these classes only. */
	static const int RARE[][5] = {{SIM_MERGE, 6, SIM_UNMERGE, 3}, {SIM_RETURN, 8, SIM_TRAY, 8, SIM_ACCEPT}, {SIM_CORRECT, 6},
	    {SIM_REVOKE, 1}, {SIM_STICK_OUT, 8, SIM_STICK_BACK, 8, SIM_STICK_READ}, {SIM_SNAP, 4, SIM_RESTORE, 4},
	    {SIM_CLONE, 1}, {SIM_SNAP, 4, SIM_HUBBACK, 2}, {SIM_GONE, 2}};

	for (int i = 0; i < SIM_EVS; i++)
		m->weight[i] = W[i] == 0 ? 0 : often(s, 1, 2 * W[i]);
	for (size_t i = 0; i < sizeof(RARE) / sizeof(RARE[0]); i++) {
		if (sim_below(s, 2))
			continue;
		m->weight[RARE[i][0]] += often(s, 1, 2 * RARE[i][1]);
		if (RARE[i][2] != 0)
			m->weight[RARE[i][2]] += often(s, 1, 2 * RARE[i][3]);
		if (RARE[i][4] != 0)
			m->weight[RARE[i][4]] += often(s, 1, 8);
	}
	if (sim_below(s, 2))
		m->weight[SIM_REKEY] = often(s, 1, 12);
	m->fault[SIM_F_NONE] = often(s, 10, 60);
	for (int i = 1; i < SIM_FAULTS; i++)
		m->fault[i] = sim_below(s, 2) ? often(s, 1, 16) : 0;
	if (sim_below(s, 3) == 0)
		m->weight[SIM_SYNC] /= 3; /* long without a line */
	if ((m->sticks = sim_below(s, 6) == 0)) {
		m->weight[SIM_SYNC] = 1 + (int)sim_below(s, 3);
		m->weight[SIM_STICK_OUT] = m->weight[SIM_STICK_BACK] = often(s, 10, 30);
		m->weight[SIM_STICK_READ] = often(s, 30, 60);
	}
}

static void
mix_draw(struct sim_mix *m, uint64_t *s)
{
	memset(m, 0, sizeof(*m));
	m->branches = sim_below(s, 8) == 0 ? 5 : often(s, 1, 3);
	for (int b = 0; b < m->branches; b++)
		for (int k = often(s, 1, b == 0 ? 3 : 2); k > 0 && m->pcs < SIM_NODES / 2 - 2; k--)
			m->branch[1 + m->pcs++] = b;
	m->events = often(s, 120, 300);
	m->clocks = (int)sim_below(s, 2);
	m->small = often(s, 2, 12);
	m->low_tier = sim_below(s, 4) == 0;
	mix_weights(m, s);
}

static int
pick(const int *weight, int n, uint64_t *s)
{
	int sum = 0, at;

	for (int i = 0; i < n; i++)
		sum += weight[i];
	at = (int)sim_below(s, (uint64_t)sum);
	for (int i = 0; i < n; i++)
		if ((at -= weight[i]) < 0)
			return i;
	return 0;
}

void
sim_expand(struct sim *w, uint64_t seed)
{
	uint64_t s = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	mix_draw(&w->mix, &s);
	w->ntape = (size_t)w->mix.events;
	for (size_t i = 0; i < w->ntape; i++) {
		struct sim_ev *e = &w->tape[i];

		if (i < (size_t)w->mix.pcs && sim_below(&s, 5) != 0) {
			*e = (struct sim_ev){.kind = SIM_JOIN, .node = (uint32_t)i, .r = sim_rand(&s)};
			continue;
		}

		e->kind = (uint16_t)pick(w->mix.weight, SIM_EVS, &s);
		e->fault = (uint16_t)pick(w->mix.fault, SIM_FAULTS, &s);
		e->node = (uint32_t)sim_rand(&s);
		e->r = sim_rand(&s);
	}
}
