/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * W6 `registers`: the edits of hundreds of replicas, in order of arrival, through the real intake: each
 * upload batch is one signed commit. Winners and conflicts are compared with expect.txt of the
 * generator; the floor is the same edits as plain UPDATEs of a wide table in the same run.
 *
 *   gen.py registers --out DIR && bench_registers DIR
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>
#include <sqlite3.h>

#include "sync_intake.h"
#include "test_env.h"
#include "test_node.h"

static const struct {
	const char *neutral, *field;
} NAMES[] = {{"name", "name"}, {"sex", "former_name"}, {"ethnicity", "note"}, {"birth_date", "job"}, {"id_number", "title"},
    {"phone", "mobile"}, {"org_id", "employer_text"}, {"position", "residence"}, {"job_title", "group_name"},
    {"education", "education"}, {"political", "political"}, {"join_date", "joined_on"}, {"employment", "household_region"},
    {"work_unit", "gender"}, {"department", "birth_date"}, {"address", "ethnicity"}, {"emergency_name", "id_no"},
    {"emergency_phone", "phone2"}, {"dues_until", "dues_paid_to"}, {"remark", "id_type"}};
#define NFIELDS (sizeof(NAMES) / sizeof(NAMES[0]))

struct edit {
	int replica, pos;
	int64_t lamport;
	json_t *doc;
	uint8_t h[JC_H16]; /* of its commit */
};
struct replica {
	struct jc_key key;
	jc_id run;
	int64_t seq, last;     /* last commit's place in `commits`, -1 */
};
struct commit {
	struct jc_intake_item it;
	int64_t lamport;
	int first, n;          /* edits */
};

struct bench {
	struct test_node node;
	struct jc_scope scope;
	struct edit *edit;
	int nedits;
	struct replica *rep;
	int nreps;
	struct commit *commit;
	int ncommits;
	int64_t base;          /* Lamport before the first edit */
	struct jc_commit root; /* enrolment's last commit: parent of every first one */
	int64_t changes;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process: steadier than the clock on a machine that others use too. */
static double
spent(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct took {
	double wall, cpu;
};

static struct took
took(double wall, double cpu)
{
	return (struct took){now() - wall, spent() - cpu};
}

static const char *
field_name(const char *neutral)
{
	for (size_t i = 0; i < NFIELDS; i++)
		if (strcmp(NAMES[i].neutral, neutral) == 0)
			return NAMES[i].field;
	fprintf(stderr, "no field for %s\n", neutral);
	exit(1);
}

static void
edits_read(struct bench *b, const char *dir)
{
	char path[4096], *line = NULL;
	size_t cap = 0, room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/edits.jsonl", dir);
	if ((f = fopen(path, "r")) == NULL) {
		perror(path);
		exit(2);
	}
	while (getline(&line, &room, f) > 0) {
		struct edit e = {0};

		e.doc = json_loads(line, 0, NULL);
		e.replica = (int)json_integer_value(json_object_get(e.doc, "replica"));
		e.pos = (int)json_integer_value(json_object_get(e.doc, "pos"));
		e.lamport = json_integer_value(json_object_get(e.doc, "lamport"));
		b->changes += (int64_t)json_object_size(json_object_get(e.doc, "set"));
		if (e.replica >= b->nreps)
			b->nreps = e.replica + 1;
		if ((size_t)b->nedits == cap) {
			cap = cap != 0 ? cap * 2 : 1024;
			b->edit = realloc(b->edit, cap * sizeof(*b->edit));
		}
		b->edit[b->nedits++] = e;
	}
	free(line);
	fclose(f);
}

static int
key_cmp(const void *a, const void *b)
{
	return strcmp(((const struct replica *)a)->key.id, ((const struct replica *)b)->key.id);
}

static int
last_commit(void *arg, const struct jc_commit_row *row)
{
	*(struct jc_commit_row *)arg = *row;
	return 0;
}

/* Replica numbers break ties in the generator, device ids here: so ids are given in that order. */
static void
replicas_make(struct bench *b)
{
	struct jc_err err = {0};
	struct jc_commit_row row = {0};

	test_node_new(&b->node, 1);
	test_ok(jc_node_init_hub(b->node.node, "清水县总工会", &err), &err);
	b->rep = calloc((size_t)b->nreps, sizeof(*b->rep));
	for (int i = 0; i < b->nreps; i++) {
		test_ok(jc_key_make(&b->rep[i].key, b->node.env, &err), &err);
		test_ok(jc_id_random(b->rep[i].run, b->node.env, &err), &err);
		b->rep[i].last = -1;
	}
	qsort(b->rep, (size_t)b->nreps, sizeof(*b->rep), key_cmp);
	test_ok(jc_db_begin(b->node.node->db, &err), &err);
	{
		struct jc_scope office;

		test_ok(jc_node_scope(b->node.node, &office, &err), &err);
		test_ok(jc_scope_found(&b->scope, b->node.node->log, "branch", "青石镇工会", office.network, &err), &err);
	}
	for (int i = 0; i < b->nreps; i++)
		test_ok(jc_scope_enrol(b->node.node->log, &b->scope, b->rep[i].key.pk, "pc", "branch", &err), &err);
	test_ok(jc_db_end(b->node.node->db, 1, &err), &err);
	test_ok(jc_log_walk(b->node.node->log, b->scope.no, 0, last_commit, &row, &err), &err);
	b->base = row.lamport;
	b->root.oid = row.oid;
	memcpy(b->root.hash, row.hash, JC_HASH_LEN);
}

/* ---- commits ---- */

static int
slice_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(((const struct jc_opfield *)a)->name, ((const struct jc_opfield *)b)->name);
}

static int
names_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(((const struct jc_opnames *)a)->field, ((const struct jc_opnames *)b)->field);
}

