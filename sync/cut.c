/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Cutting drafts into signed commits. A commit costs about 800 bytes and an operation about 100, so a
 * commit takes as many saves as fit into its bound, and a save is not torn unless it is larger than the
 * bound by itself. How much text fits is known only after deflating it: we guess from the ratio of the
 * last try, and stop within a tenth of the bound. What a draft names by local number becomes `.i` for
 * an operation of the same commit and `H.i` for one in an earlier commit. Both look backwards only, so
 * any beginning of a payload is a payload: trying another length is deflating another prefix.
 *
 * Tiers go from city down to branch, because a commit may descend from a higher tier but never from a
 * lower one.
 *
 * What a hub refused comes back as drafts (reissue.c) and is cut before all others, in the order in which
 * it was written: others may name it. Where it is not known which of several operations was at fault, they
 * go in small commits, and what is behind them waits (jc_cut_some) until the hub has looked at those.
 */
#include "log.h"
#include "sync_succession.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define MAX_Z 32768u
#define TIME_MAX ((int64_t)1 << 40)

struct item {
	int64_t op;  /* the number that counts; ascending */
	int64_t most; /* most operations of a commit with this one, 0: as many as fit */
	size_t end;  /* of its line within the payload */
	int starts;  /* first of its batch */
};

struct cutref {
	struct jc_opref ref;
	char text[32];
};

struct cut {
	struct jc_log *log;
	struct jc_scope scope;
	enum jc_tier tier;
	size_t max_z;
	const struct jc_cut_part *part; /* what of the drafts is to be cut now */
	size_t bytes;               /* of the commits made */
	struct jc_err *err;
	struct jc_ops_reader *reader;
	int again;                  /* what was refused is being cut */
	int hold;                   /* some of it may be at fault: only that is cut */
	struct item *item;          /* drafts turned into lines of the payload so far */
	int64_t *ops;               /* their numbers, in the same order */
	size_t n;
	int exhausted;              /* no draft after them */
	int full;                   /* the next one would break a limit */
	int next_starts;            /* full: it begins a batch */
	jc_id batch;                /* of the last one */
	jc_id first_batch;          /* of the first one */
	size_t first_len;           /* how many of the first batch are here, before any other batch */
	jc_id torn;                 /* a batch that was larger than the bound by itself */
	int64_t after;              /* number of the last draft cut */
	double ratio;               /* bytes of payload per deflated byte, last seen */
	struct jc_opctx ctx;
	struct jc_buf payload, z, good, object, summary;
	struct jc_opnames *name;
	size_t name_cap;
	struct cutref *ref;
	struct jc_opref *sorted;
	size_t ref_cap;
	struct jc_tip own;          /* this device's tip in this tier; commit_no 0: none */
	struct jc_tip *head;        /* not yet ancestors of it */
	size_t nheads;
	int64_t made;
};

/* ---- references ---- */

static int
ref_local(struct cut *c, int64_t no, struct jc_opref *out)
{
	const struct jc_cinfo *info;
	struct jc_op_id id;
	struct jc_place place;
	size_t lo = 0, hi = c->n;
	int rc;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->item[mid].op < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < c->n && c->item[lo].op == no) {
		*out = (struct jc_opref){.kind = JC_REF_SAME, .n = (int64_t)lo};
		return 0;
	}
	out->kind = JC_REF_HASH;
	if ((rc = jc_log_is_origin(c->log, no, c->err)) < 0)
		return rc;
	rc = rc == 1 ? jc_log_where(c->log, no, &place, c->err) : jc_log_place(c->log, no, &place, c->err);
	if (rc == 0) {
		if ((rc = jc_log_info(&info, c->log, place.commit_no, c->err)) < 0)
			return rc;
		if (info->tier < c->tier || info->scope != c->scope.no)
			return jc_err_code(c->err, JC_EINTERNAL, "jc_cut");
		memcpy(out->h, info->hash, JC_H16);
		out->n = place.idx;
		return 0;
	}
	/* Not cut itself: a copy of it must be, or the draft names what comes later or travels less. */
	if (rc == JC_ENOTFOUND && (rc = jc_log_op_id(c->log, no, &id, c->err)) == 0) {
		memcpy(out->h, id.h, JC_H16);
		out->n = id.idx;
		return 0;
	}
	return rc == JC_ESTATE ? jc_err_code(c->err, JC_EINTERNAL, "jc_cut") : rc;
}

