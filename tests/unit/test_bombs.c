/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs that were made to hurt. Each is refused in a child process that measures what the refusal
 * cost: processor time (best of five, of up to forty while a busy neighbour spoils them), memory asked for in
 * sum, and resident memory on top of the pack. The bounds of time are those of a machine on which the
 * yardstick, a known piece of the same kind of work, takes YARDSTICK_MS: it is measured beside every try, and
 * where it takes longer, so may the refusal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <zlib.h>

#include "pack_kit.h"
#include "schema_mem.h"

#define MIB (1u << 20)

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 40 /* figures under a sanitizer say nothing; only catastrophes are caught */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOW 40
#endif
#endif
#ifndef SLOW
#define SLOW 1
#endif

static char *zeros; /* 1 MiB */

#define YARDSTICK_MS 1.0
#define ENOUGH 5   /* tries when they are good */
#define TRIES 40
#define PAUSE_US 20000

struct cost {
	int rc;
	double ms;
	double yard;     /* ms that the yardstick took, at its best */
	size_t asked;    /* sum of all allocations */
	long resident;   /* KiB more than before */
	char msg[200];
};

static int
counted(void *arg, size_t n)
{
	*(size_t *)arg += n;
	return 0;
}

static int
nothing_may_come(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	(void)o;
	(void)err;
	++*(int *)arg;
	return 0;
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long
resident_now(void)
{
	long pages = 0, ignored;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f != NULL && fscanf(f, "%ld %ld", &ignored, &pages) != 2)
		pages = 0;
	if (f != NULL)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A MiB inflated into memory never touched before: what a refusal consists of. */
static double
yardstick(void)
{
	static unsigned char z[4096];
	static uLongf zn;
	unsigned char *fresh;
	uLongf n = MIB;
	double t;

	if (zn == 0) {
		zn = sizeof(z);
		if (compress2(z, &zn, (const Bytef *)zeros, MIB, 9) != Z_OK)
			abort(); /* in a child, where an assertion would go on with the next test */
	}
	t = cpu_ms();
	fresh = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fresh == MAP_FAILED || uncompress(fresh, &n, z, zn) != Z_OK)
		abort();
	munmap(fresh, MIB);
	return cpu_ms() - t;
}

/* What `ms` of the machine that the bounds are for are on this one. */
static double
here(const struct cost *c, double ms)
{
	return c->yard > YARDSTICK_MS ? ms * c->yard / YARDSTICK_MS : ms;
}

static void
measure(struct cost *c, const struct jc_buf *pack, double ms)
{
	struct jc_pack_budget budget = JC_PACK_BUDGET;
	long before = resident_now();
	struct rusage use;

	c->ms = c->yard = 1e9;
	for (int i = 0; i < TRIES && (i < ENOUGH || c->ms > here(c, ms)); i++) {
		int delivered = 0;
		struct jc_pack_sink sink = {.object = nothing_may_come, .arg = &delivered};
		struct jc_err err = {0};
		double t = yardstick();

		c->yard = t < c->yard ? t : c->yard;
		if (i >= ENOUGH)
			usleep(PAUSE_US);
		c->asked = 0;
		jc_mem_hook(counted, &c->asked);
		t = cpu_ms();
		c->rc = jc_pack_read(pack->data, pack->len, &budget, &sink, &err);
		t = cpu_ms() - t;
		jc_mem_hook(NULL, NULL);
		c->ms = t < c->ms ? t : c->ms;
		snprintf(c->msg, sizeof(c->msg), "%s: %.150s", jc_err_word(c->rc), err.cause);
		if (c->rc < 0 && delivered != 0)
			c->rc = 1000;
	}
	getrusage(RUSAGE_SELF, &use);
	c->resident = use.ru_maxrss > before ? use.ru_maxrss - before : 0; /* the two are counted differently */
}

