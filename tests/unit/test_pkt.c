/* SPDX-License-Identifier: MulanPSL-2.0 */
/* pkt-lines and the messages of smart HTTP, in the forms that git 2.39 sends and expects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <git2.h>

#include "schema_mem.h"
#include "sync_codec.h"
#include "test_env.h"

#define A "a000000000000000000000000000000000000001"
#define B "b000000000000000000000000000000000000002"
#define C "c000000000000000000000000000000000000003"
#define NUL "0000000000000000000000000000000000000000"

static struct jc_oid
oid(const char *hex)
{
	struct jc_oid o;

	assert_int_equal(jc_oid_parse(&o, hex, 40), 0);
	return o;
}

static void
is_text(const struct jc_buf *b, const char *want)
{
	assert_int_equal(b->failed, 0);
	assert_int_equal(b->len, strlen(want));
	assert_memory_equal(b->len != 0 ? b->data : "", want, b->len);
}

/* ---- lines ---- */

static void
a_line_counts_itself(void **state)
{
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 1000);
	jc_pkt_puts(&b, "a\n");
	jc_pkt_flush(&b);
	jc_pkt_put(&b, "", 0);
	jc_pkt_err(&b, "不行\n第二行");
	is_text(&b, "0006a\n0000" "0004" "000fERR 不行\n");
	jc_buf_free(&b);
}

static void
bytes_may_come_one_by_one(void **state)
{
	static const char text[] = "0006a\n0000" "0001" "0002" "0004" "000Bfoobar\n" "000bfoobar\n";
	static const int kinds[] = {JC_LINE_DATA, JC_LINE_FLUSH, JC_LINE_DELIM, JC_LINE_STOP, JC_LINE_DATA, JC_LINE_DATA,
	    JC_LINE_DATA};
	static const char *const content[] = {"a\n", "", "", "", "", "foobar\n", "foobar\n"};
	size_t at = 0, line_no = 0, used;
	struct jc_slice line;

	(void)state;
	for (size_t have = 0; have < sizeof(text); have++) {
		int kind = jc_pkt_next(&line, &used, text + at, have - at);

		if (kind == 0) {
			assert_int_equal(used, 0);
			continue;
		}
		assert_int_equal(kind, kinds[line_no]);
		assert_true(jc_slice_is(line, content[line_no]));
		assert_int_equal(at + used, have);
		at = have;
		line_no++;
	}
	assert_int_equal(line_no, 7);
}

static void
what_is_no_line_is_known_at_the_first_wrong_byte(void **state)
{
	static const char *const bad[] = {"g", "0g", "00-", "000x", "0003", "fff1", "ffff", "fff4", " 004", "0x04"};
	struct jc_slice line;
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(jc_pkt_next(&line, &used, bad[i], strlen(bad[i])), JC_EFORMAT);
	assert_int_equal(jc_pkt_next(&line, &used, "fff0", 4), 0);
	assert_int_equal(jc_pkt_next(&line, &used, "", 0), 0);
}

static void
the_longest_line_fits_and_one_byte_more_does_not(void **state)
{
	char *big = calloc(1, JC_LINE_BYTES_MAX + 1);
	struct jc_slice line;
	struct jc_buf b;
	size_t used;

	(void)state;
	assert_non_null(big);
	jc_buf_init(&b, 1 << 20);
	jc_pkt_put(&b, big, JC_LINE_BYTES_MAX);
	assert_int_equal(b.failed, 0);
	assert_int_equal(jc_pkt_next(&line, &used, b.data, b.len), JC_LINE_DATA);
	assert_int_equal(used, 65520);
	assert_int_equal(jc_pkt_next(&line, &used, b.data, b.len - 1), 0);
	jc_pkt_put(&b, big, JC_LINE_BYTES_MAX + 1);
	assert_int_equal(b.failed, JC_ELIMIT);
	jc_buf_free(&b);
	free(big);
}

