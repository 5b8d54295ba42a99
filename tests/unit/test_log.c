/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The log: scopes, devices, appending, numbers, ranks, copies, forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../schema/schema_mem.h"
#include "log_kit.h"
#include "test_env.h"

#define REC "0000000000aa"
#define OTHER "0000000000bb"

static struct jc_err err;

static void
a_founding_is_one_signed_commit_that_enrols_its_author(void **state)
{
	struct kit hub;
	struct jc_commit_row row;
	struct jc_commit c;
	struct jc_buf object, payload;
	char standing[12], *lf;
	uint8_t hash[JC_HASH_LEN];
	int64_t device;

	(void)state;
	kit_new(&hub, 1);
	kit_found(&hub);
	assert_int_equal(hub.scope.joined, 1);
	kit_newest(&hub, &row);
	assert_int_equal(row.no, 1);
	assert_int_equal(row.nops, 2);
	assert_int_equal(row.tier, JC_TIER_CITY);
	assert_int_equal(row.lamport, 1);
	jc_buf_init(&object, 1 << 20);
	jc_buf_init(&payload, 1 << 20);
	kit_bytes(&hub, &row, &object, &payload);
	kit_ok(jc_commit_parse(&c, object.data, object.len, &err), &err);
	kit_ok(jc_commit_attach(&c, payload.data, payload.len, &err), &err);
	kit_ok(jc_commit_verify(&c, object.data, object.len, &err), &err);
	assert_string_equal(c.device, hub.key.id);
	assert_true(c.has_founding);
	lf = memchr(payload.data, '\n', payload.len);
	assert_non_null(lf);
	jc_hash(hash, payload.data, (size_t)(lf - payload.data));
	assert_memory_equal(hash, c.founding, JC_HASH_LEN);
	assert_memory_equal(hash, hub.scope.founding, JC_HASH_LEN);
	kit_ok(jc_device_find(hub.log, hub.key.id, &device, NULL, &err), &err);
	kit_ok(jc_device_standing(hub.log, hub.scope.no, device, standing, &err), &err);
	assert_string_equal(standing, "enrolled");
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM draft"), 0);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM ref WHERE name = 'refs/heads/main' AND tip = 1"), 1);
	jc_buf_free(&object);
	jc_buf_free(&payload);
	kit_free(&hub);
}

static int
scope_seen(void *arg, const struct jc_scope *s)
{
	*(int64_t *)arg = s->no;
	return 0;
}

static void
a_scope_row_comes_back_as_it_was_put(void **state)
{
	struct kit k;
	struct jc_scope s, got;
	int64_t last = 0;

	(void)state;
	kit_new(&k, 2);
	kit_found(&k);
	kit_ok(jc_scope_get(&got, k.log, k.scope.no, &err), &err);
	assert_memory_equal(&got, &k.scope, sizeof(got));
	memset(&s, 0, sizeof(s));
	snprintf(s.role, sizeof(s.role), "branch");
	snprintf(s.name, sizeof(s.name), "还没有加入");
	memset(s.idkey, 7, sizeof(s.idkey));
	s.mine = 1;
	kit_ok(jc_scope_put(&s, k.log, &err), &err);
	assert_int_equal(s.no, 2);
	kit_ok(jc_scope_named(&got, k.log, "branch", "还没有加入", &err), &err);
	assert_memory_equal(&got, &s, sizeof(s));
	assert_int_equal(got.joined, 0);
	assert_int_equal(jc_scope_find(&got, k.log, "zzzzzzzzzzzz", &err), JC_ENOTFOUND);
	kit_ok(jc_scope_each(k.log, scope_seen, &last, &err), &err);
	assert_int_equal(last, 2);
	kit_free(&k);
}

