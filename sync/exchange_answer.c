/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The answer. Notes stand before news, so that a line that breaks in the middle has already told the
 * branch what the county has. News follows the order of arrival, in which parents come before children,
 * and stops at the caller's room; the cursor says where to go on.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "exchange.h"
#include "relay.h"
#include "sync_succession.h"

#define ROWS 32u /* commits looked at per step */

struct answer {
	struct jc_exchange *x;
	struct jc_node *node;
	struct jc_buf *out;
	struct jc_err *err;
	size_t room;
	int sent_any;             /* some news went out: from here on the room is strict */
};

/* ---- tips of the caller, and whether a tier moved ---- */

struct tips {
	struct jc_buf *b;
	uint64_t count;
	int64_t newest[JC_TIERS];
	int any[JC_TIERS];
};

static int
tip_list(void *arg, const struct jc_tip *tip)
{
	struct tips *t = arg;

	if (tip->tier == JC_TIER_BRANCH)
		return 0;
	jc_buf_varint(t->b, tip->tier);
	jc_buf_put(t->b, tip->hash, JC_H16);
	t->count++;
	return 0;
}

static int
tip_newest(void *arg, const struct jc_tip *tip)
{
	struct tips *t = arg;

	t->any[tip->tier] = 1;
	if (tip->commit_no > t->newest[tip->tier])
		t->newest[tip->tier] = tip->commit_no;
	return 0;
}

static int
put_tips(struct answer *a, const struct jc_x_section *sec)
{
	struct tips t = {0};
	uint8_t pk[JC_PK_LEN];
	struct jc_buf b;
	int64_t device;
	int rc;

	if (sec->status != JC_X_STALE) {
		jc_buf_varint(a->out, 0);
		return 0;
	}
	jc_buf_init(&b, 1u << 20);
	t.b = &b;
	rc = jc_device_find(a->node->log, a->x->device, &device, pk, a->err);
	if (rc >= 0)
		rc = jc_log_tips(a->node->log, sec->s.no, -1, device, tip_list, &t, a->err);
	jc_buf_varint(a->out, t.count);
	jc_buf_put(a->out, b.data, b.len);
	jc_buf_free(&b);
	return rc < 0 ? rc : 0;
}

/* ---- notes ---- */

/* *differ: the caller holds other notes than these. */
static int
mark_differs(int *differ, struct answer *a, const struct jc_x_section *sec)
{
	const struct jc_key *key = jc_log_key(a->node->log);
	uint64_t mark;
	jc_id epoch;
	int rc;

	*differ = 0;
	if ((sec->flags & JC_X_MARK) == 0 || key == NULL)
		return 0;
	if ((rc = jc_note_epoch(a->node->log, epoch, a->err)) < 0 ||
	    (rc = jc_note_mark(&mark, a->node->log, sec->s.no, key->id, epoch, a->err)) < 0)
		return rc;
	*differ = mark != sec->mark;
	return 0;
}

/* A note goes out when its tier moved since the caller looked, or when the caller has reason to doubt. Who says by a
 * mark what it holds is given all or none, and which of the two. */
static int
put_notes(struct answer *a, const struct jc_x_section *sec, int64_t cursor, int all)
{
	struct jc_note *note;
	struct tips t = {0};
	uint64_t count = 0;
	struct jc_buf b;
	int64_t last = 0;
	int rc, differ = 0;

	if ((note = jc_alloc(sizeof(*note))) == NULL)
		return JC_NOMEM(a->err, "put_notes");
	jc_buf_init(&b, 65536);
	if ((rc = jc_log_tips(a->node->log, sec->s.no, -1, 0, tip_newest, &t, a->err)) < 0)
		goto out;
	for (int tier = 0; tier < JC_TIERS; tier++)
		if (t.newest[tier] > last)
			last = t.newest[tier];
	all |= (sec->flags & JC_X_NOTES) != 0 || sec->status == JC_X_STALE || cursor > last ||
	       ((sec->flags & JC_X_MARK) && last > cursor);
	if (!all && (rc = mark_differs(&differ, a, sec)) < 0)
		goto out;
	all |= differ;
	for (int tier = JC_TIER_CITY; tier >= JC_TIER_COUNTY; tier--) {
		if (!t.any[tier] || (!all && t.newest[tier] <= cursor))
			continue;
		if ((rc = jc_note_issue(note, a->node->log, &sec->s, (enum jc_tier)tier, a->err)) < 0)
			goto out;
		jc_carry_put_note(&b, note);
		count++;
	}
	jc_buf_varint(a->out, count + (all && (sec->flags & JC_X_MARK)));
	jc_buf_put(a->out, b.data, b.len);
	rc = jc_buf_check(&b, "put_notes", a->err);
out:
	jc_buf_free(&b);
	jc_free(note);
	return rc < 0 ? rc : 0;
}

