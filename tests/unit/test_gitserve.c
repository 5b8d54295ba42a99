/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The stock git services on buffers, with stock git itself as the other side of the pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "county.h"
#include "gitwire.h"
#include "schema_mem.h"
#include "sync_git.h"
#include "sync_store.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b;     /* of two branches */
	struct jc_scope s;         /* A's, at the hub */
	char dir[300];             /* scratch, inside A's folder's parent */
	struct jc_buf req, out;
};

static void
members(struct test_node *pc, int from, int n)
{
	for (int i = from; i < from + n; i++) {
		char name[40];
		jc_id id = "";

		snprintf(name, sizeof(name), "name=钱%d", i);
		test_set(pc, "member", id, 0, name, "mobile=13000000001", NULL);
	}
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_err err = {0};

	test_ok(jc_store_init(&err), &err);
	county_new(&w->c, 71);
	test_node_new(&w->a, 72);
	test_node_new(&w->b, 73);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "白水镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	members(&w->a, 0, 30);
	members(&w->b, 0, 3);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_scope(&w->c.hub, &w->a, &w->s);
	snprintf(w->dir, sizeof(w->dir), "%s-git", w->a.dir);
	jc_buf_init(&w->req, 64u << 20);
	jc_buf_init(&w->out, 64u << 20);
	*state = w;
	return 0;
}