static void
a_device_that_joined_may_write_and_the_hub_gets_the_same_bytes(void **state)
{
	struct kit hub, pc;
	struct jc_commit_row mine, theirs;
	struct jc_buf a, b, pa, pb;
	int64_t no;

	(void)state;
	kit_new(&hub, 3);
	kit_new(&pc, 4);
	kit_found(&hub);
	kit_join(&pc, &hub);
	no = kit_last(&pc, JC_TIER_COUNTY, REC, "name", "王小青", NULL);
	assert_int_equal(kit_cut(&pc), 1);
	assert_int_equal(kit_carry(&hub, &pc), 1);
	assert_int_equal(kit_carry(&hub, &pc), 0);
	kit_newest(&pc, &mine);
	kit_newest(&hub, &theirs);
	assert_memory_equal(mine.hash, theirs.hash, JC_HASH_LEN);
	assert_memory_equal(&mine.oid, &theirs.oid, sizeof(mine.oid));
	assert_int_equal(mine.lamport, 3); /* founding, enrolment, this */
	assert_int_equal(mine.first_op, 0);
	assert_true(theirs.first_op > 0);
	jc_buf_init(&a, 1 << 20);
	jc_buf_init(&b, 1 << 20);
	jc_buf_init(&pa, 1 << 20);
	jc_buf_init(&pb, 1 << 20);
	kit_bytes(&pc, &mine, &a, &pa);
	kit_bytes(&hub, &theirs, &b, &pb);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_equal(pa.len, pb.len);
	assert_memory_equal(pa.data, pb.data, pa.len);
	assert_string_equal(kit_value(&pc, no), "王小青");
	assert_string_equal(kit_value(&hub, theirs.first_op), "王小青");
	jc_buf_free(&a);
	jc_buf_free(&b);
	jc_buf_free(&pa);
	jc_buf_free(&pb);
	kit_free(&hub);
	kit_free(&pc);
}

static void
a_number_means_one_operation_before_and_after_cutting_and_reopening(void **state)
{
	struct kit k;
	struct jc_op_id id, again;
	int64_t no[5], found;

	(void)state;
	kit_new(&k, 5);
	kit_found(&k);
	for (int i = 0; i < 5; i++) {
		char v[16];

		snprintf(v, sizeof(v), "v%d", i);
		no[i] = kit_last(&k, i % 2 ? JC_TIER_CITY : JC_TIER_COUNTY, REC, "name", v, NULL);
	}
	assert_int_equal(jc_log_op_id(k.log, no[0], &id, &err), JC_ESTATE);
	assert_int_equal(kit_cut(&k), 2);
	for (int i = 0; i < 5; i++) {
		char v[16];

		snprintf(v, sizeof(v), "v%d", i);
		assert_string_equal(kit_value(&k, no[i]), v);
		kit_ok(jc_log_op_id(k.log, no[i], &id, &err), &err);
		kit_ok(jc_log_op_find(k.log, k.scope.no, id.h, id.idx, &found, &err), &err);
		assert_int_equal(found, no[i]);
	}
	kit_reopen(&k);
	assert_string_equal(kit_value(&k, no[3]), "v3");
	kit_ok(jc_log_op_id(k.log, no[4], &again, &err), &err);
	assert_int_equal(again.idx, id.idx);
	assert_memory_equal(again.h, id.h, JC_H16);
	assert_int_equal(jc_log_op_find(k.log, k.scope.no, id.h, 100, &found, &err), JC_ENOTFOUND);
	assert_int_equal(jc_log_op_find(k.log, k.scope.no + 1, id.h, id.idx, &found, &err), JC_ENOTFOUND);
	id.h[15] ^= 1;
	assert_int_equal(jc_log_op_find(k.log, k.scope.no, id.h, id.idx, &found, &err), JC_ENOTFOUND);
	kit_free(&k);
}

static void
operations_read_in_any_order_are_the_same(void **state)
{
	struct kit k;
	struct jc_opread read;
	int64_t no[40];
	uint64_t seed = 11;

	(void)state;
	kit_new(&k, 6);
	kit_found(&k);
	for (int i = 0; i < 40; i++) {
		char v[16];

		snprintf(v, sizeof(v), "v%d", i);
		no[i] = kit_draft(&k, JC_TIER_COUNTY, REC, "name", v, NULL);
		if (i % 7 == 6)
			kit_batch(&k);
		if (i == 30)
			kit_cut(&k);
	}
	jc_opread_init(&read);
	for (int i = 0; i < 400; i++) {
		int at = (int)(test_rand(&seed) % 40);
		char v[16];

		snprintf(v, sizeof(v), "v%d", at);
		kit_ok(jc_log_op_read(k.log, no[at], &read, &err), &err);
		assert_true(jc_slice_is(read.op.fields[0].text, v));
		assert_int_equal(read.op.place, at % 7);
		assert_int_equal(read.commit_no == 0, at > 30);
	}
	assert_int_equal(jc_log_op_read(k.log, 9999, &read, &err), JC_ENOTFOUND);
	jc_opread_free(&read);
	kit_free(&k);
}

