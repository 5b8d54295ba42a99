/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The hub's half of the exchange. A request passes three desks:
 *
 *   decode   worker, reads only    bytes -> scopes, permissions, rebuilt and verified commits
 *   apply    the writer            commits -> log and projection, each on its own merits
 *   answer   (exchange_answer.c)   notes, then news
 *
 * Malformed outlines refuse the request as a whole and nothing of it is kept. Everything else is
 * answered scope by scope, and within a scope commit by commit: the first one that cannot be taken
 * ends its section, those before it stay, other sections do not notice. Of a request that broke off on
 * the way the commits that arrived whole are applied, without an answer: every signature stands for itself.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "exchange.h"
#include "relay.h"
#include "sync_succession.h"

/* What a request may make us inflate: generous for honest text, bounded by what was sent. */
#define INFLATE_LEAST (8 << 20)
#define INFLATE_MOST (64 << 20)
#define INFLATE_RATIO 24
#define QUOTA_DAY (INT64_C(1) << 30) /* inflated bytes of a device and day; meta quota_day_bytes overrides */

static void
section_free(struct jc_x_section *sec)
{
	jc_carry_in_free(&sec->in);
	jc_free(sec->taken);
	jc_free(sec->proof);
	jc_free(sec->have);
	memset(sec, 0, sizeof(*sec));
}

void
jc_exchange_free(struct jc_exchange *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->nsections; i++)
		section_free(&x->section[i]);
	jc_free(x->section);
	jc_free(x);
}

/* ---- who may what ---- */

/* The scope in which a device is enrolled; 0 when it is not, or no longer. */
static int
home_of(int64_t *scope, struct jc_node *node, const char *device, struct jc_err *err)
{
	int64_t no = 0, own = 0;
	struct jc_stmt *st;
	char state[12];
	int rc;

	*scope = 0;
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT credential.device, credential.scope FROM credential"
	         " JOIN device ON device.no = credential.device WHERE device.id = :id", err)) < 0)
		return rc;
	jc_bind_str(st, ":id", device);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc;
	no = jc_col_int(st, 0);
	own = jc_col_int(st, 1);
	jc_stmt_reset(st);
	if ((rc = jc_device_standing(node->log, own, no, state, err)) < 0)
		return rc;
	if (strcmp(state, "enrolled") == 0)
		*scope = own;
	return 0;
}

int
jc_exchange_may(struct jc_node *node, const char *device, const struct jc_scope *s, int *write, struct jc_err *err)
{
	struct jc_scope brought;
	uint8_t pk[JC_PK_LEN];
	int64_t own;
	int rc = home_of(&own, node, device, err);

	*write = rc == 0 && own != 0 && own == s->no;
	if (rc < 0 || own == 0)
		return rc;
	if (*write || strcmp(s->role, "common") == 0)
		return 1;
	if ((rc = jc_relay_may(&brought, pk, node, own, s->id, err)) == 1)
		*write = 1;
	return rc;
}

/* ---- decode ---- */

static int
malformed(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_exchange_decode", "%s",
	    JC_T("请求不完整或格式不对", "The request is incomplete or malformed"));
}

/* A scope that is not here yet: a hub below may have said that it will bring it. */
static int
section_brought(struct jc_exchange *x, struct jc_x_section *sec, struct jc_node *reader, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN];
	int64_t own;
	int rc = home_of(&own, reader, x->device, err);

	if (rc == 0 && own != 0 && (rc = jc_relay_may(&sec->s, pk, reader, own, sec->id, err)) == 1)
		rc = jc_carry_know(&sec->in, sec->s.authority, pk, err) < 0 ? JC_ENOMEM : 1;
	sec->write = sec->brought = rc == 1;
	sec->status = rc == 1 ? JC_X_TAKEN : JC_X_NOT_YOURS;
	return rc < 0 ? rc : 0;
}