static struct cost
cost_of(const struct jc_buf *pack, double ms)
{
	struct cost c = {0};
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		measure(&c, pack, ms);
		_exit(write(fd[1], &c, sizeof(c)) != (ssize_t)sizeof(c));
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &c, sizeof(c)), sizeof(c));
	close(fd[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return c;
}

static void
report(const char *what, const struct jc_buf *pack, const struct cost *c)
{
	print_message("%-34s %9zu B %8.3f ms (yardstick %.3f) %7.2f MiB asked %7.2f MiB resident  %s\n", what, pack->len, c->ms,
	    c->yard, (double)c->asked / MIB, (double)c->resident / 1024, c->msg);
}

/* Refused with this code, in `ms` of processor time and 64 MiB with the pack itself. */
static void
refused(const char *what, struct pack_kit *k, int code, double ms)
{
	struct cost c = cost_of(&k->b, ms * SLOW);

	report(what, &k->b, &c);
	assert_int_equal(c.rc, code);
	if (c.ms > here(&c, ms * SLOW))
		fail_msg("%s: %.3f ms of processor time (yardstick %.3f ms)", what, c.ms, c.yard);
	assert_true(c.asked + k->b.len <= 64u * MIB);
	if (SLOW == 1)
		assert_true((size_t)c.resident * 1024 + k->b.len <= 64u * MIB);
	pack_kit_free(k);
}

/* ---- packs of RELIABILITY 2.2 ---- */

/* A delta that writes its mark and then the base, over and over. */
static void
delta_repeat(struct jc_buf *d, size_t base, uint64_t result, unsigned no)
{
	char mark[16];

	snprintf(mark, sizeof(mark), "%08x", no);
	pack_kit_delta(d, base, result);
	pack_kit_insert(d, mark, 8);
	for (uint64_t left = result - 8; left != 0;) {
		size_t part = left < base ? (size_t)left : base;

		pack_kit_copy(d, 0, part);
		left -= part;
	}
	assert_int_equal(d->failed, 0);
}

static void
repeats(struct pack_kit *k, size_t base, unsigned n, uint64_t result)
{
	size_t at;

	pack_kit_begin(k);
	pack_kit_object(k, JC_OBJ_BLOB, zeros, base, 9);
	at = k->last;
	for (unsigned i = 0; i < n; i++) {
		struct jc_buf d;

		delta_repeat(&d, base, result, i);
		pack_kit_ofs(k, at, &d);
		jc_buf_free(&d);
	}
	pack_kit_end(k);
}

static void
a_delta_to_two_gigabytes_is_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	repeats(&k, MIB - 1, 1, 1900000000u);
	refused("delta to 1.9 GB", &k, JC_ELIMIT, 5);
}

static void
fifty_deltas_of_half_a_gigabyte_are_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	repeats(&k, MIB - 1, 50, 512u * MIB);
	refused("50 deltas of 512 MB", &k, JC_ELIMIT, 5);
}

static void
a_thousand_deltas_of_three_megabytes_are_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	repeats(&k, MIB / 2, 1000, 3u * MIB);
	refused("1,000 deltas of 3 MB", &k, JC_ELIMIT, 5);
}

static void
five_thousand_deltas_of_one_megabyte_are_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	repeats(&k, MIB / 2, 5000, MIB);
	refused("5,000 deltas of 1 MB", &k, JC_ELIMIT, 5);
}

static void
sixty_one_megabytes_in_seven_kilobytes_are_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	repeats(&k, MIB / 2, 60, MIB);
	refused("61 MB inflated in a few kB", &k, JC_ELIMIT, 5);
}

/* A zlib stream of n MiB of zeros, without compressing them all. */
static void
zeros_stream(struct jc_buf *z, unsigned n)
{
	unsigned char chunk[8192];
	z_stream s = {0};
	uLong adler = (uLong)n * MIB % 65521u << 16 | 1;
	size_t head;

	jc_buf_init(z, 8u * MIB);
	assert_int_equal(deflateInit(&s, 9), Z_OK);
	for (int i = 0; i < 2; i++) {
		s.next_in = (Bytef *)zeros;
		s.avail_in = MIB;
		s.next_out = chunk;
		s.avail_out = sizeof(chunk);
		assert_int_equal(deflate(&s, Z_FULL_FLUSH), Z_OK);
		head = sizeof(chunk) - s.avail_out;
		if (i == 0)
			jc_buf_put(z, chunk, head);
	}
	for (unsigned i = 1; i < n; i++)
		jc_buf_put(z, chunk, head);
	jc_buf_put(z, "\x03\x00", 2); /* an empty last block */
	for (int i = 24; i >= 0; i -= 8)
		jc_buf_putc(z, (char)(adler >> i));
	deflateEnd(&s);
	assert_int_equal(z->failed, 0);
}

static void
a_gigabyte_of_zeros_is_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf z;

	(void)state;
	zeros_stream(&z, 1024);
	pack_kit_begin(&k);
	pack_kit_raw(&k, JC_OBJ_BLOB, 1024ull * MIB, z.data, z.len);
	pack_kit_end(&k);
	jc_buf_free(&z);
	refused("one blob of 1 GB of zeros", &k, JC_ELIMIT, 5);
}

static void
a_count_of_four_billion_is_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	pack_kit_begin(&k);
	pack_kit_object(&k, JC_OBJ_BLOB, "x", 1, 9);
	pack_kit_end_as(&k, UINT32_MAX);
	refused("2^32-1 objects", &k, JC_ELIMIT, 5);
}

