/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Pairs of a node that a rule finds. Comparing everybody with everybody is out of the question, so every
 * record gives a few keys (its number, the sound of its name, the core of an organization's name, its
 * telephone in a township ...); only records with a common key are compared. One pass over the tables, all in
 * memory: 100,000 members take about a second, and nothing has to be kept up to date between questions.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_pinyin.h"
#include "project.h"
#include "sync_dup.h"

#define COLUMNS 10
#define GROUP_MAX 4000u /* records with one key beyond which only neighbours are compared */

/* One record: where its texts lie in the arena. */
struct row {
	int64_t rec, scope;
	jc_id id;
	size_t at[COLUMNS];
	uint32_t len[COLUMNS];
	size_t core;
	uint32_t core_len;
	uint8_t valid, member;
};

struct key {
	uint64_t hash;
	uint32_t row;
};

struct scan {
	struct jc_node *node;
	const struct jc_dup_query *q;
	const struct jc_kind *kind;
	int person;
	uint8_t secret[32];
	struct jc_buf text, scratch;
	struct row *row;
	size_t n, cap;
	struct key *key;
	size_t nkeys, keys_cap;
	struct hit {
		uint32_t a, b;
		struct jc_dup dup;
	} *hit;
	size_t nhits, hits_cap;
	struct jc_err *err;
};

/* Column order of the two kinds. */
enum { M_NAME, M_FORMER, M_NUMBER, M_BIRTH, M_GENDER, M_MOBILE, M_EMPLOYER, M_EMPLOYER_TEXT, M_VILLAGE, M_STATUS };
enum { O_NAME, O_FORMER, O_CODE, O_REGION, O_KIND, O_PHONE, O_LEGAL, O_ADDRESS, O_UNION, O_TYPE };

static const char member_sql[] =
    "SELECT r.rec, r.scope, r.id, k.name, k.former_name, k.id_no, k.birth_date, k.gender, k.mobile, k.employer_id,"
    "       k.employer_text, k.residence, k.membership_status"
    "  FROM k_member k JOIN record r USING(rec) WHERE r.void = 0 AND (r.scope = :scope OR :scope = 0)";
static const char org_sql[] =
    "SELECT r.rec, r.scope, r.id, k.name, k.former_names, k.uscc, k.region_code, k.org_kind, k.contact_phone, k.legal_rep,"
    "       k.address, k.union_id, k.union_type"
    "  FROM k_org k JOIN record r USING(rec) WHERE r.void = 0 AND (r.scope = :scope OR :scope = 0)";

static struct jc_slice
text_of(const struct scan *s, const struct row *r, int column)
{
	return (struct jc_slice){s->text.data + r->at[column], r->len[column]};
}

static int
grow(void **v, size_t *cap, size_t n, size_t size)
{
	void *q;

	if (n < *cap)
		return 0;
	if ((q = jc_realloc(*v, (*cap + 512) * 2 * size)) == NULL)
		return JC_ENOMEM;
	*v = q;
	*cap = (*cap + 512) * 2;
	return 0;
}

/* ---- keys ---- */

