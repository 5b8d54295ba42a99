/* SPDX-License-Identifier: MulanPSL-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "log_kit.h"
#include "test_env.h"

int
kit_ok_at(int rc, const struct jc_err *err, const char *file, int line)
{
	if (rc < 0) {
		print_error("%s:%d: %s (%s) %s: %s\n", file, line, jc_err_word(rc), err->where != NULL ? err->where : "?",
		    err->msg, err->cause);
		_fail(file, line);
	}
	return rc;
}

static void
open_log(struct kit *k)
{
	struct jc_err err = {0};

	kit_ok(jc_db_open(&k->db, k->env, k->path, JC_DB_CREATE, NULL, &err), &err);
	kit_ok(jc_log_open(&k->log, k->db, &k->key, &err), &err);
}

static void
make_folder(struct kit *k, uint64_t seed)
{
	struct jc_err err = {0};

	memset(k, 0, sizeof(*k));
	k->env = test_env_new(seed);
	snprintf(k->dir, sizeof(k->dir), "/tmp/jc-log-XXXXXX");
	assert_non_null(mkdtemp(k->dir));
	snprintf(k->path, sizeof(k->path), "%s/log.db", k->dir);
	kit_ok(jc_sign_init(&err), &err);
}

void
kit_new(struct kit *k, uint64_t seed)
{
	struct jc_err err = {0};

	make_folder(k, seed);
	kit_ok(jc_key_make(&k->key, k->env, &err), &err);
	open_log(k);
}

static void
close_log(struct kit *k)
{
	jc_log_close(k->log);
	jc_db_close(k->db);
	k->log = NULL;
	k->db = NULL;
}

void
kit_free(struct kit *k)
{
	char path[128];

	close_log(k);
	unlink(k->path);
	snprintf(path, sizeof(path), "%s-wal", k->path);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", k->path);
	unlink(path);
	rmdir(k->dir);
	test_env_free(k->env);
}

void
kit_reopen(struct kit *k)
{
	close_log(k);
	open_log(k);
}

void
kit_image(struct kit *copy, struct kit *of, uint64_t seed)
{
	struct jc_err err = {0};

	make_folder(copy, seed);
	copy->key = of->key;
	copy->scope = of->scope;
	kit_ok(jc_db_backup(of->db, copy->path, NULL, NULL, &err), &err);
	open_log(copy);
}

void
kit_found(struct kit *k)
{
	struct jc_err err = {0};

	kit_ok(jc_scope_found(&k->scope, k->log, "branch", "青石镇工会", "", &err), &err);
}

/* ---- carrying ---- */

struct carry {
	struct kit *to;
	struct kit *from;
	int fresh;
};

static void
fold(struct kit *k, int64_t commit_no)
{
	struct jc_commit_row row;
	struct jc_opread read;
	struct jc_err err = {0};

	kit_ok(jc_log_commit(k->log, commit_no, &row, &err), &err);
	jc_opread_init(&read);
	for (int64_t i = 0; row.first_op != 0 && i < row.nops; i++) {
		kit_ok(jc_log_op_read(k->log, row.first_op + i, &read, &err), &err);
		kit_ok(jc_log_fold_standing(k->log, k->scope.no, &read.op, row.first_op + i, &err), &err);
	}
	jc_opread_free(&read);
}

static int
carry_one(void *arg, const struct jc_commit_row *row)
{
	struct carry *c = arg;
	struct jc_buf object, payload;
	struct jc_commit m;
	struct jc_err err = {0};
	int64_t no;
	int fresh;

	jc_buf_init(&object, 1 << 20);
	jc_buf_init(&payload, 2 << 20);
	kit_bytes(c->from, row, &object, &payload);
	kit_ok(jc_commit_parse(&m, object.data, object.len, &err), &err);
	kit_ok(jc_commit_attach(&m, payload.data != NULL ? payload.data : "", payload.len, &err), &err);
	kit_ok(jc_commit_verify(&m, object.data, object.len, &err), &err);
	kit_ok(jc_log_append(c->to->log, c->to->scope.no, &m, (struct jc_slice){object.data, object.len},
	           (struct jc_slice){payload.data != NULL ? payload.data : "", payload.len}, NULL, &no, &fresh, &err), &err);
	if (fresh)
		fold(c->to, no);
	c->fresh += fresh;
	jc_buf_free(&object);
	jc_buf_free(&payload);
	return 0;
}

int
kit_carry(struct kit *to, struct kit *from)
{
	struct carry c = {to, from, 0};
	struct jc_err err = {0};

	kit_ok(jc_db_begin(to->db, &err), &err);
	kit_ok(jc_log_walk(from->log, from->scope.no, 0, carry_one, &c, &err), &err);
	kit_ok(jc_db_end(to->db, 1, &err), &err);
	return c.fresh;
}