static int
ref_cmp(const void *a, const void *b)
{
	return strcmp(((const struct cutref *)a)->text, ((const struct cutref *)b)->text);
}

static int
ref_convert(struct cut *c, const struct jc_opref *in, struct cutref *out)
{
	struct jc_buf b;
	int rc = 0;

	out->ref = *in;
	if (in->kind == JC_REF_LOCAL && (rc = ref_local(c, in->n, &out->ref)) < 0)
		return rc;
	if (in->kind == JC_REF_SAME)
		return jc_err_code(c->err, JC_ECORRUPT, "jc_cut");
	jc_buf_init(&b, sizeof(out->text));
	jc_opref_put(&b, &out->ref);
	if ((rc = jc_buf_check(&b, "jc_cut", c->err)) == 0)
		snprintf(out->text, sizeof(out->text), "%s", b.data);
	jc_buf_free(&b);
	return rc;
}

static int
scratch(struct cut *c, size_t names, size_t refs)
{
	if (names > c->name_cap) {
		jc_free(c->name);
		c->name_cap = 0;
		if ((c->name = jc_calloc(names * 2, sizeof(*c->name))) == NULL)
			return JC_NOMEM(c->err, "jc_cut");
		c->name_cap = names * 2;
	}
	if (refs > c->ref_cap) {
		jc_free(c->ref);
		jc_free(c->sorted);
		c->ref_cap = 0;
		c->ref = jc_calloc(refs * 2, sizeof(*c->ref));
		c->sorted = jc_calloc(refs * 2, sizeof(*c->sorted));
		if (c->ref == NULL || c->sorted == NULL)
			return JC_NOMEM(c->err, "jc_cut");
		c->ref_cap = refs * 2;
	}
	return 0;
}

/* Turns the names of a draft into those of a commit, sorted as text, without duplicates. */
static int
names_convert(struct cut *c, struct jc_op *op)
{
	size_t refs = 0, n = 0;
	int rc;

	for (size_t i = 0; i < op->nnames; i++)
		refs += op->names[i].nrefs;
	if ((rc = scratch(c, op->nnames, refs)) < 0)
		return rc;
	for (size_t i = 0; i < op->nnames; i++) {
		const struct jc_opnames *from = &op->names[i];
		size_t begin = n;

		for (size_t k = 0; k < from->nrefs; k++)
			if ((rc = ref_convert(c, &from->refs[k], &c->ref[k])) < 0)
				return rc;
		qsort(c->ref, from->nrefs, sizeof(*c->ref), ref_cmp);
		for (size_t k = 0; k < from->nrefs; k++)
			if (k == 0 || strcmp(c->ref[k].text, c->ref[k - 1].text) != 0)
				c->sorted[n++] = c->ref[k].ref;
		c->name[i] = (struct jc_opnames){from->field, &c->sorted[begin], n - begin};
	}
	op->names = c->name;
	return 0;
}

/* The origin of what is issued again is that one copy, not the operation. */
static int
origin_exact(struct cut *c, struct jc_opref *ref)
{
	const struct jc_cinfo *info;
	struct jc_place place;
	int rc;

	if ((rc = jc_log_place(c->log, ref->n, &place, c->err)) < 0 ||
	    (rc = jc_log_info(&info, c->log, place.commit_no, c->err)) < 0)
		return rc;
	ref->kind = JC_REF_HASH;
	memcpy(ref->h, info->hash, JC_H16);
	ref->n = place.idx;
	return 0;
}

static int
op_convert(struct cut *c, struct jc_op *op)
{
	struct cutref origin;
	int rc = names_convert(c, op);

	if (rc < 0 || !op->has_origin)
		return rc;
	if (c->again && op->origin.kind == JC_REF_LOCAL)
		return origin_exact(c, &op->origin);
	if ((rc = ref_convert(c, &op->origin, &origin)) == 0)
		op->origin = origin.ref;
	return rc;
}

/* ---- the payload ---- */