static void
a_draft_ranks_above_everything_known_and_later_drafts_above_earlier(void **state)
{
	struct kit hub, pc;
	struct jc_rank cut, first, second, none;
	int64_t a, b, c;

	(void)state;
	kit_new(&hub, 7);
	kit_new(&pc, 8);
	kit_found(&hub);
	kit_join(&pc, &hub);
	a = kit_last(&pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_cut(&pc);
	b = kit_last(&pc, JC_TIER_COUNTY, REC, "name", "b", NULL);
	c = kit_last(&pc, JC_TIER_COUNTY, REC, "name", "c", NULL);
	kit_ok(jc_log_op_rank(pc.log, a, &cut, &err), &err);
	kit_ok(jc_log_op_rank(pc.log, b, &first, &err), &err);
	kit_ok(jc_log_op_rank(pc.log, c, &second, &err), &err);
	assert_int_equal(cut.lamport, 3);
	assert_true(jc_rank_cmp(&first, &cut) > 0);
	assert_true(jc_rank_cmp(&second, &first) > 0);
	assert_true(jc_rank_cmp(&cut, &second) < 0);
	assert_int_equal(jc_rank_cmp(&cut, &cut), 0);
	kit_cut(&pc);
	kit_ok(jc_log_op_rank(pc.log, b, &first, &err), &err);
	kit_ok(jc_log_op_rank(pc.log, c, &second, &err), &err);
	assert_true(jc_rank_cmp(&first, &cut) > 0);
	assert_true(jc_rank_cmp(&second, &first) > 0);
	assert_int_equal(jc_log_op_rank(pc.log, 777, &none, &err), JC_ENOTFOUND);
	kit_free(&hub);
	kit_free(&pc);
}

struct first {
	struct jc_commit_row row;
	int64_t after;
};

static int
take_after(void *arg, const struct jc_commit_row *row)
{
	struct first *f = arg;

	if (row->no <= f->after)
		return 0;
	f->row = *row;
	return 1;
}

/* Appends the first commit after `after` of one log to another. */
static int
append_one(struct kit *to, struct kit *from, int64_t after, int64_t *no, int *fresh)
{
	struct first f = {.after = after};
	struct jc_buf object, payload;
	struct jc_commit c;
	int rc;

	assert_int_equal(jc_log_walk(from->log, from->scope.no, 0, take_after, &f, &err), 1);
	jc_buf_init(&object, 1 << 20);
	jc_buf_init(&payload, 1 << 20);
	kit_bytes(from, &f.row, &object, &payload);
	kit_ok(jc_commit_parse(&c, object.data, object.len, &err), &err);
	kit_ok(jc_commit_attach(&c, payload.data, payload.len, &err), &err);
	rc = jc_log_append(to->log, to->scope.no, &c, (struct jc_slice){object.data, object.len},
	    (struct jc_slice){payload.data, payload.len}, NULL, no, fresh, &err);
	jc_buf_free(&object);
	jc_buf_free(&payload);
	return rc;
}

static void
a_commit_whose_parent_is_not_here_is_stale_and_leaves_nothing(void **state)
{
	struct kit hub, pc, late;
	int64_t no;
	int fresh;

	(void)state;
	kit_new(&hub, 9);
	kit_new(&pc, 10);
	kit_new(&late, 11);
	kit_found(&hub);
	kit_join(&late, &hub);
	kit_join(&pc, &hub);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_cut(&pc);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "b", NULL);
	kit_cut(&pc);
	kit_ok(jc_db_begin(late.db, &err), &err);
	assert_int_equal(append_one(&late, &pc, 4, &no, &fresh), JC_ESTALE);
	kit_ok(jc_db_end(late.db, 0, &err), &err);
	assert_int_equal(kit_count(&late, "SELECT count(*) FROM log_commit"), 2);
	assert_int_equal(kit_count(&late, "SELECT count(*) FROM object"), 6);
	kit_free(&hub);
	kit_free(&pc);
	kit_free(&late);
}

