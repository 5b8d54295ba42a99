/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs out and in, with libgit2's indexer as the second opinion. Stock git is the third: see
 * tests/interop/codec_git.sh, for which this program also has four small modes.
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
#include <git2/sys/odb_backend.h>

#include "pack_kit.h"
#include "schema_mem.h"
#include "test_env.h"

#define KEPT_MAX 3000u

/* What a pack delivered, or what the reader asks for bases. */
struct kept {
	struct jc_pack_object o[KEPT_MAX];
	size_t n;
	size_t asked;
};

static int
keep(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	struct kept *k = arg;

	if (k->n == KEPT_MAX)
		return jc_err_code(err, JC_ELIMIT, "keep");
	k->o[k->n++] = *o;
	jc_buf_init(&o->body, 0);
	return 0;
}

static const struct jc_pack_object *
find(const struct kept *k, const struct jc_oid *oid)
{
	for (size_t i = 0; i < k->n; i++)
		if (jc_oid_cmp(&k->o[i].oid, oid) == 0)
			return &k->o[i];
	return NULL;
}

static int
lend(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err)
{
	struct kept *k = arg;
	const struct jc_pack_object *o = find(k, oid);

	(void)err;
	k->asked++;
	if (o == NULL)
		return 0;
	jc_buf_put(body, o->body.data, o->body.len);
	*type = o->type;
	return 1;
}

static struct kept *
kept_new(void)
{
	struct kept *k = calloc(1, sizeof(*k));

	if (k == NULL)
		abort();
	return k;
}

static void
kept_free(struct kept *k)
{
	for (size_t i = 0; i < k->n; i++)
		jc_buf_free(&k->o[i].body);
	free(k);
}

static int
read_as(struct kept *k, const struct jc_buf *pack, const struct jc_pack_budget *b)
{
	struct jc_pack_sink sink = {.object = keep, .arg = k};
	struct jc_err err = {0};
	int rc = jc_pack_read(pack->data, pack->len, b, &sink, &err);

	if (rc != err.code)
		abort();
	return rc;
}

static int
read_pack(struct kept *k, const struct jc_buf *pack)
{
	struct jc_pack_budget b = JC_PACK_BUDGET;

	return read_as(k, pack, &b);
}

/* Expects the code and that a refused pack delivered nothing. */
static void
reads(const struct jc_buf *pack, int code)
{
	struct kept *k = kept_new();

	assert_int_equal(read_pack(k, pack), code);
	if (code != 0)
		assert_int_equal(k->n, 0);
	kept_free(k);
}

static void
text_like(struct jc_buf *b, uint64_t *seed, size_t n)
{
	static const char *const words[] = {"{\"k\":\"member\",", "\"v\":\"set\",", "\"name\":", "王小青", "13000000001", "\n", "0", "zz"};

	jc_buf_init(b, 1 << 20);
	while (b->len < n)
		jc_buf_puts(b, words[test_rand(seed) % 8]);
	b->len = n;
	if (b->data == NULL)
		jc_buf_put(b, "", 0);
}

/* A pack of n different objects; their bodies and ids in k. */
static void
write_pack(struct jc_buf *out, struct kept *k, uint64_t *seed, size_t n)
{
	struct jc_pack_writer w;

	assert_int_equal(jc_pack_write_begin(&w, out, (uint32_t)n, NULL), 0);
	while (k->n < n) {
		struct jc_pack_object *o = &k->o[k->n];
		struct jc_oid oid;

		text_like(&o->body, seed, (size_t)test_rand(seed) % (test_rand(seed) % 9 == 0 ? 5000 : 200));
		o->type = JC_OBJ_BLOB;
		assert_int_equal(jc_oid_of(&oid, o->type, o->body.data, o->body.len), 0);
		if (find(k, &oid) != NULL) {
			jc_buf_free(&o->body);
			continue;
		}
		o->oid = oid;
		k->n++;
		if (k->n % 2 == 0) {
			assert_int_equal(jc_pack_write_body(&w, out, o->type, o->body.data, o->body.len, NULL), 0);
		} else {
			struct jc_buf z;

			jc_buf_init(&z, 1 << 20);
			assert_int_equal(jc_zlib_pack(&z, o->body.data, o->body.len, 9, NULL), 0);
			assert_int_equal(jc_pack_write_entry(&w, out, o->type, o->body.len, z.data, z.len, NULL), 0);
			jc_buf_free(&z);
		}
	}
	assert_int_equal(jc_pack_write_end(&w, out, NULL), 0);
	assert_int_equal(w.bytes, out->len);
}

