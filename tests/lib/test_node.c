/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "test_node.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_env.h"

int
test_ok(int rc, const struct jc_err *err)
{
	if (rc < 0)
		fail_msg("%d %s: %s (%s)", rc, err->where != NULL ? err->where : "", err->msg, err->cause);
	return rc;
}

static void
node_open(struct test_node *t)
{
	struct jc_err err = {0};

	test_ok(jc_node_open(&t->node, t->env, t->path, JC_DB_CREATE, &t->key, &err), &err);
}

void
test_node_new(struct test_node *t, uint64_t seed)
{
	struct jc_err err = {0};
	const char *tmp = getenv("TMPDIR");

	memset(t, 0, sizeof(*t));
	test_ok(jc_sign_init(&err), &err);
	snprintf(t->dir, sizeof(t->dir), "%s/jiceng-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->dir));
	snprintf(t->path, sizeof(t->path), "%s/node.db", t->dir);
	t->env = test_env_new(seed);
	test_ok(jc_key_make(&t->key, t->env, &err), &err);
	node_open(t);
}

void
test_node_reopen(struct test_node *t)
{
	jc_node_close(t->node);
	node_open(t);
}

static void
file_copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out;
	char buf[65536];
	size_t n;

	unlink(to);
	if (in == NULL)
		return;
	out = fopen(to, "wb");
	assert_non_null(out);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		assert_int_equal(fwrite(buf, 1, n, out), n);
	fclose(in);
	fclose(out);
}

void
test_node_restore(struct test_node *t, const struct test_node *from)
{
	static const char *const SUFFIX[] = {"", "-wal", "-shm"};
	char a[400], b[400];

	jc_node_close(t->node);
	for (size_t i = 0; i < 3; i++) {
		snprintf(a, sizeof(a), "%s%s", from->path, SUFFIX[i]);
		snprintf(b, sizeof(b), "%s%s", t->path, SUFFIX[i]);
		file_copy(a, b);
	}
	t->key = from->key;
	node_open(t);
}

void
test_node_free(struct test_node *t)
{
	DIR *d;
	struct dirent *e;
	char path[600];

	jc_node_close(t->node);
	test_env_free(t->env);
	if ((d = opendir(t->dir)) != NULL) {
		while ((e = readdir(d)) != NULL) {
			snprintf(path, sizeof(path), "%s/%s", t->dir, e->d_name);
			unlink(path);
		}
		closedir(d);
	}
	rmdir(t->dir);
}

static struct test_node *
node_state(void **state)
{
	struct test_node *t = malloc(sizeof(*t));

	test_node_new(t, 42);
	*state = t;
	return t;
}

int
test_branch_setup(void **state)
{
	struct jc_err err = {0};

	test_ok(jc_node_init_branch(node_state(state)->node, "青石镇工会", &err), &err);
	return 0;
}

int
test_office_setup(void **state)
{
	struct jc_err err = {0};

	test_ok(jc_node_init_hub(node_state(state)->node, "青石县总工会", &err), &err);
	return 0;
}

int
test_node_teardown(void **state)
{
	test_node_free(*state);
	free(*state);
	return 0;
}

static int64_t
own_scope(struct test_node *t)
{
	struct jc_err err = {0};
	struct jc_scope s;

	if (t->scope != 0)
		return t->scope;
	test_ok(jc_node_scope(t->node, &s, &err), &err);
	return s.no;
}

/* As this node's catalogue has it: several nodes of a test share the thread. */
static const struct jc_kind *
kind_of(struct test_node *t, const char *name)
{
	struct jc_err err = {0};

	test_ok(jc_node_use(t->node, &err), &err);
	return jc_catalogue_kind(name, strlen(name));
}

#define CHANGES 24
struct typed {
	struct jc_change change[CHANGES];
	struct jc_slice elem[CHANGES];
	struct jc_buf text[CHANGES];
	size_t n;
};

/* "field=value", "field+=x", "field-=x" */
static void
change_parse(struct typed *ty, const struct jc_kind *kind, const char *s)
{
	const char *eq = strchr(s, '=');
	size_t name = (size_t)(eq - s);
	char how = eq[-1];
	struct jc_change *c = &ty->change[ty->n];
	struct jc_buf *b = &ty->text[ty->n];
	struct jc_remarks remarks = {0};
	struct jc_err err = {0};

	assert_true(ty->n < CHANGES);
	if (how == '+' || how == '-')
		name--;
	memset(c, 0, sizeof(*c));
	c->field = jc_catalogue_field(kind, s, name);
	if (c->field == NULL)
		fail_msg("no field %.*s", (int)name, s);
	jc_buf_init(b, 1 << 20);
	test_ok(jc_value_parse(b, c->field, eq + 1, strlen(eq + 1), "2026-03-02", &remarks, &err), &err);
	ty->elem[ty->n] = c->text = (struct jc_slice){b->data != NULL ? b->data : "", b->len};
	if (c->field->set && how == '+') {
		c->add = &ty->elem[ty->n];
		c->nadd = 1;
	} else if (c->field->set) {
		c->del = &ty->elem[ty->n];
		c->ndel = 1;
	}
	ty->n++;
}

