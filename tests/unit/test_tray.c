/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Returned writes: what a county returns is shown as if it had not been, told with its reason, mended and sent again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "sync_beyond.h"
#include "sync_intake.h"
#include "sync_note.h"
#include "sync_receipt.h"
#include "sync_tray.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b;
	jc_id id;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_branch(&w->c, &w->a, &w->b, 71);
	test_set(&w->a, "member", w->id, 0, "name=王小青", "title=主席", "mobile=13000000001", NULL);
	county_synced(&w->c, &w->a);
	test_set(&w->a, "member", w->id, 0, "title=委员", "mobile=13000000002", NULL);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_branch_free(&w->c, &w->a, &w->b);
	free(w);
	return 0;
}

static void
key_at(struct test_node *t, const char *id, struct jc_record_key *key)
{
	struct jc_err err = {0};

	test_ok(jc_record_find(t->node, 0, id, key, &err), &err);
}

static const struct jc_field *
field(const char *name)
{
	return jc_catalogue_field(jc_catalogue_kind("member", 6), name, strlen(name));
}

static void
give_back(struct test_node *hub, const char *id, const char *name)
{
	struct jc_record_key key;
	struct jc_err err = {0};
	int n;

	key_at(hub, id, &key);
	test_ok(jc_tray_return(hub->node, &key, name != NULL ? field(name) : NULL, "与花名册不符", &n, &err), &err);
	assert_true(n > 0);
}

static int
first_item(void *arg, const struct jc_tray_item *item)
{
	int64_t *out = arg;

	out[0] = item->no;
	out[1] = (int64_t)item->nfields;
	assert_string_equal(item->reason, "与花名册不符");
	assert_non_null(item->key.kind);
	return 1;
}

static int64_t
open_items(struct test_node *t)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_tray_count(t->node, &n, &err), &err);
	return n;
}

static void
all_synced(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		county_synced(&w->c, &w->a);
		county_synced(&w->c, &w->b);
	}
	county_agree(&w->c, &w->a, &w->b, NULL);
}

static void
one_field_is_returned_and_the_others_of_that_save_stand(void **state)
{
	struct world *w = *state;
	struct jc_receipt at;
	struct jc_record_key key;
	struct jc_err err = {0};
	int64_t item[2] = {0, 0};

	give_back(&w->c.hub, w->id, "title");
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "主席");
	assert_string_equal(test_get(&w->c.hub, w->id, "mobile"), "13000000002");
	all_synced(w);
	assert_string_equal(test_get(&w->a, w->id, "title"), "主席");
	assert_string_equal(test_get(&w->b, w->id, "mobile"), "13000000002");
	assert_int_equal(open_items(&w->a), 1);
	jc_tray_each(w->a.node, first_item, item, NULL);
	assert_int_equal(item[1], 1);
	key_at(&w->a, w->id, &key);
	test_ok(jc_receipt_get(w->a.node, key.rec, &at, &err), &err);
	assert_int_equal(at.returned, 1);
	/* The same after a rebuild, at both ends. */
	test_ok(jc_project_rebuild(w->a.node->project, NULL, NULL, &err), &err);
	test_ok(jc_project_rebuild(w->c.hub.node->project, NULL, NULL, &err), &err);
	county_agree(&w->c, &w->a, &w->b, NULL);
	assert_int_equal(open_items(&w->a), 1);
	assert_int_equal(test_siblings(&w->a, w->id, "title", (int64_t[8]){0}), 0);
}

static void
mended_and_sent_again_it_leaves_the_tray_of_every_computer(void **state)
{
	struct world *w = *state;
	struct jc_change change = {.field = field("title"), .text = {"组长", 6}};
	struct jc_err err = {0};
	int64_t item[2];

	give_back(&w->c.hub, w->id, "title");
	all_synced(w);
	assert_int_equal(open_items(&w->b), 1);
	jc_tray_each(w->a.node, first_item, item, NULL);
	test_ok(jc_tray_resend(w->a.node, item[0], &change, 1, &err), &err);
	assert_int_equal(open_items(&w->a), 0);
	assert_int_equal(jc_tray_resend(w->a.node, item[0], &change, 1, &err), JC_ENOTFOUND);
	all_synced(w);
	assert_int_equal(open_items(&w->b), 0);
	assert_string_equal(test_get(&w->b, w->id, "title"), "组长");
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "组长");
	assert_int_equal(test_siblings(&w->c.hub, w->id, "title", (int64_t[8]){0}), 0);
}