void
kit_join(struct kit *k, struct kit *hub)
{
	struct jc_err err = {0};

	kit_ok(jc_scope_enrol(hub->log, &hub->scope, k->key.pk, "一号机", "branch", &err), &err);
	k->scope = hub->scope;
	k->scope.no = 0;
	k->scope.mine = 1;
	kit_ok(jc_scope_put(&k->scope, k->log, &err), &err);
	kit_carry(k, hub);
}

/* ---- drafts ---- */

void
kit_batch(struct kit *k)
{
	struct jc_err err = {0};

	kit_ok(jc_id_random(k->batch, k->env, &err), &err);
	k->place = 0;
}

static int
ref_cmp(const void *a, const void *b)
{
	char x[32], y[32];

	snprintf(x, sizeof(x), "%lld", (long long)((const struct jc_opref *)a)->n);
	snprintf(y, sizeof(y), "%lld", (long long)((const struct jc_opref *)b)->n);
	return strcmp(x, y);
}

static int64_t
draft(struct kit *k, enum jc_tier tier, const char *rec, const char *field, const char *value, const int64_t *names,
    int last)
{
	struct jc_opfield f = {.name = {field, strlen(field)}, .kind = JC_VAL_TEXT, .text = {value, strlen(value)}};
	struct jc_opref ref[2048];
	struct jc_opnames n = {.field = f.name, .refs = ref};
	struct jc_op op = {.verb = JC_V_SET, .kind = JC_SLICE("member"), .fields = &f, .nfields = 1};
	struct jc_opctx ctx = {0};
	struct jc_err err = {0};
	struct jc_buf line;
	int64_t no;

	if (k->batch[0] == '\0')
		kit_batch(k);
	for (; names != NULL && names[n.nrefs] != 0; n.nrefs++)
		ref[n.nrefs] = (struct jc_opref){.kind = JC_REF_LOCAL, .n = names[n.nrefs]};
	qsort(ref, n.nrefs, sizeof(ref[0]), ref_cmp);
	if (n.nrefs != 0) {
		op.names = &n;
		op.nnames = 1;
	}
	snprintf(op.rec, sizeof(op.rec), "%s", rec);
	memcpy(op.batch, k->batch, sizeof(op.batch));
	op.place = k->place++;
	op.time = k->env->wall_ms(k->env->ctx) / 1000;
	op.count = last ? k->place : 0;
	jc_buf_init(&line, 1 << 20);
	kit_ok(jc_op_write(&line, &op, &ctx, &err), &err);
	kit_ok(jc_db_begin(k->db, &err), &err);
	kit_ok(jc_log_reserve(k->log, 1, &no, &err), &err);
	kit_ok(jc_log_draft(k->log, k->scope.no, tier, no, line.data, line.len - 1, &err), &err);
	kit_ok(jc_db_end(k->db, 1, &err), &err);
	jc_buf_free(&line);
	if (last)
		k->batch[0] = '\0';
	return no;
}

int64_t
kit_draft(struct kit *k, enum jc_tier tier, const char *rec, const char *field, const char *value, const int64_t *names)
{
	return draft(k, tier, rec, field, value, names, 0);
}

int64_t
kit_last(struct kit *k, enum jc_tier tier, const char *rec, const char *field, const char *value, const int64_t *names)
{
	return draft(k, tier, rec, field, value, names, 1);
}

int
kit_cut_z(struct kit *k, size_t max_z)
{
	struct jc_err err = {0};
	int64_t made;

	kit_ok(jc_cut(k->log, k->scope.no, max_z, &made, &err), &err);
	return (int)made;
}

int
kit_cut(struct kit *k)
{
	return kit_cut_z(k, 0);
}

/* ---- looking ---- */

int64_t
kit_count(struct kit *k, const char *sql)
{
	struct jc_err err = {0};
	int64_t n;

	kit_ok(jc_db_int(k->db, &n, sql, &err), &err);
	return n;
}

void
kit_sql(struct kit *k, const char *sql)
{
	struct jc_err err = {0};

	jc_db_log_window(k->db, 1);
	kit_ok(jc_db_exec(k->db, sql, &err), &err);
	jc_db_log_window(k->db, -1);
	jc_log_forget(k->log);
}

const char *
kit_value(struct kit *k, int64_t no)
{
	static char text[512];
	struct jc_opread read;
	struct jc_err err = {0};

	jc_opread_init(&read);
	kit_ok(jc_log_op_read(k->log, no, &read, &err), &err);
	assert_true(read.op.nfields != 0);
	snprintf(text, sizeof(text), "%.*s", (int)read.op.fields[0].text.n, read.op.fields[0].text.p);
	jc_opread_free(&read);
	return text;
}

void
kit_newest(struct kit *k, struct jc_commit_row *row)
{
	struct jc_err err = {0};

	kit_ok(jc_log_commit(k->log, kit_count(k, "SELECT max(no) FROM log_commit"), row, &err), &err);
}

void
kit_bytes(struct kit *k, const struct jc_commit_row *row, struct jc_buf *object, struct jc_buf *payload)
{
	struct jc_err err = {0};

	kit_ok(jc_log_commit_bytes(k->log, row, object, payload, &err), &err);
}