static uint64_t
hash(char salt, const char *p, size_t n)
{
	uint64_t h = 14695981039346656037u ^ (uint8_t)salt;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static int
key_add(struct scan *s, uint64_t h)
{
	if (grow((void **)&s->key, &s->keys_cap, s->nkeys, sizeof(*s->key)) < 0)
		return JC_ENOMEM;
	s->key[s->nkeys++] = (struct key){h, (uint32_t)s->n};
	return 0;
}

/* Two texts together, when both are there. */
static int
key_two(struct scan *s, char salt, struct jc_slice a, struct jc_slice b)
{
	if (a.n == 0 || b.n == 0)
		return 0;
	jc_buf_reset(&s->scratch);
	jc_buf_slice(&s->scratch, a);
	jc_buf_putc(&s->scratch, '\n');
	jc_buf_slice(&s->scratch, b);
	return s->scratch.failed ? JC_ENOMEM : key_add(s, hash(salt, s->scratch.data, s->scratch.len));
}

static int
person_keys(struct scan *s, struct row *r)
{
	struct jc_slice number = text_of(s, r, M_NUMBER), name = text_of(s, r, M_NAME);
	char out[40];
	int rc = number.n != 0 && number.p[0] != '?' ? jc_idno_check(out, NULL, NULL, number.p, number.n, "9999-12-31", NULL) : 0;

	if (rc < 0)
		return rc;
	r->valid = rc == 1;
	if (r->valid) {
		uint8_t k[JC_MATCH_LEN];

		jc_match_key(k, s->secret, number);
		if (key_add(s, hash('N', (const char *)k, sizeof(k))) < 0)
			return JC_ENOMEM;
	}
	jc_buf_reset(&s->scratch);
	jc_pinyin_key(&s->scratch, name.p, name.n);
	if (s->scratch.failed)
		return JC_ENOMEM;
	return s->scratch.len != 0 ? key_add(s, hash('P', s->scratch.data, s->scratch.len)) : 0;
}

/* Each element of a set's JSON array; texts without escapes, as names are. */
static size_t
elements(struct jc_slice json, struct jc_slice *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < json.n && n < room; i++) {
		size_t end;

		if (json.p[i] != '"')
			continue;
		for (end = i + 1; end < json.n && json.p[end] != '"'; end++)
			end += json.p[end] == '\\';
		if (end >= json.n)
			break;
		out[n++] = (struct jc_slice){json.p + i + 1, end - i - 1};
		i = end;
	}
	return n;
}

static const char *const union_ends[] = {"工会委员会", "工会联合会", "工会小组", "联合会", "总工会", "工会", NULL};

static int
name_keys(struct scan *s, const struct row *r)
{
	struct jc_slice name = text_of(s, r, O_NAME), former[16];
	size_t n = elements(text_of(s, r, O_FORMER), former, 16);
	int rc = name.n != 0 ? key_add(s, hash('S', name.p, name.n)) : 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = key_add(s, hash('S', former[i].p, former[i].n));
	for (size_t i = 0; rc == 0 && union_ends[i] != NULL; i++) {
		size_t len = strlen(union_ends[i]);

		if (name.n > len && memcmp(name.p + name.n - len, union_ends[i], len) == 0)
			rc = key_add(s, hash('S', name.p, name.n - len));
	}
	return rc;
}

static int
org_keys(struct scan *s, struct row *r)
{
	struct jc_slice code = text_of(s, r, O_CODE), region = text_of(s, r, O_REGION), town = {region.p, region.n >= 9 ? 9 : 0};
	char out[40];
	int rc = code.n != 0 && code.p[0] != '?' ? jc_uscc_check(out, code.p, code.n, NULL) : 0;

	if (rc < 0)
		return rc;
	r->valid = rc == 1;
	jc_buf_reset(&s->scratch);
	jc_dup_core(&s->scratch, text_of(s, r, O_NAME));
	r->core = s->text.len;
	r->core_len = (uint32_t)s->scratch.len;
	jc_buf_put(&s->text, s->scratch.data, s->scratch.len);
	if (s->scratch.failed || s->text.failed || (code.n != 0 && key_add(s, hash('U', code.p, code.n)) < 0) ||
	    (r->core_len != 0 && key_add(s, hash('C', s->scratch.data, s->scratch.len)) < 0))
		return JC_ENOMEM;
	town.p = s->text.data + r->at[O_REGION]; /* the arena may have moved */
	if ((rc = name_keys(s, r)) < 0 || (rc = key_two(s, 'T', town, text_of(s, r, O_PHONE))) < 0 ||
	    (rc = key_two(s, 'L', town, text_of(s, r, O_LEGAL))) < 0)
		return rc;
	return key_two(s, 'A', town, text_of(s, r, O_ADDRESS));
}

/* ---- reading ---- */