static void
ref_text(char out[40], const struct jc_opref *r)
{
	struct jc_buf b;

	jc_buf_init(&b, 40);
	jc_opref_put(&b, r);
	memcpy(out, b.data, b.len + 1);
	jc_buf_free(&b);
}

static int
ref_cmp(const void *a, const void *b)
{
	char x[40], y[40];

	ref_text(x, a);
	ref_text(y, b);
	return strcmp(x, y);
}

static void
record_id(jc_id out, const char *neutral)
{
	uint8_t hash[JC_HASH_LEN];

	jc_hash(hash, neutral, strlen(neutral));
	jc_id_from_hash(out, hash);
}

/* Appends the line of edit n, which is operation n - first of its commit. */
static void
line_make(struct jc_buf *out, struct bench *b, int n, int first, const jc_id batch, struct jc_opctx *ctx)
{
	struct jc_opfield field[NFIELDS];
	struct jc_opnames name[NFIELDS];
	struct jc_opref ref[256];
	struct jc_op op = {.verb = JC_V_SET, .kind = JC_SLICE("member"), .fields = field, .names = name};
	struct edit *e = &b->edit[n];
	struct jc_err err = {0};
	size_t nref = 0;
	const char *key;
	json_t *v;

	record_id(op.rec, json_string_value(json_object_get(e->doc, "id")));
	memcpy(op.batch, batch, sizeof(op.batch));
	op.place = n - first;
	op.time = 1772409600;
	json_object_foreach(json_object_get(e->doc, "set"), key, v) {
		const struct jc_kind *k = jc_catalogue_kind("member", 6);
		const char *f = field_name(key);

		field[op.nfields++] = (struct jc_opfield){.name = {f, strlen(f)}, .kind = JC_VAL_TEXT,
		    .boxed = jc_field_boxed(jc_catalogue_field(k, f, strlen(f))),
		    .text = {json_string_value(v), json_string_length(v)}};
	}
	json_object_foreach(json_object_get(e->doc, "names"), key, v) {
		struct jc_opnames *nm = &name[op.nnames++];
		size_t i;
		json_t *one;

		*nm = (struct jc_opnames){.field = {field_name(key), strlen(field_name(key))}, .refs = &ref[nref]};
		json_array_foreach(v, i, one) {
			int t = (int)json_integer_value(one);

			assert_true(nref < 256);
			if (t >= first)
				ref[nref] = (struct jc_opref){.kind = JC_REF_SAME, .n = t - first};
			else {
				ref[nref] = (struct jc_opref){.kind = JC_REF_HASH, .n = b->edit[t].pos};
				memcpy(ref[nref].h, b->edit[t].h, JC_H16);
			}
			nref++;
			nm->nrefs++;
		}
		qsort(&ref[nref - nm->nrefs], nm->nrefs, sizeof(*ref), ref_cmp);
	}
	qsort(field, op.nfields, sizeof(*field), slice_cmp);
	qsort(name, op.nnames, sizeof(*name), names_cmp);
	test_ok(jc_op_write(out, &op, ctx, &err), &err);
}

