/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Receipts. A note is a statement about the whole of a scope and tier ("I have everything up to these
 * heads"), not about one delivery, so a lost answer costs nothing: the next note says the same again.
 * Only the newest is kept, by epoch and counter. The epoch is the hub's promise not to go back: it is
 * drawn anew whenever the hub may have forgotten something, and with it go all cursors.
 *
 * A restored hub still shares with its callers everything below the position of the backup. The list
 * of past epochs (meta `epoch_past`, newest first) says how far, so that a caller is sent what it
 * lacks and not its whole history.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_note.h"
#include "sync_succession.h"

#define PAST_MAX 16

void
jc_note_text(struct jc_buf *b, const struct jc_note *n)
{
	jc_buf_puts(b, "jiceng-note 0\n");
	jc_buf_putf(b, "network %s\nscope %s\ntier %s\nhub %s\nepoch %s\ncounter %lld\n", n->network, n->scope,
	    jc_tier_word(n->tier), n->hub, n->epoch, (long long)n->counter);
	for (size_t i = 0; i < n->nheads; i++) {
		jc_buf_puts(b, "head ");
		jc_buf_b64(b, n->head[i], JC_H16);
		jc_buf_putc(b, '\n');
	}
}

int
jc_note_ok(const struct jc_note *n, const uint8_t pk[JC_PK_LEN])
{
	struct jc_buf b;
	int ok;

	for (size_t i = 1; i < n->nheads; i++)
		if (memcmp(n->head[i - 1], n->head[i], JC_H16) >= 0)
			return 0;
	jc_buf_init(&b, 32768);
	jc_note_text(&b, n);
	ok = !b.failed && jc_sign_ok(n->sig, pk, "jiceng-note", b.data, b.len);
	jc_buf_free(&b);
	return ok;
}

/* ---- reading back what is stored ---- */

static int
line_take(struct jc_slice *rest, const char *word, struct jc_slice *value)
{
	size_t n = strlen(word);
	const char *lf = rest->n != 0 ? memchr(rest->p, '\n', rest->n) : NULL;

	if (lf == NULL || (size_t)(lf - rest->p) < n || memcmp(rest->p, word, n) != 0)
		return -1;
	value->p = rest->p + n;
	value->n = (size_t)(lf - rest->p) - n;
	rest->n -= (size_t)(lf + 1 - rest->p);
	rest->p = lf + 1;
	return 0;
}

static int
id_take(struct jc_slice *rest, const char *word, jc_id out)
{
	struct jc_slice v;

	if (line_take(rest, word, &v) < 0 || !jc_id_ok(v.p, v.n))
		return -1;
	memcpy(out, v.p, JC_ID_LEN);
	out[JC_ID_LEN] = '\0';
	return 0;
}

static int
note_parse(struct jc_note *n, struct jc_slice text, int64_t counter)
{
	struct jc_slice v;

	n->counter = counter;
	n->nheads = 0;
	if (line_take(&text, "jiceng-note 0", &v) < 0 || v.n != 0 || id_take(&text, "network ", n->network) < 0 ||
	    id_take(&text, "scope ", n->scope) < 0 || line_take(&text, "tier ", &v) < 0 ||
	    jc_tier_parse(&n->tier, v.p, v.n) < 0 || id_take(&text, "hub ", n->hub) < 0 ||
	    id_take(&text, "epoch ", n->epoch) < 0 || line_take(&text, "counter ", &v) < 0)
		return -1;
	while (text.n != 0) {
		if (n->nheads == JC_NOTE_HEADS || line_take(&text, "head ", &v) < 0 ||
		    jc_b64_decode(n->head[n->nheads], JC_H16, v.p, v.n) != JC_H16)
			return -1;
		n->nheads++;
	}
	return 0;
}

/* The number in the line of that name; what is not one shows when the text is written again. */
static int64_t
counter_of(struct jc_slice text)
{
	static const char word[] = "counter ";
	struct jc_slice v;
	int64_t n = 0;

	while (text.n != 0 && line_take(&text, "", &v) == 0)
		if (v.n >= sizeof(word) && v.n < sizeof(word) + 16 && memcmp(v.p, word, sizeof(word) - 1) == 0)
			for (size_t i = sizeof(word) - 1; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++)
				n = n * 10 + (v.p[i] - '0');
	return n < INT64_C(1) << 53 ? n : 0;
}

int
jc_note_read(struct jc_note *n, struct jc_slice text)
{
	struct jc_buf b;
	int ok;

	if (note_parse(n, text, counter_of(text)) < 0)
		return JC_EFORMAT;
	jc_buf_init(&b, 65536);
	jc_note_text(&b, n);
	ok = !b.failed && b.len == text.n && memcmp(b.data, text.p, b.len) == 0;
	jc_buf_free(&b);
	return ok ? 0 : JC_EFORMAT;
}

int
jc_note_get(struct jc_note *out, struct jc_log *log, int64_t scope, enum jc_tier tier, const char *hub,
    struct jc_err *err)
{
	struct jc_stmt *st;
	struct jc_slice body;
	const void *sig;
	size_t nsig;
	int rc;

	if ((rc = jc_db_prep(&st, jc_log_db(log),
	         "SELECT counter, body, sig FROM note WHERE scope = :scope AND tier = :tier AND hub = :hub", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":tier", tier);
	jc_bind_str(st, ":hub", hub);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, "jc_note_get", "%s", JC_T("还没有回执", "There is no receipt yet"));
	body.p = jc_col_blob(st, 1, &body.n);
	sig = jc_col_blob(st, 2, &nsig);
	rc = 0;
	if (nsig != JC_SIG_LEN || note_parse(out, body, jc_col_int(st, 0)) < 0)
		rc = jc_err_code(err, JC_ECORRUPT, "jc_note_get");
	else
		memcpy(out->sig, sig, JC_SIG_LEN);
	jc_stmt_reset(st);
	return rc;
}

static int
note_put(struct jc_log *log, int64_t scope, const struct jc_note *n, struct jc_err *err)
{
	struct jc_db *db = jc_log_db(log);
	struct jc_stmt *st;
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 32768);
	jc_note_text(&b, n);
	if ((rc = jc_buf_check(&b, "note_put", err)) < 0 ||
	    (rc = jc_db_prep(&st, db,
	         "INSERT INTO note(scope, tier, hub, epoch, counter, body, sig)"
	         " VALUES(:scope, :tier, :hub, :epoch, :counter, :body, :sig)"
	         " ON CONFLICT(scope, tier, hub) DO UPDATE SET epoch = excluded.epoch, counter = excluded.counter,"
	         " body = excluded.body, sig = excluded.sig", err)) < 0)
		goto out;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":tier", n->tier);
	jc_bind_str(st, ":hub", n->hub);
	jc_bind_str(st, ":epoch", n->epoch);
	jc_bind_int(st, ":counter", n->counter);
	jc_bind_blob(st, ":body", b.data, b.len);
	jc_bind_blob(st, ":sig", n->sig, JC_SIG_LEN);
	jc_db_log_window(db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(db, -1);
out:
	jc_buf_free(&b);
	return rc;
}

/* Commits that were waiting for a receipt and are covered by this one have arrived now. */
static int
arrivals_mark(struct jc_log *log, const struct jc_scope *s, const struct jc_note *n, struct jc_err *err)
{
	struct jc_db *db = jc_log_db(log);
	const struct jc_env *env = jc_db_env(db);
	struct jc_stmt *st, *up;
	int rc = jc_db_prep(&st, db,
	    "SELECT DISTINCT a.commit_no FROM arrival a JOIN log_commit c ON c.no = a.commit_no"
	    " WHERE a.time IS NULL AND a.scope = :scope AND c.tier = :tier ORDER BY a.commit_no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", s->no);
	jc_bind_int(st, ":tier", n->tier);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		int64_t no = jc_col_int(st, 0);

		if ((rc = jc_note_covers(log, s->no, n->tier, n->hub, no, err)) <= 0) {
			if (rc < 0)
				break;
			continue;
		}
		if ((rc = jc_db_prep(&up, db, "UPDATE arrival SET time = :time WHERE commit_no = :no", err)) < 0)
			break;
		jc_bind_int(up, ":time", env->wall_ms(env->ctx) / 1000);
		jc_bind_int(up, ":no", no);
		jc_db_log_window(db, 1);
		rc = jc_stmt_run(up, err);
		jc_db_log_window(db, -1);
		if (rc < 0)
			break;
	}
	jc_stmt_reset(st);
	return rc;
}