static int
row_take(struct scan *s, struct jc_stmt *st)
{
	struct row *r;
	size_t n;
	const char *id = jc_col_text(st, 2, &n);

	if (id == NULL || n != JC_ID_LEN)
		return jc_err_code(s->err, JC_ECORRUPT, "row_take");
	if (grow((void **)&s->row, &s->cap, s->n, sizeof(*s->row)) < 0)
		return JC_NOMEM(s->err, "row_take");
	r = &s->row[s->n];
	memset(r, 0, sizeof(*r));
	r->rec = jc_col_int(st, 0);
	r->scope = jc_col_int(st, 1);
	memcpy(r->id, id, JC_ID_LEN);
	for (int i = 0; i < COLUMNS; i++) {
		const char *t = jc_col_text(st, i + 3, &n);

		r->at[i] = s->text.len;
		r->len[i] = t != NULL ? (uint32_t)n : 0;
		if (t != NULL)
			jc_buf_put(&s->text, t, n);
		jc_buf_putc(&s->text, '\0');
	}
	if (s->text.failed || (s->person ? person_keys(s, r) : org_keys(s, r)) < 0)
		return JC_NOMEM(s->err, "row_take");
	s->n++;
	return 0;
}

static int
rows_read(struct scan *s)
{
	struct jc_stmt *st;
	int rc = s->person ? jc_db_prep(&st, s->node->db, member_sql, s->err) : jc_db_prep(&st, s->node->db, org_sql, s->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", s->q->scope);
	while ((rc = jc_stmt_step(st, s->err)) == 1) {
		rc = row_take(s, st);
		if (rc == 0 && s->q->progress != NULL && s->n % 1024 == 0 && s->q->progress(s->q->progress_arg, (int64_t)s->n, 0) != 0)
			rc = jc_err_code(s->err, JC_ECANCELLED, "jc_dups_each");
		if (rc < 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	return rc;
}

/* ---- comparing ---- */

static void
person_of(struct jc_dup_person *out, const struct scan *s, const struct row *r)
{
	*out = (struct jc_dup_person){text_of(s, r, M_NAME), text_of(s, r, M_FORMER), text_of(s, r, M_NUMBER),
	    text_of(s, r, M_BIRTH), text_of(s, r, M_GENDER), text_of(s, r, M_MOBILE), text_of(s, r, M_EMPLOYER),
	    text_of(s, r, M_EMPLOYER_TEXT), text_of(s, r, M_VILLAGE), r->valid, r->scope};
}

static void
org_of(struct jc_dup_org *out, const struct scan *s, const struct row *r, struct jc_slice former[16])
{
	*out = (struct jc_dup_org){text_of(s, r, O_KIND), text_of(s, r, O_NAME), {s->text.data + r->core, r->core_len},
	    text_of(s, r, O_CODE), text_of(s, r, O_REGION), text_of(s, r, O_LEGAL), text_of(s, r, O_PHONE),
	    text_of(s, r, O_ADDRESS), text_of(s, r, O_UNION), former, elements(text_of(s, r, O_FORMER), former, 16), r->valid,
	    r->scope};
}

static void
rows_compare(struct jc_dup *out, const struct scan *s, const struct row *a, const struct row *b)
{
	struct jc_slice fa[16], fb[16];
	struct jc_dup_person x, y;
	struct jc_dup_org u, v;

	if (s->person) {
		person_of(&x, s, a);
		person_of(&y, s, b);
		jc_dup_person(out, &x, &y);
		return;
	}
	org_of(&u, s, a, fa);
	org_of(&v, s, b, fb);
	jc_dup_org(out, &u, &v);
	if (out->rule == JC_DUP_O6 && (u.union_id.n != 0 || v.union_id.n != 0))
		memset(out, 0, sizeof(*out)); /* linked, or linked elsewhere: nothing to offer */
}

/* Across scopes only what is certain: nobody can merge there, but the county must know. */
static int
wanted(const struct scan *s, const struct jc_dup *d, const struct row *a, const struct row *b)
{
	if (a->scope != b->scope)
		return d->verdict == JC_DUP_CERTAIN;
	return d->verdict >= JC_DUP_SUGGEST || d->verdict == JC_DUP_LINK || (s->q->weekly && d->verdict >= JC_DUP_BADGE &&
	    d->rule != JC_DUP_D8);
}

static int
pair_try(struct scan *s, uint32_t i, uint32_t k)
{
	const struct row *a = &s->row[i < k ? i : k], *b = &s->row[i < k ? k : i];
	struct jc_dup d;

	if (i == k || (s->q->rec != 0 && a->rec != s->q->rec && b->rec != s->q->rec))
		return 0;
	rows_compare(&d, s, a, b);
	if (!wanted(s, &d, a, b))
		return 0;
	if (grow((void **)&s->hit, &s->hits_cap, s->nhits, sizeof(*s->hit)) < 0)
		return JC_NOMEM(s->err, "pair_try");
	s->hit[s->nhits++] = (struct hit){i < k ? i : k, i < k ? k : i, d};
	return 0;
}

static int
key_cmp(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}

static int
group_compare(struct scan *s, size_t from, size_t end)
{
	size_t reach = end - from > GROUP_MAX ? 50 : end - from;
	int rc = 0;

	for (size_t i = from; rc == 0 && i < end; i++)
		for (size_t k = i + 1; rc == 0 && k < end && k - i <= reach; k++)
			rc = pair_try(s, s->key[i].row, s->key[k].row);
	return rc;
}

static int
hit_pair_cmp(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b < y->b ? -1 : x->b > y->b;
}

static int
hit_cmp(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->dup.verdict != y->dup.verdict)
		return x->dup.verdict > y->dup.verdict ? -1 : 1;
	return x->dup.score != y->dup.score ? y->dup.score - x->dup.score : hit_pair_cmp(a, b);
}

static int
groups_compare(struct scan *s)
{
	size_t unique = 0;
	int rc = 0;

	if (s->nkeys > 1)
		qsort(s->key, s->nkeys, sizeof(*s->key), key_cmp);
	for (size_t i = 0, end; rc == 0 && i < s->nkeys; i = end) {
		for (end = i + 1; end < s->nkeys && s->key[end].hash == s->key[i].hash; end++)
			continue;
		rc = group_compare(s, i, end);
	}
	if (s->nhits > 1)
		qsort(s->hit, s->nhits, sizeof(*s->hit), hit_pair_cmp);
	for (size_t i = 0; i < s->nhits; i++)
		if (unique == 0 || hit_pair_cmp(&s->hit[unique - 1], &s->hit[i]) != 0)
			s->hit[unique++] = s->hit[i];
	s->nhits = unique;
	if (unique > 1)
		qsort(s->hit, unique, sizeof(*s->hit), hit_cmp);
	return rc;
}

/* ---- giving ---- */

int
jc_dup_told_apart(struct jc_node *node, int64_t scope, const struct jc_kind *kind, const jc_id one, const jc_id other, struct jc_err *err)
{
	struct jc_stmt *st;
	uint64_t x, y;
	int rc;

	if (jc_id_to_u64(&x, one, JC_ID_LEN) < 0 || jc_id_to_u64(&y, other, JC_ID_LEN) < 0)
		return jc_err_code(err, JC_ECORRUPT, "told_apart");
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT 1 FROM edge WHERE scope = :scope AND kind = :kind AND same = 0"
	         " AND ((a = :x AND b = :y) OR (a = :y AND b = :x)) LIMIT 1", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":kind", kind->id);
	jc_bind_int(st, ":x", (int64_t)x);
	jc_bind_int(st, ":y", (int64_t)y);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

static int
told_apart(struct scan *s, const struct row *a, const struct row *b)
{
	return a->scope != b->scope ? 0 : jc_dup_told_apart(s->node, a->scope, s->kind, a->id, b->id, s->err);
}

static int
counts_as_member(const struct scan *s, const struct row *r)
{
	static const char *const gone[] = {"moved", "left", "removed", "deceased", "rejected", NULL};
	struct jc_slice status = text_of(s, r, M_STATUS);

	for (size_t i = 0; gone[i] != NULL; i++)
		if (jc_slice_is(status, gone[i]))
			return 0;
	return 1;
}

static int
hits_give(struct scan *s, int (*each)(void *arg, const struct jc_dup_pair *p), void *arg)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->nhits; i++) {
		const struct row *a = &s->row[s->hit[i].a], *b = &s->row[s->hit[i].b];
		int more = s->person ? M_NUMBER : O_CODE;
		struct jc_dup_pair p = {.dup = s->hit[i].dup, .kind = s->kind};

		if ((rc = told_apart(s, a, b)) != 0) {
			rc = rc < 0 ? rc : 0;
			continue;
		}
		p.a.rec = a->rec;
		p.a.scope = a->scope;
		memcpy(p.a.id, a->id, sizeof(p.a.id));
		p.a.title = s->text.data + a->at[0];
		p.a.more = s->text.data + a->at[a->len[more] != 0 || !s->person ? more : M_BIRTH];
		p.b.rec = b->rec;
		p.b.scope = b->scope;
		memcpy(p.b.id, b->id, sizeof(p.b.id));
		p.b.title = s->text.data + b->at[0];
		p.b.more = s->text.data + b->at[b->len[more] != 0 || !s->person ? more : M_BIRTH];
		p.two_memberships = s->person && a->scope != b->scope && counts_as_member(s, a) && counts_as_member(s, b);
		rc = each(arg, &p);
	}
	return rc;
}