static void
parent_add(struct jc_commit *c, const struct jc_commit *p)
{
	c->parent[c->nparents] = p->oid;
	memcpy(c->parent_hash[c->nparents++], p->hash, JC_HASH_LEN);
}

/* The commit of another replica that carries the Lamport number below ours: what was known. */
static const struct commit *
known(const struct bench *b, int64_t lamport)
{
	for (int i = b->ncommits - 1; i >= 0; i--)
		if (b->commit[i].lamport == lamport)
			return &b->commit[i];
	return NULL;
}

static void
commit_make(struct bench *b, int first, int n)
{
	struct edit *e = &b->edit[first];
	struct replica *r = &b->rep[e->replica];
	struct commit *cm = &b->commit[b->ncommits];
	struct jc_commit *c = &cm->it.c;
	struct jc_opctx ctx = {0};
	struct jc_err err = {0};
	const struct commit *own = r->last >= 0 ? &b->commit[r->last] : NULL;
	jc_id batch;

	cm->lamport = e->lamport;
	cm->first = first;
	cm->n = n;
	jc_buf_init(&cm->it.object, 1 << 20);
	jc_buf_init(&cm->it.payload, 1 << 20);
	test_ok(jc_id_random(batch, b->node.env, &err), &err);
	for (int i = 0; i < n; i++)
		line_make(&cm->it.payload, b, first + i, first, batch, &ctx);
	memcpy(c->network, b->scope.network, sizeof(c->network));
	memcpy(c->scope, b->scope.id, sizeof(c->scope));
	memcpy(c->device, r->key.id, sizeof(c->device));
	memcpy(c->run, r->run, sizeof(c->run));
	c->tier = JC_TIER_COUNTY;
	c->seq = ++r->seq;
	c->lamport = b->base + e->lamport;
	c->schema = JC_SCHEMA_VERSION;
	c->time = 1772409600;
	c->label = JC_SLICE("pc");
	c->summary = JC_SLICE("修改工会会员");
	if (own != NULL)
		parent_add(c, &own->it.c);
	else
		parent_add(c, &b->root);
	if (e->lamport > 1 && (own == NULL || own->lamport != e->lamport - 1))
		parent_add(c, &known(b, e->lamport - 1)->it.c);
	if (c->seq == 1) {
		c->has_founding = 1;
		memcpy(c->founding, b->scope.founding, JC_HASH_LEN);
	}
	test_ok(jc_commit_build(&cm->it.object, c, cm->it.payload.data, cm->it.payload.len, &r->key, &err), &err);
	for (int i = 0; i < n; i++)
		memcpy(b->edit[first + i].h, c->hash, JC_H16);
	r->last = b->ncommits++;
}

static void
commits_make(struct bench *b)
{
	b->commit = calloc((size_t)b->nedits, sizeof(*b->commit));
	for (int i = 0, n; i < b->nedits; i += n) {
		for (n = 1; i + n < b->nedits && b->edit[i + n].pos == n && b->edit[i + n].replica == b->edit[i].replica; n++)
			continue;
		commit_make(b, i, n);
	}
}

/* ---- measured ---- */

static struct took
checked(struct bench *b)
{
	struct jc_err err = {0};
	double t = now(), c = spent();

	for (int i = 0; i < b->ncommits; i++)
		test_ok(jc_intake_check(&b->commit[i].it, &err), &err);
	return took(t, c);
}

