/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What an answer means. It is read whole before anything is believed: a page of a captive portal, an
 * answer for other scopes changes nothing; of one that broke off, what is whole is an answer. Then
 * facts (what the hub has taken, its tips, its notes, its epoch) are stored in one transaction, and each
 * scope's news in one of its own, together with the cursor that says so. A commit of the news that we cannot take is left out with all
 * that needs it, told in the report, and asked for again by the next version of the program.
 */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "reissue.h"
#include "session.h"
#include "sync_blob.h"
#include "sync_succession.h"

#define NEWS_INFLATE (64 << 20)
#define STALE_WIDEN 2
#define STALE_MAX 4
#define TRAYED_MAX 16 /* refused for good, one after the other: then the hub is not to be understood today */

struct got {
	struct jc_s_scope *sc;
	uint64_t status, accepted;
	struct jc_slice said;
	struct jc_rd tips, notes, upper, news;
	uint64_t ntips, nnotes, nupper, nnews;
	int all;                   /* the hub's notes are all there, not only those that moved */
	int64_t cursor;
	int more;
	int waits, older;          /* a note is signed by a key that is not known; by one that was replaced */
	int broke_off;             /* the answer ends within its news: they are in `whole` */
	struct jc_carry_whole whole;
};

struct take {
	struct jc_session *s;
	struct jc_err *err;
	jc_id epoch;
	int64_t clock;
	struct got *got;
	size_t n;
	int part;                  /* an answer that broke off: what is whole of it */
	int moved;                 /* it brought something */
	int restored;              /* another epoch than before */
};

/* ---- reading ---- */

static int
not_hub(struct jc_err *err)
{
	return jc_err_set(err, JC_ENETWORK, "jc_session_take", "%s",
	    JC_T("这不是县里的服务器，可能需要先在浏览器里登录网络",
	        "This is not the county's server; you may have to log in to the network in a browser first"));
}

static int
malformed(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_session_take", "%s",
	    JC_T("上级的回答不完整，请再试一次", "The hub's answer is incomplete; please try again"));
}

/* These step over a list and keep where it stood. */
static int
tips_read(struct got *g, struct jc_rd *r)
{
	g->ntips = jc_rd_varint(r);
	g->tips = *r;
	if (r->bad || g->ntips > jc_rd_left(r))
		return JC_EFORMAT;
	for (uint64_t i = 0; i < g->ntips; i++)
		if (jc_rd_varint(r) >= JC_TIERS || jc_rd_bytes(r, JC_H16) == NULL)
			return JC_EFORMAT;
	return 0;
}

static int
notes_read(struct got *g, struct jc_rd *r, struct jc_note *scratch)
{
	uint64_t n = jc_rd_varint(r);

	g->all = g->sc->asked_notes;
	if (g->sc->asked_mark && n != 0) {
		g->all = 1;
		n--;
	}
	g->nnotes = n;
	g->notes = *r;
	if (r->bad || n > JC_TIERS)
		return JC_EFORMAT;
	for (uint64_t i = 0; i < n; i++)
		if (jc_carry_get_note(scratch, r) < 0)
			return JC_EFORMAT;
	return 0;
}

/* Notes of hubs farther up, each after its hub's key and its epoch. */
static int
upper_read(struct got *g, struct jc_rd *r, struct jc_note *scratch)
{
	jc_id epoch;

	g->nupper = jc_rd_varint(r);
	g->upper = *r;
	if (r->bad || g->nupper > JC_RELAY_UPPER)
		return JC_EFORMAT;
	for (uint64_t i = 0; i < g->nupper; i++)
		if (jc_rd_bytes(r, JC_PK_LEN) == NULL || jc_carry_get_id(epoch, r) < 0 || jc_carry_get_note(scratch, r) < 0)
			return JC_EFORMAT;
	return 0;
}

/* The end of a section that holds the news; of an answer that broke off, as many commits as are whole. */
static int
news_read(struct take *t, struct got *g, struct jc_rd *r)
{
	struct jc_rd begin = *r;
	int rc = jc_carry_skip(r, g->nnews, 1, t->err);

	g->news = begin;
	g->news.end = r->p;
	if (rc >= 0 || !t->part)
		return rc < 0 ? malformed(t->err) : 0;
	g->broke_off = g->more = 1;
	rc = jc_carry_whole(&g->whole, &begin, g->nnews, 1, NEWS_INFLATE, t->err);
	g->nnews = g->whole.count;
	g->cursor = g->nnews != 0 ? g->whole.position : g->sc->cursor;
	return rc;
}