int
jc_note_take(struct jc_log *log, const struct jc_scope *s, const struct jc_note *n, const uint8_t pk[JC_PK_LEN],
    struct jc_err *err)
{
	struct jc_note *old;
	int rc, taken;

	if (strcmp(n->scope, s->id) != 0 || strcmp(n->network, s->network) != 0 || !jc_note_ok(n, pk))
		return jc_err_set(err, JC_ESIGNATURE, "jc_note_take", "%s",
		    JC_T("上级的回执签名不对，没有采用", "The hub's receipt has a bad signature and was not used"));
	if ((old = jc_alloc(sizeof(*old))) == NULL)
		return JC_NOMEM(err, "jc_note_take");
	rc = jc_note_get(old, log, s->no, n->tier, n->hub, NULL);
	if (rc == 0 && strcmp(old->epoch, n->epoch) == 0 && n->counter <= old->counter)
		rc = 0;
	else if (rc == 0 || rc == JC_ENOTFOUND || rc == JC_ECORRUPT)
		rc = (rc = note_put(log, s->no, n, err)) < 0 ? rc : 1;
	else
		jc_err_code(err, rc, "jc_note_take");
	jc_free(old);
	if (rc == 1 && strcmp(n->hub, s->authority) == 0 && (taken = arrivals_mark(log, s, n, err)) < 0)
		rc = taken;
	return rc;
}

