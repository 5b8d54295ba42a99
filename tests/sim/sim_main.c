/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * sim [--seeds N] [--first S] [--seed S [--steps K] [--shrink]] [--trace]
 * Plays seeds, each in a process of its own. Ends with the counts of events, faults and marks; fails
 * when a seed fails, or when the seeds together left out an event, a fault or a mark.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

struct options {
	uint64_t first, seeds, seed;
	int one, shrink, trace;
	size_t steps;
};

static struct sim world;

/* ---- one tape ---- */

static void
step(struct sim *w, const struct sim_ev *ev)
{
	struct sim_node *t = &w->node[1 + ev->node % (uint32_t)(w->nodes - 1)], *any = &w->node[ev->node % (uint32_t)w->nodes];

	w->now += 60000 * (int64_t)(1 + ev->r % 700);
	sim_clock(w);
	sim_shared->events[ev->kind]++;
	switch (ev->kind) {
	case SIM_JOIN:
		if (t->up && !t->joined) {
			sim_join(w, t);
			sim_say(w, "%d joins", t->no);
		}
		break;
	case SIM_SYNC:
		if (ev->r % 7 == 0)
			sim_late_all(w);
		if (t->up && t->joined)
			sim_sync(w, t, ev->fault, ev->r);
		break;
	case SIM_HUBCUT:
		sim_hub_merge(w, ev->r);
		break;
	case SIM_RESTART:
		sim_reopen(w, any);
		sim_kept(w, any);
		break;
	case SIM_CLOCK:
		if (w->mix.clocks)
			any->clock = ((int64_t)(ev->r % 20) - 10) * 300 * 86400 * 1000;
		break;
	case SIM_REBUILD:
		sim_rebuild(w, any);
		break;
	case SIM_VERIFY:
		sim_verify(w, any);
		break;
	case SIM_SNAP:
	case SIM_RESTORE:
	case SIM_CLONE:
	case SIM_HUBBACK:
	case SIM_GONE:
		sim_image(w, ev);
		break;
	case SIM_STICK_OUT:
	case SIM_STICK_BACK:
	case SIM_STICK_READ:
		sim_stick(w, ev);
		break;
	case SIM_RETURN:
	case SIM_ACCEPT:
	case SIM_TRAY:
	case SIM_CORRECT:
	case SIM_REVOKE:
	case SIM_REKEY:
		sim_county(w, ev);
		break;
	default:
		sim_work(w, ev);
	}
}

/* The child's whole life. */
static void
play(struct sim *w, int trace)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	sim_world_new(w);
	for (w->step = 0; (size_t)w->step < w->ntape; w->step++)
		step(w, &w->tape[w->step]);
	sim_end(w);
	for (size_t i = 0; i < w->trace_n; i++)
		h = (h ^ (uint8_t)w->trace[i]) * UINT64_C(0x100000001b3);
	sim_shared->trace_hash = h;
	sim_shared->steps += w->ntape;
	if (trace)
		fwrite(w->trace, 1, w->trace_n, stdout);
	fflush(stdout);
	_exit(0);
}

/* 0 when the tape of `world` plays to its end, else 1: sim_shared says what happened. */
static int
run(int trace)
{
	int status = 0;
	pid_t pid;

	sim_shared->what[0] = sim_shared->report[0] = '\0';
	fflush(stdout);
	if ((pid = fork()) == 0)
		play(&world, trace);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	if (status == 0)
		return 0;
	if (sim_shared->what[0] == '\0')
		snprintf(sim_shared->what, sizeof(sim_shared->what), "ended with status %x", (unsigned)status);
	return 1;
}

/* ---- making it small ---- */

/* The same failure, as far as words without numbers say so. */
static int
same(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a >= '0' && *a <= '9')
			a++;
		while (*b >= '0' && *b <= '9')
			b++;
		if (*a != *b)
			return 0;
		if (*a == '\0')
			return 1;
	}
}

static int
still(const char *what, const struct sim_ev *tape, size_t n)
{
	memcpy(world.tape, tape, n * sizeof(*tape));
	world.ntape = n;
	return run(0) && same(sim_shared->what, what);
}

/* Leaves out events, first in large pieces; then faults. */
static size_t
shrink(struct sim_ev *tape, size_t n, const char *what)
{
	static struct sim_ev less[SIM_TAPE];

	for (size_t piece = n / 2; piece > 0; piece /= 2)
		for (size_t at = 0; at < n;) {
			size_t k = at + piece < n ? piece : n - at;

			memcpy(less, tape, at * sizeof(*tape));
			memcpy(less + at, tape + at + k, (n - at - k) * sizeof(*tape));
			if (still(what, less, n - k)) {
				n -= k;
				memcpy(tape, less, n * sizeof(*tape));
			} else {
				at += k;
			}
		}
	for (size_t i = 0; i < n; i++) {
		uint16_t fault = tape[i].fault;

		tape[i].fault = 0;
		if (!still(what, tape, n))
			tape[i].fault = fault;
	}
	return n;
}