static int
section_read(struct take *t, struct got *g, struct jc_rd *r, struct jc_note *scratch)
{
	struct jc_err *err = t->err;
	uint64_t n, cursor, more;
	jc_id id;

	if (jc_carry_get_id(id, r) < 0 || strcmp(id, g->sc->s.id) != 0)
		return malformed(err);
	g->status = jc_rd_varint(r);
	g->accepted = jc_rd_varint(r);
	n = jc_rd_varint(r);
	if (r->bad || g->status > JC_X_NOT_YOURS || g->accepted > g->sc->nsent || n > 4096)
		return malformed(err);
	g->said.p = (const char *)jc_rd_bytes(r, (size_t)n);
	g->said.n = (size_t)n;
	if (g->said.p == NULL || !jc_utf8_ok(g->said.p, g->said.n) ||
	    tips_read(g, r) < 0 || notes_read(g, r, scratch) < 0)
		return malformed(err);
	if (g->sc->asked_upper && upper_read(g, r, scratch) < 0)
		return malformed(err);
	cursor = jc_rd_varint(r);
	more = jc_rd_varint(r);
	g->nnews = jc_rd_varint(r);
	if (r->bad || cursor > INT64_MAX || more > 1 || (!t->part && g->nnews > jc_rd_left(r)))
		return malformed(err);
	g->cursor = (int64_t)cursor;
	g->more = (int)more;
	return news_read(t, g, r);
}

/* The sections, in the order asked; of an answer that broke off, those whose facts are whole. */
static int
sections_read(struct take *t, struct jc_rd *r, struct jc_note *scratch)
{
	int rc = 0;

	for (size_t i = 0; i < t->s->nscopes; i++) {
		if (!t->s->scope[i].asked)
			continue;
		t->got[t->n].sc = &t->s->scope[i];
		if ((rc = section_read(t, &t->got[t->n], r, scratch)) < 0)
			return t->part ? 0 : rc;
		if (t->got[t->n++].broke_off)
			return 0;
	}
	return t->part || jc_rd_left(r) == 0 ? 0 : malformed(t->err);
}

static int
answer_read(struct take *t, const void *body, size_t n)
{
	struct jc_session *s = t->s;
	struct jc_note *scratch;
	const uint8_t *magic;
	uint64_t clock, count;
	struct jc_rd r;
	size_t asked = 0;
	int rc;

	jc_rd_init(&r, body, n);
	magic = jc_rd_bytes(&r, 3);
	if (magic == NULL || memcmp(magic, "JX\0", 3) != 0)
		return not_hub(t->err);
	for (size_t i = 0; i < s->nscopes; i++)
		asked += (size_t)s->scope[i].asked;
	if (jc_carry_get_id(t->epoch, &r) < 0)
		return malformed(t->err);
	clock = jc_rd_varint(&r);
	count = jc_rd_varint(&r);
	if (r.bad || clock > (UINT64_C(1) << 40) || count != asked)
		return malformed(t->err);
	t->clock = (int64_t)clock;
	if ((t->got = jc_calloc(asked + 1, sizeof(*t->got))) == NULL || (scratch = jc_alloc(sizeof(*scratch))) == NULL)
		return JC_NOMEM(t->err, "answer_read");
	rc = sections_read(t, &r, scratch);
	jc_free(scratch);
	return rc;
}

/* ---- facts ---- */

int
jc_session_notes_known(struct jc_session *s, struct jc_s_scope *sc, int *all, struct jc_err *err)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	int rc = 0;

	if (all != NULL)
		*all = 1;
	if (n == NULL)
		return JC_NOMEM(err, "jc_session_notes_known");
	for (int tier = JC_TIER_CITY; rc >= 0 && tier >= JC_TIER_COUNTY; tier--) {
		rc = jc_note_get(n, s->node->log, sc->s.no, (enum jc_tier)tier, s->peer.hub, err);
		if (rc == JC_ENOTFOUND || (rc == 0 && strcmp(n->epoch, s->peer.epoch) != 0)) {
			rc = 0; /* the hub has nothing there, or not any more */
			continue;
		}
		if (all != NULL && n->nheads == JC_NOTE_HEADS && *all > 0)
			*all = -1; /* there may be more than a note can name */
		for (size_t i = 0; rc >= 0 && i < n->nheads; i++)
			if ((rc = jc_pending_know_h16(&sc->p, n->head[i], err)) == 0 && all != NULL)
				*all = 0;
	}
	jc_free(n);
	return rc < 0 ? rc : 0;
}