static void
let_go_or_sent_again_as_it_was(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	int64_t item[2];

	give_back(&w->c.hub, w->id, "title");
	give_back(&w->c.hub, w->id, "mobile");
	all_synced(w);
	assert_int_equal(open_items(&w->a), 2);
	jc_tray_each(w->a.node, first_item, item, NULL);
	test_ok(jc_tray_close(w->a.node, item[0], "withdrawn", &err), &err);
	assert_int_equal(open_items(&w->a), 1);
	jc_tray_each(w->a.node, first_item, item, NULL);
	test_ok(jc_tray_resend(w->a.node, item[0], NULL, 0, &err), &err);
	all_synced(w);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "主席");
	assert_string_equal(test_get(&w->c.hub, w->id, "mobile"), "13000000002");
}

static void
accepted_after_all_it_is_there_again(void **state)
{
	struct world *w = *state;
	struct jc_record_key key;
	struct jc_err err = {0};

	give_back(&w->c.hub, w->id, NULL);
	key_at(&w->c.hub, w->id, &key);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "主席"); /* what the last save had replaced */
	test_ok(jc_tray_accept(w->c.hub.node, &key, field("title"), NULL, &err), &err);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "委员");
	assert_string_equal(test_get(&w->c.hub, w->id, "mobile"), "13000000001");
	all_synced(w);
	assert_string_equal(test_get(&w->a, w->id, "title"), "委员");
	assert_int_equal(jc_tray_accept(w->c.hub.node, &key, field("title"), NULL, &err), JC_ESTATE);
	/* And returned once more: the newest statement names the one before. */
	give_back(&w->c.hub, w->id, "title");
	all_synced(w);
	assert_string_equal(test_get(&w->b, w->id, "title"), "主席");
}

/* The hub learns from a branch what its copy wrote. */
static void
give_all_back_to(struct county *c, struct test_node *pc)
{
	county_synced(c, pc);
	county_synced(c, pc);
}

/* The hub's folder was copied: two officers state different things without knowing of each other. */
static void
officers_who_disagree_unawares_leave_it_returned_until_one_decides(void **state)
{
	struct world *w = *state;
	struct test_node twin;
	struct jc_record_key key;
	struct county other = {0};
	struct jc_err err = {0};

	give_back(&w->c.hub, w->id, "title");
	all_synced(w);
	test_node_new(&twin, 74);
	test_node_restore(&twin, &w->c.hub);
	twin.key = w->c.hub.key;
	test_node_reopen(&twin);
	test_ok(jc_db_begin(twin.node->db, &err), &err);
	test_ok(jc_note_epoch_renew(twin.node->log, 0, &err), &err);
	test_ok(jc_db_end(twin.node->db, 1, &err), &err);
	/* One accepts; the other, unawares, states again that it is returned (of the same write). */
	key_at(&w->c.hub, w->id, &key);
	test_ok(jc_tray_accept(w->c.hub.node, &key, field("title"), NULL, &err), &err);
	key_at(&twin, w->id, &key);
	test_ok(jc_tray_accept(twin.node, &key, field("title"), NULL, &err), &err);
	key_at(&twin, w->id, &key);
	test_ok(jc_tray_return(twin.node, &key, field("title"), "与花名册不符", NULL, &err), &err);
	other.hub = twin;
	county_synced(&w->c, &w->a);
	assert_string_equal(test_get(&w->a, w->id, "title"), "委员");
	/* The branch meets both; what they say of one write does not agree. */
	assert_int_equal(county_sync(&other, &w->a, NULL, NULL), JC_WANT_DONE);
	assert_string_equal(test_get(&w->a, w->id, "title"), "主席");
	test_ok(jc_project_rebuild(w->a.node->project, NULL, NULL, &err), &err);
	assert_string_equal(test_get(&w->a, w->id, "title"), "主席");
	/* A statement that names both decides. */
	give_all_back_to(&w->c, &w->a);
	key_at(&w->c.hub, w->id, &key);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "主席");
	test_ok(jc_tray_accept(w->c.hub.node, &key, field("title"), NULL, &err), &err);
	county_synced(&w->c, &w->a);
	assert_string_equal(test_get(&w->a, w->id, "title"), "委员");
	test_node_free(&twin);
}