static void
chain(struct pack_kit *k, unsigned n, int by_id)
{
	struct jc_oid oid;
	size_t at;
	char a[9] = "00000000", b[9];

	pack_kit_begin(k);
	pack_kit_object(k, JC_OBJ_BLOB, a, 8, 9);
	at = k->last;
	for (unsigned i = 1; i <= n; i++) {
		struct jc_buf d;

		assert_int_equal(jc_oid_of(&oid, JC_OBJ_BLOB, a, 8), 0);
		snprintf(b, sizeof(b), "%08x", i);
		pack_kit_diff(&d, a, 8, b, 8);
		if (by_id)
			pack_kit_ref(k, &oid, &d);
		else
			pack_kit_ofs(k, at, &d);
		at = k->last;
		jc_buf_free(&d);
		memcpy(a, b, sizeof(a));
	}
	pack_kit_end(k);
}

static void
a_chain_of_fifty_thousand_deltas_is_refused(void **state)
{
	struct pack_kit k;

	(void)state;
	chain(&k, 50000, 0);
	refused("delta chain 50,000 deep", &k, JC_ELIMIT, 5);
}

static void
a_chain_by_names_is_refused_at_the_depth_that_is_allowed(void **state)
{
	struct pack_kit k;

	(void)state;
	chain(&k, 50, 1);
	assert_int_equal(cost_of(&k.b, 5).rc, 0);
	pack_kit_free(&k);
	chain(&k, 51, 1);
	refused("delta chain by names, 51 deep", &k, JC_ELIMIT, 5);
}

static void
the_same_object_twice_is_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf d;
	size_t at;

	(void)state;
	pack_kit_begin(&k);
	pack_kit_object(&k, JC_OBJ_BLOB, zeros, 2000, 1);
	at = k.last;
	pack_kit_diff(&d, zeros, 2000, zeros, 2000);
	pack_kit_ofs(&k, at, &d);
	jc_buf_free(&d);
	pack_kit_end(&k);
	refused("same object twice, as a delta", &k, JC_EFORMAT, 5);
	pack_kit_begin(&k);
	pack_kit_object(&k, JC_OBJ_TREE, "", 0, 1);
	pack_kit_object(&k, JC_OBJ_BLOB, "", 0, 1);
	pack_kit_object(&k, JC_OBJ_BLOB, "", 0, 9);
	pack_kit_end(&k);
	refused("same object twice, whole", &k, JC_EFORMAT, 5);
}

/* ---- more of the kind ---- */

static void
streams_of_real_zeros_are_refused_when_the_budget_is_spent(void **state)
{
	struct pack_kit k;

	(void)state;
	pack_kit_begin(&k);
	for (unsigned i = 0; i < 60; i++) {
		zeros[0] = (char)('0' + i);
		pack_kit_object(&k, JC_OBJ_BLOB, zeros, MIB, 9);
	}
	zeros[0] = 0;
	pack_kit_end(&k);
	refused("60 blobs of 1 MiB of zeros", &k, JC_ELIMIT, 10); /* two of them are inflated */
}

static void
a_stream_that_yields_more_than_it_says_is_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf z;

	(void)state;
	zeros_stream(&z, 1024);
	pack_kit_begin(&k);
	pack_kit_raw(&k, JC_OBJ_BLOB, 10, z.data, z.len);
	pack_kit_end(&k);
	refused("1 GB behind a size of 10", &k, JC_EFORMAT, 5);
	pack_kit_begin(&k);
	pack_kit_raw(&k, JC_OBJ_BLOB, MIB, z.data, z.len);
	pack_kit_end(&k);
	jc_buf_free(&z);
	refused("1 GB behind a size of 1 MiB", &k, JC_EFORMAT, 5);
}

static void
a_stream_that_yields_less_than_it_says_is_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf z;

	(void)state;
	jc_buf_init(&z, 1000);
	assert_int_equal(jc_zlib_pack(&z, "abc", 3, 9, NULL), 0);
	pack_kit_begin(&k);
	for (int i = 0; i < 1000; i++)
		pack_kit_raw(&k, JC_OBJ_BLOB, 4, z.data, z.len);
	pack_kit_end(&k);
	refused("3 bytes behind a size of 4", &k, JC_EFORMAT, 5);
	pack_kit_begin(&k);
	pack_kit_raw(&k, JC_OBJ_BLOB, MIB, z.data, z.len);
	pack_kit_end(&k);
	jc_buf_free(&z);
	refused("3 bytes behind a size of 1 MiB", &k, JC_EFORMAT, 5);
}