static void
report_err(struct jc_session *s, int code, struct jc_slice said, const char *fallback)
{
	char text[400];
	size_t n = said.n < sizeof(text) ? said.n : sizeof(text) - 1;

	while (n < said.n && n > 0 && ((unsigned char)said.p[n] & 0xc0) == 0x80)
		n--;
	memcpy(text, said.p, n);
	text[n] = '\0';
	if (s->report.err.code == 0)
		(void)jc_err_set(&s->report.err, code, "jc_session", "%s", n != 0 ? text : fallback);
}

/* The hub's epoch changed: it forgot things, and so must we what we believed about it. */
static int
epoch_take(struct take *t)
{
	struct jc_session *s = t->s;

	if (strcmp(s->peer.epoch, t->epoch) == 0)
		return 0;
	t->restored = s->peer.epoch[0] != '\0';
	memcpy(s->peer.epoch, t->epoch, sizeof(s->peer.epoch));
	for (size_t i = 0; t->restored && i < s->nscopes; i++) {
		struct jc_s_scope *sc = &s->scope[i];

		if (sc->asked) /* its answer brings the cursor that counts now */
			continue;
		sc->cursor = 0;
		sc->more = !sc->denied;
		sc->told = 0;
		jc_pending_forget(&sc->p);
	}
	if (t->restored) {
		int rc = jc_peer_cursor(&s->peer, s->node, 0, 0, t->err);

		if (rc < 0 || (rc = jc_note_forget(s->node->log, s->peer.hub, t->epoch, t->err)) < 0 ||
		    (rc = jc_blob_forget(s->node, t->err)) < 0)
			return rc;
		s->report.hub_restored = 1;
	}
	return jc_peer_put(&s->peer, s->node, t->err);
}

static int
in_list(const struct jc_pending *p, int64_t no)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->no[i] == no)
			return 1;
	return 0;
}

/* The hub said what it has: which commits of the request that broke off have arrived? */
static int
lost_settle(struct take *t, struct jc_s_scope *sc)
{
	size_t n = sc->lost < sc->p.n ? sc->lost : sc->p.n;
	int64_t *before = NULL;
	int rc = 0;

	sc->lost = 0;
	if (n != 0) {
		if ((before = jc_alloc(n * sizeof(*before))) == NULL)
			return JC_NOMEM(t->err, "lost_settle");
		memcpy(before, sc->p.no, n * sizeof(*before));
	}
	sc->p.fresh = 0;
	if ((rc = jc_session_notes_known(t->s, sc, NULL, t->err)) >= 0)
		rc = jc_pending_make(&sc->p, sc->all ? 0 : t->s->device, t->err);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct jc_commit_row row;

		if (in_list(&sc->p, before[i]) || (rc = jc_log_commit(t->s->node->log, before[i], &row, t->err)) < 0)
			continue;
		t->s->report.commits_up++;
		t->s->report.ops_up += row.nops;
		t->moved = 1;
	}
	jc_free(before);
	return rc < 0 ? rc : 0;
}

/* A commit of ours was refused: it is issued again in smaller ones, or its one operation goes to the tray. */
static int
refused_take(struct take *t, struct got *g, const struct jc_commit_row *refused)
{
	struct jc_s_scope *sc = g->sc;
	int trayed, rc;

	if (refused->device != t->s->device) /* what we give back for others is not ours to worry about */
		return jc_pending_refuse(&sc->p, refused->no, t->err);
	if (sc->push != JC_PUSH_OWN) {
		report_err(t->s, JC_EPARTIAL, g->said, JC_T("上级退回了一部分内容", "The hub refused a part"));
		return jc_pending_refuse(&sc->p, refused->no, t->err);
	}
	if ((rc = jc_reissue(t->s->node, sc->s.no, refused->no, g->said, &trayed, t->err)) < 0)
		return rc;
	sc->p.fresh = 0;
	sc->p.n = 0;
	sc->trayed += trayed;
	if (trayed)
		report_err(t->s, JC_EPARTIAL, g->said, JC_T("上级退回了一部分内容", "The hub refused a part"));
	if (sc->trayed >= TRAYED_MAX)
		sc->later = 1;
	return 0;
}