static void
only_the_authority_returns_and_never_without_a_reason(void **state)
{
	struct world *w = *state;
	struct jc_record_key key;
	struct jc_err err = {0};

	key_at(&w->a, w->id, &key);
	assert_int_equal(jc_tray_return(w->a.node, &key, NULL, "不行", NULL, &err), JC_EDENIED);
	key_at(&w->c.hub, w->id, &key);
	assert_int_equal(jc_tray_return(w->c.hub.node, &key, NULL, "", NULL, &err), JC_EINVAL);
	assert_int_equal(jc_tray_accept(w->c.hub.node, &key, NULL, NULL, &err), JC_ESTATE);
}

/* One bad item never holds up what comes after it. */
static void
two_thousand_returned_items_hold_up_nothing(void **state)
{
	struct world *w = *state;
	int n = getenv("JC_SLOW") != NULL ? 2000 : 300;
	jc_id *ids = calloc((size_t)n, sizeof(*ids)), later = "";
	struct jc_session_report r;
	struct jc_err err = {0};

	for (int i = 0; i < n; i++) {
		char name[40];

		snprintf(name, sizeof(name), "name=张%d", i);
		test_set(&w->a, "member", ids[i], 0, name, NULL);
	}
	county_synced(&w->c, &w->a);
	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	for (int i = 0; i < n; i++)
		give_back(&w->c.hub, ids[i], NULL);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
	test_set(&w->a, "member", later, 0, "name=李大山", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.waiting, 0);
	assert_string_equal(test_get(&w->c.hub, later, "name"), "李大山");
	all_synced(w);
	assert_int_equal(open_items(&w->a), n);
	test_set(&w->a, "member", later, 0, "mobile=13000000005", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_string_equal(test_get(&w->c.hub, later, "mobile"), "13000000005");
	free(ids);
}

/* The newest commit of a PC, carried to another node as if `caller` had brought it. */
static int
carry_newest(struct test_node *from, struct test_node *to, const char *caller)
{
	struct jc_intake_item it = {0};
	struct jc_commit_row row;
	struct jc_scope s, there;
	struct jc_err err = {0};
	int64_t no, made;
	int rc, fresh;

	test_ok(jc_node_scope(from->node, &s, &err), &err);
	test_ok(jc_db_begin(from->node->db, &err), &err);
	test_ok(jc_cut(from->node->log, s.no, 0, &made, &err), &err);
	test_ok(jc_db_end(from->node->db, 1, &err), &err);
	test_ok(jc_db_int(from->node->db, &no, "SELECT max(no) FROM log_commit", &err), &err);
	test_ok(jc_log_commit(from->node->log, no, &row, &err), &err);
	jc_buf_init(&it.object, 1 << 20);
	jc_buf_init(&it.payload, 1 << 20);
	test_ok(jc_log_commit_bytes(from->node->log, &row, &it.object, &it.payload, &err), &err);
	test_ok(jc_intake_check(&it, &err), &err);
	test_ok(jc_scope_find(&there, to->node->log, s.id, &err), &err);
	test_ok(jc_db_begin(to->node->db, &err), &err);
	rc = jc_intake_admit(to->node, &there, &it, caller, &no, &fresh, &err);
	test_ok(jc_db_end(to->node->db, rc >= 0, &err), &err);
	jc_intake_item_free(&it);
	return rc;
}

static int
beyond_count(void *arg, const struct jc_beyond *b)
{
	assert_true(b->nfields != 0 && b->rec[0] != 0);
	(*(int64_t *)arg)++;
	return 0;
}

static void
what_a_revoked_computer_wrote_afterwards_counts_nowhere_in_any_order(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_scope s;
	struct jc_err err = {0};
	char digest[65], again[65];
	jc_id late = "";

	/* It writes on, unknowing; the other computer of the branch gets that before it hears of the revocation. */
	county_scope(&w->c.hub, &w->a, &s);
	test_ok(jc_scope_revoke(w->c.hub.node->log, &s, w->a.key.id, &err), &err);
	assert_int_equal(jc_scope_revoke(w->c.hub.node->log, &s, w->a.key.id, &err), JC_ESTATE);
	assert_int_equal(jc_scope_revoke(w->c.hub.node->log, &s, w->c.hub.key.id, &err), JC_EDENIED);
	test_set(&w->a, "member", w->id, 0, "title=组长", NULL);
	test_set(&w->a, "member", late, 0, "name=赵玉梅", NULL);
	test_ok(carry_newest(&w->a, &w->b, ""), &err);
	assert_string_equal(test_get(&w->b, w->id, "title"), "组长");
	county_synced(&w->c, &w->b);
	assert_string_equal(test_get(&w->b, w->id, "title"), "委员"); /* what was accepted stands */
	assert_int_equal(test_count(&w->b, "member"), 1);
	/* Itself it is refused; what another brings of it is kept and has no effect. */
	county_sync(&w->c, &w->a, NULL, &r);
	assert_int_equal(r.err.code, JC_EDENIED);
	test_set(&w->a, "member", w->id, 0, "title=会计", NULL);
	assert_int_equal(carry_newest(&w->a, &w->c.hub, w->a.key.id), JC_EDENIED);
	test_ok(carry_newest(&w->a, &w->c.hub, w->b.key.id), &err);
	county_synced(&w->c, &w->b);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "委员");
	county_digest(&w->c.hub, &w->a, digest);
	county_digest(&w->b, &w->a, again);
	assert_string_equal(digest, again);
	test_ok(jc_project_rebuild(w->b.node->project, NULL, NULL, &err), &err);
	test_ok(jc_project_rebuild(w->c.hub.node->project, NULL, NULL, &err), &err);
	county_digest(&w->b, &w->a, again);
	assert_string_equal(digest, again);
	county_digest(&w->c.hub, &w->a, again);
	assert_string_equal(digest, again);
	/* The officer sees what came after, and takes it after all. */
	{
		int64_t seen = 0;

		test_ok(jc_beyond_each(w->c.hub.node, w->a.key.id, beyond_count, &seen, &err), &err);
		assert_int_equal(seen, 3);
		assert_int_equal(jc_beyond_accept(w->c.hub.node, &s, w->b.key.id, &err), JC_ESTATE);
		test_ok(jc_beyond_accept(w->c.hub.node, &s, w->a.key.id, &err), &err);
		assert_string_equal(test_get(&w->c.hub, w->id, "title"), "会计");
		seen = 0;
		test_ok(jc_beyond_each(w->c.hub.node, "", beyond_count, &seen, &err), &err);
		assert_int_equal(seen, 0);
		county_synced(&w->c, &w->b);
		assert_string_equal(test_get(&w->b, w->id, "title"), "会计");
		assert_int_equal(test_count(&w->b, "member"), 2);
		county_digest(&w->c.hub, &w->a, digest);
		county_digest(&w->b, &w->a, again);
		assert_string_equal(digest, again);
		test_ok(jc_project_rebuild(w->b.node->project, NULL, NULL, &err), &err);
		county_digest(&w->b, &w->a, again);
		assert_string_equal(digest, again);
	}
	/* Others go on. */
	test_set(&w->b, "member", w->id, 0, "title=干事", NULL);
	county_synced(&w->c, &w->b);
	assert_string_equal(test_get(&w->c.hub, w->id, "title"), "干事");
}