static void
what_is_written_is_read_back_in_the_same_order(void **state)
{
	uint64_t seed = 31;

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct kept *in = kept_new(), *out = kept_new();
		struct jc_buf pack;

		jc_buf_init(&pack, 8 << 20);
		write_pack(&pack, in, &seed, (size_t)test_rand(&seed) % 60);
		assert_int_equal(read_pack(out, &pack), 0);
		assert_int_equal(out->n, in->n);
		for (size_t k = 0; k < in->n; k++) {
			assert_int_equal(jc_oid_cmp(&in->o[k].oid, &out->o[k].oid), 0);
			assert_int_equal(out->o[k].type, JC_OBJ_BLOB);
			assert_int_equal(in->o[k].body.len, out->o[k].body.len);
			assert_memory_equal(in->o[k].body.data, out->o[k].body.data, in->o[k].body.len);
		}
		jc_buf_free(&pack);
		kept_free(in);
		kept_free(out);
	}
}

static void
a_pack_may_be_written_in_pieces_and_must_keep_its_word(void **state)
{
	struct jc_buf whole, piece, sent;
	struct jc_pack_writer w, v;

	(void)state;
	jc_buf_init(&whole, 4096);
	jc_buf_init(&piece, 4096);
	jc_buf_init(&sent, 4096);
	assert_int_equal(jc_pack_write_begin(&w, &whole, 2, NULL), 0);
	assert_int_equal(jc_pack_write_begin(&v, &piece, 2, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(jc_pack_write_end(&w, &whole, NULL), JC_ESTATE);
		assert_int_equal(jc_pack_write_body(&w, &whole, JC_OBJ_BLOB, i ? "b" : "a", 1, NULL), 0);
		jc_buf_put(&sent, piece.data, piece.len);
		jc_buf_reset(&piece);
		assert_int_equal(jc_pack_write_body(&v, &piece, JC_OBJ_BLOB, i ? "b" : "a", 1, NULL), 0);
	}
	assert_int_equal(jc_pack_write_body(&w, &whole, JC_OBJ_BLOB, "c", 1, NULL), JC_ESTATE);
	assert_int_equal(jc_pack_write_entry(&w, &whole, JC_OBJ_BLOB, 1, "c", 1, NULL), JC_ESTATE);
	assert_int_equal(jc_pack_write_end(&w, &whole, NULL), 0);
	assert_int_equal(jc_pack_write_end(&v, &piece, NULL), 0);
	jc_buf_put(&sent, piece.data, piece.len);
	assert_int_equal(sent.len, whole.len);
	assert_memory_equal(sent.data, whole.data, whole.len);
	reads(&whole, 0);
	jc_buf_free(&whole);
	jc_buf_free(&piece);
	jc_buf_free(&sent);
}

/* ---- deltas ---- */

static struct jc_oid
oid_of(const char *s)
{
	struct jc_oid oid;

	assert_int_equal(jc_oid_of(&oid, JC_OBJ_BLOB, s, strlen(s)), 0);
	return oid;
}

static void
ref_delta(struct pack_kit *k, const char *from, const char *to)
{
	struct jc_oid base = oid_of(from);
	struct jc_buf d;

	pack_kit_diff(&d, from, strlen(from), to, strlen(to));
	pack_kit_ref(k, &base, &d);
	jc_buf_free(&d);
}

static void
ofs_delta(struct pack_kit *k, size_t at, const char *from, const char *to)
{
	struct jc_buf d;

	pack_kit_diff(&d, from, strlen(from), to, strlen(to));
	pack_kit_ofs(k, at, &d);
	jc_buf_free(&d);
}

static void
holds(const struct kept *k, size_t i, const char *body)
{
	assert_true(i < k->n);
	assert_int_equal(k->o[i].body.len, strlen(body));
	assert_memory_equal(k->o[i].body.data, body, strlen(body));
}

static void
deltas_find_their_base_before_them_after_them_and_through_others(void **state)
{
	struct kept *k = kept_new();
	struct pack_kit p;
	size_t a;

	(void)state;
	pack_kit_begin(&p);
	ref_delta(&p, "a whole text", "a whole new text");  /* base comes later */
	ref_delta(&p, "a third text", "a fourth text");     /* base is a delta that comes later */
	pack_kit_object(&p, JC_OBJ_BLOB, "a whole text", 12, 6);
	a = p.last;
	ofs_delta(&p, a, "a whole text", "a third text");
	ofs_delta(&p, p.last, "a third text", "");
	ofs_delta(&p, a, "a whole text", "a second whole text");
	pack_kit_end(&p);
	assert_int_equal(read_pack(k, &p.b), 0);
	assert_int_equal(k->n, 6);
	holds(k, 0, "a whole new text");
	holds(k, 1, "a fourth text");
	holds(k, 2, "a whole text");
	holds(k, 3, "a third text");
	holds(k, 4, "");
	holds(k, 5, "a second whole text");
	kept_free(k);
	pack_kit_free(&p);
}

static void
a_thin_pack_is_read_only_with_its_bases_and_only_if_allowed(void **state)
{
	struct jc_pack_budget b = JC_PACK_BUDGET;
	struct kept *store = kept_new(), *out = kept_new();
	struct jc_pack_sink sink = {.object = keep, .arg = out, .base = NULL};
	struct pack_kit p;

	(void)state;
	pack_kit_begin(&p);
	ref_delta(&p, "what the hub has", "what the hub had");
	ref_delta(&p, "what the hub had", "what the hut had");
	ref_delta(&p, "what the hub has", "what the hub hat");
	pack_kit_end(&p);
	reads(&p.b, JC_EFORMAT);
	/* The store lends what it has; what the pack brings is put there too, as intake would. */
	sink = (struct jc_pack_sink){.object = keep, .arg = store, .base = lend};
	assert_int_equal(jc_pack_read(p.b.data, p.b.len, &b, &sink, NULL), JC_EFORMAT);
	assert_int_equal(store->asked, 2); /* not three times: one base was asked for once */
	store->o[0] = (struct jc_pack_object){.type = JC_OBJ_BLOB, .oid = oid_of("what the hub has")};
	jc_buf_init(&store->o[0].body, 100);
	jc_buf_puts(&store->o[0].body, "what the hub has");
	store->n = 1;
	assert_int_equal(jc_pack_read(p.b.data, p.b.len, &b, &sink, NULL), 0);
	assert_int_equal(store->n, 4);
	holds(store, 1, "what the hub had");
	holds(store, 2, "what the hut had");
	holds(store, 3, "what the hub hat");
	kept_free(store);
	kept_free(out);
	pack_kit_free(&p);
}

static void
bad_delta(const void *delta, size_t n)
{
	struct pack_kit p;
	struct jc_buf d;
	size_t at;

	pack_kit_begin(&p);
	pack_kit_object(&p, JC_OBJ_BLOB, "0123456789", 10, 6);
	at = p.last;
	jc_buf_init(&d, 1000);
	jc_buf_put(&d, delta, n);
	pack_kit_ofs(&p, at, &d);
	pack_kit_end(&p);
	reads(&p.b, JC_EFORMAT);
	jc_buf_free(&d);
	pack_kit_free(&p);
}

static void
deltas_that_leave_their_bounds_are_refused(void **state)
{
	(void)state;
	bad_delta("", 0);
	bad_delta("\x0a", 1);
	bad_delta("\x0a\x81", 2);                    /* size of the result is cut */
	bad_delta("\x0b\x01\x90\x01", 4);            /* another base */
	bad_delta("\x0a\x02\x90\x01", 4);            /* result too short */
	bad_delta("\x0a\x01\x90\x02", 4);            /* result too long */
	bad_delta("\x0a\x01\x91\x0a\x01", 5);        /* copy from behind the base */
	bad_delta("\x0a\x03\x91\x08\x03", 5);        /* copy over the end of the base */
	bad_delta("\x0a\x01\x9f\xff\xff\xff\xff\x01", 8);
	bad_delta("\x0a\x01\x91", 3);                /* arguments are cut */
	bad_delta("\x0a\x01\x80", 3);                /* 65,536 bytes from 0 */
	bad_delta("\x0a\x02\x02x", 4);               /* insert is cut */
	bad_delta("\x0a\x01\x02xy", 5);              /* insert is longer than the result */
	bad_delta("\x0a\x01\x00", 3);                /* reserved */
	bad_delta("\x0a\x01\x01x\x00", 5);
	bad_delta("\x0a\x01\x90\x01\x90\x01", 6);    /* goes on when the result is full: copy, */
	bad_delta("\x0a\x01\x90\x01\x01y", 6);       /* insert */
	bad_delta("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01\x01x", 14);
}

static void
a_delta_by_name_must_know_the_size_of_its_base(void **state)
{
	struct jc_oid base = oid_of("0123456789");

	(void)state;
	for (unsigned size = 9; size <= 11; size++) {
		struct pack_kit p;
		struct jc_buf d;

		pack_kit_begin(&p);
		pack_kit_object(&p, JC_OBJ_BLOB, "0123456789", 10, 6);
		pack_kit_delta(&d, size, 4);
		pack_kit_copy(&d, 0, 4);
		pack_kit_ref(&p, &base, &d);
		pack_kit_end(&p);
		reads(&p.b, size == 10 ? 0 : JC_EFORMAT);
		jc_buf_free(&d);
		pack_kit_free(&p);
	}
}

static void
bases_may_lie_far_back(void **state)
{
	static const size_t between[] = {0, 90, 110, 130, 300, 16000, 16500, 17000, 40000};
	uint64_t seed = 8;

	(void)state;
	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
		struct kept *k = kept_new();
		char *noise = malloc(between[i] + 1);
		struct pack_kit p;
		size_t at;

		assert_non_null(noise);
		for (size_t j = 0; j < between[i]; j++)
			noise[j] = (char)test_rand(&seed);
		pack_kit_begin(&p);
		pack_kit_object(&p, JC_OBJ_BLOB, "0123456789", 10, 6);
		at = p.last;
		pack_kit_object(&p, JC_OBJ_BLOB, noise, between[i], 6);
		ofs_delta(&p, at, "0123456789", "0123x56789");
		pack_kit_end(&p);
		assert_int_equal(read_pack(k, &p.b), 0);
		holds(k, 2, "0123x56789");
		free(noise);
		kept_free(k);
		pack_kit_free(&p);
	}
}