static void
sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
sh(const char *fmt, ...)
{
	char cmd[2000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	if (system(cmd) != 0)
		fail_msg("%s", cmd);
}

static int
teardown(void **state)
{
	struct world *w = *state;

	sh("rm -rf '%s'*", w->dir);
	county_branch_free(&w->c, &w->a, &w->b);
	jc_buf_free(&w->req);
	jc_buf_free(&w->out);
	free(w);
	return 0;
}

static void
merged(struct world *w)
{
	struct jc_err err = {0};
	int made;

	test_ok(jc_exchange_merge(w->c.hub.node, &w->s, 1, &made, &err), &err);
}

/* The address a ref has in an advertisement; fails the test when it is not there. */
static void
advertised(struct world *w, const char *ref, char oid[41])
{
	struct jc_err err = {0};
	struct jc_slice line;
	struct jc_rd r;
	size_t n = strlen(ref);

	jc_buf_reset(&w->out);
	test_ok(jc_upload_refs(&w->out, w->c.hub.node, &w->s, 0, &err), &err);
	jc_rd_init(&r, w->out.data, w->out.len);
	oid[0] = '\0';
	for (int t; (t = jc_gitwire_next(&line, &r)) != JC_PKT_END;) {
		assert_int_not_equal(t, JC_PKT_BAD);
		if (t == JC_PKT_LINE && line.n > 41 + n && memcmp(line.p + 41, ref, n) == 0 &&
		    (line.p[41 + n] == '\n' || line.p[41 + n] == '\0')) {
			memcpy(oid, line.p, 40);
			oid[40] = '\0';
		}
	}
	assert_int_equal(strlen(oid), 40);
}

static void
pkt(struct jc_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
pkt(struct jc_buf *b, const char *fmt, ...)
{
	char line[400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	jc_pkt_put(b, line, (size_t)n);
}

static void
file_write(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

static void
file_read(struct jc_buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		jc_buf_put(b, part, n);
	fclose(f);
}

/* Asks for one commit, with haves, and gives the pack. *objects = how many. */
static struct jc_slice
fetch(struct world *w, const char *want, const char *have, int64_t *objects)
{
	struct jc_err err = {0};
	struct jc_slice line, pack = {0};
	struct jc_rd r;

	jc_buf_reset(&w->req);
	jc_buf_reset(&w->out);
	pkt(&w->req, "want %s multi_ack_detailed agent=test\n", want);
	jc_pkt_flush(&w->req);
	if (have != NULL)
		pkt(&w->req, "have %s\n", have);
	pkt(&w->req, "done\n");
	test_ok(jc_upload_pack(&w->out, w->c.hub.node, &w->s, w->req.data, w->req.len, objects, &err), &err);
	jc_rd_init(&r, w->out.data, w->out.len);
	do
		assert_int_equal(jc_gitwire_next(&line, &r), JC_PKT_LINE);
	while (line.n > 4 && line.p[line.n - 2] == 'n'); /* ACK ... common */
	pack.p = (const char *)r.p;
	pack.n = jc_rd_left(&r);
	return pack;
}

static void
a_clone_passes_stock_gits_strict_check(void **state)
{
	struct world *w = *state;
	struct jc_slice pack;
	char main_oid[41], path[400];
	int64_t objects;

	merged(w);
	advertised(w, "refs/heads/main", main_oid);
	pack = fetch(w, main_oid, NULL, &objects);
	assert_true(objects > 10);
	snprintf(path, sizeof(path), "%s.pack", w->dir);
	file_write(path, pack.p, pack.n);
	sh("git -c init.defaultBranch=main init -q --bare '%s' && git -C '%s' index-pack --strict --stdin < '%s' > /dev/null", w->dir, w->dir, path);
	sh("git -C '%s' update-ref refs/heads/main %s && git -C '%s' fsck --strict --no-dangling 2>&1 | (! grep .)", w->dir,
	    main_oid, w->dir);
	sh("test $(git -C '%s' rev-list --count refs/heads/main) = %lld", w->dir, (long long)county_commits(&w->c.hub, &w->a));
}

static void
haves_make_the_pack_smaller_and_foreign_ones_are_ignored(void **state)
{
	struct world *w = *state;
	char one[41], two[41];
	int64_t all, some, none;

	merged(w);
	advertised(w, "refs/heads/main", one);
	(void)fetch(w, one, NULL, &all);
	members(&w->a, 30, 2);
	county_synced(&w->c, &w->a);
	merged(w);
	advertised(w, "refs/heads/main", two);
	(void)fetch(w, two, one, &some);
	assert_true(some >= 4 && some < 8);
	(void)fetch(w, two, "1234567890123456789012345678901234567890", &none);
	assert_true(none >= all + 4);
	(void)fetch(w, two, two, &none);
	assert_int_equal(none, 0);
}

static void
a_commit_of_another_scope_cannot_be_wanted(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	struct jc_scope other;
	struct jc_stmt *st;
	char hex[41];

	county_scope(&w->c.hub, &w->b, &other);
	test_ok(jc_db_prep(&st, w->c.hub.node->db, "SELECT lower(hex(oid)) FROM log_commit WHERE scope = :s ORDER BY no DESC LIMIT 1",
	            &err), &err);
	jc_bind_int(st, ":s", other.no);
	assert_int_equal(jc_stmt_step(st, &err), 1);
	snprintf(hex, sizeof(hex), "%s", jc_col_text(st, 0, NULL));
	jc_stmt_reset(st);
	pkt(&w->req, "want %s multi_ack_detailed\n", hex);
	jc_pkt_flush(&w->req);
	pkt(&w->req, "done\n");
	assert_int_equal(jc_upload_pack(&w->out, w->c.hub.node, &w->s, w->req.data, w->req.len, NULL, &err), JC_EDENIED);
	assert_memory_equal(w->out.data + 4, "ERR ", 4);
	assert_true(w->out.len < 300);
}

static void
a_fetch_request_cut_or_garbled_anywhere_is_answered_in_words(void **state)
{
	struct world *w = *state;
	struct jc_buf good;
	char oid[41];

	merged(w);
	advertised(w, "refs/heads/main", oid);
	jc_buf_init(&good, 4096);
	pkt(&good, "want %s multi_ack_detailed\n", oid);
	jc_pkt_flush(&good);
	pkt(&good, "have %s\n", oid);
	pkt(&good, "done\n");
	for (size_t i = 0; i < good.len; i++) {
		struct jc_err err = {0};
		char *exact = malloc(i + 1);

		memcpy(exact, good.data, i);
		jc_buf_reset(&w->out);
		(void)jc_upload_pack(&w->out, w->c.hub.node, &w->s, exact, i, NULL, &err);
		free(exact);
		good.data[i] ^= 4;
		jc_buf_reset(&w->out);
		(void)jc_upload_pack(&w->out, w->c.hub.node, &w->s, good.data, good.len, NULL, &err);
		good.data[i] ^= 4;
	}
	jc_buf_free(&good);
}

/* ---- pushing ---- */

static int
tip_newest(void *arg, const struct jc_tip *tip)
{
	struct jc_tip *t = arg;

	if (tip->tier == JC_TIER_COUNTY && tip->commit_no > t->commit_no)
		*t = *tip;
	return 0;
}

/* A new commit of A, packed by stock git, with the command that pushes it. */
static void
push_make(struct world *w, char ref[64])
{
	struct jc_err err = {0};
	struct jc_scope mine;
	struct jc_tip was = {0}, is = {0};
	struct jc_commit_row row;
	char old[41], new[41], path[400];
	struct jc_buf allowed;
	uint8_t pk[JC_PK_LEN];
	int64_t device, made;

	county_scope(&w->a, &w->a, &mine);
	test_ok(jc_device_find(w->a.node->log, w->a.key.id, &device, pk, &err), &err);
	test_ok(jc_log_tips(w->a.node->log, mine.no, -1, device, tip_newest, &was, &err), &err);
	members(&w->a, 100, 3);
	test_ok(jc_db_begin(w->a.node->db, &err), &err);
	test_ok(jc_cut(w->a.node->log, mine.no, 0, &made, &err), &err);
	test_ok(jc_db_end(w->a.node->db, 1, &err), &err);
	test_ok(jc_log_tips(w->a.node->log, mine.no, -1, device, tip_newest, &is, &err), &err);
	test_ok(jc_log_commit(w->a.node->log, was.commit_no, &row, &err), &err);
	jc_oid_hex(old, &row.oid);
	test_ok(jc_log_commit(w->a.node->log, is.commit_no, &row, &err), &err);
	jc_oid_hex(new, &row.oid);
	jc_buf_init(&allowed, 1 << 20);
	test_ok(jc_store_export(w->a.node->log, mine.no, w->dir, &allowed, NULL, NULL, &err), &err);
	jc_buf_free(&allowed);
	snprintf(path, sizeof(path), "%s.pack", w->dir);
	sh("printf '%s\\n^%s\\n' | git -C '%s' pack-objects -q --revs --stdout > '%s'", new, old, w->dir, path);
	jc_buf_reset(&w->req);
	jc_pkt_put(&w->req, "", 0);
	jc_buf_reset(&w->req);
	{
		struct jc_buf line;

		jc_buf_init(&line, 400);
		jc_buf_putf(&line, "%s %s %s", old, new, is.name);
		jc_buf_putc(&line, '\0');
		jc_buf_puts(&line, " report-status agent=git/2.39.5");
		jc_pkt_put(&w->req, line.data, line.len);
		jc_buf_free(&line);
	}
	jc_pkt_flush(&w->req);
	file_read(&w->req, path);
	snprintf(ref, 64, "%s", is.name);
}

static const char *
push(struct world *w)
{
	struct jc_err err = {0};
	struct jc_git_push *p;

	jc_buf_reset(&w->out);
	test_ok(jc_receive_decode(&p, w->c.hub.node, w->a.key.id, &w->s, w->req.data, w->req.len, &err), &err);
	test_ok(jc_receive_apply(p, w->c.hub.node, &err), &err);
	test_ok(jc_receive_report(&w->out, p, &err), &err);
	jc_receive_free(p);
	return w->out.data;
}

static void
a_stock_push_of_ones_own_chain_is_taken(void **state)
{
	struct world *w = *state;
	char ref[64], ok[100];

	push_make(w, ref);
	snprintf(ok, sizeof(ok), "ok %s\n", ref);
	push(w);
	assert_non_null(strstr(w->out.data, "unpack ok\n"));
	assert_non_null(strstr(w->out.data, ok));
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 33);
	push(w); /* the same again changes nothing */
	assert_non_null(strstr(w->out.data, ok));
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 33);
}

static void
a_push_with_any_byte_changed_is_refused_in_one_sentence(void **state)
{
	struct world *w = *state;
	int64_t before = county_commits(&w->c.hub, &w->a);
	size_t commands;
	char ref[64];

	push_make(w, ref);
	commands = (size_t)strtoul((char[5]){w->req.data[0], w->req.data[1], w->req.data[2], w->req.data[3], 0}, NULL, 16) + 4;
	for (size_t i = commands; i < w->req.len; i += 3) {
		w->req.data[i] ^= 1;
		push(w);
		assert_non_null(strstr(w->out.data, "ng refs/"));
		w->req.data[i] ^= 1;
	}
	for (size_t n = 0; n < w->req.len; n += 5) {
		struct jc_git_push *p;
		struct jc_err err = {0};

		test_ok(jc_receive_decode(&p, w->c.hub.node, w->a.key.id, &w->s, w->req.data, n, &err), &err);
		test_ok(jc_receive_apply(p, w->c.hub.node, &err), &err);
		jc_receive_free(p);
	}
	assert_int_equal(county_commits(&w->c.hub, &w->a), before);
}

static void
refs_are_not_deleted_moved_back_or_invented(void **state)
{
	static const char zero[] = "0000000000000000000000000000000000000000";
	struct world *w = *state;
	char ref[64], oid[41], line[300];

	push_make(w, ref);
	advertised(w, ref, oid);
	jc_buf_reset(&w->req);
	snprintf(line, sizeof(line), "%s %s %s", oid, zero, ref);
	jc_pkt_put(&w->req, line, strlen(line));
	snprintf(line, sizeof(line), "%s %s refs/heads/main", zero, zero);
	jc_pkt_put(&w->req, line, strlen(line));
	snprintf(line, sizeof(line), "%s %s refs/chains/branch/%s/%s", zero, zero, w->a.key.id, w->a.key.id);
	jc_pkt_put(&w->req, line, strlen(line));
	jc_pkt_flush(&w->req);
	push(w);
	assert_null(strstr(w->out.data, "ok refs/"));
	assert_non_null(strstr(w->out.data, "ng refs/heads/main"));
	advertised(w, ref, line);
	assert_string_equal(line, oid);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_clone_passes_stock_gits_strict_check),
		T(haves_make_the_pack_smaller_and_foreign_ones_are_ignored),
		T(a_commit_of_another_scope_cannot_be_wanted),
		T(a_fetch_request_cut_or_garbled_anywhere_is_answered_in_words),
		T(a_stock_push_of_ones_own_chain_is_taken),
		T(a_push_with_any_byte_changed_is_refused_in_one_sentence),
		T(refs_are_not_deleted_moved_back_or_invented),
	};

	return cmocka_run_group_tests_name("gitserve", tests, NULL, NULL);
}