static int
section_open(struct jc_exchange *x, struct jc_x_section *sec, struct jc_node *reader, struct jc_err *err)
{
	int rc;

	for (struct jc_x_section *o = x->section; o < sec; o++)
		if (strcmp(o->id, sec->id) == 0)
			return malformed(err);
	rc = jc_scope_find(&sec->s, reader->log, sec->id, err);
	if (rc == JC_ENOTFOUND)
		return section_brought(x, sec, reader, err);
	if (rc == 0 && !sec->s.joined) {
		sec->status = JC_X_NOT_YOURS;
		return 0;
	}
	sec->brought = rc == 0 && !sec->s.mine && strcmp(sec->s.role, "common") != 0;
	if (rc < 0 || (rc = jc_exchange_may(reader, x->device, &sec->s, &sec->write, err)) < 0)
		return rc;
	sec->status = rc ? JC_X_TAKEN : JC_X_NOT_YOURS;
	return 0;
}

static int
proof_read(struct jc_x_section *sec, struct jc_rd *r, struct jc_err *err)
{
	if ((sec->proof = jc_alloc(sizeof(*sec->proof))) == NULL)
		return JC_NOMEM(err, "proof_read");
	return jc_carry_get_note(sec->proof, r) < 0 ? malformed(err) : 0;
}

static int
have_read(struct jc_x_section *sec, struct jc_rd *r, struct jc_err *err)
{
	uint64_t n = jc_rd_varint(r);
	const uint8_t *p;

	if (r->bad || n > JC_X_HAVE_MAX || (p = jc_rd_bytes(r, (size_t)n * JC_H16)) == NULL)
		return malformed(err);
	if ((sec->have = jc_alloc(((size_t)n + 1) * JC_H16)) == NULL)
		return JC_NOMEM(err, "have_read");
	memcpy(sec->have, p, (size_t)n * JC_H16);
	sec->nhave = (size_t)n;
	return 0;
}

/* Of a request that broke off, the commits of its last section that are whole. */
static int
part_read(struct jc_exchange *x, struct jc_x_section *sec, struct jc_rd *r, uint64_t count, struct jc_err *err)
{
	struct jc_carry_whole whole = {.count = 0};
	int rc = jc_carry_whole(&whole, r, count, 0, x->budget, err);

	x->ended = 1;
	if (rc >= 0)
		rc = jc_carry_read_whole(&sec->in, &whole, err);
	jc_buf_free(&whole.bytes);
	return rc;
}

static int
section_read(struct jc_exchange *x, struct jc_x_section *sec, struct jc_node *reader, struct jc_rd *r, struct jc_err *err)
{
	uint64_t cursor, flags, count;
	struct jc_rd end;
	int rc;

	if (jc_carry_get_id(sec->id, r) < 0)
		return malformed(err);
	cursor = jc_rd_varint(r);
	flags = jc_rd_varint(r);
	if (r->bad || cursor > INT64_MAX || flags > (JC_X_NEWS | JC_X_NOTES | JC_X_PROOF | JC_X_HAVE | JC_X_UPPER | JC_X_MARK))
		return malformed(err);
	sec->cursor = (int64_t)cursor;
	sec->flags = (unsigned)flags;
	if (((sec->flags & JC_X_PROOF) && (rc = proof_read(sec, r, err)) < 0) ||
	    ((sec->flags & JC_X_HAVE) && (rc = have_read(sec, r, err)) < 0))
		return rc;
	if (sec->flags & JC_X_UPPER)
		sec->upper = jc_rd_varint(r);
	if (sec->flags & JC_X_MARK)
		sec->mark = jc_rd_varint(r);
	count = jc_rd_varint(r);
	if (r->bad || (!x->cut && count > jc_rd_left(r)))
		return malformed(err);
	if ((x->commits += count) > JC_CARRY_COMMITS)
		return jc_err_set(err, JC_ELIMIT, "jc_exchange_decode", "%s",
		    JC_T("一次送来的提交太多", "Too many commits at once"));
	if ((rc = section_open(x, sec, reader, err)) < 0)
		return rc;
	if (sec->status == JC_X_NOT_YOURS)
		return jc_carry_skip(r, count, 0, err);
	sec->in.node = reader;
	sec->in.s = &sec->s;
	sec->in.budget = &x->budget;
	end = *r;
	if (x->cut && jc_carry_skip(&end, count, 0, NULL) < 0)
		return part_read(x, sec, r, count, err);
	return jc_carry_read(&sec->in, r, count, err);
}