static void
the_same_object_twice_is_refused(void **state)
{
	struct pack_kit p;

	(void)state;
	pack_kit_begin(&p);
	pack_kit_object(&p, JC_OBJ_BLOB, "once", 4, 6);
	pack_kit_object(&p, JC_OBJ_TREE, "", 0, 6);
	ref_delta(&p, "once", "once");
	pack_kit_end(&p);
	reads(&p.b, JC_EFORMAT);
	pack_kit_free(&p);
}

static void
an_offset_must_hit_an_entry_before_it(void **state)
{
	struct pack_kit p;
	struct jc_buf d;

	(void)state;
	for (size_t at = 0; at < 40; at++) {
		size_t first, second;

		pack_kit_begin(&p);
		pack_kit_object(&p, JC_OBJ_BLOB, "0123456789", 10, 6);
		first = p.last;
		pack_kit_object(&p, JC_OBJ_BLOB, "012345678x", 10, 6);
		second = p.last;
		if (at >= p.b.len) { /* itself and what comes after are covered by a distance of zero */
			pack_kit_free(&p);
			break;
		}
		pack_kit_diff(&d, "0123456789", 10, "01234", 5);
		pack_kit_ofs(&p, at, &d);
		pack_kit_end(&p);
		reads(&p.b, at == first || at == second ? 0 : JC_EFORMAT);
		jc_buf_free(&d);
		pack_kit_free(&p);
	}
	pack_kit_begin(&p);
	pack_kit_diff(&d, "0123456789", 10, "01234", 5);
	pack_kit_ofs(&p, p.b.len, &d); /* itself */
	pack_kit_end(&p);
	reads(&p.b, JC_EFORMAT);
	jc_buf_free(&d);
	pack_kit_free(&p);
}