static void
side_bands_carry_any_bytes_in_packets_of_any_size(void **state)
{
	uint64_t seed = 9;

	(void)state;
	for (int i = 0; i < 200; i++) {
		size_t n = (size_t)test_rand(&seed) % 150000, packet = i % 2 ? 65520 : 6 + (size_t)test_rand(&seed) % 995;
		char *p = malloc(n + 1);
		struct jc_buf b, out;
		struct jc_slice line, data;

		assert_non_null(p);
		for (size_t k = 0; k < n; k++)
			p[k] = (char)test_rand(&seed);
		jc_buf_init(&b, 4 << 20);
		jc_buf_init(&out, 1 << 20);
		jc_pkt_band(&b, 1 + i % 3, p, n, packet);
		assert_int_equal(b.failed, 0);
		for (size_t at = 0, used; at < b.len; at += used) {
			assert_int_equal(jc_pkt_next(&line, &used, b.data + at, b.len - at), JC_LINE_DATA);
			assert_true(used <= packet);
			assert_int_equal(jc_pkt_unband(&data, line), 1 + i % 3);
			jc_buf_slice(&out, data);
		}
		assert_int_equal(out.len, n);
		assert_memory_equal(n != 0 ? out.data : "", p, n);
		jc_buf_free(&b);
		jc_buf_free(&out);
		free(p);
	}
	assert_int_equal(jc_pkt_unband(&(struct jc_slice){0}, JC_SLICE("")), JC_EFORMAT);
	assert_int_equal(jc_pkt_unband(&(struct jc_slice){0}, JC_SLICE("\4x")), JC_EFORMAT);
}

/* ---- names ---- */

static void
names_that_we_take_are_names_for_libgit2_too(void **state)
{
	static const char *const parts[] = {"a", "chains", ".", "..", "/", "-", "@", "{", "@{", "~", "^", ":", "?", "*", "[", "\\",
	    ".lock", "lock", " ", "\t", "\x7f", "王", "\xff", "county", "0", "refs/", "heads/", "x.y", "//", "./", "/."};
	uint64_t seed = 21;
	unsigned taken = 0, refused = 0;

	(void)state;
	git_libgit2_init();
	for (int i = 0; i < 100000; i++) {
		char name[200] = "refs/";
		int ours, theirs = 0;

		for (uint64_t k = test_rand(&seed) % 6; k-- > 0;)
			strcat(name, parts[test_rand(&seed) % (i % 2 ? 8 : sizeof(parts) / sizeof(*parts))]);
		ours = jc_gitproto_ref_ok(name, strlen(name));
		assert_int_equal(git_reference_name_is_valid(&theirs, name), 0);
		if (ours && !theirs)
			fail_msg("%s: taken, but not a name for libgit2", name);
		taken += ours != 0;
		refused += !ours;
	}
	git_libgit2_shutdown();
	assert_true(taken > 5000 && refused > 5000);
}

static void
names_outside_refs_or_of_silly_length_are_refused(void **state)
{
	char name[300];

	(void)state;
	assert_true(jc_gitproto_ref_ok("refs/chains/county/000000000001/000000000002", 44));
	assert_true(jc_gitproto_ref_ok("refs/heads/main", 15));
	assert_false(jc_gitproto_ref_ok("HEAD", 4));
	assert_false(jc_gitproto_ref_ok("refs/", 5));
	assert_false(jc_gitproto_ref_ok("refs/heads/main\0x", 17));
	assert_false(jc_gitproto_ref_ok("refs/heads/../../x", 18));
	memset(name, 'a', sizeof(name));
	memcpy(name, "refs/", 5);
	assert_true(jc_gitproto_ref_ok(name, 255));
	assert_false(jc_gitproto_ref_ok(name, 256));
	assert_int_equal(jc_gitproto_service("git-upload-pack", 15), JC_GIT_FETCH);
	assert_int_equal(jc_gitproto_service("git-receive-pack", 16), JC_GIT_PUSH);
	assert_int_equal(jc_gitproto_service("git-upload-archive", 18), JC_EFORMAT);
}

/* ---- advertisement ---- */

static void
an_advertisement_is_what_git_expects(void **state)
{
	struct jc_gitproto_advert a;
	struct jc_oid x = oid(A), y = oid(B);
	struct jc_buf b;
	static const char want[] = "001e# service=git-upload-pack\n0000"
	                           "00a3" A " HEAD\0multi_ack multi_ack_detailed side-band side-band-64k"
	                           " symref=HEAD:refs/heads/main object-format=sha1 agent=jiceng\n"
	                           "003d" A " refs/heads/main\n"
	                           "003e" B " refs/heads/other\n0000";

	(void)state;
	jc_buf_init(&b, 4096);
	jc_gitproto_advert_begin(&a, &b, JC_GIT_FETCH, "refs/heads/main");
	jc_gitproto_advert_ref(&a, JC_SLICE("HEAD"), &x);
	jc_gitproto_advert_ref(&a, JC_SLICE("refs/heads/main"), &x);
	jc_gitproto_advert_ref(&a, JC_SLICE("refs/heads/other"), &y);
	jc_gitproto_advert_end(&a);
	assert_int_equal(b.len, sizeof(want) - 1);
	assert_memory_equal(b.data, want, b.len);
	jc_buf_free(&b);
}

