/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Runs a fuzz target without libFuzzer: every corpus file once, then N deterministic mutations of
 * them. `fuzz_x [--mutate N] [--seed S] [FILE-OR-FOLDER...]`. A finding ends the process by itself
 * (abort, sanitizer); the input under way lies in fuzz-crash.bin of the working folder.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1u << 16)

struct input {
	uint8_t *p;
	size_t n;
};

static struct input *corpus;
static size_t ncorpus;
static const uint8_t *now;
static size_t now_len;
static uint64_t seed = 1;

static uint64_t
rnd(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
crashed(int sig)
{
	FILE *f = fopen("fuzz-crash.bin", "wb");

	if (f != NULL) {
		fwrite(now, 1, now_len, f);
		fclose(f);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
add(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct input in = {malloc(INPUT_MAX), 0};

	if (f == NULL || in.p == NULL) {
		perror(path);
		exit(2);
	}
	in.n = fread(in.p, 1, INPUT_MAX, f);
	fclose(f);
	if ((corpus = realloc(corpus, (ncorpus + 1) * sizeof(*corpus))) == NULL)
		exit(2);
	corpus[ncorpus++] = in;
}

static int
name_cmp(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
add_all(const char *path)
{
	struct dirent **e;
	struct stat st;
	int n;

	if (stat(path, &st) != 0) {
		perror(path); /* a corpus that is not there would be a test of nothing */
		exit(2);
	}
	if (!S_ISDIR(st.st_mode)) {
		add(path);
		return;
	}
	n = scandir(path, &e, NULL, name_cmp);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, e[i]->d_name);
		if (e[i]->d_name[0] != '.')
			add(file);
		free(e[i]);
	}
	free(e);
}

static void
run(const uint8_t *p, size_t n)
{
	/* An exact copy, so that a sanitizer sees every byte read past the end. */
	uint8_t *copy = malloc(n != 0 ? n : 1);

	if (copy == NULL)
		exit(2);
	memcpy(copy, p, n);
	now = copy;
	now_len = n;
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static size_t
mutate(uint8_t *p, size_t n)
{
	for (uint64_t k = 1 + rnd() % 4; k > 0; k--) {
		size_t at = n != 0 ? rnd() % n : 0, len = rnd() % 16;

		switch (rnd() % 6) {
		case 0:
			if (n != 0)
				p[at] ^= (uint8_t)(1u << rnd() % 8);
			break;
		case 1:
			if (n != 0)
				p[at] = (uint8_t)rnd();
			break;
		case 2: /* cut */
			n = at;
			break;
		case 3: /* take a run out */
			if (at + len < n) {
				memmove(p + at, p + at + len, n - at - len);
				n -= len;
			}
			break;
		case 4: /* double a run */
			if (at + len < n && n + len < INPUT_MAX) {
				memmove(p + at + len, p + at, n - at);
				n += len;
			}
			break;
		default: { /* splice another input in */
			const struct input *o = &corpus[rnd() % ncorpus];

			if (o->n != 0 && len != 0 && at + len < n) {
				size_t from = rnd() % o->n;

				memcpy(p + at, o->p + from, from + len <= o->n ? len : o->n - from);
			}
		}
		}
	}
	return n;
}

int
main(int argc, char **argv)
{
	static uint8_t work[INPUT_MAX + 64];
	long n = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--mutate") == 0 && i + 1 < argc)
			n = strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else
			add_all(argv[i]);
	}
	signal(SIGABRT, crashed);
	signal(SIGSEGV, crashed);
	for (size_t i = 0; i < ncorpus; i++)
		run(corpus[i].p, corpus[i].n);
	if (ncorpus == 0) {
		corpus = calloc(1, sizeof(*corpus));
		corpus[0].p = malloc(INPUT_MAX);
		ncorpus = corpus[0].p != NULL;
	}
	for (long k = 0; k < n; k++) {
		const struct input *in = &corpus[rnd() % ncorpus];

		memcpy(work, in->p, in->n);
		run(work, mutate(work, in->n));
	}
	printf("%zu corpus inputs and %ld mutations run, nothing found\n", ncorpus, n);
	return 0;
}