/* ---- refusals ---- */

static void
sample(struct pack_kit *p)
{
	size_t at;

	pack_kit_begin(p);
	pack_kit_object(p, JC_OBJ_BLOB, "first of all, a text", 20, 6);
	at = p->last;
	ref_delta(p, "the second, a text", "the third, a text");
	ofs_delta(p, at, "first of all, a text", "the second, a text");
	pack_kit_object(p, JC_OBJ_TREE, "", 0, 6);
	ofs_delta(p, at, "first of all, a text", "first of all");
	pack_kit_end(p);
}

static void
a_pack_that_is_cut_or_goes_on_is_refused(void **state)
{
	struct pack_kit p;

	(void)state;
	sample(&p);
	reads(&p.b, 0);
	for (size_t n = p.b.len; n-- > 0;) {
		struct jc_buf cut = p.b;

		cut.len = n;
		reads(&cut, JC_EFORMAT);
	}
	jc_buf_putc(&p.b, 'x');
	reads(&p.b, JC_EFORMAT);
	p.b.len -= 21;
	jc_buf_puts(&p.b, "x");
	pack_kit_end(&p); /* an honest checksum over one byte too many */
	reads(&p.b, JC_EFORMAT);
	pack_kit_free(&p);
}

static void
any_bit_that_flips_is_noticed(void **state)
{
	struct pack_kit p;

	(void)state;
	sample(&p);
	for (size_t i = 0; i < p.b.len * 8; i++) {
		struct kept *k = kept_new();

		p.b.data[i / 8] ^= (char)(1 << i % 8);
		assert_true(read_pack(k, &p.b) < 0);
		assert_int_equal(k->n, 0);
		p.b.data[i / 8] ^= (char)(1 << i % 8);
		kept_free(k);
	}
	pack_kit_free(&p);
}

static void
each_limit_of_the_budget_holds_by_itself(void **state)
{
	static const struct jc_pack_budget enough = {.pack = 300, .objects = 5, .object = 64, .total = 300, .depth = 2};
	struct jc_pack_budget b[] = {enough, enough, enough, enough, enough, enough};
	struct pack_kit p;

	(void)state;
	sample(&p);
	b[1].pack = p.b.len - 1;
	b[2].objects = 4;
	b[3].object = 19;
	b[4].total = 90;
	b[5].depth = 1;
	for (size_t i = 0; i < sizeof(b) / sizeof(*b); i++) {
		struct kept *k = kept_new();

		assert_int_equal(read_as(k, &p.b, &b[i]), i == 0 ? 0 : JC_ELIMIT);
		assert_int_equal(k->n, i == 0 ? 5 : 0);
		kept_free(k);
	}
	pack_kit_free(&p);
	/* One object alone, so that nothing but its size is over. */
	pack_kit_begin(&p);
	pack_kit_object(&p, JC_OBJ_BLOB, "first of all, a text", 20, 6);
	pack_kit_end(&p);
	for (size_t most = 19; most <= 20; most++) {
		struct jc_pack_budget one = enough;
		struct kept *k = kept_new();

		one.object = most;
		assert_int_equal(read_as(k, &p.b, &one), most == 20 ? 0 : JC_ELIMIT);
		kept_free(k);
	}
	pack_kit_free(&p);
}