static void
an_empty_repository_advertises_its_capabilities(void **state)
{
	struct jc_gitproto_advert a;
	struct jc_buf b;
	static const char want[] = "001f# service=git-receive-pack\n0000"
	                           "008b" NUL " capabilities^{}\0report-status side-band-64k ofs-delta no-thin"
	                           " object-format=sha1 agent=jiceng\n0000";

	(void)state;
	jc_buf_init(&b, 4096);
	jc_gitproto_advert_begin(&a, &b, JC_GIT_PUSH, NULL);
	jc_gitproto_advert_end(&a);
	assert_int_equal(b.len, sizeof(want) - 1);
	assert_memory_equal(b.data, want, b.len);
	jc_buf_free(&b);
}

/* ---- requests ---- */

static struct jc_buf body; /* reset by start() */

static void
start(void)
{
	jc_buf_free(&body);
	jc_buf_init(&body, 8u << 20);
}

static int
fetch(struct jc_git_fetch *f)
{
	struct jc_err err = {0};
	int rc = jc_gitproto_fetch_read(f, body.data, body.len, 4, 8, &err);

	assert_int_equal(rc, err.code);
	return rc;
}

static void
a_clone_asks_in_one_request(void **state)
{
	struct jc_git_fetch f;
	struct jc_buf out;

	(void)state;
	start();
	jc_pkt_puts(&body, "want " B " multi_ack_detailed no-done side-band-64k thin-pack ofs-delta agent=git/2.39.5\n");
	jc_pkt_puts(&body, "want " A "\n");
	jc_pkt_puts(&body, "want " B "\n");
	jc_pkt_flush(&body);
	jc_pkt_puts(&body, "done\n");
	assert_int_equal(fetch(&f), 0);
	assert_int_equal(f.nwants, 2);
	assert_int_equal(f.nhaves, 0);
	assert_int_equal(f.done, 1);
	assert_int_equal(f.acks, 2);
	assert_int_equal(f.band, 65520);
	jc_buf_init(&out, 1000);
	jc_gitproto_fetch_acks(&out, &f, NULL, 0);
	is_text(&out, "0008NAK\n");
	jc_buf_free(&out);
	jc_gitproto_fetch_free(&f);
}

static void
negotiate(const char *caps, int done, int ready, const char *want)
{
	static const uint8_t common[] = {1, 0, 1};
	struct jc_git_fetch f;
	struct jc_buf out;

	start();
	jc_buf_init(&out, 1000);
	jc_buf_puts(&out, "want " A " ");
	jc_buf_puts(&out, caps);
	jc_pkt_put(&body, out.data, out.len);
	jc_buf_reset(&out);
	jc_pkt_flush(&body);
	jc_pkt_puts(&body, "have " A "\n");
	jc_pkt_puts(&body, "have " B "\n");
	jc_pkt_puts(&body, "have " C "\n");
	if (done)
		jc_pkt_puts(&body, "done\n");
	else
		jc_pkt_flush(&body);
	assert_int_equal(fetch(&f), 0);
	assert_int_equal(f.nhaves, 3);
	assert_int_equal(f.done, done);
	jc_gitproto_fetch_acks(&out, &f, common, ready);
	is_text(&out, want);
	jc_buf_free(&out);
	jc_gitproto_fetch_free(&f);
}