static int group = 64; /* commits in one transaction; W6_GROUP gives another */
static struct took
admitted(struct bench *b)
{
	struct jc_err err = {0};
	double t = now(), c = spent();
	int64_t no;
	int fresh;

	for (int i = 0; i < b->ncommits; i++) {
		if (i % group == 0)
			test_ok(jc_db_begin(b->node.node->db, &err), &err);
		test_ok(jc_intake_admit(b->node.node, &b->scope, &b->commit[i].it, "", &no, &fresh, &err), &err);
		assert_int_equal(fresh, 1);
		if (i % group == group - 1 || i == b->ncommits - 1)
			test_ok(jc_db_end(b->node.node->db, 1, &err), &err);
	}
	return took(t, c);
}

/* The same edits as UPDATEs of a wide table, last one wins, in transactions of the same size. */
static struct took
floor_updates(struct bench *b)
{
	char path[400], sql[512];
	sqlite3_stmt *ins, *upd[NFIELDS];
	sqlite3 *db;
	struct took end;
	double t, c;

	snprintf(path, sizeof(path), "%s/floor.db", b->node.dir);
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE m(id TEXT PRIMARY KEY) WITHOUT ROWID",
	    NULL, NULL, NULL);
	for (size_t i = 0; i < NFIELDS; i++) {
		snprintf(sql, sizeof(sql), "ALTER TABLE m ADD COLUMN \"%s\" TEXT", NAMES[i].field);
		sqlite3_exec(db, sql, NULL, NULL, NULL);
	}
	for (size_t i = 0; i < NFIELDS; i++) {
		snprintf(sql, sizeof(sql), "UPDATE m SET \"%s\" = ?1 WHERE id = ?2", NAMES[i].field);
		sqlite3_prepare_v2(db, sql, -1, &upd[i], NULL);
	}
	sqlite3_prepare_v2(db, "INSERT INTO m(id) VALUES(?1) ON CONFLICT DO NOTHING", -1, &ins, NULL);
	t = now();
	c = spent();
	for (int i = 0; i < b->nedits; i++) {
		const char *id = json_string_value(json_object_get(b->edit[i].doc, "id")), *key;
		json_t *v;

		if (i % (group * 20) == 0)
			sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
		sqlite3_bind_text(ins, 1, id, -1, SQLITE_STATIC);
		sqlite3_step(ins);
		sqlite3_reset(ins);
		json_object_foreach(json_object_get(b->edit[i].doc, "set"), key, v) {
			size_t k = 0;

			while (strcmp(NAMES[k].neutral, key) != 0)
				k++;
			sqlite3_bind_text(upd[k], 1, json_string_value(v), (int)json_string_length(v), SQLITE_STATIC);
			sqlite3_bind_text(upd[k], 2, id, -1, SQLITE_STATIC);
			sqlite3_step(upd[k]);
			sqlite3_reset(upd[k]);
		}
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	end = took(t, c);
	for (size_t i = 0; i < NFIELDS; i++)
		sqlite3_finalize(upd[i]);
	sqlite3_finalize(ins);
	sqlite3_close(db);
	return end;
}

static struct took
rebuilt(struct bench *b)
{
	struct jc_err err = {0};
	double t = now(), c = spent();

	test_ok(jc_project_rebuild(b->node.node->project, NULL, NULL, &err), &err);
	return took(t, c);
}

static void
tell(const struct bench *b, const char *what, struct took k, const char *how)
{
	printf("%-8s %7.3f s, CPU %7.3f s  %9.0f changes/s (%s)\n", what, k.wall, k.cpu, (double)b->changes / k.wall, how);
}

/* ---- what came out ---- */

struct cell_line {
	char *text;
};

struct outcome {
	struct cell_line *line;
	size_t n, cap;
	int64_t conflicts, records;
};