static void
tags_and_unknown_kinds_are_refused(void **state)
{
	static const char z[] = "\x78\x9c\x03\x00\x00\x00\x00\x01";
	struct jc_pack_budget b = JC_PACK_BUDGET;

	(void)state;
	b.tags = 1;
	for (int type = 0; type < 8; type++) {
		struct kept *k = kept_new();
		struct pack_kit p;

		pack_kit_begin(&p);
		pack_kit_raw(&p, type, 0, z, 8);
		pack_kit_end(&p);
		reads(&p.b, type >= 1 && type <= 3 ? 0 : JC_EFORMAT);
		assert_int_equal(read_as(k, &p.b, &b), type >= 1 && type <= 4 ? 0 : JC_EFORMAT);
		kept_free(k);
		pack_kit_free(&p);
	}
}

static int
nth(void *arg, size_t n)
{
	(void)n;
	return --*(int *)arg == 0;
}

static void
when_memory_runs_out_nothing_leaks_and_nothing_is_delivered(void **state)
{
	struct pack_kit p;

	(void)state;
	sample(&p);
	for (int i = 1;; i++) {
		struct kept *k = kept_new();
		int left = i, rc;

		assert_true(i < 200);
		jc_mem_hook(nth, &left);
		rc = read_pack(k, &p.b);
		jc_mem_hook(NULL, NULL);
		assert_int_equal(rc, left > 0 ? 0 : JC_ENOMEM);
		assert_int_equal(k->n, left > 0 ? 5 : 0);
		kept_free(k);
		if (left > 0)
			break;
		assert_true(i < 100);
	}
	pack_kit_free(&p);
}

static int
stop(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	(void)o;
	(void)err;
	return ++*(int *)arg == 3 ? JC_ECANCELLED : 0;
}

static void
a_receiver_that_says_no_ends_the_reading(void **state)
{
	struct jc_pack_budget b = JC_PACK_BUDGET;
	int n = 0;
	struct jc_pack_sink sink = {.object = stop, .arg = &n};
	struct pack_kit p;

	(void)state;
	sample(&p);
	assert_int_equal(jc_pack_read(p.b.data, p.b.len, &b, &sink, NULL), JC_ECANCELLED);
	assert_int_equal(n, 3);
	pack_kit_free(&p);
}

/* ---- the second opinion ---- */

static char scratch[40];

static void
scratch_make(void)
{
	strcpy(scratch, "/tmp/jiceng-pack-XXXXXX");
	assert_non_null(mkdtemp(scratch));
}

static void
scratch_remove(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
	assert_int_equal(system(command), 0);
}

/* libgit2's view: every object of ours is in its index of the pack, and their numbers agree. 0 or -1. */
static int
libgit2_agrees(const struct jc_buf *pack, const struct kept *k)
{
	git_indexer_progress stats = {0};
	git_odb_backend *backend = NULL;
	git_indexer *idx = NULL;
	char path[200];
	int rc;

	if (git_indexer_new(&idx, scratch, 0600, NULL, NULL) != 0)
		abort();
	rc = git_indexer_append(idx, pack->data, pack->len, &stats);
	if (rc == 0)
		rc = git_indexer_commit(idx, &stats);
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/pack-%s.idx", scratch, git_indexer_name(idx));
		rc = git_odb_backend_one_pack(&backend, path);
	}
	for (size_t i = 0; rc == 0 && i < k->n; i++) {
		git_oid id;

		memcpy(id.id, k->o[i].oid.b, sizeof(id.id));
		if (!backend->exists(backend, &id))
			rc = -1;
	}
	if (rc == 0 && stats.total_objects != k->n)
		rc = -1;
	if (backend != NULL) {
		backend->free(backend);
		unlink(path);
		memcpy(strrchr(path, '.'), ".pack", 6);
		unlink(path);
	}
	git_indexer_free(idx);
	return rc == 0 ? 0 : -1;
}

static void
checksum_again(struct pack_kit *p)
{
	p->b.len -= JC_OID_LEN;
	pack_kit_end_as(p, (uint32_t)(uint8_t)p->b.data[8] << 24 | (uint32_t)(uint8_t)p->b.data[9] << 16 |
	    (uint32_t)(uint8_t)p->b.data[10] << 8 | (uint8_t)p->b.data[11]);
}

static void
bytes_damaged(struct pack_kit *p, uint64_t *seed, uint64_t n)
{
	while (n-- > 0) {
		size_t at = 11 + (size_t)test_rand(seed) % (p->b.len - 11 - JC_OID_LEN);

		p->b.data[at] = test_rand(seed) % 2 ? (char)test_rand(seed)
		                                    : (char)(p->b.data[at] ^ (char)(1u << test_rand(seed) % 8));
	}
}