static int
accepted_take(struct take *t, struct got *g)
{
	struct jc_s_scope *sc = g->sc;
	int64_t first_refused = g->accepted < sc->nsent ? sc->p.no[g->accepted] : 0;
	struct jc_commit_row refused;
	int rc;

	for (uint64_t i = 0; i < g->accepted; i++) {
		struct jc_commit_row row;

		if ((rc = jc_log_commit(t->s->node->log, sc->p.no[i], &row, t->err)) < 0 ||
		    (rc = jc_pending_know(&sc->p, &row, t->err)) < 0)
			return rc;
		t->s->report.commits_up++;
		t->s->report.ops_up += row.nops;
		t->moved = 1;
		sc->stale = sc->trayed = 0;
	}
	jc_pending_taken(&sc->p, (size_t)g->accepted);
	sc->nsent = 0;
	if (g->status != JC_X_REFUSED || first_refused == 0)
		return 0;
	t->moved = 1;
	if ((rc = jc_log_commit(t->s->node->log, first_refused, &refused, t->err)) < 0)
		return rc;
	return refused_take(t, g, &refused);
}

static int
tips_take(struct take *t, struct got *g)
{
	struct jc_rd r = g->tips;

	if (g->status != JC_X_STALE)
		return 0;
	jc_pending_forget(&g->sc->p);
	g->sc->stale++;
	for (uint64_t i = 0; i < g->ntips; i++) {
		const uint8_t *h;
		int rc;

		(void)jc_rd_varint(&r);
		h = jc_rd_bytes(&r, JC_H16);
		if ((rc = jc_pending_know_h16(&g->sc->p, h, t->err)) < 0)
			return rc;
	}
	return 0;
}

/* 1 when the note is older than the one we hold in the same epoch: the hub was put back unawares. */
static int
is_behind(struct jc_session *s, const struct jc_s_scope *sc, const struct jc_note *n)
{
	struct jc_note *have = jc_alloc(sizeof(*have));
	int yes = 0;

	if (have == NULL)
		return 0;
	if (jc_note_get(have, s->node->log, sc->s.no, n->tier, n->hub, NULL) == 0 && strcmp(have->epoch, n->epoch) == 0)
		yes = n->counter < have->counter || (n->counter == have->counter && (n->nheads != have->nheads ||
		    memcmp(n->head, have->head, n->nheads * JC_H16) != 0));
	jc_free(have);
	return yes;
}

/*
 * A hub that has replaced its key (FORMAT 23) signs with the new one, and says so in commits of the news, which are read
 * behind the notes: what no key signs that we know waits for them. By an older key than we know nothing is believed.
 */
static int
note_take(struct take *t, struct got *g, struct jc_note *n)
{
	struct jc_session *s = t->s;
	struct jc_s_scope *sc = g->sc;
	uint8_t pk[JC_PK_LEN];
	int rc, newest;

	memcpy(n->network, sc->s.network, sizeof(n->network));
	memcpy(n->scope, sc->s.id, sizeof(n->scope));
	memcpy(n->hub, s->peer.hub, sizeof(n->hub));
	memcpy(n->epoch, t->epoch, sizeof(n->epoch));
	if (n->tier == JC_TIER_BRANCH)
		return malformed(t->err);
	if ((rc = jc_note_signer(pk, &newest, s->node->log, n, t->err)) < 0)
		return rc;
	if (!newest) {
		g->waits = 1;
		g->older = rc;
		return 0;
	}
	if (is_behind(s, sc, n) && !s->proved) {
		sc->prove = 1;
		sc->prove_tier = n->tier;
		return 0;
	}
	if ((rc = jc_note_take(s->node->log, &sc->s, n, pk, t->err)) == 1)
		t->moved = 1;
	return rc < 0 ? rc : 0;
}

/* A hub that was put back unawares may have nothing left of a tier, and so no note to give it away: all its notes are
 * there, and one that we hold is not among them. */
static int
missing_check(struct take *t, const struct got *g, unsigned came)
{
	struct jc_session *s = t->s;
	struct jc_s_scope *sc = g->sc;
	struct jc_note *have;
	int rc = 0;

	if (t->restored || s->proved || (!g->all && g->status != JC_X_STALE))
		return 0;
	if ((have = jc_alloc(sizeof(*have))) == NULL)
		return JC_NOMEM(t->err, "missing_check");
	for (int tier = JC_TIER_CITY; !sc->prove && tier >= JC_TIER_COUNTY; tier--) {
		if (came >> tier & 1)
			continue;
		rc = jc_note_get(have, s->node->log, sc->s.no, (enum jc_tier)tier, s->peer.hub, t->err);
		if (rc < 0 && rc != JC_ENOTFOUND)
			break;
		if (rc == 0 && strcmp(have->epoch, t->epoch) == 0) {
			sc->prove = 1;
			sc->prove_tier = (enum jc_tier)tier;
		}
		rc = 0;
	}
	jc_free(have);
	return rc;
}