static void
a_stream_that_only_wastes_time_is_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf z;

	(void)state;
	jc_buf_init(&z, 4u * MIB);
	jc_buf_put(&z, "\x78\x01", 2);
	for (int i = 0; i < 700000; i++)
		jc_buf_put(&z, "\0\0\0\xff\xff", 5); /* an empty stored block */
	jc_buf_put(&z, "\x03\0\0\0\0\x01", 6);
	pack_kit_begin(&k);
	pack_kit_raw(&k, JC_OBJ_BLOB, 0, z.data, z.len);
	pack_kit_end(&k);
	jc_buf_free(&z);
	refused("700,000 empty blocks", &k, JC_EFORMAT, 5);
}

static void
deltas_that_wait_for_each_other_are_refused(void **state)
{
	struct pack_kit k;
	struct jc_buf d;
	struct jc_oid a = {{1}}, b = {{2}};

	(void)state;
	pack_kit_delta(&d, 8, 8);
	pack_kit_copy(&d, 0, 8);
	pack_kit_begin(&k);
	pack_kit_ref(&k, &a, &d);
	pack_kit_ref(&k, &b, &d);
	pack_kit_end(&k);
	refused("deltas without any base", &k, JC_EFORMAT, 5);
	pack_kit_begin(&k);
	for (int i = 0; i < 60000; i++) {
		a.b[0] = (uint8_t)i;
		a.b[1] = (uint8_t)(i >> 8);
		pack_kit_ref(&k, &a, &d);
	}
	pack_kit_end(&k);
	jc_buf_free(&d);
	/* Two megabytes long itself: the rule for long packs is 100 ms a megabyte. */
	refused("60,000 deltas without a base", &k, JC_EFORMAT, 5 + 100 * (double)k.b.len / 1e6);
}

static void
the_largest_pack_that_is_allowed_stays_within_its_means(void **state)
{
	static const size_t part = 64u << 10;
	char *noise = malloc(part);
	struct pack_kit k;
	struct cost c;
	uint32_t x = 1;

	(void)state;
	assert_non_null(noise);
	pack_kit_begin(&k);
	/* Ten bytes in the pack for a hundred inflated, until one limit is near. */
	for (unsigned i = 0; i < 500 && k.b.len < 4u * MIB - part; i++) {
		for (size_t j = 0; j < part; j++) {
			x = x * 1664525u + 1013904223u;
			noise[j] = (char)(j % 8 == 0 ? x >> 24 : 'a');
		}
		pack_kit_object(&k, JC_OBJ_BLOB, noise, part, 1);
	}
	pack_kit_end(&k);
	free(noise);
	c = cost_of(&k.b, 100 * (double)k.b.len / 1e6);
	report("largest allowed (accepted)", &k.b, &c);
	assert_int_equal(c.rc, 0);
	if (c.ms > here(&c, 100 * (double)k.b.len / 1e6 * SLOW))
		fail_msg("%.3f ms of processor time (yardstick %.3f ms)", c.ms, c.yard);
	assert_true(c.asked + k.b.len <= 64u * MIB);
	pack_kit_free(&k);
}

static int
setup(void **state)
{
	(void)state;
	return (zeros = calloc(1, MIB)) == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	free(zeros);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_delta_to_two_gigabytes_is_refused),
		cmocka_unit_test(fifty_deltas_of_half_a_gigabyte_are_refused),
		cmocka_unit_test(a_thousand_deltas_of_three_megabytes_are_refused),
		cmocka_unit_test(five_thousand_deltas_of_one_megabyte_are_refused),
		cmocka_unit_test(sixty_one_megabytes_in_seven_kilobytes_are_refused),
		cmocka_unit_test(a_gigabyte_of_zeros_is_refused),
		cmocka_unit_test(a_count_of_four_billion_is_refused),
		cmocka_unit_test(a_chain_of_fifty_thousand_deltas_is_refused),
		cmocka_unit_test(a_chain_by_names_is_refused_at_the_depth_that_is_allowed),
		cmocka_unit_test(the_same_object_twice_is_refused),
		cmocka_unit_test(streams_of_real_zeros_are_refused_when_the_budget_is_spent),
		cmocka_unit_test(a_stream_that_yields_more_than_it_says_is_refused),
		cmocka_unit_test(a_stream_that_yields_less_than_it_says_is_refused),
		cmocka_unit_test(a_stream_that_only_wastes_time_is_refused),
		cmocka_unit_test(deltas_that_wait_for_each_other_are_refused),
		cmocka_unit_test(the_largest_pack_that_is_allowed_stays_within_its_means),
	};

	return cmocka_run_group_tests_name("bombs", tests, setup, teardown);
}