/* Another delta at the end: instructions damaged before they were compressed. */
static void
delta_damaged(struct pack_kit *p, uint64_t *seed)
{
	struct jc_buf d;
	size_t at;

	p->b.len -= JC_OID_LEN;
	pack_kit_object(p, JC_OBJ_BLOB, "a base of twenty-six bytes", 26, 6);
	at = p->last;
	pack_kit_delta(&d, 26, 40);
	pack_kit_copy(&d, test_rand(seed) % 8, 9);
	pack_kit_insert(&d, "what is new", 11);
	pack_kit_copy(&d, test_rand(seed) % 8, 20);
	d.data[test_rand(seed) % d.len] ^= (char)(1 << test_rand(seed) % 8);
	pack_kit_ofs(p, at, &d);
	jc_buf_free(&d);
	pack_kit_end(p);
}

/* Damaged at random, with a checksum that is right again: what we take, libgit2 takes and reads alike. */
static void
what_we_take_libgit2_takes(void **state)
{
	unsigned taken = 0, refused = 0;
	uint64_t seed = 77;

	(void)state;
	git_libgit2_init();
	scratch_make();
	for (int i = 0; i < 8000; i++) {
		struct kept *k = kept_new();
		struct pack_kit p;

		sample(&p);
		if (i % 2)
			delta_damaged(&p, &seed);
		else
			bytes_damaged(&p, &seed, i == 0 ? 0 : 1 + test_rand(&seed) % 2);
		checksum_again(&p);
		if (read_pack(k, &p.b) == 0) {
			taken++;
			assert_int_equal(libgit2_agrees(&p.b, k), 0);
		} else {
			refused++;
		}
		kept_free(k);
		pack_kit_free(&p);
	}
	scratch_remove();
	git_libgit2_shutdown();
	print_message("%u packs taken by both, %u refused\n", taken, refused);
	assert_true(taken > 20 && refused > 1000);
}

static void
packs_of_libgit2_are_read(void **state)
{
	struct kept *k = kept_new();
	git_packbuilder *pb;
	git_repository *repo;
	git_buf buf = {0};
	struct jc_buf pack;
	uint64_t seed = 3;
	git_odb_backend *loose;
	git_odb *odb;
	git_oid id[200];

	(void)state;
	git_libgit2_init();
	scratch_make();
	assert_int_equal(git_odb_new(&odb), 0);
	assert_int_equal(git_odb_backend_loose(&loose, scratch, 1, 0, 0700, 0600), 0);
	assert_int_equal(git_odb_add_backend(odb, loose, 1), 0);
	assert_int_equal(git_repository_wrap_odb(&repo, odb), 0);
	assert_int_equal(git_packbuilder_new(&pb, repo), 0);
	for (int i = 0; i < 200; i++) {
		struct jc_buf body;
		char mark[20];

		seed = 3; /* nearly the same text each time: deltas */
		text_like(&body, &seed, 3000);
		snprintf(mark, sizeof(mark), "%d", i);
		memcpy(body.data + i * 10, mark, strlen(mark));
		assert_int_equal(git_odb_write(&id[i], odb, body.data, body.len, GIT_OBJECT_BLOB), 0);
		assert_int_equal(git_packbuilder_insert(pb, &id[i], "ops"), 0);
		jc_buf_free(&body);
	}
	assert_int_equal(git_packbuilder_write_buf(&buf, pb), 0);
	jc_buf_init(&pack, 8 << 20);
	jc_buf_put(&pack, buf.ptr, buf.size);
	assert_true(pack.len < 200 * 300); /* deltas, else this shows little */
	assert_int_equal(read_pack(k, &pack), 0);
	assert_int_equal(k->n, 200);
	for (int i = 0; i < 200; i++) {
		struct jc_oid oid;

		memcpy(oid.b, id[i].id, sizeof(oid.b));
		assert_non_null(find(k, &oid));
	}
	git_buf_dispose(&buf);
	git_packbuilder_free(pb);
	git_repository_free(repo);
	git_odb_free(odb);
	jc_buf_free(&pack);
	kept_free(k);
	scratch_remove();
	git_libgit2_shutdown();
}

/* ---- for stock git: lists, writes, serves ---- */

static void
slurp(struct jc_buf *b, FILE *f)
{
	size_t n;

	jc_buf_init(b, 64u << 20);
	do {
		char *p = jc_buf_room(b, 65536);

		if (p == NULL)
			exit(2);
		n = fread(p, 1, 65536, f);
		b->len -= 65536 - n;
		b->data[b->len] = '\0';
	} while (n != 0);
}

static int
slurp_file(struct jc_buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");

	jc_buf_init(b, 1);
	if (f == NULL)
		return -1;
	slurp(b, f);
	fclose(f);
	return 0;
}