/* What hubs farther up have of ours: signed by them, handed down by our hub. */
static int
upper_take(struct take *t, struct got *g, struct jc_note *n)
{
	struct jc_session *s = t->s;
	struct jc_rd r = g->upper;
	uint8_t known[JC_PK_LEN];
	int rc = 0;

	for (uint64_t i = 0; rc >= 0 && i < g->nupper; i++) {
		const uint8_t *pk = jc_rd_bytes(&r, JC_PK_LEN);
		jc_id epoch;

		if (jc_carry_get_id(epoch, &r) < 0 || jc_carry_get_note(n, &r) < 0)
			return malformed(t->err);
		memcpy(n->network, g->sc->s.network, sizeof(n->network));
		memcpy(n->scope, g->sc->s.id, sizeof(n->scope));
		memcpy(n->epoch, epoch, sizeof(n->epoch));
		if ((rc = jc_keyring_owner(n->hub, s->node->log, pk, t->err)) < 0)
			return rc;
		if (n->tier != JC_TIER_CITY || strcmp(n->hub, s->peer.hub) == 0)
			return malformed(t->err);
		if (rc == 0 || !jc_note_ok(n, pk)) { /* replaced, or the succession has not come down yet */
			rc = 0;
			continue;
		}
		if ((rc = jc_keyring_newest(known, s->node->log, n->hub, NULL)) == JC_ENOTFOUND)
			rc = jc_device_add(s->node->log, pk, NULL, &(int64_t){0}, t->err);
		if (rc >= 0 && (rc = jc_note_take(s->node->log, &g->sc->s, n, pk, t->err)) == 1)
			t->moved = 1;
	}
	return rc < 0 ? rc : 0;
}

static int
notes_take(struct take *t, struct got *g, struct jc_note *scratch, unsigned *came)
{
	struct jc_rd r = g->notes;
	int rc;

	*came = 0;
	g->waits = g->older = 0;
	for (uint64_t i = 0; i < g->nnotes; i++) {
		if (jc_carry_get_note(scratch, &r) < 0 || (rc = note_take(t, g, scratch)) < 0)
			return rc < 0 ? rc : malformed(t->err);
		*came |= 1u << scratch->tier;
	}
	return 0;
}

static int
facts_take(struct take *t, struct got *g, struct jc_note *scratch)
{
	int rc, was_proof = g->sc->prove;
	unsigned came;

	if (g->status == JC_X_NOT_YOURS) {
		g->sc->denied = g->sc->greeted = 1;
		g->sc->more = 0;
		g->sc->lost = g->sc->nsent = 0;
		report_err(t->s, JC_EDENIED, (struct jc_slice){"", 0},
		    JC_T("上级不让这台电脑交换这个单位的内容，请与县里联系", "The hub does not exchange this scope with this PC; ask the hub"));
		return 0;
	}
	if (was_proof) {
		g->sc->prove = 0;
		t->s->proved = 1;
	}
	if (t->restored) {
		jc_pending_forget(&g->sc->p);
		g->sc->told = 0;
		t->moved = 1;
	}
	if (g->status == JC_X_TAKEN)
		g->sc->stale = 0;
	if (g->status == JC_X_LATER) {
		g->sc->later = 1;
		report_err(t->s, JC_EBUSY, g->said, JC_T("上级请稍后再报", "The hub asks to send later"));
	}
	if ((rc = tips_take(t, g)) < 0)
		return rc;
	if ((rc = notes_take(t, g, scratch, &came)) < 0 || (rc = missing_check(t, g, came)) < 0)
		return rc;
	if (g->nupper != 0 && (rc = upper_take(t, g, scratch)) < 0)
		return rc;
	if (!g->waits && (g->nnotes != 0 || !t->restored))
		g->sc->told = 1;
	rc = jc_session_notes_known(t->s, g->sc, NULL, t->err);
	return rc >= 0 && g->sc->lost != 0 ? lost_settle(t, g->sc) : rc;
}