static void
what_was_rolled_back_is_forgotten_and_its_numbers_are_given_again(void **state)
{
	struct kit hub, a, b;
	struct jc_commit_row row, got;
	int64_t no, again;
	int fresh;

	(void)state;
	kit_new(&hub, 12);
	kit_new(&a, 13);
	kit_new(&b, 14);
	kit_found(&hub);
	kit_join(&a, &hub);
	kit_join(&b, &hub);
	kit_last(&a, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_last(&b, JC_TIER_COUNTY, REC, "name", "b", NULL);
	kit_cut(&a);
	kit_cut(&b);
	kit_carry(&hub, &a); /* before b's: so that it has b's parents */
	kit_ok(jc_db_begin(hub.db, &err), &err);
	kit_ok(append_one(&hub, &b, 3, &no, &fresh), &err);
	assert_int_equal(fresh, 1);
	kit_ok(jc_log_commit(hub.log, no, &row, &err), &err);
	kit_ok(jc_log_commit_h16(hub.log, hub.scope.no, row.hash, &got, &err), &err);
	kit_ok(jc_db_end(hub.db, 0, &err), &err);
	assert_int_equal(jc_log_commit_h16(hub.log, hub.scope.no, row.hash, &got, &err), JC_ENOTFOUND);
	assert_int_equal(jc_log_commit(hub.log, no, &got, &err), JC_ENOTFOUND);
	kit_last(&hub, JC_TIER_COUNTY, OTHER, "name", "h", NULL);
	kit_cut(&hub);
	kit_newest(&hub, &got);
	assert_int_equal(got.no, no);
	assert_memory_not_equal(got.hash, row.hash, JC_HASH_LEN);
	assert_int_equal(kit_carry(&hub, &b), 1);
	kit_ok(jc_log_commit_h16(hub.log, hub.scope.no, row.hash, &got, &err), &err);
	again = got.no;
	assert_int_equal(again, no + 1);
	kit_free(&hub);
	kit_free(&a);
	kit_free(&b);
}

/* ---- ancestry, tips, forks ---- */

static void
descent_is_followed_through_every_parent(void **state)
{
	struct kit hub, a, b;
	struct jc_commit_row of_a, of_b, joint;

	(void)state;
	kit_new(&hub, 15);
	kit_new(&a, 16);
	kit_new(&b, 17);
	kit_found(&hub);
	kit_join(&a, &hub);
	kit_join(&b, &hub);
	kit_carry(&a, &hub);
	kit_last(&a, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_last(&b, JC_TIER_COUNTY, REC, "name", "b", NULL);
	kit_cut(&a);
	kit_cut(&b);
	kit_newest(&a, &of_a);
	kit_carry(&a, &b);
	kit_newest(&a, &of_b);
	assert_int_equal(jc_log_reaches(a.log, of_b.no, of_a.no, &err), 0);
	assert_int_equal(jc_log_reaches(a.log, of_a.no, of_b.no, &err), 0);
	assert_int_equal(jc_log_reaches(a.log, of_a.no, 1, &err), 1);
	assert_int_equal(jc_log_reaches(a.log, of_b.no, 2, &err), 1);
	assert_int_equal(jc_log_reaches(a.log, of_b.no, of_b.no, &err), 1);
	kit_last(&a, JC_TIER_COUNTY, REC, "name", "c", NULL);
	kit_cut(&a);
	kit_newest(&a, &joint);
	assert_int_equal(joint.nparents, 2);
	assert_int_equal(joint.parent[0], of_a.no);
	assert_int_equal(joint.parent[1], of_b.no);
	assert_int_equal(joint.lamport, of_a.lamport + 1);
	assert_int_equal(jc_log_reaches(a.log, joint.no, of_b.no, &err), 1);
	kit_free(&hub);
	kit_free(&a);
	kit_free(&b);
}

static int
tip_count(void *arg, const struct jc_tip *tip)
{
	assert_true(tip->commit_no > 0);
	++*(int *)arg;
	return 0;
}

struct forks {
	int n, tips, joined;
	jc_id device;
};

static int
fork_seen(void *arg, int64_t scope, const struct jc_fork *fork)
{
	struct forks *f = arg;

	assert_true(scope > 0);
	f->n++;
	f->tips = fork->tips;
	f->joined = fork->joined;
	memcpy(f->device, fork->device_id, sizeof(jc_id));
	return 0;
}

static struct forks
forks_of(struct kit *k)
{
	struct forks f = {0};

	kit_ok(jc_log_forks(k->log, 0, 0, fork_seen, &f, &err), &err);
	return f;
}

static void
a_restored_image_and_its_original_both_go_on(void **state)
{
	struct kit hub, pc, image;
	struct forks f;
	int tips = 0;

	(void)state;
	kit_new(&hub, 18);
	kit_new(&pc, 19);
	kit_found(&hub);
	kit_join(&pc, &hub);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "before", NULL);
	kit_cut(&pc);
	kit_image(&image, &pc, 20);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "original", NULL);
	kit_last(&image, JC_TIER_COUNTY, REC, "name", "image", NULL);
	kit_cut(&pc);
	kit_cut(&image);
	kit_carry(&hub, &pc);
	assert_int_equal(forks_of(&hub).n, 0);
	assert_int_equal(kit_carry(&hub, &image), 1);
	f = forks_of(&hub);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.tips, 2);
	assert_int_equal(f.joined, 0);
	assert_string_equal(f.device, pc.key.id);
	assert_true(strstr(test_env_last_trace(hub.env), "log.fork") != NULL);
	kit_ok(jc_log_tips(hub.log, hub.scope.no, JC_TIER_COUNTY, 0, tip_count, &tips, &err), &err);
	assert_int_equal(tips, 2);

	/* Both fetch, both go on from where they were themselves, and what they write next joins. */
	kit_carry(&pc, &hub);
	kit_carry(&image, &hub);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "original 2", NULL);
	kit_last(&image, JC_TIER_COUNTY, REC, "name", "image 2", NULL);
	kit_cut(&pc);
	kit_cut(&image);
	kit_carry(&hub, &pc);
	assert_int_equal(forks_of(&hub).joined, 1);
	kit_carry(&hub, &image);
	f = forks_of(&hub);
	assert_int_equal(f.tips, 2); /* no third continuation */
	assert_int_equal(f.joined, 0);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM oprange"), kit_count(&pc, "SELECT count(*) FROM oprange") + 1);
	kit_free(&hub);
	kit_free(&pc);
	kit_free(&image);
}