static void
negotiation_speaks_the_three_dialects(void **state)
{
	(void)state;
	negotiate("multi_ack_detailed", 0, 0, "0038ACK " A " common\n0038ACK " C " common\n0008NAK\n");
	negotiate("multi_ack_detailed", 0, 1, "0038ACK " A " common\n0038ACK " C " common\n0037ACK " C " ready\n0008NAK\n");
	negotiate("multi_ack_detailed", 1, 0, "0038ACK " A " common\n0038ACK " C " common\n0031ACK " C "\n");
	negotiate("multi_ack", 1, 0, "003aACK " A " continue\n003aACK " C " continue\n0031ACK " C "\n");
	negotiate("multi_ack", 0, 0, "003aACK " A " continue\n003aACK " C " continue\n0008NAK\n");
	negotiate("agent=x", 0, 0, "0031ACK " A "\n");
	negotiate("agent=x", 1, 0, "0031ACK " A "\n");
}

static void
refused_fetch(const char *line, int code)
{
	struct jc_git_fetch f;

	start();
	jc_pkt_puts(&body, "want " A " side-band-64k\n");
	jc_pkt_puts(&body, line);
	jc_pkt_flush(&body);
	jc_pkt_puts(&body, "done\n");
	assert_int_equal(fetch(&f), code);
	assert_null(f.want);
}

static void
what_is_not_offered_is_refused_with_a_sentence(void **state)
{
	struct jc_git_fetch f;

	(void)state;
	refused_fetch("deepen 1\n", JC_EFORMAT);
	refused_fetch("shallow " A "\n", JC_EFORMAT);
	refused_fetch("filter blob:none\n", JC_EFORMAT);
	refused_fetch("want " A " side-band-64k\n", JC_EFORMAT); /* capabilities twice */
	refused_fetch("want HEAD\n", JC_EFORMAT);
	refused_fetch("wish " A "\n", JC_EFORMAT);
	start();
	jc_pkt_puts(&body, "command=ls-refs\n"); /* version 2 was not offered */
	assert_int_equal(fetch(&f), JC_EFORMAT);
}

static void
requests_are_counted_and_must_be_whole(void **state)
{
	struct jc_git_fetch f;

	(void)state;
	start();
	for (int i = 0; i < 5; i++)
		jc_pkt_puts(&body, "want " A "\n");
	jc_pkt_flush(&body);
	assert_int_equal(fetch(&f), JC_ELIMIT);
	start();
	jc_pkt_puts(&body, "want " A "\n");
	jc_pkt_flush(&body);
	for (int i = 0; i < 9; i++)
		jc_pkt_puts(&body, "have " A "\n");
	assert_int_equal(fetch(&f), JC_ELIMIT);
	start();
	jc_pkt_puts(&body, "want " A "\n");
	jc_pkt_flush(&body);
	jc_pkt_puts(&body, "done\n");
	for (size_t n = body.len; n-- > 0;) {
		body.len = n;
		/* whole again only where the lines end: after the flush, and there it is not done */
		if (n == 54) {
			assert_int_equal(fetch(&f), 0);
			assert_int_equal(f.done, 0);
			jc_gitproto_fetch_free(&f);
		} else {
			assert_int_equal(fetch(&f), JC_EFORMAT);
		}
	}
}

static void
command(const char *text, const char *caps)
{
	struct jc_buf line;

	jc_buf_init(&line, 4096);
	jc_buf_puts(&line, text);
	if (caps != NULL) {
		jc_buf_putc(&line, '\0');
		jc_buf_puts(&line, caps);
	}
	jc_pkt_put(&body, line.data, line.len);
	jc_buf_free(&line);
}

static int
push(struct jc_git_commands *c)
{
	struct jc_err err = {0};
	int rc = jc_gitproto_push_read(c, body.data, body.len, 3, &err);

	assert_int_equal(rc, err.code);
	return rc;
}