static int
facts_all(struct take *t)
{
	struct jc_note *scratch = jc_alloc(sizeof(*scratch));
	int rc, end;

	if (scratch == NULL)
		return JC_NOMEM(t->err, "facts_all");
	if ((rc = jc_db_begin(t->s->node->db, t->err)) < 0)
		goto out;
	rc = epoch_take(t);
	for (size_t i = 0; rc >= 0 && i < t->n; i++) {
		if (t->got[i].status != JC_X_NOT_YOURS)
			rc = accepted_take(t, &t->got[i]);
		if (rc >= 0)
			rc = facts_take(t, &t->got[i], scratch);
	}
	end = jc_db_end(t->s->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
	rc = rc < 0 ? rc : end;
out:
	jc_free(scratch);
	return rc;
}

/* ---- news ---- */

static int
item_admit(struct take *t, struct got *g, struct jc_carry_item *item, size_t *left_out)
{
	struct jc_session *s = t->s;
	struct jc_commit_row row;
	struct jc_err why = {0};
	int64_t no;
	int rc, fresh;

	if (item->skip)
		return 0;
	rc = jc_intake_admit(s->node, &g->sc->s, &item->it, "", &no, &fresh, &why);
	if (rc < 0) {
		if (jc_intake_refused(rc)) {
			(*left_out)++;
			report_err(s, JC_EPARTIAL, (struct jc_slice){why.msg, strlen(why.msg)}, "");
			return 0;
		}
		item->skip = rc == JC_ECORRUPT;
		if (t->err != NULL)
			*t->err = why;
		return rc;
	}
	if (!fresh)
		return 0;
	if ((rc = jc_log_commit(s->node->log, no, &row, t->err)) < 0)
		return rc;
	s->report.commits_down++;
	s->report.ops_down += row.nops;
	return 0;
}

/* One try: everything that can be taken, and the cursor. */
static int
news_store(struct take *t, struct got *g, struct jc_carry_in *in)
{
	struct jc_session *s = t->s;
	struct jc_session_report before = s->report;
	size_t left_out = in->dropped;
	int rc, end;

	if ((rc = jc_db_begin(s->node->db, t->err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < in->n; i++)
		rc = item_admit(t, g, &in->item[i], &left_out);
	if (rc >= 0)
		rc = jc_peer_cursor(&s->peer, s->node, g->sc->s.no, g->cursor, t->err);
	if (rc >= 0 && left_out != 0)
		rc = jc_peer_hole_set(s->node, g->sc->s.id, JC_SCHEMA_VERSION, t->err);
	end = jc_db_end(s->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
	rc = rc < 0 ? rc : end;
	if (rc < 0)
		s->report = before;
	return rc;
}

/*
 * The news rests on commits that are not here, though the hub takes them for known: places in it were given out anew
 * after it was put back unawares. All of it is asked for again; what rests on nothing even then is beyond this program.
 */
static int
cursor_lies(struct take *t, const struct got *g, const struct jc_carry_in *in, int *lies)
{
	int64_t hole;
	int rc;

	*lies = 0;
	if (in->stop != JC_ESTALE || g->sc->cursor == 0 || g->sc->again)
		return 0;
	rc = jc_peer_hole(t->s->node, g->sc->s.id, &hole, t->err);
	*lies = rc >= 0 && hole == 0;
	return rc < 0 ? rc : 0;
}

static int
news_take(struct take *t, struct got *g)
{
	struct jc_session *s = t->s;
	int64_t budget = NEWS_INFLATE;
	struct jc_carry_in in = {.node = s->node, .s = &g->sc->s, .budget = &budget, .go_on = 1, .steps = 1};
	int rc, lies;

	if (g->status == JC_X_NOT_YOURS || (!g->sc->asked_news && !t->restored))
		return 0;
	if (g->broke_off && t->restored && g->nnews == 0)
		g->cursor = 0; /* where the hub would begin stands nowhere else */
	g->sc->greeted = g->sc->asked_news;
	if (g->nnews == 0 && g->cursor == g->sc->cursor) {
		g->sc->more = g->more;
		return 0;
	}
	if ((rc = jc_carry_know(&in, s->peer.hub, s->peer.key, t->err)) < 0 ||
	    (rc = g->broke_off ? jc_carry_read_whole(&in, &g->whole, t->err)
	                       : jc_carry_read(&in, &g->news, g->nnews, t->err)) < 0)
		goto out;
	if ((rc = cursor_lies(t, g, &in, &lies)) < 0)
		goto out;
	if (lies) {
		g->cursor = 0;
		g->more = g->sc->again = 1;
		in.dropped = 0; /* they come again */
	} else if (in.stop != 0) {
		report_err(s, JC_EPARTIAL, (struct jc_slice){in.why.msg, strlen(in.why.msg)}, "");
	}
	for (size_t tries = 0; tries <= in.n; tries++)
		if ((rc = news_store(t, g, &in)) != JC_ECORRUPT)
			break;
	if (rc < 0)
		goto out;
	g->sc->cursor = g->cursor;
	g->sc->more = g->more;
	g->sc->p.fresh = 0; /* our own lost commits may have come back, or known heads have arrived */
	t->moved = 1;
	rc = jc_session_notes_known(s, g->sc, NULL, t->err);
out:
	jc_carry_in_free(&in);
	return rc < 0 ? rc : 0;
}

/* ---- notes that waited ---- */

/* The news may have told of the key that signed them. By one that we know to be replaced nothing is believed: the hub
 * was put back with a former key file, which it is told (FORMAT 23). */
static int
waiting_take(struct take *t, struct got *g, struct jc_note *scratch)
{
	unsigned came;
	int rc = notes_take(t, g, scratch, &came);

	if (rc < 0)
		return rc;
	if (!g->waits) {
		g->sc->told = 1;
		return jc_session_notes_known(t->s, g->sc, NULL, t->err);
	}
	if (g->older) {
		g->sc->later = t->s->report.older_key = 1;
		report_err(t->s, JC_ESTATE, (struct jc_slice){"", 0},
		    JC_T("县里的服务器用的是换下来的旧密钥，回执没有采用；请告诉县里把换密钥以后备份的 device.key 放回去",
		        "The hub signs with a key that it had replaced, so its receipts were not taken; tell it to put back the device.key"
		        " that was copied after the key was replaced"));
		return 0;
	}
	if (g->sc->more || !g->sc->asked_news) /* the key may still come */
		return 0;
	return jc_err_set(t->err, JC_ESIGNATURE, "jc_session_take", "%s",
	    JC_T("回执的签名不对", "A receipt's signature does not fit"));
}

static int
waiting_all(struct take *t)
{
	struct jc_note *scratch;
	size_t i = 0;
	int rc, end;

	while (i < t->n && !t->got[i].waits)
		i++;
	if (i == t->n)
		return 0;
	if ((scratch = jc_alloc(sizeof(*scratch))) == NULL)
		return JC_NOMEM(t->err, "waiting_all");
	if ((rc = jc_db_begin(t->s->node->db, t->err)) >= 0) {
		for (; rc >= 0 && i < t->n; i++)
			if (t->got[i].waits)
				rc = waiting_take(t, &t->got[i], scratch);
		end = jc_db_end(t->s->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_free(scratch);
	return rc;
}

/* ---- what next ---- */

/* All news is here, and yet the hub's note names heads that are not: the cursor lies. Once a session all
 * news is asked for again, unless it is known that this program cannot take some of it. */
static int
unknown_heads(struct jc_session *s, struct jc_s_scope *sc, struct jc_err *err)
{
	int64_t hole;
	int rc;

	if ((rc = jc_peer_hole(s->node, sc->s.id, &hole, err)) < 0 || hole != 0 || sc->again)
		return rc < 0 ? rc : 0;
	sc->again = sc->more = 1;
	sc->cursor = 0;
	return 0;
}

/* When both sides should have the same, has the hub's note all our tips? */
static int
lost_check(struct jc_session *s, struct jc_s_scope *sc, int *lost, struct jc_err *err)
{
	int all, rc;

	if (sc->denied || sc->later || sc->more || !sc->told)
		return 0;
	if ((rc = jc_session_notes_known(s, sc, &all, err)) < 0)
		return rc;
	if (all <= 0)
		return all < 0 ? 0 : unknown_heads(s, sc, err);
	sc->p.fresh = 0;
	if ((rc = jc_pending_make(&sc->p, 0, err)) < 0)
		return rc;
	if (sc->p.n != 0) {
		sc->all = 1;
		*lost = 1;
	}
	return 0;
}

/* Joined a moment ago: now that the enrolment is here, what was saved before can go. */
static int
may_begin(struct jc_session *s, const struct jc_s_scope *sc)
{
	int64_t no, drafts;
	uint8_t pk[JC_PK_LEN];
	char state[12];

	return sc->push && !sc->ready && !sc->denied &&
	    jc_device_find(s->node->log, jc_log_key(s->node->log)->id, &no, pk, NULL) == 0 &&
	    jc_device_standing(s->node->log, sc->s.no, no, state, NULL) == 0 && strcmp(state, "enrolled") == 0 &&
	    jc_log_drafts(s->node->log, sc->s.no, &drafts, NULL) == 0 && drafts != 0;
}

struct outlook {
	int stale, behind, more, lost, given_up;
};

static int
outlook_of(struct jc_session *s, struct jc_s_scope *sc, struct outlook *o, struct jc_err *err)
{
	int64_t drafts = 0; /* that no request had room for, or that were saved meanwhile */
	int rc;

	o->behind |= sc->prove;
	o->stale |= sc->stale != 0;
	if (sc->stale > STALE_WIDEN)
		sc->all = 1; /* what is missing may be somebody else's */
	o->given_up |= sc->stale > STALE_MAX || (sc->push == JC_PUSH_OWN && (sc->denied || sc->later));
	o->more |= sc->more || (!sc->greeted && !sc->denied);
	if (sc->denied || sc->later || (!sc->all && !(sc->push && sc->ready)))
		return 0;
	if ((rc = jc_pending_make(&sc->p, sc->all ? 0 : s->device, err)) < 0)
		return rc;
	if (sc->p.n == 0 && sc->push && sc->ready && (rc = jc_log_drafts(s->node->log, sc->s.no, &drafts, err)) < 0)
		return rc;
	o->more |= sc->p.n != 0 || drafts != 0;
	return 0;
}

static int
next_event(struct take *t, enum jc_s_event *event)
{
	struct jc_session *s = t->s;
	struct outlook o = {0};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < s->nscopes; i++)
		rc = outlook_of(s, &s->scope[i], &o, t->err);
	for (size_t i = 0; rc >= 0 && !o.stale && !o.behind && !o.more && i < s->nscopes; i++)
		o.more = s->scope[i].more = may_begin(s, &s->scope[i]);
	for (size_t i = 0; rc >= 0 && !o.stale && !o.behind && !o.more && i < s->nscopes; i++)
		rc = lost_check(s, &s->scope[i], &o.lost, t->err);
	for (size_t i = 0; rc >= 0 && i < s->nscopes; i++)
		o.more |= s->scope[i].more;
	if (rc < 0)
		return rc;
	*event = o.behind ? JC_E_BEHIND : o.stale ? JC_E_STALE : o.more ? JC_E_MORE : o.lost ? JC_E_LOST : JC_E_QUIET;
	if (o.given_up && (*event == JC_E_QUIET || o.stale)) {
		if (s->report.err.code == 0)
			(void)jc_err_set(&s->report.err, JC_ESTALE, "jc_session", "%s",
			    JC_T("与上级对不上，内容都已存在本机，请稍后再试",
			        "No agreement with the hub; everything is kept here, try again later"));
		*event = JC_E_BROKEN;
	}
	return 0;
}

/* Reads, stores facts, then news. */
static int
answer_take(struct take *t, const void *body, size_t n)
{
	struct jc_session *s = t->s;
	const struct jc_env *env = jc_db_env(s->node->db);
	int rc;

	if ((rc = answer_read(t, body, n)) < 0 || (rc = facts_all(t)) < 0)
		return rc;
	s->report.skew = t->clock - env->wall_ms(env->ctx) / 1000;
	s->heard = 1;
	for (size_t i = 0; rc >= 0 && i < t->n; i++)
		rc = news_take(t, &t->got[i]);
	return rc < 0 || t->part ? rc : waiting_all(t);
}

static void
take_free(struct take *t)
{
	for (size_t i = 0; t->got != NULL && i <= t->n && i < t->s->nscopes; i++)
		jc_buf_free(&t->got[i].whole.bytes);
	jc_free(t->got);
}

int
jc_session_take(struct jc_session *s, const void *body, size_t n, enum jc_s_event *event, struct jc_err *err)
{
	struct take t = {.s = s, .err = err};
	int rc = answer_take(&t, body, n);

	if (rc >= 0 && (rc = next_event(&t, event)) >= 0)
		rc = t.moved;
	take_free(&t);
	return rc;
}

int
jc_session_take_part(struct jc_session *s, const void *body, size_t n, struct jc_err *err)
{
	struct take t = {.s = s, .err = err, .part = 1};
	int rc = answer_take(&t, body, n);

	take_free(&t);
	return rc < 0 ? rc : t.moved;
}