static void
spill(const struct jc_buf *b, const char *path)
{
	FILE *f = path != NULL ? fopen(path, "wb") : stdout;

	if (f == NULL || fwrite(b->data, 1, b->len, f) != b->len || (path != NULL ? fclose(f) : fflush(f)) != 0)
		exit(2);
}

static void
take(struct kept *k, const struct jc_buf *pack)
{
	struct jc_pack_budget b = JC_PACK_BUDGET;
	struct jc_pack_sink sink = {.object = keep, .arg = k};
	struct jc_err err = {0};

	b.tags = 1;
	if (jc_pack_read(pack->data, pack->len, &b, &sink, &err) != 0) {
		fprintf(stderr, "%s (%s)\n", err.msg, err.cause);
		exit(1);
	}
}

/* --list PACK: a line per object, "id type size". */
static int
list(const char *path)
{
	struct kept *k = kept_new();
	struct jc_buf pack;

	if (slurp_file(&pack, path) < 0)
		return 2;
	take(k, &pack);
	for (size_t i = 0; i < k->n; i++) {
		char hex[41];

		jc_oid_hex(hex, &k->o[i].oid);
		printf("%s %s %zu\n", hex, jc_objtype_word((int)k->o[i].type), k->o[i].body.len);
	}
	jc_buf_free(&pack);
	kept_free(k);
	return 0;
}

static void
write_all(struct jc_buf *pack, const struct kept *k)
{
	struct jc_pack_writer w;
	struct jc_err err = {0};
	int rc = jc_pack_write_begin(&w, pack, (uint32_t)k->n, &err);

	for (size_t i = 0; rc == 0 && i < k->n; i++)
		rc = jc_pack_write_body(&w, pack, k->o[i].type, k->o[i].body.data, k->o[i].body.len, &err);
	if (rc < 0 || jc_pack_write_end(&w, pack, &err) < 0)
		exit(2);
}

/* --write PACK SEED: objects of this program's making. */
static int
write_some(const char *path, uint64_t seed)
{
	struct kept *k = kept_new();
	struct jc_buf pack;

	jc_buf_init(&pack, 64u << 20);
	write_pack(&pack, k, &seed, 1 + (size_t)test_rand(&seed) % 200);
	spill(&pack, path);
	jc_buf_free(&pack);
	kept_free(k);
	return 0;
}

/*
 * --serve FOLDER SERVICE get|post: one request of smart HTTP on standard input and output, on a folder
 * with one pack and a list of refs. The least that a hub could be; what speaks is the codec.
 */
struct folder {
	char pack[300], refs[300];
	struct kept *k;
	struct jc_buf list;      /* lines "id name" */
};

static void
folder_read(struct folder *f, const char *path)
{
	struct jc_buf pack;

	snprintf(f->pack, sizeof(f->pack), "%s/pack", path);
	snprintf(f->refs, sizeof(f->refs), "%s/refs", path);
	f->k = kept_new();
	if (slurp_file(&pack, f->pack) == 0)
		take(f->k, &pack);
	jc_buf_free(&pack);
	if (slurp_file(&f->list, f->refs) < 0)
		jc_buf_init(&f->list, 1u << 20);
}

static void
serve_refs(struct folder *f, enum jc_git_service service)
{
	struct jc_gitproto_advert a;
	struct jc_buf out;
	const char *p = f->list.len != 0 ? f->list.data : "", *end;

	jc_buf_init(&out, 1u << 20);
	jc_gitproto_advert_begin(&a, &out, service, service == JC_GIT_FETCH && *p != '\0' ? "refs/heads/main" : NULL);
	for (int head = service == JC_GIT_FETCH; (end = strchr(p, '\n')) != NULL; p = end + 1) {
		struct jc_oid oid;

		if (jc_oid_parse(&oid, p, 40) < 0)
			exit(2);
		if (head)
			jc_gitproto_advert_ref(&a, JC_SLICE("HEAD"), &oid);
		head = 0;
		jc_gitproto_advert_ref(&a, (struct jc_slice){p + 41, (size_t)(end - p) - 41}, &oid);
	}
	jc_gitproto_advert_end(&a);
	spill(&out, NULL);
	jc_buf_free(&out);
}

static void
serve_fetch(struct folder *f, const struct jc_buf *body)
{
	struct jc_git_fetch req;
	struct jc_buf out, pack;
	struct jc_err err = {0};
	uint8_t *common;

	jc_buf_init(&out, 64u << 20);
	jc_buf_init(&pack, 64u << 20);
	if (jc_gitproto_fetch_read(&req, body->data, body->len, 100, 10000, &err) < 0) {
		jc_pkt_err(&out, err.msg);
		spill(&out, NULL);
		jc_buf_free(&out);
		return;
	}
	if ((common = calloc(req.nhaves + 1, 1)) == NULL)
		exit(2);
	for (size_t i = 0; i < req.nhaves; i++)
		common[i] = find(f->k, &req.have[i]) != NULL;
	jc_gitproto_fetch_acks(&out, &req, common, 0);
	if (req.done) {
		write_all(&pack, f->k);
		jc_pkt_band(&out, 2, "jiceng\n", 7, req.band);
		jc_pkt_band(&out, 1, pack.data, pack.len, req.band);
		jc_pkt_flush(&out);
	}
	spill(&out, NULL);
	free(common);
	jc_gitproto_fetch_free(&req);
	jc_buf_free(&out);
	jc_buf_free(&pack);
}