/* ---- copies ---- */

static void
drafts_cut_by_an_image_and_its_original_are_one_operation(void **state)
{
	struct kit hub, pc, image;
	struct jc_op_id a, b, c;
	struct jc_rank ra, rc;
	int64_t no, copy, same;

	(void)state;
	kit_new(&hub, 21);
	kit_new(&pc, 22);
	kit_found(&hub);
	kit_join(&pc, &hub);
	no = kit_draft(&pc, JC_TIER_COUNTY, REC, "name", "once", NULL);
	kit_last(&pc, JC_TIER_COUNTY, OTHER, "name", "twice", NULL);
	kit_image(&image, &pc, 23);
	kit_cut(&pc);
	kit_last(&image, JC_TIER_COUNTY, OTHER, "name", "three", NULL); /* the image cuts one more */
	kit_cut(&image);
	kit_carry(&hub, &pc);
	kit_carry(&hub, &image);
	kit_carry(&pc, &image);
	kit_carry(&image, &pc);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM op_same"), 2);
	assert_int_equal(kit_count(&pc, "SELECT count(*) FROM op_same"), 2);
	assert_int_equal(kit_count(&image, "SELECT count(*) FROM op_same"), 2);
	kit_ok(jc_log_op_id(pc.log, no, &a, &err), &err);
	kit_ok(jc_log_op_id(image.log, no, &b, &err), &err);
	assert_memory_equal(a.h, b.h, JC_H16);
	kit_ok(jc_log_op_find(hub.log, hub.scope.no, a.h, a.idx, &same, &err), &err);
	kit_ok(jc_log_op_id(hub.log, same, &c, &err), &err);
	assert_memory_equal(a.h, c.h, JC_H16);
	assert_int_equal(a.idx, c.idx);
	/* The copy leads to the one that counts, and both have one rank. */
	copy = kit_count(&pc, "SELECT op FROM op_same ORDER BY op LIMIT 1");
	kit_ok(jc_log_op_same(pc.log, copy, &same, &err), &err);
	assert_int_equal(same, no);
	kit_ok(jc_log_op_rank(pc.log, no, &ra, &err), &err);
	kit_ok(jc_log_op_rank(image.log, no, &rc, &err), &err);
	assert_int_equal(jc_rank_cmp(&ra, &rc), 0);
	kit_free(&hub);
	kit_free(&pc);
	kit_free(&image);
}