/* Notes of hubs farther up for this scope, as they came: for whom does not have just these. Each with its hub's
 * key, which the caller may never have seen. */
static int
put_upper_one(struct answer *a, const struct jc_x_section *sec, const char *hub, struct jc_buf *b, uint64_t *count)
{
	struct jc_note *note = jc_alloc(sizeof(*note));
	uint8_t pk[JC_PK_LEN];
	int rc, newest;

	if (note == NULL)
		return JC_NOMEM(a->err, "put_upper");
	if ((rc = jc_note_get(note, a->node->log, sec->s.no, JC_TIER_CITY, hub, a->err)) == 0 &&
	    (rc = jc_note_signer(pk, &newest, a->node->log, note, a->err)) == 1) {
		jc_buf_put(b, pk, JC_PK_LEN);
		jc_carry_put_id(b, note->epoch);
		jc_carry_put_note(b, note);
		(*count)++;
	}
	jc_free(note);
	return rc;
}

static int
put_upper(struct answer *a, const struct jc_x_section *sec)
{
	const struct jc_key *key = jc_log_key(a->node->log);
	jc_id hubs[JC_RELAY_UPPER];
	uint64_t mark, count = 0;
	struct jc_buf b;
	size_t n;
	int rc;

	if ((sec->flags & JC_X_UPPER) == 0)
		return 0;
	if ((rc = jc_relay_upper(hubs, &n, &mark, a->node, &sec->s, key != NULL ? key->id : "", a->err)) < 0)
		return rc;
	jc_buf_init(&b, 65536);
	for (size_t i = 0; rc >= 0 && mark != sec->upper && i < n; i++)
		rc = put_upper_one(a, sec, hubs[i], &b, &count);
	jc_buf_varint(a->out, count);
	jc_buf_put(a->out, b.data, b.len);
	if (rc >= 0)
		rc = jc_buf_check(&b, "put_upper", a->err);
	jc_buf_free(&b);
	return rc < 0 ? rc : 0;
}

/* ---- news ---- */

struct rows {
	struct jc_commit_row row[ROWS];
	size_t n;
};

static int
number_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
row_add(void *arg, const struct jc_commit_row *row)
{
	struct rows *r = arg;

	if (r->n == ROWS)
		return 1;
	r->row[r->n++] = *row;
	return 0;
}

/* News of one section on its way out. */
struct news {
	const struct jc_x_section *sec;
	struct jc_carry_out out;
	int64_t *skip;              /* commits after the cursor that the caller has */
	size_t nskip, skip_cap;
	int64_t cursor;             /* position reached */
};

static int
skip_add(struct news *w, int64_t no, struct jc_err *err)
{
	if (w->nskip == w->skip_cap) {
		size_t want = w->skip_cap != 0 ? w->skip_cap * 2 : 64;
		int64_t *p = jc_realloc(w->skip, want * sizeof(*p));

		if (p == NULL)
			return JC_NOMEM(err, "skip_add");
		w->skip = p;
		w->skip_cap = want;
	}
	w->skip[w->nskip++] = no;
	return 0;
}

/* What the caller says to have, down its chain to the cursor; and what came with the request. */
static int
skip_find(struct answer *a, struct news *w)
{
	const struct jc_x_section *sec = w->sec;
	struct jc_commit_row row;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sec->accepted; i++)
		rc = skip_add(w, sec->taken[i], a->err);
	for (size_t i = 0; rc >= 0 && i < sec->nhave; i++) {
		rc = jc_log_commit_h16(a->node->log, sec->s.no, sec->have[i], &row, a->err);
		if (rc == JC_ENOTFOUND) {
			rc = 0;
			continue;
		}
		while (rc >= 0 && row.no > w->cursor) {
			if ((rc = skip_add(w, row.no, a->err)) < 0 || row.seq == 1)
				break;
			rc = jc_log_commit(a->node->log, row.parent[0], &row, a->err);
		}
	}
	if (rc >= 0 && w->nskip > 1)
		qsort(w->skip, w->nskip, sizeof(*w->skip), number_cmp);
	return rc < 0 ? rc : 0;
}

static int
caller_has(const struct news *w, int64_t no)
{
	return w->nskip != 0 && bsearch(&no, w->skip, w->nskip, sizeof(no), number_cmp) != NULL;
}

/* Writes what fits of one batch of rows. 1: the room is used up, more is waiting. */
static int
news_rows(struct answer *a, struct news *w, const struct rows *rows)
{
	struct jc_carry_out *out = &w->out;

	for (size_t i = 0; i < rows->n; i++) {
		const struct jc_commit_row *row = &rows->row[i];
		int rc;

		if (row->tier != JC_TIER_BRANCH && !caller_has(w, row->no)) {
			if ((rc = jc_carry_fit(out, row, a->sent_any ? a->room : SIZE_MAX, a->err)) <= 0)
				return rc < 0 ? rc : 1;
			a->sent_any = 1;
		}
		w->cursor = row->no;
	}
	return 0;
}