static int
request_read(struct jc_exchange *x, struct jc_node *reader, const void *req, size_t n, struct jc_err *err)
{
	const uint8_t *magic;
	uint64_t room, sections;
	struct jc_rd r;
	int rc;

	jc_rd_init(&r, req, n);
	magic = jc_rd_bytes(&r, 3);
	if (magic == NULL || memcmp(magic, "JX\0", 3) != 0 || jc_carry_get_id(x->epoch, &r) < 0)
		return malformed(err);
	room = jc_rd_varint(&r);
	sections = jc_rd_varint(&r);
	if (r.bad || sections > JC_CARRY_SECTIONS || sections > jc_rd_left(&r))
		return malformed(err);
	x->room = room > JC_X_ROOM_MAX ? JC_X_ROOM_MAX : (size_t)room;
	x->budget = (int64_t)n * INFLATE_RATIO;
	x->budget = x->budget < INFLATE_LEAST ? INFLATE_LEAST : x->budget > INFLATE_MOST ? INFLATE_MOST : x->budget;
	if ((x->section = jc_calloc((size_t)sections + 1, sizeof(*x->section))) == NULL)
		return JC_NOMEM(err, "request_read");
	for (uint64_t i = 0; i < sections && !x->ended; i++) {
		x->nsections = (size_t)i + 1;
		rc = section_read(x, &x->section[i], reader, &r, err);
		if (x->cut && rc == JC_EFORMAT) { /* it broke off in the head of this section */
			section_free(&x->section[i]);
			x->nsections--;
			return 0;
		}
		if (rc < 0)
			return rc;
	}
	return x->cut || jc_rd_left(&r) == 0 ? 0 : malformed(err);
}

static int
decode(struct jc_exchange **out, struct jc_node *reader, const char *device, const void *req, size_t n, int cut,
    struct jc_err *err)
{
	struct jc_exchange *x;
	int rc;