/* Of three records made in one save the county returned one: undo takes back the others. */
static void
undo_leaves_alone_what_was_returned_as_a_whole(void **state)
{
	struct world *w = *state;
	struct jc_change name = {.field = field("name"), .text = {"李大山", 9}};
	struct jc_undone u;
	struct jc_scope own;
	struct jc_save *sv;
	struct jc_err err = {0};
	jc_id id[3] = {"", "", ""};

	test_ok(jc_node_scope(w->a.node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, w->a.node, own.no, "import", &err), &err);
	for (int i = 0; i < 3; i++)
		test_ok(jc_save_set(sv, jc_catalogue_kind("member", 6), id[i], &name, 1, 0, NULL, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	county_synced(&w->c, &w->a);
	give_back(&w->c.hub, id[1], NULL);
	county_synced(&w->c, &w->a);
	assert_int_equal(test_count(&w->a, "member"), 3);
	test_ok(jc_undo(w->a.node, &u, &err), &err);
	assert_int_equal(u.restored, 2);
	assert_int_equal(u.skipped, 1);
	assert_int_equal(test_count(&w->a, "member"), 1);
	all_synced(w);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(one_field_is_returned_and_the_others_of_that_save_stand),
	    T(mended_and_sent_again_it_leaves_the_tray_of_every_computer),
	    T(let_go_or_sent_again_as_it_was),
	    T(accepted_after_all_it_is_there_again),
	    T(officers_who_disagree_unawares_leave_it_returned_until_one_decides),
	    T(only_the_authority_returns_and_never_without_a_reason),
	    T(two_thousand_returned_items_hold_up_nothing),
	    T(undo_leaves_alone_what_was_returned_as_a_whole),
	    T(what_a_revoked_computer_wrote_afterwards_counts_nowhere_in_any_order),
	};
	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