static void
ref_set(struct folder *f, const struct jc_git_command *c)
{
	struct jc_buf now;
	const char *p = f->list.len != 0 ? f->list.data : "", *end;
	char hex[41];

	jc_buf_init(&now, 1u << 20);
	jc_oid_hex(hex, &c->new);
	for (; (end = strchr(p, '\n')) != NULL; p = end + 1)
		if (!jc_slice_eq((struct jc_slice){p + 41, (size_t)(end - p) - 41}, c->ref))
			jc_buf_put(&now, p, (size_t)(end - p) + 1);
	jc_buf_putf(&now, "%s %.*s\n", hex, (int)c->ref.n, c->ref.p);
	jc_buf_free(&f->list);
	f->list = now;
}

static void
serve_push(struct folder *f, const struct jc_buf *body)
{
	struct jc_git_commands req;
	struct kept *fresh = kept_new();
	struct jc_pack_budget budget = JC_PACK_BUDGET;
	struct jc_pack_sink sink = {.object = keep, .arg = fresh};
	struct jc_err err = {0};
	struct jc_buf out, pack;

	jc_buf_init(&out, 1u << 20);
	jc_buf_init(&pack, 64u << 20);
	if (jc_gitproto_push_read(&req, body->data, body->len, 64, &err) < 0)
		exit(1);
	if (req.n != 0 && jc_pack_read(req.pack.p, req.pack.n, &budget, &sink, &err) == 0) {
		for (size_t i = 0; i < fresh->n; i++)
			if (find(f->k, &fresh->o[i].oid) == NULL)
				keep(f->k, &fresh->o[i], NULL);
		for (size_t i = 0; i < req.n; i++)
			if (jc_slice_is(req.cmd[i].ref, "refs/heads/locked"))
				req.cmd[i].said = "这个引用不收推送";
			else
				ref_set(f, &req.cmd[i]);
		write_all(&pack, f->k);
		spill(&pack, f->pack);
		spill(&f->list, f->refs);
	}
	if (jc_gitproto_push_report(&out, &req, err.code != 0 ? err.msg : NULL, NULL) < 0)
		exit(2);
	if (out.len != 0)
		spill(&out, NULL);
	jc_gitproto_push_free(&req);
	kept_free(fresh);
	jc_buf_free(&out);
	jc_buf_free(&pack);
}

static int
serve(const char *path, const char *service, const char *method)
{
	int s = jc_gitproto_service(service, strlen(service));
	struct folder f;
	struct jc_buf body;

	if (s < 0)
		return 2;
	folder_read(&f, path);
	if (strcmp(method, "get") == 0) {
		serve_refs(&f, (enum jc_git_service)s);
	} else {
		slurp(&body, stdin);
		if (s == JC_GIT_FETCH)
			serve_fetch(&f, &body);
		else
			serve_push(&f, &body);
		jc_buf_free(&body);
	}
	jc_buf_free(&f.list);
	kept_free(f.k);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back_in_the_same_order),
		cmocka_unit_test(a_pack_may_be_written_in_pieces_and_must_keep_its_word),
		cmocka_unit_test(deltas_find_their_base_before_them_after_them_and_through_others),
		cmocka_unit_test(a_thin_pack_is_read_only_with_its_bases_and_only_if_allowed),
		cmocka_unit_test(deltas_that_leave_their_bounds_are_refused),
		cmocka_unit_test(a_delta_by_name_must_know_the_size_of_its_base),
		cmocka_unit_test(bases_may_lie_far_back),
		cmocka_unit_test(the_same_object_twice_is_refused),
		cmocka_unit_test(an_offset_must_hit_an_entry_before_it),
		cmocka_unit_test(a_pack_that_is_cut_or_goes_on_is_refused),
		cmocka_unit_test(any_bit_that_flips_is_noticed),
		cmocka_unit_test(each_limit_of_the_budget_holds_by_itself),
		cmocka_unit_test(tags_and_unknown_kinds_are_refused),
		cmocka_unit_test(when_memory_runs_out_nothing_leaks_and_nothing_is_delivered),
		cmocka_unit_test(a_receiver_that_says_no_ends_the_reading),
		cmocka_unit_test(what_we_take_libgit2_takes),
		cmocka_unit_test(packs_of_libgit2_are_read),
	};

	if (argc == 3 && strcmp(argv[1], "--list") == 0)
		return list(argv[2]);
	if (argc == 4 && strcmp(argv[1], "--write") == 0)
		return write_some(argv[2], strtoull(argv[3], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "--serve") == 0)
		return serve(argv[2], argv[3], argv[4]);
	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