int
jc_note_forget(struct jc_log *log, const char *hub, const char *epoch, struct jc_err *err)
{
	struct jc_db *db = jc_log_db(log);
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, db, "DELETE FROM note WHERE hub = :hub AND epoch <> :epoch", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":hub", hub);
	jc_bind_str(st, ":epoch", epoch);
	jc_db_log_window(db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(db, -1);
	return rc;
}

uint32_t
jc_note_fnv(uint32_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT32_C(16777619);
	return h;
}

int
jc_note_mark(uint64_t *mark, struct jc_log *log, int64_t scope, const char *hub, const char *epoch, struct jc_err *err)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	uint32_t h = JC_NOTE_FNV;
	int rc = 0, any = 0;

	if (n == NULL)
		return JC_NOMEM(err, "jc_note_mark");
	for (int tier = JC_TIER_CITY; rc >= 0 && tier >= JC_TIER_COUNTY; tier--) {
		char text[32];
		int len;

		rc = jc_note_get(n, log, scope, (enum jc_tier)tier, hub, err);
		if (rc == JC_ENOTFOUND || (rc == 0 && strcmp(n->epoch, epoch) != 0)) {
			rc = 0;
			continue;
		}
		if (rc < 0)
			break;
		len = snprintf(text, sizeof(text), "%d %lld ", tier, (long long)n->counter);
		h = jc_note_fnv(jc_note_fnv(h, text, (size_t)len), n->head, n->nheads * JC_H16);
		any = 1;
	}
	jc_free(n);
	*mark = any ? h : 0;
	return rc < 0 ? rc : 0;
}

/* ---- issuing ---- */

struct tips {
	struct jc_note *note;
	int64_t no[JC_NOTE_HEADS];
};

/* Keeps the newest JC_NOTE_HEADS tips; a scope with more forks than that is joined by merge commits. */
static int
tip_add(void *arg, const struct jc_tip *tip)
{
	struct tips *t = arg;
	size_t at = t->note->nheads;

	if (at == JC_NOTE_HEADS) {
		at = 0;
		for (size_t i = 1; i < JC_NOTE_HEADS; i++)
			if (t->no[i] < t->no[at])
				at = i;
		if (t->no[at] > tip->commit_no)
			return 0;
	} else {
		t->note->nheads++;
	}
	t->no[at] = tip->commit_no;
	memcpy(t->note->head[at], tip->hash, JC_H16);
	return 0;
}

static int
head_cmp(const void *a, const void *b)
{
	return memcmp(a, b, JC_H16);
}