static int
line_cmp(const void *a, const void *b)
{
	return strcmp(((const struct cell_line *)a)->text, ((const struct cell_line *)b)->text);
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Neutral ids once each; the record is looked up by its id. */
static void
outcome_read(struct outcome *o, struct bench *b)
{
	const char **id = calloc((size_t)b->nedits, sizeof(*id)), *last = "";
	struct jc_err err = {0};

	for (int i = 0; i < b->nedits; i++)
		id[i] = json_string_value(json_object_get(b->edit[i].doc, "id"));
	qsort(id, (size_t)b->nedits, sizeof(*id), name_cmp);
	for (int i = 0; i < b->nedits; i++) {
		struct jc_record_key key;
		struct jc_record r;
		jc_id rec;

		if (strcmp(id[i], last) == 0)
			continue;
		last = id[i];
		record_id(rec, id[i]);
		test_ok(jc_record_find(b->node.node, 0, rec, &key, &err), &err);
		test_ok(jc_record_read(b->node.node, key.rec, &r, &err), &err);
		o->records++;
		o->conflicts += r.key.conflicts;
		for (size_t f = 0; f < r.nfields; f++)
			for (size_t k = 0; k < NFIELDS; k++) {
				size_t room = strlen(id[i]) + 64 + strlen(r.field[f].text);

				if (strcmp(NAMES[k].field, r.field[f].field->name) != 0)
					continue;
				if (o->n == o->cap) {
					o->cap = o->cap != 0 ? o->cap * 2 : 4096;
					o->line = realloc(o->line, o->cap * sizeof(*o->line));
				}
				o->line[o->n].text = malloc(room);
				snprintf(o->line[o->n++].text, room, "%s\t%s\t%s\n", id[i], NAMES[k].neutral, r.field[f].text);
			}
		jc_record_free(&r);
	}
	free(id);
}

static int
expect(const struct bench *b, const struct outcome *o, const char *dir)
{
	char path[4096], want[4096] = "", got[512], hex[65];
	struct jc_hasher h;
	uint8_t d[JC_HASH_LEN];
	FILE *f;
	size_t n;

	jc_hasher_init(&h);
	for (size_t i = 0; i < o->n; i++)
		jc_hasher_add(&h, o->line[i].text, strlen(o->line[i].text));
	jc_hasher_end(&h, d);
	for (int i = 0; i < JC_HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", d[i]);
	snprintf(path, sizeof(path), "%s/expect.txt", dir);
	if ((f = fopen(path, "r")) == NULL) {
		perror(path);
		return 0;
	}
	n = fread(want, 1, sizeof(want) - 1, f);
	want[n] = '\0';
	fclose(f);
	snprintf(got, sizeof(got), "edits %d\nrecords %lld\ncells %zu\nconflicts %lld\n", b->nedits, (long long)o->records, o->n,
	    (long long)o->conflicts);
	printf("%ssha256 %s\n", got, hex);
	return strncmp(want, got, strlen(got)) == 0 && strstr(want, hex) != NULL;
}

int
main(int argc, char **argv)
{
	static struct bench b;
	struct outcome o = {0};
	struct took check, admit, rebuild, plain;
	int same;

	if (argc != 2) {
		fprintf(stderr, "bench_registers DIR (made by gen.py registers)\n");
		return 64;
	}
	if (getenv("W6_GROUP") != NULL)
		group = atoi(getenv("W6_GROUP"));
	edits_read(&b, argv[1]);
	replicas_make(&b);
	commits_make(&b);
	printf("%d edits, %lld changes, %d replicas, %d commits\n", b.nedits, (long long)b.changes, b.nreps, b.ncommits);
	check = checked(&b);
	admit = admitted(&b);
	plain = floor_updates(&b);
	rebuild = rebuilt(&b);
	tell(&b, "check", check, "signatures, parsing");
	tell(&b, "merge", admit, "log and projection, durable");
	tell(&b, "floor", plain, "plain UPDATEs");
	tell(&b, "rebuild", rebuild, "tables from the log");
	printf("merge is %.2f of the floor by the clock, %.2f by CPU\n", plain.wall / admit.wall, plain.cpu / admit.cpu);
	outcome_read(&o, &b);
	qsort(o.line, o.n, sizeof(*o.line), line_cmp);
	same = expect(&b, &o, argv[1]);
	printf("%s\n", same ? "equal to expect.txt" : "DIFFERENT from expect.txt");
	test_node_free(&b.node);
	return !same;
}