	*out = NULL;
	if (n > JC_EXCHANGE_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_exchange_decode", "%s", JC_T("请求太大", "The request is too large"));
	if (strlen(device) != JC_ID_LEN)
		return jc_err_code(err, JC_EDENIED, "jc_exchange_decode");
	if ((x = jc_calloc(1, sizeof(*x))) == NULL)
		return JC_NOMEM(err, "jc_exchange_decode");
	memcpy(x->device, device, JC_ID_LEN + 1);
	x->spoilt_section = SIZE_MAX;
	x->cut = cut;
	if ((rc = request_read(x, reader, req, n, err)) < 0)
		jc_exchange_free(x);
	else
		*out = x;
	return rc;
}

int
jc_exchange_decode(struct jc_exchange **out, struct jc_node *reader, const char *device, const void *req, size_t n,
    struct jc_err *err)
{
	return decode(out, reader, device, req, n, 0, err);
}

int
jc_exchange_decode_cut(struct jc_exchange **out, struct jc_node *reader, const char *device, const void *req, size_t n,
    struct jc_err *err)
{
	return decode(out, reader, device, req, n, 1, err);
}

/* ---- apply ---- */

/* A caller shows a note of ours that is newer than what we remember having signed: we were put back. */
static int
proof_check(struct jc_exchange *x, struct jc_x_section *sec, struct jc_node *writer, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(writer->log);
	struct jc_note *n = sec->proof, *own;
	uint8_t pk[JC_PK_LEN];
	jc_id epoch;
	int rc, newest;

	if (n == NULL || key == NULL || sec->status == JC_X_NOT_YOURS)
		return 0;
	memcpy(n->network, sec->s.network, sizeof(n->network));
	memcpy(n->scope, sec->s.id, sizeof(n->scope));
	memcpy(n->hub, key->id, sizeof(n->hub));
	memcpy(n->epoch, x->epoch, sizeof(n->epoch));
	if ((rc = jc_note_epoch(writer->log, epoch, err)) < 0 || strcmp(epoch, n->epoch) != 0 ||
	    (rc = jc_note_signer(pk, &newest, writer->log, n, err)) != 1) /* by whichever key of ours */
		return rc;
	if ((own = jc_alloc(sizeof(*own))) == NULL)
		return JC_NOMEM(err, "proof_check");
	rc = jc_note_get(own, writer->log, sec->s.no, n->tier, n->hub, err);
	if (rc == JC_ENOTFOUND || (rc == 0 && (strcmp(own->epoch, epoch) != 0 || own->counter < n->counter ||
	    (own->counter == n->counter && (own->nheads != n->nheads ||
	        memcmp(own->head, n->head, n->nheads * JC_H16) != 0)))))
		rc = jc_note_epoch_renew(writer->log, 0, err);
	jc_free(own);
	return rc;
}

/* 1 when the device has had its share of today. */
static int
over_quota(struct jc_node *writer, const char *device, int64_t bytes, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(writer->db);
	int64_t day = env->wall_ms(env->ctx) / 86400000, limit, used;
	char key[32] = "quota.", count[48] = "quota_day.";
	int rc;

	strcat(key, device);
	strcat(count, device);
	if ((rc = jc_meta_int(writer->db, "quota_day_bytes", &limit, QUOTA_DAY, err)) < 0 ||
	    (rc = jc_meta_int(writer->db, count, &used, -1, err)) < 0)
		return rc;
	if (used != day) {
		if ((rc = jc_meta_set_int(writer->db, count, day, err)) < 0)
			return rc;
		used = 0;
	} else if ((rc = jc_meta_int(writer->db, key, &used, 0, err)) < 0) {
		return rc;
	}
	if (used + bytes > limit)
		return 1;
	return jc_meta_set_int(writer->db, key, used + bytes, err);
}

static void
refuse(struct jc_x_section *sec, int code, const struct jc_err *why)
{
	sec->status = code == JC_ESTALE ? JC_X_STALE : JC_X_REFUSED;
	sec->why = *why;
}

static int
item_apply(struct jc_exchange *x, struct jc_x_section *sec, size_t i, struct jc_node *writer, struct jc_err *err)
{
	struct jc_carry_item *item = &sec->in.item[i];
	struct jc_err why = {0};
	int64_t no = 0;
	int rc, fresh;

	if (item->skip)
		rc = jc_err_set(&why, JC_EFORMAT, "item_apply", "%s",
		    JC_T("上级的程序读不懂这次提交", "The hub's program cannot read this commit"));
	else if (sec->brought && item->it.c.tier != JC_TIER_CITY)
		rc = jc_err_set(&why, JC_EDENIED, "item_apply", "%s",
		    JC_T("这里只收报到市一级的内容", "Only what may reach the city is taken here"));
	else if (!sec->write && strcmp(item->it.c.device, x->device) == 0)
		rc = jc_err_set(&why, JC_EDENIED, "item_apply", "%s",
		    JC_T("这台设备不能往这里写", "This device may not write here"));
	else
		rc = jc_intake_admit(writer, &sec->s, &item->it, x->device, &no, &fresh, &why);
	if (rc >= 0) {
		sec->taken[sec->accepted++] = no;
		return 1;
	}
	if (jc_intake_refused(rc)) {
		refuse(sec, rc, &why);
		return 0;
	}
	if (rc == JC_ECORRUPT) { /* ours to repair: the next try leaves it out */
		x->spoilt_section = (size_t)(sec - x->section);
		x->spoilt_item = i;
	}
	if (err != NULL)
		*err = why;
	return rc;
}

static int
section_apply(struct jc_exchange *x, struct jc_x_section *sec, struct jc_node *writer, struct jc_err *err)
{
	int64_t bytes = 0, own;
	int rc = 1;

	sec->accepted = 0;
	sec->status = sec->status == JC_X_NOT_YOURS ? JC_X_NOT_YOURS : JC_X_TAKEN;
	if (sec->brought && sec->status == JC_X_TAKEN &&
	    ((rc = home_of(&own, writer, x->device, err)) < 0 || (rc = jc_relay_take(&sec->s, writer, own, err)) < 0))
		return rc;
	if (sec->status == JC_X_NOT_YOURS || sec->in.n + sec->in.dropped == 0)
		return 0;
	if (sec->taken == NULL && (sec->taken = jc_calloc(sec->in.n + 1, sizeof(*sec->taken))) == NULL)
		return JC_NOMEM(err, "section_apply");
	for (size_t i = 0; i < sec->in.n; i++)
		bytes += (int64_t)sec->in.item[i].it.payload.len;
	if ((rc = over_quota(writer, x->device, bytes, err)) < 0)
		return rc;
	if (rc == 1) {
		sec->status = JC_X_LATER;
		(void)jc_err_set(&sec->why, JC_EBUSY, "section_apply", "%s",
		    JC_T("今天上报的内容已经很多，请明天再报", "Much has been sent today; please send the rest tomorrow"));
		return 0;
	}
	rc = 1;
	for (size_t i = 0; rc == 1 && i < sec->in.n; i++)
		rc = item_apply(x, sec, i, writer, err);
	if (rc == 1 && sec->in.stop != 0)
		refuse(sec, sec->in.stop, &sec->in.why);
	return rc < 0 ? rc : 0;
}

int
jc_exchange_apply(struct jc_exchange *x, struct jc_node *writer, struct jc_err *err)
{
	int rc, end;

	if (x->spoilt_section != SIZE_MAX) {
		x->section[x->spoilt_section].in.item[x->spoilt_item].skip = 1;
		x->spoilt_section = SIZE_MAX;
	}
	if ((rc = jc_db_begin(writer->db, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < x->nsections; i++)
		rc = proof_check(x, &x->section[i], writer, err);
	for (size_t i = 0; rc >= 0 && i < x->nsections; i++)
		rc = section_apply(x, &x->section[i], writer, err);
	end = jc_db_end(writer->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- merge commits ---- */

#define MERGE_EVERY 3600

struct newest {
	int64_t no, time;
};

static int
newest_own(void *arg, const struct jc_tip *tip)
{
	struct newest *n = arg;

	if (tip->commit_no > n->no)
		n->no = tip->commit_no;
	return 0;
}

/* 1 when the hub's last commit of the tier is an hour old, or its time is not to be believed. */
static int
merge_due(struct jc_node *node, const struct jc_scope *s, enum jc_tier tier, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	int64_t now = env->wall_ms(env->ctx) / 1000, device;
	struct newest n = {0, 0};
	struct jc_commit_row row;
	uint8_t pk[JC_PK_LEN];
	int rc;

	rc = jc_device_find(node->log, jc_log_key(node->log)->id, &device, pk, err);
	if (rc < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_log_tips(node->log, s->no, (int)tier, device, newest_own, &n, err)) < 0)
		return rc;
	if (n.no == 0)
		return 1;
	if ((rc = jc_log_commit(node->log, n.no, &row, err)) < 0)
		return rc;
	return now < row.time || now - row.time >= MERGE_EVERY;
}

int
jc_exchange_cut(struct jc_node *node, const struct jc_scope *s, struct jc_err *err)
{
	int64_t drafts, made;
	int rc;

	if (!s->mine || !s->joined || jc_log_key(node->log) == NULL)
		return 0;
	if ((rc = jc_log_drafts(node->log, s->no, &drafts, err)) < 0)
		return rc;
	return drafts != 0 ? jc_cut(node->log, s->no, 0, &made, err) : 0;
}

int
jc_exchange_merge(struct jc_node *node, const struct jc_scope *s, int now, int *made, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(node->log);
	int rc = 0, one, end;

	*made = 0;
	if (key == NULL || !s->joined || strcmp(key->id, s->authority) != 0 || jc_keyring_behind(node->log))
		return 0;
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = jc_exchange_cut(node, s, err);
	for (int tier = JC_TIER_CITY; rc >= 0 && tier >= JC_TIER_COUNTY; tier--) {
		one = 0;
		rc = now ? 1 : merge_due(node, s, (enum jc_tier)tier, err);
		if (rc == 1)
			rc = jc_cut_merge(node->log, s->no, (enum jc_tier)tier, &one, err);
		*made += rc >= 0 && one;
	}
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