static void
shrink_and_tell(void)
{
	static struct sim_ev tape[SIM_TAPE];
	char what[sizeof(sim_shared->what)];
	size_t n = world.ntape;

	memcpy(tape, world.tape, sizeof(tape));
	memcpy(what, sim_shared->what, sizeof(what));
	if (sim_shared->failed_step + 1 < (int)n && still(what, tape, (size_t)sim_shared->failed_step + 1))
		n = world.ntape;
	n = shrink(tape, n, what);
	printf("shrunk to %zu events:\n", n);
	for (size_t i = 0; i < n; i++)
		printf("  %s %u %s r %llx\n", sim_ev_word(tape[i].kind), (unsigned)tape[i].node, sim_fault_word(tape[i].fault),
		    (unsigned long long)tape[i].r);
	still(what, tape, n);
	printf("%s\n%s", sim_shared->what, sim_shared->report);
}

/* ---- many seeds ---- */

static void
failure(const struct options *o, uint64_t seed)
{
	size_t n = strlen(sim_shared->report), from = n > 3000 ? n - 3000 : 0;

	printf("FAILED: seed %llu, step %d of %zu: %s\n", (unsigned long long)seed, sim_shared->failed_step, world.ntape,
	    sim_shared->what);
	if (o->shrink)
		shrink_and_tell();
	else
		printf("...%s(again: --seed %llu; --shrink makes it small)\n", sim_shared->report + from, (unsigned long long)seed);
}

static int
one_seed(const struct options *o, uint64_t seed)
{
	uint64_t hash;

	sim_expand(&world, seed);
	if (o->steps != 0 && o->steps < world.ntape)
		world.ntape = o->steps;
	if (run(o->trace)) {
		failure(o, seed);
		return 1;
	}
	if (seed % 20 != 3)
		return 0;
	hash = sim_shared->trace_hash;
	if (run(0) || hash != sim_shared->trace_hash) {
		printf("FAILED: seed %llu played twice gave two traces\n", (unsigned long long)seed);
		return 1;
	}
	return 0;
}

static int
covered(void)
{
	int missing = 0;

	for (int i = 0; i < SIM_EVS; i++)
		if (sim_shared->events[i] == 0)
			missing += printf("never: event \"%s\"\n", sim_ev_word(i)) > 0;
	for (int i = 1; i < SIM_FAULTS; i++)
		if (sim_shared->faults[i] == 0)
			missing += printf("never: fault \"%s\"\n", sim_fault_word(i)) > 0;
	for (int i = 0; i < SIM_MARKS; i++)
		if (sim_shared->marks[i] == 0)
			missing += printf("never: %s\n", sim_mark_word(i)) > 0;
	return missing == 0;
}

static void
tell(uint64_t seeds)
{
	struct rusage u;
	uint64_t faults = 0;
	double cpu;

	getrusage(RUSAGE_CHILDREN, &u);
	cpu = (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
	for (int i = 1; i < SIM_FAULTS; i++)
		faults += sim_shared->faults[i];
	printf("%llu seeds in %.1f s of CPU: %llu events, %llu sessions, %llu faults, %llu operations stored, %llu checks\n",
	    (unsigned long long)seeds, cpu, (unsigned long long)sim_shared->steps, (unsigned long long)sim_shared->sessions,
	    (unsigned long long)faults, (unsigned long long)sim_shared->ops, (unsigned long long)sim_shared->checks);
	printf("an hour of CPU: %.0f operations, %.0f faults\n", (double)sim_shared->ops / cpu * 3600, (double)faults / cpu * 3600);
}

static void
marks_tell(void)
{
	for (int i = 0; i < SIM_EVS; i++)
		printf("  %-24s %llu\n", sim_ev_word(i), (unsigned long long)sim_shared->events[i]);
	for (int i = 1; i < SIM_FAULTS; i++)
		printf("  fault: %-24s %llu\n", sim_fault_word(i), (unsigned long long)sim_shared->faults[i]);
	for (int i = 0; i < SIM_MARKS; i++)
		printf("  mark: %-40s %llu\n", sim_mark_word(i), (unsigned long long)sim_shared->marks[i]);
}

static int
usage(void)
{
	fprintf(stderr, "sim [--seeds N] [--first S] [--seed S [--steps K] [--shrink]] [--trace]\n");
	return 64;
}

int
main(int argc, char **argv)
{
	struct options o = {.first = 1, .seeds = 50};
	const char *many = getenv("SIM_SEEDS");
	uint64_t done;
	int bad = 0;

	if (many != NULL)
		o.seeds = strtoull(many, NULL, 10);
	for (int i = 1; i < argc; i++) {
		const char *v = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--shrink") == 0)
			o.shrink = 1;
		else if (strcmp(argv[i], "--trace") == 0)
			o.trace = 1;
		else if (strcmp(argv[i], "--seeds") == 0 && ++i)
			o.seeds = strtoull(v, NULL, 10);
		else if (strcmp(argv[i], "--first") == 0 && ++i)
			o.first = strtoull(v, NULL, 10);
		else if (strcmp(argv[i], "--steps") == 0 && ++i)
			o.steps = strtoull(v, NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && ++i)
			o.one = 1, o.seed = strtoull(v, NULL, 10);
		else
			return usage();
	}
	sim_shared = mmap(NULL, sizeof(*sim_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sim_shared == MAP_FAILED)
		abort();
	memset(sim_shared, 0, sizeof(*sim_shared));
	sim_template();
	if (o.one)
		return one_seed(&o, o.seed);
	for (done = 0; done < o.seeds && bad < 3; done++)
		bad += one_seed(&o, o.first + done);
	tell(done);
	marks_tell();
	if (bad == 0 && o.seeds >= 50 && !covered())
		bad = 1;
	printf("%s\n", bad == 0 ? "sim: all held" : "sim: FAILED");
	return bad != 0;
}