/* Appends one draft's line, or sets `full` and leaves everything as it was. */
static int
line_add(struct cut *c, int64_t no, int64_t at, int64_t most, const char *line, size_t n)
{
	struct jc_opctx before = c->ctx;
	size_t len = c->payload.len;
	struct jc_op op;
	int rc, starts;

	jc_ops_begin(c->reader, line, n);
	if ((rc = jc_ops_next(c->reader, &op, c->err)) != 1)
		return rc < 0 ? rc : jc_err_code(c->err, JC_ECORRUPT, "jc_cut");
	starts = c->n == 0 || strcmp(op.batch, c->batch) != 0;
	if (c->n < JC_OPS_MAX && ((rc = op_convert(c, &op)) < 0 || (rc = jc_op_write(&c->payload, &op, &c->ctx, c->err)) < 0 ||
	        (rc = jc_buf_check(&c->payload, "jc_cut", c->err)) < 0))
		return rc;
	if (c->n == JC_OPS_MAX || c->payload.len > JC_PAYLOAD_MAX) {
		c->payload.len = len;
		c->ctx = before;
		c->full = 1;
		c->next_starts = starts;
		return 0;
	}
	if (c->n == 0)
		memcpy(c->first_batch, op.batch, sizeof(c->first_batch));
	if (c->n == 0 || (c->n == c->first_len && !starts))
		c->first_len++;
	c->item[c->n] = (struct item){at, most, c->payload.len, starts};
	c->ops[c->n++] = no;
	memcpy(c->batch, op.batch, sizeof(c->batch));
	return 0;
}

static int
op_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Is this draft among those that are to be cut now? */
static int
wanted(const struct cut *c, int64_t op)
{
	return c->part->nonly == 0 || bsearch(&op, c->part->only, c->part->nonly, sizeof(op), op_cmp) != NULL;
}

