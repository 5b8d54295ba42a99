/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What to fetch from a mailbox, what to put there. Both are decided anew at every visit from two lists of refs, the
 * mailbox's and ours: nothing is remembered, so a mailbox may be lost, copied, put back or shared by anybody,
 * and visits may break off anywhere. Ours move forward only; a chain that the mailbox has and we do not is left alone.
 */
#include "sync_mailbox.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "sync_exchange.h"
#include "sync_git.h"
#include "sync_intake.h"
#include "sync_note.h"
#include "sync_session.h"

#define WHERE "jc_mail"
#define REFS_MAX 8192u
#define GIVE_MAX 512u
#define NOTE_MAX 65536u
#define CHAINS "refs/chains/"
#define NOTES "refs/jiceng/notes/"

static int
list_add(struct jc_mail_list *l, const char *name, const struct jc_oid *oid, struct jc_err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? l->cap * 2 : 16;
		struct jc_mail_ref *v = jc_realloc(l->v, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, WHERE);
		l->v = v;
		l->cap = cap;
	}
	memset(&l->v[l->n], 0, sizeof(l->v[0]));
	snprintf(l->v[l->n].name, sizeof(l->v[0].name), "%s", name);
	l->v[l->n++].oid = *oid;
	return 0;
}

int
jc_mail_begin(struct jc_mail *m, struct jc_node *node, int64_t scope, struct jc_err *err)
{
	m->node = node;
	jc_buf_init(&m->pack, JC_MAIL_PACK);
	return jc_scope_get(&m->s, node->log, scope, err);
}

void
jc_mail_forget(struct jc_mail *m)
{
	m->there.n = m->want.n = m->have.n = m->notes.n = m->give.n = 0;
	jc_buf_reset(&m->pack);
}

void
jc_mail_end(struct jc_mail *m)
{
	struct jc_mail_list *all[] = {&m->there, &m->want, &m->have, &m->notes, &m->give};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		jc_free(all[i]->v);
	jc_buf_free(&m->pack);
}

/* ---- what lies there ---- */

/* `<prefix><tier>/<id>` and, of a chain, `/<id>`; the tier branch is not for mailboxes. */
static int
name_ok(const char *name, size_t n, const char *prefix, int chain)
{
	size_t at = strlen(prefix), ids = JC_ID_LEN + (chain ? 1 + (size_t)JC_ID_LEN : 0);
	const char *slash;
	enum jc_tier tier;

	if (n >= JC_MAIL_NAME || n < at || memcmp(name, prefix, at) != 0 || (slash = memchr(name + at, '/', n - at)) == NULL ||
	    jc_tier_parse(&tier, name + at, (size_t)(slash - name) - at) < 0 || tier == JC_TIER_BRANCH)
		return 0;
	return (size_t)(name + n - slash) == 1 + ids && jc_id_ok(slash + 1, JC_ID_LEN) &&
	    (!chain || (slash[1 + JC_ID_LEN] == '/' && jc_id_ok(slash + 2 + JC_ID_LEN, JC_ID_LEN)));
}

int
jc_mail_there(struct jc_mail *m, struct jc_slice name, const struct jc_oid *oid, struct jc_err *err)
{
	char text[JC_MAIL_NAME];

	if (!name_ok(name.p, name.n, CHAINS, 1) && !name_ok(name.p, name.n, NOTES, 0))
		return 0;
	if (m->there.n == REFS_MAX)
		return jc_err_set(err, JC_ELIMIT, WHERE, "%s",
		    JC_T("信箱里的引用太多，请换一个新的信箱", "There are too many refs in the mailbox; use a new one"));
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return list_add(&m->there, text, oid, err);
}

static int
is_note(const struct jc_mail_ref *r)
{
	return strncmp(r->name, NOTES, sizeof(NOTES) - 1) == 0;
}