static int
recounted(void *arg, int64_t op, struct jc_err *e)
{
	(void)e;
	*(int64_t *)arg = op;
	return 0;
}

static void
a_draft_whose_copy_is_known_has_the_rank_of_the_copy(void **state)
{
	struct kit hub, pc, image;
	struct jc_rank draft, cut;
	struct jc_op_id id;
	int64_t no, told = 0;

	(void)state;
	kit_new(&hub, 24);
	kit_new(&pc, 25);
	kit_found(&hub);
	kit_join(&pc, &hub);
	no = kit_last(&pc, JC_TIER_COUNTY, REC, "name", "once", NULL);
	kit_image(&image, &pc, 26);
	kit_cut(&pc);
	kit_carry(&image, &pc); /* arrives while the image's own is still a draft */
	assert_int_equal(kit_count(&image, "SELECT count(*) FROM op_same"), 1);
	kit_ok(jc_log_op_rank(image.log, no, &draft, &err), &err);
	kit_ok(jc_log_op_rank(pc.log, no, &cut, &err), &err);
	assert_int_equal(jc_rank_cmp(&draft, &cut), 0);
	kit_ok(jc_log_op_id(image.log, no, &id, &err), &err);
	jc_log_on_recount(image.log, recounted, &told);
	assert_int_equal(kit_cut(&image), 1);
	assert_int_equal(told, no);
	kit_free(&hub);
	kit_free(&pc);
	kit_free(&image);
}

static void
equal_places_with_other_content_are_two_operations(void **state)
{
	struct kit hub, pc, image;

	(void)state;
	kit_new(&hub, 27);
	kit_new(&pc, 28);
	kit_found(&hub);
	kit_join(&pc, &hub);
	kit_draft(&pc, JC_TIER_COUNTY, REC, "name", "same", NULL);
	kit_image(&image, &pc, 29);
	memcpy(image.batch, pc.batch, sizeof(jc_id));
	image.place = pc.place;
	kit_last(&pc, JC_TIER_COUNTY, REC, "phone", "one", NULL);
	kit_last(&image, JC_TIER_COUNTY, REC, "phone", "two", NULL);
	kit_cut(&pc);
	kit_cut(&image);
	kit_carry(&hub, &pc);
	kit_carry(&hub, &image);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM op_same"), 1);
	kit_free(&hub);
	kit_free(&pc);
	kit_free(&image);
}

/* ---- devices ---- */

static const char *
standing_of(struct kit *k, struct kit *device)
{
	static char text[12];
	int64_t no;

	kit_ok(jc_device_find(k->log, device->key.id, &no, NULL, &err), &err);
	kit_ok(jc_device_standing(k->log, k->scope.no, no, text, &err), &err);
	return text;
}