/* A secret that stays on this machine: what the network's hubs agreed on, else one of its own. */
static int
secret_get(struct scan *s)
{
	const struct jc_key *key = jc_log_key(s->node->log);
	struct jc_slice word = JC_SLICE("jiceng-match-secret");
	struct jc_err none = {0};
	char *text = NULL;
	int rc = jc_meta_get(s->node->db, "match_secret", &text, &none);

	if (rc == 0 && jc_b64_decode(s->secret, sizeof(s->secret), text, strlen(text)) == (int)sizeof(s->secret))
		rc = 0;
	else if (key != NULL)
		jc_hmac(s->secret, key->sk, sizeof(key->sk), &word, 1);
	jc_free(text);
	return rc < 0 && rc != JC_ENOTFOUND ? jc_err_code(s->err, rc, "secret_get") : 0;
}

static void
scan_free(struct scan *s)
{
	jc_buf_free(&s->text);
	jc_buf_free(&s->scratch);
	jc_free(s->row);
	jc_free(s->key);
	jc_free(s->hit);
}

static int
kind_scan(struct jc_node *node, const struct jc_dup_query *q, const char *name,
    int (*each)(void *arg, const struct jc_dup_pair *p), void *arg, struct jc_err *err)
{
	struct scan s = {.node = node, .q = q, .kind = jc_catalogue_kind(name, strlen(name)), .err = err};
	int rc;

	s.person = strcmp(name, "member") == 0;
	if (s.kind == NULL || (q->kind != NULL && strcmp(q->kind->name, name) != 0))
		return 0;
	jc_buf_init(&s.text, (size_t)1 << 32);
	jc_buf_init(&s.scratch, 1u << 20);
	jc_buf_putc(&s.text, '\0');
	if ((rc = secret_get(&s)) == 0 && (rc = rows_read(&s)) == 0 && (rc = groups_compare(&s)) == 0)
		rc = hits_give(&s, each, arg);
	scan_free(&s);
	return rc;
}

int
jc_dups_each(struct jc_node *node, const struct jc_dup_query *q, int (*each)(void *arg, const struct jc_dup_pair *p),
    void *arg, struct jc_err *err)
{
	int rc;

	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = kind_scan(node, q, "member", each, arg, err)) == 0)
		rc = kind_scan(node, q, "org", each, arg, err);
	return jc_read_end(node, rc, err);
}
