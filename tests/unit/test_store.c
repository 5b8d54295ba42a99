/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The log as libgit2 sees it, and as a stock repository. `test_store --export DIR` writes one for
 * tests/interop/export_git.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <git2.h>

#include "../../sync/sync_store.h"
#include "log_kit.h"
#include "test_env.h"

#define REC "0000000000aa"

static struct jc_err err;

struct world {
	struct kit hub, pc;
	struct jc_store *store;
	git_repository *repo;
};

/* A small history: two PCs, three tiers, a merge. */
static void
history(struct kit *hub, struct kit *pc)
{
	struct kit second;
	int64_t names[2] = {0};
	int made;

	kit_new(hub, 301);
	kit_new(pc, 302);
	kit_new(&second, 303);
	kit_found(hub);
	kit_join(pc, hub);
	kit_join(&second, hub);
	names[0] = kit_draft(pc, JC_TIER_COUNTY, REC, "name", "王小青", NULL);
	kit_draft(pc, JC_TIER_COUNTY, "0000000000ab", "name", "李四海", NULL);
	kit_last(pc, JC_TIER_CITY, "0000000000ac", "name", "青石镇工会", NULL);
	kit_cut(pc);
	kit_last(pc, JC_TIER_COUNTY, REC, "name", "王晓青", names);
	kit_cut(pc);
	kit_last(&second, JC_TIER_COUNTY, "0000000000ad", "name", "赵六", NULL);
	kit_cut(&second);
	kit_carry(hub, pc);
	kit_carry(hub, &second);
	kit_ok(jc_cut_merge(hub->log, hub->scope.no, JC_TIER_CITY, &made, &err), &err);
	kit_ok(jc_cut_merge(hub->log, hub->scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 1);
	kit_free(&second);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	history(&w->hub, &w->pc);
	kit_ok(jc_store_init(&err), &err);
	kit_ok(jc_store_open(&w->store, w->hub.log, w->hub.scope.no, &err), &err);
	w->repo = jc_store_repo(w->store);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	jc_store_close(w->store);
	jc_store_shutdown();
	kit_free(&w->hub);
	kit_free(&w->pc);
	free(w);
	return 0;
}

#define git_ok(call)                                                                                       \
	do {                                                                                               \
		int git_rc = (call);                                                                       \
		if (git_rc < 0) {                                                                          \
			print_error("%s: %d %s\n", #call, git_rc,                                          \
			    git_error_last() != NULL ? git_error_last()->message : "");                    \
			_fail(__FILE__, __LINE__);                                                         \
		}                                                                                          \
	} while (0)

static void
libgit2_reads_every_commit_tree_and_payload(void **state)
{
	struct world *w = *state;
	struct jc_commit_row row;
	struct jc_buf payload;

	jc_buf_init(&payload, 1 << 20);
	for (int64_t no = 1; no <= kit_count(&w->hub, "SELECT max(no) FROM log_commit"); no++) {
		const git_tree_entry *entry;
		git_commit *commit;
		git_tree *tree;
		git_blob *blob;
		git_oid oid;

		kit_ok(jc_log_commit(w->hub.log, no, &row, &err), &err);
		jc_buf_reset(&payload);
		kit_bytes(&w->hub, &row, NULL, &payload);
		memcpy(oid.id, row.oid.b, sizeof(oid.id));
		git_ok(git_commit_lookup(&commit, w->repo, &oid));
		assert_int_equal(git_commit_parentcount(commit), row.nparents);
		assert_int_equal(git_commit_time(commit), row.time);
		git_ok(git_commit_tree(&tree, commit));
		assert_int_equal(git_tree_entrycount(tree), 1);
		entry = git_tree_entry_byname(tree, "ops");
		assert_non_null(entry);
		assert_int_equal(git_tree_entry_filemode(entry), GIT_FILEMODE_BLOB);
		git_ok(git_blob_lookup(&blob, w->repo, git_tree_entry_id(entry)));
		assert_int_equal(git_blob_rawsize(blob), payload.len);
		if (payload.len != 0)
			assert_memory_equal(git_blob_rawcontent(blob), payload.data, payload.len);
		git_blob_free(blob);
		git_tree_free(tree);
		git_commit_free(commit);
	}
	jc_buf_free(&payload);
}

static void
a_walk_from_head_sees_the_whole_scope(void **state)
{
	struct world *w = *state;
	git_revwalk *walk;
	git_oid oid;
	int n = 0;

	git_ok(git_revwalk_new(&walk, w->repo));
	git_ok(git_revwalk_push_head(walk));
	while (git_revwalk_next(&oid, walk) == 0)
		n++;
	assert_int_equal(n, kit_count(&w->hub, "SELECT count(*) FROM log_commit"));
	git_revwalk_free(walk);
}

static void
objects_are_found_by_the_beginning_of_their_id(void **state)
{
	struct world *w = *state;
	struct jc_commit_row row;
	git_object *o;
	git_oid oid;

	kit_newest(&w->hub, &row);
	memcpy(oid.id, row.oid.b, sizeof(oid.id));
	for (size_t len = 7; len <= 40; len += 11) {
		git_ok(git_object_lookup_prefix(&o, w->repo, &oid, len, GIT_OBJECT_ANY));
		assert_true(git_oid_equal(git_object_id(o), &oid));
		git_object_free(o);
	}
	oid.id[0] ^= 0x80;
	assert_int_equal(git_object_lookup_prefix(&o, w->repo, &oid, 9, GIT_OBJECT_ANY), GIT_ENOTFOUND);
}

static void
an_object_of_another_scope_is_not_there_even_by_its_id(void **state)
{
	struct world *w = *state;
	struct jc_scope other;
	struct jc_store *store;
	struct jc_commit_row row;
	git_reference *ref;
	git_commit *c;
	git_oid oid;

	kit_ok(jc_scope_found(&other, w->hub.log, "common", "全县", w->hub.scope.network, &err), &err);
	kit_newest(&w->hub, &row);
	assert_int_equal(row.scope, other.no);
	memcpy(oid.id, row.oid.b, sizeof(oid.id));
	assert_int_equal(git_commit_lookup(&c, w->repo, &oid), GIT_ENOTFOUND);
	kit_ok(jc_store_open(&store, w->hub.log, other.no, &err), &err);
	git_ok(git_commit_lookup(&c, jc_store_repo(store), &oid));
	git_commit_free(c);
	git_ok(git_repository_head(&ref, jc_store_repo(store)));
	assert_true(git_oid_equal(git_reference_target(ref), &oid));
	git_reference_free(ref);
	jc_store_close(store);
}

static void
missing_and_damaged_are_two_answers(void **state)
{
	struct world *w = *state;
	struct jc_commit_row row;
	git_odb_object *o;
	git_odb *odb;
	git_oid oid;

	kit_newest(&w->hub, &row);
	memcpy(oid.id, row.oid.b, sizeof(oid.id));
	git_ok(git_repository_odb(&odb, w->repo));
	git_ok(git_odb_read(&o, odb, &oid));
	git_odb_object_free(o);
	kit_sql(&w->hub, "UPDATE object SET z = substr(z, 1, length(z) - 5) WHERE no = (SELECT max(no) FROM object)");
	assert_int_equal(git_odb_read(&o, odb, &oid), GIT_EMISMATCH);
	kit_sql(&w->hub, "DELETE FROM object WHERE no = (SELECT max(no) FROM object)");
	assert_int_equal(git_odb_read(&o, odb, &oid), GIT_ENOTFOUND);
	git_odb_free(odb);
}

static void
what_libgit2_writes_goes_with_the_transaction(void **state)
{
	struct world *w = *state;
	git_reference *ref;
	git_blob *blob;
	git_oid oid;

	kit_ok(jc_db_begin(w->hub.db, &err), &err);
	git_ok(git_blob_create_from_buffer(&oid, w->repo, "hello", 5));
	git_ok(git_blob_lookup(&blob, w->repo, &oid));
	git_blob_free(blob);
	git_ok(git_reference_create(&ref, w->repo, "refs/heads/draft", &oid, 0, NULL));
	git_reference_free(ref);
	kit_ok(jc_db_end(w->hub.db, 0, &err), &err);
	assert_int_equal(git_blob_lookup(&blob, w->repo, &oid), GIT_ENOTFOUND);
	assert_int_equal(git_reference_lookup(&ref, w->repo, "refs/heads/draft"), GIT_ENOTFOUND);
	git_ok(git_blob_create_from_buffer(&oid, w->repo, "hello", 5));
	git_ok(git_reference_create(&ref, w->repo, "refs/heads/draft", &oid, 0, NULL));
	git_reference_free(ref);
	jc_store_close(w->store);
	kit_reopen(&w->hub);
	kit_ok(jc_store_open(&w->store, w->hub.log, w->hub.scope.no, &err), &err);
	w->repo = jc_store_repo(w->store);
	git_ok(git_reference_lookup(&ref, w->repo, "refs/heads/draft"));
	git_reference_free(ref);
	git_ok(git_blob_lookup(&blob, w->repo, &oid));
	assert_memory_equal(git_blob_rawcontent(blob), "hello", 5);
	git_blob_free(blob);
}

static void
references_follow_compare_and_swap(void **state)
{
	struct world *w = *state;
	git_reference *ref;
	git_oid a, b;

	git_ok(git_blob_create_from_buffer(&a, w->repo, "a", 1));
	git_ok(git_blob_create_from_buffer(&b, w->repo, "b", 1));
	git_ok(git_reference_create(&ref, w->repo, "refs/tags/x", &a, 0, NULL));
	git_reference_free(ref);
	assert_int_equal(git_reference_create(&ref, w->repo, "refs/tags/x", &b, 0, NULL), GIT_EEXISTS);
	assert_int_equal(git_reference_create_matching(&ref, w->repo, "refs/tags/x", &b, 1, &b, NULL), GIT_EMODIFIED);
	git_ok(git_reference_create_matching(&ref, w->repo, "refs/tags/x", &b, 1, &a, NULL));
	git_reference_free(ref);
	git_ok(git_reference_lookup(&ref, w->repo, "refs/tags/x"));
	assert_true(git_oid_equal(git_reference_target(ref), &b));
	git_ok(git_reference_delete(ref));
	git_reference_free(ref);
	assert_int_equal(git_reference_lookup(&ref, w->repo, "refs/tags/x"), GIT_ENOTFOUND);
}

static void
a_transaction_of_libgit2_locks_moves_and_lets_go(void **state)
{
	struct world *w = *state;
	git_transaction *tx;
	git_reference *ref;
	git_oid a;

	git_ok(git_blob_create_from_buffer(&a, w->repo, "a", 1));
	git_ok(git_transaction_new(&tx, w->repo));
	git_ok(git_transaction_lock_ref(tx, "refs/tags/y"));
	git_ok(git_transaction_set_target(tx, "refs/tags/y", &a, NULL, NULL));
	git_ok(git_transaction_commit(tx));
	git_transaction_free(tx);
	git_ok(git_reference_lookup(&ref, w->repo, "refs/tags/y"));
	git_reference_free(ref);
	git_ok(git_transaction_new(&tx, w->repo));
	git_ok(git_transaction_lock_ref(tx, "refs/tags/y"));
	git_ok(git_transaction_remove(tx, "refs/tags/y"));
	git_transaction_free(tx); /* not committed: nothing happens */
	git_ok(git_reference_lookup(&ref, w->repo, "refs/tags/y"));
	git_reference_free(ref);
	assert_int_equal(jc_db_depth(w->hub.db), 0);
}

static void
chains_and_main_only_move_forward_and_are_never_deleted(void **state)
{
	struct world *w = *state;
	git_reference *ref, *moved;
	git_oid first, blob;
	struct jc_commit_row row;

	kit_ok(jc_log_commit(w->hub.log, 1, &row, &err), &err);
	memcpy(first.id, row.oid.b, sizeof(first.id));
	git_ok(git_reference_lookup(&ref, w->repo, "refs/heads/main"));
	assert_int_equal(git_reference_set_target(&moved, ref, &first, NULL), GIT_ENONFASTFORWARD);
	assert_true(git_reference_delete(ref) < 0);
	git_reference_free(ref);
	git_ok(git_blob_create_from_buffer(&blob, w->repo, "a", 1));
	assert_true(git_reference_create(&ref, w->repo, "refs/heads/main", &blob, 1, NULL) < 0);
	assert_true(git_reference_create(&ref, w->repo, "refs/chains/city/0123456789ab/0123456789ab", &first, 1, NULL) < 0);
	assert_int_equal(kit_count(&w->hub, "SELECT count(*) FROM ref WHERE name LIKE 'refs/chains/%'"), 5);
}

static void
an_iterator_sees_what_its_glob_says(void **state)
{
	struct world *w = *state;
	git_reference_iterator *it;
	const char *name;
	int n = 0;

	git_ok(git_reference_iterator_glob_new(&it, w->repo, "refs/chains/county/*"));
	while (git_reference_next_name(&name, it) == 0) {
		assert_int_equal(strncmp(name, "refs/chains/county/", 19), 0);
		n++;
	}
	assert_int_equal(n, 3);
	git_reference_iterator_free(it);
}

/* ---- export ---- */

static void
remove_tree(const char *dir)
{
	char command[256];

	assert_int_equal(strncmp(dir, "/tmp/jc-log-", 12), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
}

static int
count_object(const git_oid *id, void *arg)
{
	(void)id;
	++*(int64_t *)arg;
	return 0;
}

static int
stop(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	assert_true(done <= total);
	return 1;
}

static void
an_export_is_a_stock_repository_with_everything_in_it(void **state)
{
	struct world *w = *state;
	git_repository *out;
	git_reference *ref;
	git_odb *odb;
	git_oid oid;
	struct jc_buf allowed;
	struct jc_commit_row row;
	char dir[128], want[128];
	int64_t n = 0;

	snprintf(dir, sizeof(dir), "%s/out.git", w->hub.dir);
	jc_buf_init(&allowed, 1 << 20);
	kit_ok(jc_store_export(w->hub.log, w->hub.scope.no, dir, &allowed, NULL, NULL, &err), &err);
	git_ok(git_repository_open_bare(&out, dir));
	git_ok(git_repository_odb(&odb, out));
	git_ok(git_odb_foreach(odb, count_object, &n));
	assert_int_equal(n, kit_count(&w->hub, "SELECT count(*) FROM object"));
	git_ok(git_repository_head(&ref, out));
	assert_string_equal(git_reference_name(ref), "refs/heads/main");
	kit_newest(&w->hub, &row);
	memcpy(oid.id, row.oid.b, sizeof(oid.id));
	assert_true(git_oid_equal(git_reference_target(ref), &oid));
	git_reference_free(ref);
	snprintf(want, sizeof(want), "%s@%s.jiceng namespaces=\"git\" ssh-ed25519 ", w->pc.key.id, w->hub.scope.id);
	assert_non_null(strstr(allowed.data, want));
	snprintf(want, sizeof(want), "%s@%s.jiceng ", w->hub.key.id, w->hub.scope.id);
	assert_non_null(strstr(allowed.data, want));
	assert_int_equal(jc_store_export(w->hub.log, w->hub.scope.no, dir, &allowed, NULL, NULL, &err), JC_EEXISTS);
	git_odb_free(odb);
	git_repository_free(out);
	remove_tree(dir);
	assert_int_equal(jc_store_export(w->hub.log, w->hub.scope.no, dir, &allowed, stop, NULL, &err), JC_ECANCELLED);
	remove_tree(dir);
	jc_buf_free(&allowed);
}

/* ---- long texts ---- */

static void
two_changes_in_different_lines_merge_and_in_one_line_do_not(void **state)
{
	struct jc_buf out;

	(void)state;
	jc_buf_init(&out, 4096);
	assert_int_equal(jc_store_merge_text(&out, JC_SLICE("一\n二\n三\n四\n五\n"), JC_SLICE("壹\n二\n三\n四\n五\n"),
	    JC_SLICE("一\n二\n三\n四\n伍\n"), &err), 1);
	jc_buf_putc(&out, '\0');
	assert_string_equal(out.data, "壹\n二\n三\n四\n伍\n");
	jc_buf_reset(&out);
	assert_int_equal(jc_store_merge_text(&out, JC_SLICE("一\n"), JC_SLICE("甲\n"), JC_SLICE("乙\n"), &err), 0);
	jc_buf_putc(&out, '\0');
	assert_non_null(strstr(out.data, "甲"));
	assert_non_null(strstr(out.data, "乙"));
	jc_buf_free(&out);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void
export_for_git(void **state)
{
	const char *dir = *state;
	struct kit hub, pc;
	struct jc_buf allowed;
	char path[512];
	FILE *f;

	history(&hub, &pc);
	kit_ok(jc_store_init(&err), &err);
	jc_buf_init(&allowed, 1 << 20);
	kit_ok(jc_store_export(hub.log, hub.scope.no, dir, &allowed, NULL, NULL, &err), &err);
	snprintf(path, sizeof(path), "%s.allowed_signers", dir);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(allowed.data, 1, allowed.len, f), allowed.len);
	fclose(f);
	jc_buf_free(&allowed);
	jc_store_shutdown();
	kit_free(&hub);
	kit_free(&pc);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(libgit2_reads_every_commit_tree_and_payload),
		WITH_WORLD(a_walk_from_head_sees_the_whole_scope),
		WITH_WORLD(objects_are_found_by_the_beginning_of_their_id),
		WITH_WORLD(an_object_of_another_scope_is_not_there_even_by_its_id),
		WITH_WORLD(missing_and_damaged_are_two_answers),
		WITH_WORLD(what_libgit2_writes_goes_with_the_transaction),
		WITH_WORLD(references_follow_compare_and_swap),
		WITH_WORLD(a_transaction_of_libgit2_locks_moves_and_lets_go),
		WITH_WORLD(chains_and_main_only_move_forward_and_are_never_deleted),
		WITH_WORLD(an_iterator_sees_what_its_glob_says),
		WITH_WORLD(an_export_is_a_stock_repository_with_everything_in_it),
		WITH_WORLD(two_changes_in_different_lines_merge_and_in_one_line_do_not),
	};
	const struct CMUnitTest export_one[] = {
		cmocka_unit_test_prestate(export_for_git, argc == 3 ? argv[2] : NULL),
	};

	if (argc == 3 && strcmp(argv[1], "--export") == 0)
		return cmocka_run_group_tests_name("export", export_one, NULL, NULL);
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