/* Loads drafts until there is one more than makes `target` bytes. */
static int
load(struct cut *c, size_t target)
{
	struct jc_stmt *st;
	int rc;

	if (c->exhausted || c->full || (c->n > 1 && c->item[c->n - 2].end >= target))
		return 0;
	if ((rc = jc_db_prep(&st, c->log->db, c->again
	             ? "SELECT d.op, d.line, r.at, r.most FROM reissue AS r JOIN draft AS d ON d.op = r.op"
	               " WHERE r.at > :after AND d.scope = :scope AND d.tier = :tier AND (r.most > 0 OR NOT :hold) ORDER BY r.at"
	             : "SELECT op, line, op, 0 FROM draft WHERE op > :after AND scope = :scope AND tier = :tier ORDER BY op",
	         c->err)) < 0)
		return rc;
	if (c->again)
		jc_bind_int(st, ":hold", c->hold);
	jc_bind_int(st, ":after", c->n != 0 ? c->item[c->n - 1].op : c->after);
	jc_bind_int(st, ":scope", c->scope.no);
	jc_bind_int(st, ":tier", (int64_t)c->tier);
	while (!c->full && (c->n < 2 || c->item[c->n - 2].end < target)) {
		const char *line;
		size_t n;

		if ((rc = jc_stmt_step(st, c->err)) != 1) {
			c->exhausted = rc == 0;
			return rc;
		}
		if (!wanted(c, jc_col_int(st, 0)))
			continue;
		line = jc_col_blob(st, 1, &n);
		if ((rc = line_add(c, jc_col_int(st, 0), jc_col_int(st, 2), jc_col_int(st, 3), line, n)) < 0)
			break;
	}
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

/* May the payload end after k operations? `tear`: only within the first batch, but anywhere there. */
static int
boundary(const struct cut *c, size_t k, int tear)
{
	if (k == 0 || k > c->n)
		return 0;
	if (tear)
		return k <= c->first_len;
	if (k < c->n)
		return c->item[k].starts;
	return c->exhausted || (c->full && c->next_starts);
}

/* The longest allowed beginning of at most `target` bytes within (good, bad); failing that the
 * shortest allowed one; 0: none. */
static int
candidate(struct cut *c, size_t good, size_t bad, size_t target, int tear, size_t *out)
{
	size_t k;
	int rc = load(c, target);

	*out = 0;
	if (rc < 0)
		return rc;
	for (k = c->n < bad ? c->n : bad - 1; k > good; k--)
		if (c->item[k - 1].end <= target && boundary(c, k, tear)) {
			*out = k;
			return 0;
		}
	for (k = good + 1; k < bad; k++) {
		while (k >= c->n && !c->exhausted && !c->full)
			if ((rc = load(c, c->payload.len + 4096)) < 0)
				return rc;
		if (k > c->n)
			return 0;
		if (boundary(c, k, tear)) {
			*out = k;
			return 0;
		}
	}
	return 0;
}

/* How many operations the next commit takes (0: not even one batch fits); their stream in c->good. */
static int
fit(struct cut *c, int tear, size_t *take)
{
	size_t good = 0, bad = SIZE_MAX, target = (size_t)((double)c->max_z * c->ratio), k;
	int rc = 0;

	for (int tries = 0; tries < 12 || good == 0; tries++) {
		size_t raw;

		if ((rc = candidate(c, good, bad, target, tear, &k)) < 0 || k == 0)
			break;
		raw = c->item[k - 1].end;
		jc_buf_reset(&c->z);
		if ((rc = jc_zlib_pack(&c->z, c->payload.data, raw, 6, c->err)) < 0)
			break;
		c->ratio = (double)raw / (double)c->z.len;
		if (c->z.len <= c->max_z || (tear && k == 1)) {
			struct jc_buf swap = c->good;

			c->good = c->z;
			c->z = swap;
			good = k;
			if ((k == c->n && (c->exhausted || c->full)) || c->good.len >= c->max_z / 10 * 9)
				break;
			target = (size_t)((double)c->max_z * c->ratio * 0.98);
		} else {
			bad = k;
			target = (size_t)((double)c->max_z * c->ratio * 0.97);
		}
	}
	*take = good;
	return rc;
}

/* ---- the commit ---- */

static int
parent_put(struct cut *c, struct jc_commit *m, const struct jc_tip *tip)
{
	struct jc_commit_row row;
	int rc = jc_log_commit(c->log, tip->commit_no, &row, c->err);

	if (rc < 0)
		return rc;
	m->parent[m->nparents] = row.oid;
	memcpy(m->parent_hash[m->nparents], row.hash, JC_HASH_LEN);
	m->nparents++;
	if (tip->lamport >= m->lamport)
		m->lamport = tip->lamport + 1;
	return 0;
}

static int
commit_fill(struct cut *c, struct jc_commit *m, size_t nheads)
{
	const struct jc_env *env = jc_db_env(c->log->db);
	int rc = 0;

	memset(m, 0, sizeof(*m));
	memcpy(m->network, c->scope.network, sizeof(jc_id));
	memcpy(m->scope, c->scope.id, sizeof(jc_id));
	memcpy(m->device, c->log->key->id, sizeof(jc_id));
	memcpy(m->run, c->log->run, sizeof(jc_id));
	m->tier = c->tier;
	m->seq = c->own.seq + 1;
	m->lamport = 1;
	m->schema = JC_SCHEMA_VERSION;
	m->time = env->wall_ms(env->ctx) / 1000;
	m->time = m->time < 0 ? 0 : m->time > TIME_MAX ? TIME_MAX : m->time;
	m->label = (struct jc_slice){c->log->label, strlen(c->log->label)};
	m->has_founding = m->seq == 1;
	memcpy(m->founding, c->scope.founding, JC_HASH_LEN);
	if (c->own.commit_no != 0)
		rc = parent_put(c, m, &c->own);
	for (size_t i = 0; rc == 0 && i < nheads; i++)
		rc = parent_put(c, m, &c->head[i]);
	return rc;
}

static void
heads_drop(struct cut *c, size_t n)
{
	c->nheads -= n;
	if (n != 0 && c->nheads != 0)
		memmove(c->head, c->head + n, c->nheads * sizeof(*c->head));
}

/* Signs and appends one commit over the first nheads heads; it becomes the own tip. */
static int
commit_put(struct cut *c, size_t nheads, struct jc_slice payload, struct jc_slice z, size_t nops)
{
	struct jc_commit m;
	struct jc_key key;
	int64_t none = 0;
	int rc, fresh;

	jc_buf_reset(&c->object);
	jc_buf_reset(&c->summary);
	if ((rc = commit_fill(c, &m, nheads)) < 0)
		return rc;
	if (nops == 0)
		jc_buf_putf(&c->summary, "合并%zu条", m.nparents);
	else if ((rc = jc_ops_summary(&c->summary, payload.p, payload.n, c->err)) < 0)
		return rc;
	if ((rc = jc_buf_check(&c->summary, "jc_cut", c->err)) < 0)
		return rc;
	m.summary = (struct jc_slice){c->summary.data, c->summary.len};
	if ((rc = jc_keyring_signer(&key, c->log, c->scope.no, c->err)) == 0)
		rc = jc_commit_build(&c->object, &m, payload.p, payload.n, &key, c->err);
	jc_key_wipe(&key);
	if (rc < 0 || (rc = jc_log_append_z(c->log, c->scope.no, &m, (struct jc_slice){c->object.data, c->object.len}, payload, z,
	         nops != 0 ? c->ops : &none, &c->own.commit_no, &fresh, c->err)) < 0)
		return rc;
	c->own.seq = m.seq;
	c->own.lamport = m.lamport;
	c->own.tier = m.tier;
	memcpy(c->own.hash, m.hash, JC_HASH_LEN);
	heads_drop(c, nheads);
	c->made++;
	c->bytes += c->object.len + z.n;
	return nops != 0 ? jc_log_recounted(c->log, c->ops, (int64_t)nops, c->err) : 0;
}

/* Own tip and heads of a tier; more heads than one commit may have are joined beforehand. */
static int
heads_find(struct cut *c)
{
	size_t n = 0;
	int rc;

	jc_free(c->head);
	c->head = NULL;
	c->nheads = 0;
	if ((rc = jc_log_own_tip(c->log, c->scope.no, c->tier, &c->own, c->err)) < 0 ||
	    (rc = jc_log_heads(c->log, c->scope.no, c->tier, &c->head, &c->nheads, c->err)) < 0)
		return rc;
	for (size_t i = 0; i < c->nheads; i++)
		if (c->head[i].commit_no != c->own.commit_no)
			c->head[n++] = c->head[i];
	c->nheads = n;
	return 0;
}

static int
heads_join(struct cut *c)
{
	int rc = 0;

	while (rc == 0 && c->nheads + (c->own.commit_no != 0) > JC_PARENTS_MAX)
		rc = commit_put(c, JC_PARENTS_MAX - (c->own.commit_no != 0), JC_SLICE(""), (struct jc_slice){NULL, 0}, 0);
	return rc;
}

static void
payload_begin(struct cut *c)
{
	memset(&c->ctx, 0, sizeof(c->ctx));
	jc_buf_reset(&c->payload);
	c->n = c->first_len = 0;
	c->exhausted = c->full = c->next_starts = 0;
}

/* Whole batches if one fits, else a part of the first. Of a batch that was torn before, the rest is
 * tried first: looking for its end would load far more than one commit takes. */
static int
take_find(struct cut *c, size_t *take)
{
	int rc = 0;

	*take = 0;
	if (strcmp(c->first_batch, c->torn) == 0) {
		if ((rc = fit(c, 1, take)) < 0 || !boundary(c, *take, 0))
			return rc;
	}
	if ((rc = fit(c, 0, take)) < 0 || *take != 0)
		return rc;
	memcpy(c->torn, c->first_batch, sizeof(c->torn));
	if ((rc = fit(c, 1, take)) == 0 && *take == 0)
		rc = jc_err_code(c->err, JC_EINTERNAL, "jc_cut");
	return rc;
}

/* No more operations than any of them allows. */
static int
take_limit(struct cut *c, size_t *take)
{
	size_t k = 0, most = JC_OPS_MAX;

	while (k < *take && k < most) {
		if (c->item[k].most != 0 && (size_t)c->item[k].most < most)
			most = (size_t)c->item[k].most;
		k += k < most;
	}
	if (k == *take)
		return 0;
	*take = k;
	jc_buf_reset(&c->good);
	return jc_zlib_pack(&c->good, c->payload.data, c->item[k - 1].end, 6, c->err);
}

static int
again_done(struct cut *c, size_t n)
{
	struct jc_stmt *st;
	int rc = 0;

	jc_db_log_window(c->log->db, 1);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((rc = jc_db_prep(&st, c->log->db, "DELETE FROM reissue WHERE op = :op", c->err)) == 0) {
			jc_bind_int(st, ":op", c->ops[i]);
			rc = jc_stmt_run(st, c->err);
		}
	jc_db_log_window(c->log->db, -1);
	return rc;
}

/* A chain starts from the commit that enrols its device; until that has come, drafts wait. */
static int
enrolled_check(struct cut *c)
{
	char state[12] = "";
	int64_t device;
	int rc;

	if (c->own.commit_no != 0 || strcmp(c->log->key->id, c->scope.authority) == 0)
		return 0;
	rc = jc_device_find(c->log, c->log->key->id, &device, NULL, c->err);
	if (rc == 0)
		rc = jc_device_standing(c->log, c->scope.no, device, state, c->err);
	if ((rc == 0 && state[0] == '\0') || rc == JC_ENOTFOUND)
		return jc_err_set(c->err, JC_ESTATE, "jc_cut",
		    JC_T("还没有收到上级对本机的登记，请先同步一次", "The hub's enrolment of this PC is not here yet; sync once first"));
	return rc;
}

static int
enough(const struct cut *c)
{
	return c->part->most != 0 && c->bytes >= c->part->most;
}

static int
pass_cut(struct cut *c)
{
	size_t take;
	int rc;

	c->after = 0;
	if (enough(c))
		return 0;
	payload_begin(c);
	if ((rc = load(c, 1)) < 0 || c->n == 0)
		return rc;
	if ((rc = heads_find(c)) < 0 || (rc = enrolled_check(c)) < 0 || (rc = heads_join(c)) < 0)
		return rc;
	for (;;) {
		payload_begin(c);
		if ((rc = load(c, 1)) < 0 || c->n == 0 || (rc = take_find(c, &take)) < 0 || (rc = take_limit(c, &take)) < 0)
			return rc;
		c->after = c->item[take - 1].op;
		rc = commit_put(c, c->nheads, (struct jc_slice){c->payload.data, c->item[take - 1].end},
		    (struct jc_slice){c->good.data, c->good.len}, take);
		if (rc < 0 || (c->again && (rc = again_done(c, take)) < 0) || enough(c))
			return rc;
	}
}

static int
tier_cut(struct cut *c)
{
	int rc;

	c->again = 1;
	rc = pass_cut(c);
	c->again = 0;
	return rc < 0 || c->hold || enough(c) ? rc : pass_cut(c);
}

/* Once through all tiers; while suspects are cut, through the first that has some. */
static int
tiers_cut(struct cut *c)
{
	int64_t before = c->made;
	int rc = 0;

	for (int tier = JC_TIERS - 1; rc == 0 && tier >= 0 && !enough(c) && !(c->hold && c->made != before); tier--) {
		c->tier = (enum jc_tier)tier;
		rc = tier_cut(c);
	}
	return rc;
}

int
jc_cut_again(struct jc_log *log, int64_t scope, int suspects, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT 1 FROM reissue AS r JOIN draft AS d ON d.op = r.op WHERE d.scope = :scope AND r.most >= :least", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":least", suspects);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* ---- entry points ---- */

static int
cut_open(struct cut *c, struct jc_log *log, int64_t scope, struct jc_err *err)
{
	int rc;

	memset(c, 0, sizeof(*c));
	c->log = log;
	c->err = err;
	c->ratio = 8;
	jc_buf_init(&c->payload, JC_PAYLOAD_MAX + 2 * JC_LINE_MAX);
	jc_buf_init(&c->z, JC_PAYLOAD_MAX * 2);
	jc_buf_init(&c->good, JC_PAYLOAD_MAX * 2);
	jc_buf_init(&c->object, 64u << 10);
	jc_buf_init(&c->summary, 1024);
	if ((rc = jc_scope_get(&c->scope, log, scope, err)) < 0)
		return rc;
	if (!c->scope.joined)
		return jc_err_set(err, JC_ESTATE, "jc_cut",
		    JC_T("本机还没有加入上级，内容都已存在本机，请先运行 jiceng join",
		        "This PC has not joined a hub yet; everything is kept here. Run jiceng join first"));
	if (log->key == NULL)
		return jc_err_set(err, JC_ESTATE, "jc_cut", JC_T("本机没有签名密钥", "This node has no signing key"));
	c->item = jc_calloc(JC_OPS_MAX, sizeof(*c->item));
	c->ops = jc_calloc(JC_OPS_MAX, sizeof(*c->ops));
	if (c->item == NULL || c->ops == NULL)
		return JC_NOMEM(err, "jc_cut");
	return jc_ops_reader_new(&c->reader, 1, err);
}

static void
cut_close(struct cut *c)
{
	jc_ops_reader_free(c->reader);
	jc_buf_free(&c->payload);
	jc_buf_free(&c->z);
	jc_buf_free(&c->good);
	jc_buf_free(&c->object);
	jc_buf_free(&c->summary);
	jc_free(c->item);
	jc_free(c->ops);
	jc_free(c->name);
	jc_free(c->ref);
	jc_free(c->sorted);
	jc_free(c->head);
}

static int
cut_end(struct jc_log *log, int rc, struct jc_err *err)
{
	int end = jc_db_end(log->db, rc >= 0, rc >= 0 ? err : NULL);

	if (rc < 0 || end < 0)
		jc_log_forget(log);
	return rc < 0 ? rc : end;
}

int
jc_cut_part(struct jc_log *log, int64_t scope, size_t max_z, const struct jc_cut_part *part, int64_t *made, struct jc_err *err)
{
	struct cut c;
	int64_t drafts;
	int rc;

	*made = 0;
	if ((rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	if ((rc = jc_log_drafts(log, scope, &drafts, err)) < 0 || drafts == 0)
		return cut_end(log, rc, err);
	rc = cut_open(&c, log, scope, err);
	c.part = part;
	c.max_z = max_z != 0 && max_z < MAX_Z ? max_z : MAX_Z;
	do {
		if (rc == 0 && (rc = c.hold = jc_cut_again(log, scope, 1, err)) >= 0)
			rc = tiers_cut(&c);
	} while (rc == 0 && c.hold && part->most == 0);
	if (rc == 0)
		*made = c.made;
	cut_close(&c);
	return cut_end(log, rc, err);
}

int
jc_cut(struct jc_log *log, int64_t scope, size_t max_z, int64_t *made, struct jc_err *err)
{
	return jc_cut_part(log, scope, max_z, &(struct jc_cut_part){0}, made, err);
}

int
jc_cut_some(struct jc_log *log, int64_t scope, size_t max_z, size_t most, int64_t *made, struct jc_err *err)
{
	return jc_cut_part(log, scope, max_z, &(struct jc_cut_part){.most = most}, made, err);
}

/* The hub's first merge in a tier has no predecessor there; it goes on from its tip in a higher one. */
static int
merge_root(struct cut *c)
{
	struct jc_tip tip = {0};
	struct jc_tip *v;
	int rc = 0;

	for (int tier = (int)c->tier + 1; rc == 0 && tip.commit_no == 0 && tier < JC_TIERS; tier++)
		rc = jc_log_own_tip(c->log, c->scope.no, (enum jc_tier)tier, &tip, c->err);
	if (rc < 0 || tip.commit_no == 0)
		return rc;
	for (size_t i = 0; i < c->nheads; i++)
		if (c->head[i].commit_no == tip.commit_no)
			return 0;
	if ((v = jc_realloc(c->head, (c->nheads + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(c->err, "jc_cut_merge");
	memmove(v + 1, v, c->nheads * sizeof(*v));
	v[0] = tip;
	c->head = v;
	c->nheads++;
	return 0;
}

static int
merge(struct cut *c)
{
	int rc = heads_find(c);

	if (rc < 0 || c->nheads == 0)
		return rc;
	if (c->own.commit_no == 0 && c->nheads == 1 && (rc = merge_root(c)) < 0)
		return rc;
	if (c->nheads + (c->own.commit_no != 0) < 2)
		return 0;
	if ((rc = heads_join(c)) < 0)
		return rc;
	return commit_put(c, c->nheads, JC_SLICE(""), (struct jc_slice){NULL, 0}, 0);
}

int
jc_cut_merge(struct jc_log *log, int64_t scope, enum jc_tier tier, int *made, struct jc_err *err)
{
	struct cut c;
	int rc;

	*made = 0;
	if ((rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	if ((rc = cut_open(&c, log, scope, err)) == 0) {
		c.tier = tier;
		rc = merge(&c);
	}
	if (rc == 0)
		*made = c.made != 0;
	cut_close(&c);
	return cut_end(log, rc, err);
}