static int
note_make(struct jc_note *n, struct jc_note *old, struct jc_log *log, const struct jc_scope *s, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(log);
	struct tips tips = {.note = n};
	struct jc_buf b;
	size_t kept = 0;
	int rc;

	if (key == NULL)
		return jc_err_set(err, JC_ESTATE, "jc_note_issue", "%s", JC_T("没有密钥，不能签回执", "There is no key to sign receipts with"));
	memcpy(n->network, s->network, sizeof(n->network));
	memcpy(n->scope, s->id, sizeof(n->scope));
	memcpy(n->hub, key->id, sizeof(n->hub));
	if ((rc = jc_log_tips(log, s->no, (int)n->tier, 0, tip_add, &tips, err)) < 0)
		return rc;
	if (n->nheads == 0)
		return jc_err_set(err, JC_ENOTFOUND, "jc_note_issue", "%s", JC_T("还没有可以回执的内容", "There is nothing to receipt yet"));
	qsort(n->head, n->nheads, JC_H16, head_cmp);
	for (size_t i = 0; i < n->nheads; i++) /* two names of one tip are one head */
		if (i == 0 || memcmp(n->head[i], n->head[kept - 1], JC_H16) != 0)
			memmove(n->head[kept++], n->head[i], JC_H16);
	n->nheads = kept;
	if ((rc = jc_note_epoch(log, n->epoch, err)) < 0)
		return rc;
	rc = jc_note_get(old, log, s->no, n->tier, n->hub, err);
	if (rc < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (rc == 0 && strcmp(old->epoch, n->epoch) == 0) {
		if (old->nheads == n->nheads && memcmp(old->head, n->head, n->nheads * JC_H16) == 0 &&
		    (key->n == 1 || jc_note_ok(old, key->pk))) {
			*n = *old;
			return 0;
		}
		n->counter = old->counter;
	}
	n->counter++;
	jc_buf_init(&b, 32768);
	jc_note_text(&b, n);
	if ((rc = jc_buf_check(&b, "jc_note_issue", err)) == 0) {
		jc_sign(n->sig, key, "jiceng-note", b.data, b.len);
		rc = note_put(log, s->no, n, err);
	}
	jc_buf_free(&b);
	return rc;
}

int
jc_note_issue(struct jc_note *out, struct jc_log *log, const struct jc_scope *s, enum jc_tier tier, struct jc_err *err)
{
	struct jc_note *old = jc_alloc(sizeof(*old));
	int rc;

	if (old == NULL)
		return JC_NOMEM(err, "jc_note_issue");
	memset(out, 0, sizeof(*out));
	out->tier = tier;
	rc = note_make(out, old, log, s, err);
	jc_free(old);
	return rc;
}

int
jc_note_signer(uint8_t pk[JC_PK_LEN], int *newest, struct jc_log *log, const struct jc_note *n, struct jc_err *err)
{
	struct jc_keys keys;
	int rc = jc_keyring_get(&keys, log, n->hub, err);

	*newest = 0;
	if (rc < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	for (size_t i = keys.n; i-- > 0;)
		if (jc_note_ok(n, keys.key[i])) {
			memcpy(pk, keys.key[i], JC_PK_LEN);
			*newest = i == keys.n - 1;
			return 1;
		}
	return 0;
}

/* ---- what a note covers ---- */

/* On a chain that never forked a later place in the chain is enough; otherwise ancestry is asked. */
static int
head_covers(struct jc_log *log, const struct jc_commit_row *head, const struct jc_commit_row *c, int forked,
    struct jc_err *err)
{
	if (head->no < c->no)
		return 0;
	if (!forked && head->device == c->device && head->tier == c->tier)
		return head->seq >= c->seq;
	return jc_log_reaches(log, head->no, c->no, err);
}

static int
count_tip(void *arg, const struct jc_tip *tip)
{
	(void)tip;
	(*(int *)arg)++;
	return 0;
}

int
jc_note_covers(struct jc_log *log, int64_t scope, enum jc_tier tier, const char *hub, int64_t commit_no,
    struct jc_err *err)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	struct jc_commit_row c, head;
	int rc, chains = 0;

	if (n == NULL)
		return JC_NOMEM(err, "jc_note_covers");
	if ((rc = jc_note_get(n, log, scope, tier, hub, err)) < 0 || (rc = jc_log_commit(log, commit_no, &c, err)) < 0 ||
	    (rc = jc_log_tips(log, scope, (int)c.tier, c.device, count_tip, &chains, err)) < 0)
		goto out;
	for (int pass = 0; rc == 0 && pass < 2; pass++) /* own chain first: nearly always the answer */
		for (size_t i = 0; rc == 0 && i < n->nheads; i++) {
			if ((rc = jc_log_commit_h16(log, scope, n->head[i], &head, err)) == JC_ENOTFOUND) {
				rc = 0; /* not fetched yet */
				continue;
			}
			if (rc == 0 && (head.device == c.device && head.tier == c.tier) == (pass == 0))
				rc = head_covers(log, &head, &c, chains > 1, err);
		}
out:
	jc_free(n);
	return rc == JC_ENOTFOUND ? 0 : rc;
}

/* ---- epochs ---- */

int
jc_note_epoch(struct jc_log *log, jc_id out, struct jc_err *err)
{
	struct jc_db *db = jc_log_db(log);
	char *v = NULL;
	int rc = jc_meta_get(db, "epoch", &v, err);

	if (rc == 0 && jc_id_ok(v, strlen(v)))
		memcpy(out, v, JC_ID_LEN + 1);
	else if (rc == 0 || rc == JC_ENOTFOUND)
		rc = (rc = jc_id_random(out, jc_db_env(db), err)) < 0 ? rc : jc_meta_set(db, "epoch", out, err);
	jc_free(v);
	return rc;
}

int
jc_note_epoch_renew(struct jc_log *log, int64_t shared, struct jc_err *err)
{
	struct jc_db *db = jc_log_db(log);
	struct jc_buf b;
	char *past = NULL;
	const char *p;
	jc_id epoch;
	int rc, n = 1;

	jc_buf_init(&b, 4096);
	if ((rc = jc_note_epoch(log, epoch, err)) < 0)
		goto out;
	if ((rc = jc_meta_get(db, "epoch_past", &past, err)) < 0 && rc != JC_ENOTFOUND)
		goto out;
	jc_buf_putf(&b, "%s:%lld", epoch, (long long)shared);
	for (p = past; p != NULL && *p != '\0' && n < PAST_MAX; n++) {
		const char *end = strchr(p, ' ');
		size_t len = end != NULL ? (size_t)(end - p) : strlen(p);

		jc_buf_putc(&b, ' ');
		jc_buf_put(&b, p, len);
		p = end != NULL ? end + 1 : NULL;
	}
	if ((rc = jc_buf_check(&b, "jc_note_epoch_renew", err)) < 0 || (rc = jc_id_random(epoch, jc_db_env(db), err)) < 0 ||
	    (rc = jc_meta_set(db, "epoch_past", b.data, err)) < 0)
		goto out;
	rc = jc_meta_set(db, "epoch", epoch, err);
out:
	jc_buf_free(&b);
	jc_free(past);
	return rc;
}

int
jc_note_epoch_shared(struct jc_log *log, const char *epoch, int64_t *shared, struct jc_err *err)
{
	int64_t least = INT64_MAX;
	char *past = NULL;
	jc_id now;
	int rc;

	*shared = 0;
	if ((rc = jc_note_epoch(log, now, err)) < 0)
		return rc;
	if (strcmp(now, epoch) == 0) {
		*shared = INT64_MAX;
		return 0;
	}
	if ((rc = jc_meta_get(jc_log_db(log), "epoch_past", &past, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	for (const char *p = past; p != NULL && strlen(p) > JC_ID_LEN + 1;) {
		int64_t floor = strtoll(p + JC_ID_LEN + 1, NULL, 10);
		const char *end = strchr(p, ' ');

		if (floor < least)
			least = floor;
		if (memcmp(p, epoch, JC_ID_LEN) == 0) {
			*shared = least;
			break;
		}
		p = end != NULL ? end + 1 : NULL;
	}
	jc_free(past);
	return 0;
}
