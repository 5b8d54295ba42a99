/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Files on sticks that are full, pulled out, slow or smaller than they claim: told clearly, and nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "stick.h"

#define SIZE 300000

struct fault {
	int64_t capacity;          /* bytes that are kept; what is written beyond is lost (fake) or refused (full) */
	int fake, refuse;          /* refuse: code of a write beyond the capacity */
	int sync_code, read_code;
	int64_t written, read_at;
	int flip;                  /* a bit of what is read back is wrong */
};

static int
fault_write(void *ctx, int fd, const void *p, size_t n)
{
	struct fault *f = ctx;

	if (f->capacity != 0 && f->written + (int64_t)n > f->capacity && !f->fake)
		return f->refuse;
	f->written += (int64_t)n;
	return (int)write(fd, p, n);
}

static int
fault_sync(void *ctx, int fd)
{
	struct fault *f = ctx;

	return f->sync_code != 0 ? f->sync_code : fsync(fd);
}

static int
fault_read(void *ctx, int fd, void *p, size_t n)
{
	struct fault *f = ctx;
	int got = (int)read(fd, p, n);

	if (f->read_code != 0)
		return f->read_code;
	for (int i = 0; i < got; i++, f->read_at++)
		if (f->fake && f->read_at >= f->capacity)
			((char *)p)[i] = 0;
	if (f->flip && got > 10)
		((char *)p)[10] ^= 4;
	return got;
}

struct world {
	char dir[64];
	char *bytes;
	struct fault f;
	struct jc_stick_io io;
	struct jc_stick s;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/jc-stick.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->bytes = malloc(SIZE);
	for (int i = 0; i < SIZE; i++)
		w->bytes[i] = (char)(i * 7 + i / 1000 + 1);
	w->io = (struct jc_stick_io){&w->f, fault_write, fault_sync, fault_read};
	w->s = (struct jc_stick){.dir = w->dir, .io = &w->io};
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	snprintf(command, sizeof(command), "%s/a.jcb", w->dir);
	unlink(command);
	assert_int_equal(rmdir(w->dir), 0); /* nothing else was left behind */
	free(w->bytes);
	free(w);
	return 0;
}

static int
put(struct world *w, struct jc_err *err)
{
	return jc_stick_write(NULL, &w->s, "a.jcb", w->bytes, SIZE, err);
}

static void
fails(struct world *w, int code, const char *word)
{
	struct jc_err err = {0};
	char path[128];

	assert_int_equal(put(w, &err), code);
	if (strstr(err.msg, word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.msg, word);
	snprintf(path, sizeof(path), "%s/a.jcb", w->dir);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/a.jcb.part", w->dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
a_good_stick_gets_the_file_whole(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	char path[JC_STICK_PATH];
	FILE *f;

	assert_int_equal(jc_stick_write(path, &w->s, "a.jcb", w->bytes, SIZE, &err), 0);
	f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	assert_int_equal(ftell(f), SIZE);
	fclose(f);
	assert_int_equal(put(w, &err), JC_EEXISTS); /* and what is there is not replaced */
}

static void
a_full_stick_says_so(void **state)
{
	struct world *w = *state;

	w->f.capacity = 100000;
	w->f.refuse = UV_ENOSPC;
	fails(w, JC_EFULL, "full");
}

static void
a_stick_pulled_while_writing_syncing_or_reading_says_so(void **state)
{
	struct world *w = *state;

	w->f.capacity = 100000;
	w->f.refuse = UV_EIO;
	fails(w, JC_EIO, "pulled");
	w->f = (struct fault){.sync_code = UV_EIO};
	fails(w, JC_EIO, "pulled");
	w->f = (struct fault){.read_code = UV_ENXIO};
	fails(w, JC_EIO, "pulled");
}

static void
a_stick_smaller_than_it_claims_is_found_out(void **state)
{
	struct world *w = *state;

	w->f.capacity = 262144;
	w->f.fake = 1;
	fails(w, JC_EIO, "claims");
	w->f = (struct fault){.flip = 1};
	fails(w, JC_EIO, "read back");
}

static void
a_write_protected_stick_says_so(void **state)
{
	struct world *w = *state;

	w->f.capacity = 1;
	w->f.refuse = UV_EROFS;
	fails(w, JC_EDENIED, "protection");
}

static int
impatient(void *arg, int64_t done, int64_t total)
{
	(void)total;
	return done > *(int64_t *)arg;
}

static void
a_slow_stick_can_be_given_up_at_any_moment(void **state)
{
	struct world *w = *state;

	w->s.progress = impatient;
	for (int64_t at = 0; at < 2 * SIZE; at += 70000) {
		w->s.arg = &at;
		fails(w, JC_ECANCELLED, "");
	}
}

static void
names_fit_any_file_system(void **state)
{
	char out[128], text[400];

	(void)state;
	jc_stick_name(out, "青石镇/工会: 一?");
	assert_string_equal(out, "青石镇_工会_ 一_");
	jc_stick_name(out, "..");
	assert_string_equal(out, "jiceng");
	for (size_t i = 0; i < 130; i++)
		memcpy(text + 3 * i, "镇", 4);
	jc_stick_name(out, text);
	assert_int_equal(strlen(out), 90);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(a_good_stick_gets_the_file_whole),
	    T(a_full_stick_says_so),
	    T(a_stick_pulled_while_writing_syncing_or_reading_says_so),
	    T(a_stick_smaller_than_it_claims_is_found_out),
	    T(a_write_protected_stick_says_so),
	    T(a_slow_stick_can_be_given_up_at_any_moment),
	    cmocka_unit_test(names_fit_any_file_system),
	};
	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