/* A `device` operation written by hand. */
static void
device_op(struct kit *by, struct kit *about, const char *state)
{
	struct jc_opfield f = {.name = JC_SLICE("state"), .kind = JC_VAL_TEXT, .text = {state, strlen(state)}};
	struct jc_op op = {.verb = JC_V_DEVICE, .fields = &f, .nfields = 1, .count = 1};
	struct jc_opctx ctx = {0};
	struct jc_opread read;
	struct jc_buf line;
	int64_t no;

	memcpy(op.rec, about->key.id, sizeof(jc_id));
	kit_ok(jc_id_random(op.batch, by->env, &err), &err);
	jc_buf_init(&line, 4096);
	kit_ok(jc_op_write(&line, &op, &ctx, &err), &err);
	kit_ok(jc_db_begin(by->db, &err), &err);
	kit_ok(jc_log_reserve(by->log, 1, &no, &err), &err);
	kit_ok(jc_log_draft(by->log, by->scope.no, JC_TIER_CITY, no, line.data, line.len - 1, &err), &err);
	kit_ok(jc_db_end(by->db, 1, &err), &err);
	kit_cut(by);
	jc_opread_init(&read);
	kit_ok(jc_log_op_read(by->log, no, &read, &err), &err);
	kit_ok(jc_log_fold_standing(by->log, by->scope.no, &read.op, no, &err), &err);
	jc_opread_free(&read);
	jc_buf_free(&line);
}

static void
only_the_authority_gives_and_takes_standing(void **state)
{
	struct kit hub, a, b;

	(void)state;
	kit_new(&hub, 30);
	kit_new(&a, 31);
	kit_new(&b, 32);
	kit_found(&hub);
	kit_join(&a, &hub);
	kit_join(&b, &hub);
	kit_carry(&a, &hub);
	assert_string_equal(standing_of(&a, &b), "enrolled");
	device_op(&a, &b, "revoked");
	kit_carry(&hub, &a);
	kit_carry(&b, &hub);
	assert_string_equal(standing_of(&a, &b), "enrolled");
	assert_string_equal(standing_of(&hub, &b), "enrolled");
	assert_string_equal(standing_of(&b, &b), "enrolled");
	device_op(&hub, &b, "revoked");
	kit_carry(&a, &hub);
	assert_string_equal(standing_of(&hub, &b), "revoked");
	assert_string_equal(standing_of(&a, &b), "revoked");
	kit_ok(jc_scope_enrol(hub.log, &hub.scope, b.key.pk, "二号机", "branch", &err), &err);
	assert_string_equal(standing_of(&hub, &b), "enrolled");
	assert_int_equal(jc_scope_enrol(a.log, &a.scope, b.key.pk, "二号机", "branch", &err), JC_EDENIED);
	kit_free(&hub);
	kit_free(&a);
	kit_free(&b);
}

static void
enrolling_again_writes_nothing(void **state)
{
	struct kit hub, a;
	int64_t commits;

	(void)state;
	kit_new(&hub, 33);
	kit_new(&a, 34);
	kit_found(&hub);
	kit_join(&a, &hub);
	commits = kit_count(&hub, "SELECT count(*) FROM log_commit");
	kit_ok(jc_scope_enrol(hub.log, &hub.scope, a.key.pk, "一号机", "branch", &err), &err);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM log_commit"), commits);
	kit_free(&hub);
	kit_free(&a);
}

static void
a_label_that_a_commit_cannot_carry_is_refused(void **state)
{
	struct kit k;
	struct jc_commit_row row;
	struct jc_buf object;

	(void)state;
	kit_new(&k, 35);
	assert_int_equal(jc_log_set_label(k.log, "a<b", &err), JC_EINVAL);
	assert_int_equal(jc_log_set_label(k.log, "", &err), JC_EINVAL);
	assert_int_equal(jc_log_set_label(k.log, "两行\n", &err), JC_EINVAL);
	kit_ok(jc_log_set_label(k.log, "财务室的电脑", &err), &err);
	kit_reopen(&k);
	kit_found(&k);
	kit_newest(&k, &row);
	jc_buf_init(&object, 1 << 20);
	kit_bytes(&k, &row, &object, NULL);
	assert_non_null(strstr(object.data, "author 财务室的电脑 <"));
	jc_buf_free(&object);
	kit_free(&k);
}

/* ---- failing ---- */