static void
a_push_is_commands_and_a_pack(void **state)
{
	struct jc_git_commands c;
	struct jc_buf out;

	(void)state;
	start();
	command(NUL " " A " refs/heads/new", " report-status side-band-64k object-format=sha1 agent=git/2.39.5");
	command(A " " B " refs/heads/old", NULL);
	command(B " " NUL " refs/heads/gone", NULL);
	jc_pkt_flush(&body);
	jc_buf_puts(&body, "PACK...");
	assert_int_equal(push(&c), 0);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.report, 1);
	assert_int_equal(c.band, 65520);
	assert_true(jc_slice_is(c.pack, "PACK..."));
	assert_true(jc_oid_is_null(&c.cmd[0].old));
	assert_true(jc_slice_is(c.cmd[1].ref, "refs/heads/old"));
	assert_true(jc_oid_is_null(&c.cmd[2].new));
	c.cmd[2].said = "不能删除\n引用";
	jc_buf_init(&out, 4096);
	assert_int_equal(jc_gitproto_push_report(&out, &c, NULL, NULL), 0);
	is_text(&out, "0067\001" "000eunpack ok\n" "0016ok refs/heads/new\n" "0016ok refs/heads/old\n"
	              "0024ng refs/heads/gone 不能删除\n" "0000" "0000");
	jc_buf_reset(&out);
	c.band = 0;
	assert_int_equal(jc_gitproto_push_report(&out, &c, "包坏了", NULL), 0);
	is_text(&out, "0015unpack 包坏了\n" "0020ng refs/heads/new 包坏了\n" "0020ng refs/heads/old 包坏了\n"
	              "0024ng refs/heads/gone 不能删除\n" "0000");
	jc_buf_reset(&out);
	c.report = 0;
	assert_int_equal(jc_gitproto_push_report(&out, &c, NULL, NULL), 0);
	assert_int_equal(out.len, 0);
	jc_buf_free(&out);
	jc_gitproto_push_free(&c);
}

static void
a_flush_alone_is_the_probe_before_a_large_push(void **state)
{
	struct jc_git_commands c;

	(void)state;
	start();
	jc_pkt_flush(&body);
	assert_int_equal(push(&c), 0);
	assert_int_equal(c.n, 0);
	jc_gitproto_push_free(&c);
}

static void
refused_push(const char *line, const char *caps, int code)
{
	struct jc_git_commands c;

	start();
	command(NUL " " A " refs/heads/new", "report-status");
	command(line, caps);
	jc_pkt_flush(&body);
	assert_int_equal(push(&c), code);
	assert_null(c.cmd);
}

static void
commands_that_are_not_well_formed_are_refused(void **state)
{
	struct jc_git_commands c;

	(void)state;
	refused_push(NUL " " A " refs/heads/new", NULL, JC_EFORMAT); /* the same ref again */
	refused_push(NUL " " A " refs/heads/../x", NULL, JC_EFORMAT);
	refused_push(NUL " " A " HEAD", NULL, JC_EFORMAT);
	refused_push(NUL " " A, NULL, JC_EFORMAT);
	refused_push(NUL " " A " refs/heads/x", "report-status", JC_EFORMAT); /* capabilities twice */
	refused_push("shallow " A, NULL, JC_EFORMAT);
	refused_push("push-cert", "x", JC_EFORMAT);
	start();
	for (int i = 0; i < 4; i++) {
		char line[200];

		snprintf(line, sizeof(line), NUL " " A " refs/heads/%d", i);
		command(line, NULL);
	}
	jc_pkt_flush(&body);
	assert_int_equal(push(&c), JC_ELIMIT);
	start();
	command(NUL " " A " refs/heads/new", "report-status");
	for (size_t n = body.len + 1; n-- > 0;) {
		body.len = n;
		assert_int_equal(push(&c), JC_EFORMAT);
	}
}

static int
teardown(void **state)
{
	(void)state;
	jc_buf_free(&body);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_counts_itself),
		cmocka_unit_test(bytes_may_come_one_by_one),
		cmocka_unit_test(what_is_no_line_is_known_at_the_first_wrong_byte),
		cmocka_unit_test(the_longest_line_fits_and_one_byte_more_does_not),
		cmocka_unit_test(side_bands_carry_any_bytes_in_packets_of_any_size),
		cmocka_unit_test(names_that_we_take_are_names_for_libgit2_too),
		cmocka_unit_test(names_outside_refs_or_of_silly_length_are_refused),
		cmocka_unit_test(an_advertisement_is_what_git_expects),
		cmocka_unit_test(an_empty_repository_advertises_its_capabilities),
		cmocka_unit_test(a_clone_asks_in_one_request),
		cmocka_unit_test(negotiation_speaks_the_three_dialects),
		cmocka_unit_test(what_is_not_offered_is_refused_with_a_sentence),
		cmocka_unit_test(requests_are_counted_and_must_be_whole),
		cmocka_unit_test(a_push_is_commands_and_a_pack),
		cmocka_unit_test(a_flush_alone_is_the_probe_before_a_large_push),
		cmocka_unit_test(commands_that_are_not_well_formed_are_refused),
	};

	return cmocka_run_group_tests_name("pkt", tests, NULL, teardown);
}