int
test_set(struct test_node *t, const char *kindname, jc_id id, int64_t seen, ...)
{
	const struct jc_kind *kind = kind_of(t, kindname);
	struct typed ty = {0};
	struct jc_err err = {0};
	struct jc_save *sv;
	const char *s;
	va_list ap;
	int written = 0, rc;

	assert_non_null(kind);
	va_start(ap, seen);
	while ((s = va_arg(ap, const char *)) != NULL)
		change_parse(&ty, kind, s);
	va_end(ap);
	test_ok(jc_save_begin(&sv, t->node, own_scope(t), "set", &err), &err);
	rc = jc_save_set(sv, kind, id, ty.change, ty.n, seen, &written, &err);
	if (rc < 0)
		jc_save_end(sv, 0, NULL, NULL);
	test_ok(rc, &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	for (size_t i = 0; i < ty.n; i++)
		jc_buf_free(&ty.text[i]);
	return written;
}

void
test_void(struct test_node *t, const char *id, const char *reason)
{
	struct jc_err err = {0};
	struct jc_save *sv;

	test_ok(jc_save_begin(&sv, t->node, own_scope(t), "void", &err), &err);
	test_ok(jc_save_void(sv, id, reason, 0, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
}

void
test_unvoid(struct test_node *t, const char *id)
{
	struct jc_err err = {0};
	struct jc_save *sv;

	test_ok(jc_save_begin(&sv, t->node, own_scope(t), "unvoid", &err), &err);
	test_ok(jc_save_unvoid(sv, id, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
}

static const struct jc_field *
field_of(struct test_node *t, const char *id, const char *field, struct jc_record_key *key)
{
	struct jc_err err = {0};
	const struct jc_field *f;

	test_ok(jc_record_find(t->node, 0, id, key, &err), &err);
	f = jc_catalogue_field(key->kind, field, strlen(field));
	assert_non_null(f);
	return f;
}

void
test_resolve(struct test_node *t, const char *id, const char *field, int64_t pick, const char *text)
{
	struct jc_record_key key;
	const struct jc_field *f = field_of(t, id, field, &key);
	struct jc_err err = {0};
	struct jc_save *sv;

	test_ok(jc_save_begin(&sv, t->node, key.scope, "resolve", &err), &err);
	test_ok(jc_save_resolve(sv, key.id, f, pick, (struct jc_slice){text, text != NULL ? strlen(text) : 0}, 0, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
}

const char *
test_get(struct test_node *t, const char *id, const char *field)
{
	static char text[65536];
	struct jc_record_key key;
	const struct jc_field *f = field_of(t, id, field, &key);
	struct jc_err err = {0};
	struct jc_record r;

	text[0] = '\0';
	test_ok(jc_record_read(t->node, key.rec, &r, &err), &err);
	for (size_t i = 0; i < r.nfields; i++)
		if (r.field[i].field == f && r.field[i].text != NULL)
			snprintf(text, sizeof(text), "%s", r.field[i].text);
	jc_record_free(&r);
	return text;
}

int
test_siblings(struct test_node *t, const char *id, const char *field, int64_t ops[8])
{
	struct jc_record_key key;
	const struct jc_field *f = field_of(t, id, field, &key);
	struct jc_err err = {0};
	struct jc_record r;
	int n = 0;

	test_ok(jc_record_read(t->node, key.rec, &r, &err), &err);
	for (size_t i = 0; i < r.nfields; i++)
		for (size_t k = 0; r.field[i].field == f && k < r.field[i].nsiblings; k++)
			if (n++ < 8)
				ops[n - 1] = r.field[i].sibling[k].op;
	jc_record_free(&r);
	return n;
}

int64_t
test_count(struct test_node *t, const char *kind)
{
	struct jc_query q = {.kind = kind_of(t, kind)};
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_records_count(t->node, &q, &n, &err), &err);
	return n;
}

int64_t
test_seen(struct test_node *t)
{
	struct jc_err err = {0};
	int64_t seen;

	test_ok(jc_node_seen(t->node, &seen, &err), &err);
	return seen;
}

void
test_typed_digest(struct test_node *t, char hex[65])
{
	struct jc_err err = {0};
	uint8_t d[JC_HASH_LEN];

	test_ok(jc_digest_typed(t->node->project, 1, d, &err), &err);
	for (int i = 0; i < JC_HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", d[i]);
}