static void
a_row_changed_behind_our_back_stops_the_transaction(void **state)
{
	struct kit hub, pc;
	int64_t no;
	int fresh;

	(void)state;
	kit_new(&hub, 36);
	kit_new(&pc, 37);
	kit_found(&hub);
	kit_join(&pc, &hub);
	kit_last(&pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_cut(&pc);
	kit_ok(jc_db_begin(hub.db, &err), &err);
	kit_ok(append_one(&hub, &pc, 2, &no, &fresh), &err);
	kit_sql(&hub, "UPDATE log_commit SET hash = randomblob(32) WHERE no = 3");
	assert_true(jc_db_end(hub.db, 1, &err) < 0);
	assert_int_equal(err.code, JC_ECORRUPT);
	assert_int_equal(kit_count(&hub, "SELECT count(*) FROM log_commit"), 2);
	kit_free(&hub);
	kit_free(&pc);
}

static int fail_after;

static int
fail_once(void *arg, size_t n)
{
	(void)arg;
	(void)n;
	return fail_after > 0 && --fail_after == 0;
}

static void
any_failing_allocation_leaves_the_log_as_it_was(void **state)
{
	struct kit hub, pc;
	int64_t made, before;
	int rc = -1, tries = 0;

	(void)state;
	kit_new(&hub, 38);
	kit_new(&pc, 39);
	kit_found(&hub);
	kit_join(&pc, &hub);
	for (int i = 0; i < 3; i++)
		kit_last(&pc, i == 1 ? JC_TIER_CITY : JC_TIER_COUNTY, REC, "name", "a", NULL);
	before = kit_count(&pc, "SELECT count(*) FROM log_commit");
	jc_mem_hook(fail_once, NULL);
	for (int n = 1; rc < 0 && n < 5000; n++) {
		fail_after = n;
		rc = jc_cut(pc.log, pc.scope.no, 0, &made, &err);
		if (rc < 0) {
			fail_after = 0;
			assert_int_equal(rc, JC_ENOMEM);
			assert_int_equal(kit_count(&pc, "SELECT count(*) FROM log_commit"), before);
			assert_int_equal(kit_count(&pc, "SELECT count(*) FROM draft"), 3);
		}
		tries++;
	}
	fail_after = 0;
	jc_mem_hook(NULL, NULL);
	assert_int_equal(rc, 0);
	assert_true(tries > 20);
	assert_int_equal(made, 2);
	assert_int_equal(kit_carry(&hub, &pc), 2);
	kit_free(&hub);
	kit_free(&pc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_founding_is_one_signed_commit_that_enrols_its_author),
		cmocka_unit_test(a_scope_row_comes_back_as_it_was_put),
		cmocka_unit_test(a_device_that_joined_may_write_and_the_hub_gets_the_same_bytes),
		cmocka_unit_test(a_number_means_one_operation_before_and_after_cutting_and_reopening),
		cmocka_unit_test(operations_read_in_any_order_are_the_same),
		cmocka_unit_test(a_draft_ranks_above_everything_known_and_later_drafts_above_earlier),
		cmocka_unit_test(a_commit_whose_parent_is_not_here_is_stale_and_leaves_nothing),
		cmocka_unit_test(what_was_rolled_back_is_forgotten_and_its_numbers_are_given_again),
		cmocka_unit_test(descent_is_followed_through_every_parent),
		cmocka_unit_test(a_restored_image_and_its_original_both_go_on),
		cmocka_unit_test(drafts_cut_by_an_image_and_its_original_are_one_operation),
		cmocka_unit_test(a_draft_whose_copy_is_known_has_the_rank_of_the_copy),
		cmocka_unit_test(equal_places_with_other_content_are_two_operations),
		cmocka_unit_test(only_the_authority_gives_and_takes_standing),
		cmocka_unit_test(enrolling_again_writes_nothing),
		cmocka_unit_test(a_label_that_a_commit_cannot_carry_is_refused),
		cmocka_unit_test(a_row_changed_behind_our_back_stops_the_transaction),
		cmocka_unit_test(any_failing_allocation_leaves_the_log_as_it_was),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