static int
put_news(struct answer *a, const struct jc_x_section *sec, int64_t cursor)
{
	struct news w = {.sec = sec, .cursor = cursor, .out = {.node = a->node, .scope = sec->s.no, .steps = 1}};
	struct rows *rows = jc_alloc(sizeof(*rows));
	struct jc_buf b;
	size_t used;
	int rc;

	jc_buf_init(&b, JC_CARRY_PLAIN_MAX);
	w.out.b = &b;
	w.out.bulk = a->room > JC_CARRY_BULK;
	rc = rows == NULL ? JC_NOMEM(a->err, "put_news") : skip_find(a, &w);
	while (rc == 0) {
		rows->n = 0;
		rc = jc_log_walk(a->node->log, sec->s.no, w.cursor, row_add, rows, a->err);
		if (rc >= 0)
			rc = news_rows(a, &w, rows);
		if (rc == 0 && rows->n < ROWS)
			break;
	}
	if (rc < 0)
		goto out;
	jc_buf_varint(a->out, (uint64_t)w.cursor);
	jc_buf_varint(a->out, rc == 1);
	rc = jc_carry_end(&w.out, a->out, a->err);
	used = jc_carry_size(&w.out);
	a->room -= used < a->room ? used : a->room;
out:
	jc_carry_out_free(&w.out);
	jc_buf_free(&b);
	jc_free(w.skip);
	jc_free(rows);
	return rc < 0 ? rc : 0;
}

/* ---- a section, the answer ---- */

static void
put_text(struct jc_buf *b, const char *s)
{
	jc_buf_varint(b, strlen(s));
	jc_buf_puts(b, s);
}

static int
put_section(struct answer *a, const struct jc_x_section *sec)
{
	int said = sec->status == JC_X_REFUSED || sec->status == JC_X_LATER, known;
	int64_t shared, cursor = sec->cursor;
	int rc;

	jc_carry_put_id(a->out, sec->id);
	jc_buf_varint(a->out, (uint64_t)sec->status);
	jc_buf_varint(a->out, sec->accepted);
	put_text(a->out, said ? sec->why.msg : "");
	if (sec->status == JC_X_NOT_YOURS) {
		for (int i = 0; i < ((sec->flags & JC_X_UPPER) ? 6 : 5); i++) /* no tips, notes, upper, cursor, more, commits */
			jc_buf_varint(a->out, 0);
		return 0;
	}
	if ((rc = jc_exchange_cut(a->node, &sec->s, a->err)) < 0 ||
	    (rc = jc_note_epoch_shared(a->node->log, a->x->epoch, &shared, a->err)) < 0)
		return rc;
	known = shared == INT64_MAX;
	if (cursor > shared)
		cursor = shared;
	if ((rc = put_tips(a, sec)) < 0 || (rc = put_notes(a, sec, cursor, !known)) < 0 ||
	    (rc = put_upper(a, sec)) < 0)
		return rc;
	if ((sec->flags & JC_X_NEWS) && a->x->room != 0)
		return put_news(a, sec, cursor);
	jc_buf_varint(a->out, (uint64_t)cursor);
	jc_buf_varint(a->out, 0);
	jc_buf_varint(a->out, 0);
	return 0;
}

static int
answer_put(struct answer *a)
{
	const struct jc_env *env = jc_db_env(a->node->db);
	int64_t now = env->wall_ms(env->ctx) / 1000;
	jc_id epoch;
	int rc = jc_note_epoch(a->node->log, epoch, a->err);

	if (rc < 0)
		return rc;
	jc_buf_put(a->out, "JX\0", 3);
	jc_carry_put_id(a->out, epoch);
	jc_buf_varint(a->out, now > 0 ? (uint64_t)now : 0);
	jc_buf_varint(a->out, a->x->nsections);
	for (size_t i = 0; rc >= 0 && i < a->x->nsections; i++)
		rc = put_section(a, &a->x->section[i]);
	return rc < 0 ? rc : jc_buf_check(a->out, "jc_exchange_answer", a->err);
}

int
jc_exchange_answer(struct jc_buf *out, struct jc_exchange *x, struct jc_node *writer, struct jc_err *err)
{
	struct answer a = {.x = x, .node = writer, .out = out, .err = err, .room = x->room};
	int rc, end;

	if ((rc = jc_db_begin(writer->db, err)) < 0)
		return rc;
	rc = answer_put(&a);
	end = jc_db_end(writer->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