/* Number of the commit with this address; 0: not here. */
static int
commit_no(struct jc_mail *m, const struct jc_oid *oid, int64_t *no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, m->node->db, "SELECT no FROM log_commit WHERE scope = :scope AND oid = :oid", err);

	*no = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", m->s.no);
	jc_bind_blob(st, ":oid", oid->b, JC_OID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*no = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

struct ours {
	struct jc_mail *m;
	struct jc_mail_list *list;
	struct jc_tip *tip;          /* of each, NULL: not wanted */
	struct jc_err *err;
};

static int
tip_add(void *arg, const struct jc_tip *tip)
{
	struct ours *o = arg;
	struct jc_commit_row row;
	struct jc_tip *v;
	int rc = jc_log_commit(o->m->node->log, tip->commit_no, &row, o->err);

	if (rc < 0 || (rc = list_add(o->list, tip->name, &row.oid, o->err)) < 0)
		return rc;
	if ((v = jc_realloc(o->tip, o->list->n * sizeof(*v))) == NULL)
		return JC_NOMEM(o->err, WHERE);
	o->tip = v;
	v[o->list->n - 1] = *tip;
	return 0;
}

/* Our chains of the tiers that travel. *tip freed by the caller, also after an error. */
static int
ours(struct jc_mail *m, struct jc_mail_list *list, struct jc_tip **tip, struct jc_err *err)
{
	struct ours o = {.m = m, .list = list, .err = err};
	int rc = 0;

	for (int tier = JC_TIER_COUNTY; rc >= 0 && tier <= JC_TIER_CITY; tier++)
		rc = jc_log_tips(m->node->log, m->s.no, tier, 0, tip_add, &o, err);
	*tip = o.tip;
	return rc;
}

/* The bytes of a receipt: its text, and the signature as ssh-keygen writes it. */
static int
note_bytes(struct jc_buf *out, const struct jc_note *n, const uint8_t pk[JC_PK_LEN], struct jc_err *err)
{
	jc_note_text(out, n);
	jc_sign_armor(out, pk, "jiceng-note", n->sig);
	return jc_buf_check(out, WHERE, err);
}

static int
note_name(char name[JC_MAIL_NAME], enum jc_tier tier, const char *hub)
{
	return snprintf(name, JC_MAIL_NAME, NOTES "%s/%s", jc_tier_word(tier), hub);
}

/* The receipts of our hub that lie there and are not the ones that we hold. */
static int
notes_look(struct jc_mail *m, struct jc_err *err)
{
	struct jc_note *have;
	struct jc_peer peer;
	struct jc_buf body;
	int rc = jc_peer_get(&peer, m->node, err);

	if (rc < 0) /* a hub at the top gets none */
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((have = jc_alloc(sizeof(*have))) == NULL)
		return JC_NOMEM(err, WHERE);
	jc_buf_init(&body, NOTE_MAX);
	for (int tier = JC_TIER_COUNTY; rc >= 0 && tier <= JC_TIER_CITY; tier++) {
		char name[JC_MAIL_NAME];
		struct jc_oid oid = {{0}};

		note_name(name, (enum jc_tier)tier, peer.hub);
		jc_buf_reset(&body);
		rc = jc_note_get(have, m->node->log, m->s.no, (enum jc_tier)tier, peer.hub, err);
		if (rc == 0 && (rc = note_bytes(&body, have, peer.key, err)) == 0)
			jc_oid_of(&oid, JC_OBJ_BLOB, body.data, body.len);
		if (rc == JC_ENOTFOUND)
			rc = 0;
		for (size_t i = 0; rc >= 0 && i < m->there.n; i++)
			if (strcmp(m->there.v[i].name, name) == 0 && jc_oid_cmp(&m->there.v[i].oid, &oid) != 0)
				rc = list_add(&m->notes, name, &m->there.v[i].oid, err);
	}
	jc_buf_free(&body);
	jc_free(have);
	return rc;
}

int
jc_mail_look(struct jc_mail *m, struct jc_err *err)
{
	struct jc_tip *tip;
	int64_t no;
	int rc = ours(m, &m->have, &tip, err);

	jc_free(tip);
	for (size_t i = 0; rc >= 0 && i < m->there.n; i++) {
		const struct jc_mail_ref *r = &m->there.v[i];

		if (!is_note(r) && (rc = commit_no(m, &r->oid, &no, err)) >= 0 && no == 0)
			rc = list_add(&m->want, r->name, &r->oid, err);
	}
	return rc < 0 ? rc : notes_look(m, err);
}

/* ---- taking ---- */

static int
item_admit(struct jc_mail *m, struct jc_intake_item *it, int *spoilt, struct jc_err *err)
{
	struct jc_commit_row row;
	struct jc_err why = {0};
	int64_t no;
	int rc, fresh;

	if (it->c.tier == JC_TIER_BRANCH)
		rc = jc_err_code(&why, JC_EDENIED, WHERE);
	else
		rc = jc_intake_admit(m->node, &m->s, it, "", &no, &fresh, &why);
	if (rc < 0 && jc_intake_refused(rc)) {
		if (m->refused.code == 0)
			m->refused = why;
		return 0;
	}
	if (rc < 0) {
		*spoilt |= rc == JC_ECORRUPT;
		if (err != NULL)
			*err = why;
		return rc;
	}
	if (!fresh)
		return 0;
	if ((rc = jc_log_commit(m->node->log, no, &row, err)) < 0)
		return rc;
	m->commits_in++;
	m->ops_in += row.nops;
	return 0;
}

/* One try. A commit that can be admitted but not projected spoils it, and is left out of the next. */
static int
items_admit(struct jc_mail *m, struct jc_intake_item *item, size_t n, uint8_t *out, int *spoilt, struct jc_err *err)
{
	int64_t commits = m->commits_in, ops = m->ops_in;
	int rc, end;

	*spoilt = 0;
	if ((rc = jc_db_begin(m->node->db, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < n; i++)
		if (!out[i] && (rc = item_admit(m, &item[i], spoilt, err)) < 0 && *spoilt)
			out[i] = 1;
	end = jc_db_end(m->node->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc < 0 || end < 0) {
		m->commits_in = commits;
		m->ops_in = ops;
	}
	return rc < 0 ? rc : end;
}

/* An object that a stock server left out, because what we said we have holds it too. */
static int
stored(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err)
{
	struct jc_mail *m = arg;
	int t = 0, rc = jc_log_object(m->node->log, m->s.no, oid, &t, body, err);

	*type = (enum jc_objtype)t;
	return rc == JC_ENOTFOUND ? 0 : rc < 0 ? rc : 1;
}

int
jc_mail_take(struct jc_mail *m, const void *pack, size_t n, struct jc_err *err)
{
	struct jc_pack_budget budget = JC_PACK_BUDGET;
	struct jc_intake_item *item;
	size_t count;
	uint8_t *out;
	int rc, spoilt = 1;

	budget.pack = JC_MAIL_PACK;
	budget.total = 8 * (size_t)JC_MAIL_PACK;
	budget.objects = 1u << 20;
	if ((rc = jc_intake_pack_within(&item, &count, pack, n, &budget, stored, m, err)) < 0)
		return rc;
	if ((out = jc_calloc(count + 1, 1)) == NULL)
		rc = JC_NOMEM(err, WHERE);
	for (size_t tries = 0; rc >= 0 && spoilt && tries <= count; tries++) {
		rc = items_admit(m, item, count, out, &spoilt, err);
		if (rc < 0 && spoilt)
			rc = 0;
	}
	for (size_t i = 0; i < count; i++)
		jc_intake_item_free(&item[i]);
	jc_free(item);
	jc_free(out);
	return rc;
}

struct notes_in {
	struct jc_mail *m;
	struct jc_peer peer;
	struct jc_note note;
};

/* One blob: a receipt of our hub for this scope, byte for byte, or nothing. */
static int
note_take(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	static const char armor[] = "-----BEGIN SSH SIGNATURE-----"; /* not in a receipt's text: its lines are fixed */
	struct notes_in *in = arg;
	struct jc_note *n = &in->note;
	uint8_t pk[JC_PK_LEN];
	const char *sig;
	int rc;

	if (o->type != JC_OBJ_BLOB || o->body.data == NULL ||
	    strlen(o->body.data) != o->body.len || (sig = strstr(o->body.data, armor)) == NULL ||
	    jc_note_read(n, (struct jc_slice){o->body.data, (size_t)(sig - o->body.data)}) < 0 ||
	    jc_sign_dearmor(pk, n->sig, "jiceng-note", sig, o->body.len - (size_t)(sig - o->body.data), NULL) < 0 ||
	    memcmp(pk, in->peer.key, JC_PK_LEN) != 0 || strcmp(n->hub, in->peer.hub) != 0 ||
	    strcmp(n->scope, in->m->s.id) != 0 || strcmp(n->network, in->m->s.network) != 0 ||
	    strcmp(n->epoch, in->peer.epoch) != 0)
		return 0;
	rc = jc_note_take(in->m->node->log, &in->m->s, n, pk, err);
	if (rc == 1)
		in->m->notes_in++;
	return rc == JC_ESIGNATURE ? 0 : rc < 0 ? rc : 0;
}

int
jc_mail_take_notes(struct jc_mail *m, const void *pack, size_t n, struct jc_err *err)
{
	struct jc_pack_budget budget = JC_PACK_BUDGET;
	struct notes_in *in = jc_calloc(1, sizeof(*in));
	struct jc_pack_sink sink = {.object = note_take, .arg = in};
	int rc, end;

	if (in == NULL)
		return JC_NOMEM(err, WHERE);
	in->m = m;
	budget.object = NOTE_MAX;
	if ((rc = jc_peer_get(&in->peer, m->node, err)) >= 0 && (rc = jc_db_begin(m->node->db, err)) >= 0) {
		rc = jc_pack_read(pack, n, &budget, &sink, err);
		end = jc_db_end(m->node->db, rc >= 0, rc >= 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_free(in);
	return rc;
}

/* ---- giving ---- */

static const struct jc_mail_ref *
there_named(const struct jc_mail *m, const char *name)
{
	for (size_t i = 0; i < m->there.n; i++)
		if (strcmp(m->there.v[i].name, name) == 0)
			return &m->there.v[i];
	return NULL;
}

/* Is a ref that lies there an earlier place of this chain? *exact: it is the very place. */
static int
earlier(struct jc_mail *m, const struct jc_mail_ref *r, const struct jc_mail_ref *our, const struct jc_tip *tip, int *exact,
    struct jc_err *err)
{
	size_t prefix = (size_t)(strrchr(our->name, '/') - our->name) + 1;
	int64_t no;
	int rc;

	*exact = jc_oid_cmp(&r->oid, &our->oid) == 0;
	if (*exact || strncmp(r->name, our->name, prefix) != 0)
		return 0;
	if ((rc = commit_no(m, &r->oid, &no, err)) < 0 || no == 0)
		return rc;
	return jc_log_reaches(m->node->log, tip->commit_no, no, err);
}

/* What the mailbox lacks of one of our chains: nothing, the way forward of a ref, or a ref. */
static int
chain_give(struct jc_mail *m, const struct jc_mail_ref *our, const struct jc_tip *tip, uint8_t *used, struct jc_err *err)
{
	struct jc_mail_ref give = *our;
	int rc = 0, exact;

	for (size_t i = 0; i < m->there.n; i++) {
		const struct jc_mail_ref *r = &m->there.v[i];

		if (used[i] || (rc = earlier(m, r, our, tip, &exact, err)) < 0)
			continue;
		if (exact)
			return 0;
		if (rc == 1) {
			used[i] = 1;
			memcpy(give.name, r->name, sizeof(give.name));
			give.old = r->oid;
			break;
		}
	}
	if (rc < 0)
		return rc;
	if (jc_oid_is_null(&give.old) && there_named(m, give.name) != NULL) { /* a fork that got its name elsewhere */
		jc_id other;

		jc_id_from_hash(other, tip->hash);
		memcpy(strrchr(give.name, '/') + 1, other, JC_ID_LEN);
		if (there_named(m, give.name) != NULL)
			return 0;
	}
	if (m->give.n == GIVE_MAX)
		return 0; /* the next visit goes on */
	if ((rc = list_add(&m->give, give.name, &give.oid, err)) == 0)
		m->give.v[m->give.n - 1].old = give.old;
	return rc;
}

/* The objects of what is given: what a stock client would get that asked for them and has what lies there. */
static int
pack_make(struct jc_mail *m, struct jc_err *err)
{
	struct jc_mail_list known = {NULL, 0, 0};
	struct jc_buf ask, answer;
	struct jc_slice pack;
	int64_t no, objects = 0;
	int rc = 0;

	jc_buf_init(&ask, 8u << 20);
	jc_buf_init(&answer, JC_MAIL_PACK);
	for (size_t i = 0; rc >= 0 && i < m->there.n; i++)
		if (!is_note(&m->there.v[i]) && (rc = commit_no(m, &m->there.v[i].oid, &no, err)) >= 0 && no != 0)
			rc = list_add(&known, m->there.v[i].name, &m->there.v[i].oid, err);
	if (rc >= 0) {
		jc_mail_git_request(&ask, &m->give, &known);
		if ((rc = jc_buf_check(&ask, WHERE, err)) >= 0 &&
		    (rc = jc_upload_pack(&answer, m->node, &m->s, ask.data, ask.len, &objects, err)) >= 0 &&
		    (rc = jc_mail_git_pack(&pack, answer.data, answer.len, err)) >= 0) {
			jc_buf_slice(&m->pack, pack);
			rc = jc_buf_check(&m->pack, WHERE, err);
		}
	}
	m->packed = objects / 3; /* a commit, its tree, its operations */
	jc_buf_free(&ask);
	jc_buf_free(&answer);
	jc_free(known.v);
	return rc;
}

/* Where our enrolment is in the log our drafts become commits; a hub's own are cut as for any other caller. */
static int
drafts_cut(struct jc_mail *m, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(m->node->log);
	int64_t device, made;
	char state[12] = "";
	int rc;

	if (key == NULL || !m->s.mine || !m->s.joined)
		return 0;
	if ((rc = jc_device_find(m->node->log, key->id, &device, (uint8_t[JC_PK_LEN]){0}, err)) == 0)
		rc = jc_device_standing(m->node->log, m->s.no, device, state, err);
	if (rc < 0 || strcmp(state, "enrolled") != 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	return jc_cut(m->node->log, m->s.no, 0, &made, err);
}

int
jc_mail_give(struct jc_mail *m, struct jc_err *err)
{
	struct jc_mail_list list = {NULL, 0, 0};
	struct jc_tip *tip = NULL;
	uint8_t *used = jc_calloc(m->there.n + 1, 1);
	int rc = used == NULL ? JC_NOMEM(err, WHERE) : drafts_cut(m, err);

	m->give.n = 0;
	jc_buf_reset(&m->pack);
	if (rc >= 0)
		rc = ours(m, &list, &tip, err);
	for (size_t i = 0; rc >= 0 && i < list.n; i++)
		rc = chain_give(m, &list.v[i], &tip[i], used, err);
	if (rc >= 0 && m->give.n != 0)
		rc = pack_make(m, err);
	jc_free(used);
	jc_free(tip);
	jc_free(list.v);
	return rc < 0 ? rc : 0;
}

/* One receipt and its place in the pack; what lies there already is not given. */
static int
note_give(struct jc_mail *m, const struct jc_note *n, struct jc_buf *body, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(m->node->log);
	const struct jc_mail_ref *r;
	char name[JC_MAIL_NAME];
	struct jc_oid oid;
	int rc;

	note_name(name, n->tier, key->id);
	if ((rc = note_bytes(body, n, key->pk, err)) < 0)
		return rc;
	jc_oid_of(&oid, JC_OBJ_BLOB, body->data, body->len);
	r = there_named(m, name);
	if (r != NULL && jc_oid_cmp(&r->oid, &oid) == 0) {
		jc_buf_reset(body);
		return 0;
	}
	if ((rc = list_add(&m->give, name, &oid, err)) == 0 && r != NULL)
		m->give.v[m->give.n - 1].old = r->oid;
	return rc;
}

static int
notes_pack(struct jc_mail *m, const struct jc_buf body[JC_TIERS], struct jc_err *err)
{
	struct jc_pack_writer w;
	int rc = jc_pack_write_begin(&w, &m->pack, (uint32_t)m->give.n, err);

	for (int tier = 0; rc >= 0 && tier < JC_TIERS; tier++)
		if (body[tier].len != 0)
			rc = jc_pack_write_body(&w, &m->pack, JC_OBJ_BLOB, body[tier].data, body[tier].len, err);
	return rc < 0 ? rc : jc_pack_write_end(&w, &m->pack, err);
}

int
jc_mail_give_notes(struct jc_mail *m, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(m->node->log);
	struct jc_note *n;
	struct jc_buf body[JC_TIERS];
	int rc, end;

	m->give.n = 0;
	m->packed = 0;
	jc_buf_reset(&m->pack);
	if (key == NULL || strcmp(key->id, m->s.authority) != 0)
		return 0;
	if ((n = jc_alloc(sizeof(*n))) == NULL)
		return JC_NOMEM(err, WHERE);
	for (int tier = 0; tier < JC_TIERS; tier++)
		jc_buf_init(&body[tier], NOTE_MAX);
	if ((rc = jc_db_begin(m->node->db, err)) >= 0) {
		for (int tier = JC_TIER_COUNTY; rc >= 0 && tier <= JC_TIER_CITY; tier++) {
			rc = jc_note_issue(n, m->node->log, &m->s, (enum jc_tier)tier, err);
			rc = rc == JC_ENOTFOUND ? 0 : rc < 0 ? rc : note_give(m, n, &body[tier], err);
		}
		end = jc_db_end(m->node->db, rc >= 0, rc >= 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	if (rc >= 0 && m->give.n != 0)
		rc = notes_pack(m, body, err);
	for (int tier = 0; tier < JC_TIERS; tier++)
		jc_buf_free(&body[tier]);
	jc_free(n);
	return rc < 0 ? rc : 0;
}
