/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The self-check: eighteen rules, numbered, each with its own sentence and advice. It reads and never
 * mends. Mending is `rebuild` for the tables, and a copy from elsewhere for the log: nobody can make up
 * a signed commit again.
 */
#include "sync_succession.h"
#include "verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "witness.h"

enum mend { MEND_COPY, MEND_REBUILD, MEND_SYNC };

static const struct rule {
	const char *zh, *en;
	enum mend mend;
} rules[JC_VERIFY_RULES + 1] = {
	[JC_R_FILE] = {"数据库文件完整", "The database file is whole", MEND_COPY},
	[JC_R_OBJECT] = {"每个对象的内容与编号相符", "Every object hashes to its id", MEND_COPY},
	[JC_R_COMMIT] = {"每个提交的内容与登记相符", "Every commit is what its row says", MEND_COPY},
	[JC_R_PAYLOAD] = {"每个提交的操作内容与其散列相符", "Every payload has the hash that its commit names", MEND_COPY},
	[JC_R_OPS] = {"每条操作都能读懂", "Every operation can be read", MEND_COPY},
	[JC_R_SIGNATURE] = {"每个提交的签名有效", "Every commit is signed by its device", MEND_COPY},
	[JC_R_CHAIN] = {"每条链前后相接", "Every commit continues its device's chain", MEND_COPY},
	[JC_R_PARENTS] = {"每个提交所承接的都在它之前", "Every parent is stored before, in the same scope, not below its tier",
	    MEND_COPY},
	[JC_R_LAMPORT] = {"逻辑时刻等于所承接的最大值加一", "Every Lamport number is one more than the parents' largest", MEND_COPY},
	[JC_R_FOUNDING] = {"每条链的首个提交都认同成立记录", "Every chain starts from the scope's founding record", MEND_COPY},
	[JC_R_REFS] = {"每个引用指向链的末端", "Every ref stands at the end of its chain", MEND_COPY},
	[JC_R_NUMBERS] = {"每条操作有且只有一个本地编号", "Every operation has exactly one local number", MEND_COPY},
	[JC_R_DRAFTS] = {"未归档的操作都能读懂", "Every draft can be read and names what exists", MEND_COPY},
	[JC_R_NAMES] = {"每处修改所依据的原内容都在", "Every named operation exists in the same record and field", MEND_COPY},
	[JC_R_COPIES] = {"登记为同一操作的内容确实相同", "Operations kept as copies have equal content", MEND_COPY},
	[JC_R_STANDING] = {"设备的登记状态与记录相符", "Every device's standing is what the authority wrote", MEND_COPY},
	[JC_R_RECORDS] = {"显示的内容与记录相符", "Every record's row equals the fold of its operations", MEND_REBUILD},
	[JC_R_NOTES] = {"上级的回执签名有效", "Every receipt note is signed by its hub", MEND_SYNC},
};

const char *
jc_verify_title(int number)
{
	if (number < 1 || number > JC_VERIFY_RULES)
		return NULL;
	return JC_T(rules[number].zh, rules[number].en);
}

static const char *
advice(enum mend mend)
{
	switch (mend) {
	case MEND_REBUILD:
		return JC_T("请运行 jiceng rebuild", "Run jiceng rebuild");
	case MEND_SYNC:
		return JC_T("请再同步一次，新的回执会取代它", "Sync once more; a new note will replace it");
	case MEND_COPY:
		break;
	}
	return JC_T("请先备份现在的文件，再从最近的备份恢复，然后同步",
	    "Keep a copy of the present file, restore the newest backup, then sync");
}

void
jc_verify_finding(struct jc_verify *v, enum jc_rule rule, const char *fmt, ...)
{
	struct jc_finding f = {.number = (int)rule, .title = jc_verify_title((int)rule)};
	va_list ap;

	v->report->findings++;
	if (v->o->found == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(f.what, sizeof(f.what), fmt, ap);
	va_end(ap);
	snprintf(f.advice, sizeof(f.advice), "%s", advice(rules[rule].mend));
	v->o->found(v->o->arg, &f);
}

int
jc_verify_damage(int rc)
{
	return rc == JC_ECORRUPT || rc == JC_EFORMAT || rc == JC_ESIGNATURE || rc == JC_ENOTFOUND || rc == JC_ELIMIT ||
	    rc == JC_ESTATE || rc == JC_EINVAL;
}

int
jc_verify_tick(struct jc_verify *v)
{
	if (v->o->progress != NULL && v->done++ % 64 == 0 && v->o->progress(v->o->arg, v->done, v->total) != 0)
		return jc_err_code(v->err, JC_ECANCELLED, "jc_verify");
	return 0;
}

/* ---- 1 and 2: the file and its objects ---- */

static int
file_check(struct jc_verify *v)
{
	int rc = jc_db_check(v->log->db, v->err);

	if (rc == JC_ECORRUPT) {
		v->file_bad = 1;
		jc_verify_finding(v, JC_R_FILE, "%.150s", v->err->cause[0] != '\0' ? v->err->cause : v->err->msg);
	}
	return rc == JC_ECORRUPT ? 0 : rc;
}

static int
object_check(struct jc_verify *v, struct jc_stmt *st)
{
	int64_t size = jc_col_int(st, 3);
	size_t noid, n;
	const void *oid = jc_col_blob(st, 1, &noid), *z = jc_col_blob(st, 4, &n);
	struct jc_oid real;
	int rc = JC_ECORRUPT;

	jc_buf_reset(&v->payload);
	if (oid != NULL && noid == JC_OID_LEN && z != NULL && size >= 0)
		rc = jc_zlib_unpack(&v->payload, z, n, (size_t)size, v->err);
	if (rc == 0)
		rc = jc_oid_of(&real, (enum jc_objtype)jc_col_int(st, 2), v->payload.data != NULL ? v->payload.data : "",
		    v->payload.len);
	if (rc < 0 && !jc_verify_damage(rc))
		return rc;
	if (rc < 0 || memcmp(real.b, oid, JC_OID_LEN) != 0)
		jc_verify_finding(v, JC_R_OBJECT, "%lld", (long long)jc_col_int(st, 0));
	return 0;
}

static int
objects_check(struct jc_verify *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db, "SELECT no, oid, type, size, z FROM object ORDER BY no", v->err);

	if (rc < 0)
		return rc;
	while ((rc = jc_stmt_step(st, v->err)) == 1)
		if ((rc = jc_verify_tick(v)) < 0 || (rc = object_check(v, st)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc;
}

/* ---- 11: refs ---- */

/* Columns: name, oid, tier, device, tip | no, oid, tier, device, device's id. */
static int
ref_ok(struct jc_verify *v, struct jc_stmt *st)
{
	size_t noid, ntip;
	const char *name = jc_col_text(st, 0, NULL), *id = jc_col_text(st, 9, NULL);
	const void *oid = jc_col_blob(st, 1, &noid), *tip = jc_col_blob(st, 6, &ntip);
	int64_t no = jc_col_int(st, 5);
	char want[64];

	if (name == NULL || jc_col_null(st, 4))
		return name != NULL && strncmp(name, "refs/chains/", 12) != 0;
	if (no == 0 || id == NULL || oid == NULL || tip == NULL || noid != JC_OID_LEN || ntip != JC_OID_LEN ||
	    memcmp(oid, tip, JC_OID_LEN) != 0 || jc_col_int(st, 2) != jc_col_int(st, 7) ||
	    jc_col_int(st, 3) != jc_col_int(st, 8))
		return 0;
	if (strcmp(name, "refs/heads/main") == 0)
		return strcmp(id, v->scope.authority) == 0;
	snprintf(want, sizeof(want), "refs/chains/%s/%s/", jc_tier_word((enum jc_tier)jc_col_int(st, 7)), id);
	if (strncmp(name, want, strlen(want)) != 0 || !jc_id_ok(name + strlen(want), strlen(name) - strlen(want)))
		return 0;
	return no <= v->max_commit && (v->succeeded[no / 8] & (1u << (no % 8))) == 0;
}

/* Every commit that none of its chain follows must have a ref, or it would be forgotten. */
static int
ends_check(struct jc_verify *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db,
	    "SELECT no FROM log_commit c WHERE scope = :scope AND NOT EXISTS(SELECT 1 FROM ref r WHERE r.scope = c.scope"
	    " AND r.tip = c.no AND r.name > 'refs/chains/' AND r.name < 'refs/chains0') ORDER BY no", v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", v->scope.no);
	while ((rc = jc_stmt_step(st, v->err)) == 1) {
		int64_t no = jc_col_int(st, 0);

		if (no > v->max_commit || (v->succeeded[no / 8] & (1u << (no % 8))) == 0)
			jc_verify_finding(v, JC_R_REFS, "%lld", (long long)no);
	}
	return rc;
}

static int
refs_check(struct jc_verify *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db,
	    "SELECT r.name, r.oid, r.tier, r.device, r.tip, c.no, c.oid, c.tier, c.device, d.id"
	    " FROM ref r LEFT JOIN log_commit c ON c.no = r.tip AND c.scope = r.scope LEFT JOIN device d ON d.no = c.device"
	    " WHERE r.scope = :scope ORDER BY r.no", v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", v->scope.no);
	while ((rc = jc_stmt_step(st, v->err)) == 1)
		if (!ref_ok(v, st))
			jc_verify_finding(v, JC_R_REFS, "%.150s", jc_col_text(st, 0, NULL));
	return rc < 0 ? rc : ends_check(v);
}

/* ---- 12 and 13: numbers and drafts ---- */

static int
overlap_check(struct jc_verify *v)
{
	int64_t first;
	int rc = jc_db_int(v->log->db, &first,
	    "SELECT b.first FROM oprange a JOIN oprange b ON b.first > a.first AND b.first < a.first + a.n LIMIT 1", v->err);

	if (rc == 0)
		jc_verify_finding(v, JC_R_NUMBERS, "#%lld", (long long)first);
	return rc == JC_ENOTFOUND ? 0 : rc;
}

/* 1 if the draft parses, has a number of its own, and names what is stored. */
static int
draft_ok(struct jc_verify *v, int64_t no)
{
	struct jc_opread draft;
	struct jc_place place;
	int rc = jc_log_place(v->log, no, &place, v->err);

	if (rc != JC_ENOTFOUND)
		return rc < 0 ? rc : 0;
	jc_opread_init(&draft);
	rc = jc_log_op_read(v->log, no, &draft, v->err);
	for (size_t i = 0; rc == 0 && i < draft.op.nnames; i++)
		for (size_t k = 0; rc == 0 && k < draft.op.names[i].nrefs; k++) {
			int64_t named;

			if ((rc = jc_log_ref_resolve(v->log, &draft, &draft.op.names[i].refs[k], &named, v->err)) == 0)
				rc = named < no ? jc_log_op_read(v->log, named, &v->named, v->err) : JC_ENOTFOUND;
			if (rc == 0 && strcmp(v->named.op.rec, draft.op.rec) != 0 &&
			    !(jc_witness_has(&draft.op) && jc_slice_eq(v->named.op.kind, draft.op.kind)))
				rc = JC_ECORRUPT;
		}
	jc_opread_free(&draft);
	return rc == 0 ? 1 : jc_verify_damage(rc) ? 0 : rc;
}

static int
drafts_check(struct jc_verify *v)
{
	int64_t after = 0;
	struct jc_stmt *st;
	int rc;

	for (;;) {
		if ((rc = jc_db_prep(&st, v->log->db, "SELECT op FROM draft WHERE op > :after ORDER BY op LIMIT 1", v->err)) < 0)
			return rc;
		jc_bind_int(st, ":after", after);
		if ((rc = jc_stmt_step(st, v->err)) != 1)
			return rc;
		after = jc_col_int(st, 0);
		jc_stmt_reset(st);
		if ((rc = draft_ok(v, after)) < 0)
			return rc;
		if (rc == 0)
			jc_verify_finding(v, JC_R_DRAFTS, "#%lld", (long long)after);
	}
}

/* ---- 15 and 16: copies and standing ---- */

static int
copy_ok(struct jc_verify *v, int64_t op, int64_t same)
{
	uint8_t a[JC_HASH_LEN], b[JC_HASH_LEN];
	int64_t again;
	int rc;

	if (op == same || (rc = jc_log_op_same(v->log, same, &again, v->err)) < 0 || again != same)
		return op == same ? 0 : rc;
	if ((rc = jc_log_op_read(v->log, op, &v->named, v->err)) == 0) {
		jc_op_content(a, &v->named.op);
		if ((rc = jc_log_op_read(v->log, same, &v->named, v->err)) == 0) {
			jc_op_content(b, &v->named.op);
			return memcmp(a, b, sizeof(a)) == 0;
		}
	}
	return jc_verify_damage(rc) ? 0 : rc;
}

static int
copies_check(struct jc_verify *v)
{
	int64_t op = 0, same;
	struct jc_stmt *st;
	int rc;

	for (;;) {
		if ((rc = jc_db_prep(&st, v->log->db,
		         "SELECT op, same FROM op_same WHERE op > :after ORDER BY op LIMIT 1", v->err)) < 0)
			return rc;
		jc_bind_int(st, ":after", op);
		if ((rc = jc_stmt_step(st, v->err)) != 1)
			return rc;
		op = jc_col_int(st, 0);
		same = jc_col_int(st, 1);
		jc_stmt_reset(st);
		if ((rc = copy_ok(v, op, same)) < 0)
			return rc;
		if (rc == 0)
			jc_verify_finding(v, JC_R_COPIES, "#%lld", (long long)op);
	}
}

/* The row's operation is one of the authority about that device, and says that state. */
static int
standing_ok(struct jc_verify *v, const char *device, const char *state, int64_t op, int64_t scope)
{
	const struct jc_cinfo *c;
	struct jc_scope s;
	jc_id author;
	int rc;

	if ((rc = jc_log_op_read(v->log, op, &v->named, v->err)) < 0 || (rc = jc_scope_get(&s, v->log, scope, v->err)) < 0)
		return jc_verify_damage(rc) ? 0 : rc;
	if (v->named.scope != scope || v->named.op.verb != JC_V_DEVICE || strcmp(v->named.op.rec, device) != 0 ||
	    v->named.commit_no == 0)
		return 0;
	if ((rc = jc_log_info(&c, v->log, v->named.commit_no, v->err)) < 0)
		return rc;
	jc_id_from_u64(author, c->device_id);
	if (strcmp(author, s.authority) != 0)
		return 0;
	for (size_t i = 0; i < v->named.op.nfields; i++)
		if (jc_slice_is(v->named.op.fields[i].name, "state"))
			return jc_slice_is(v->named.op.fields[i].text, state);
	return 0;
}

static int
standings_check(struct jc_verify *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db,
	    "SELECT s.scope, s.state, s.op, d.id FROM standing s LEFT JOIN device d ON d.no = s.device ORDER BY 1, 3", v->err);

	if (rc < 0)
		return rc;
	while ((rc = jc_stmt_step(st, v->err)) == 1) {
		const char *id = jc_col_text(st, 3, NULL), *state = jc_col_text(st, 1, NULL);

		rc = id != NULL && state != NULL ? standing_ok(v, id, state, jc_col_int(st, 2), jc_col_int(st, 0)) : 0;
		if (rc < 0) {
			jc_stmt_reset(st);
			return rc;
		}
		if (rc == 0)
			jc_verify_finding(v, JC_R_STANDING, "%s", id != NULL ? id : "?");
	}
	return rc;
}

/* ---- 17: records ---- */

static int
records_check(struct jc_verify *v)
{
	int64_t rec = 0, seen = 0;
	struct jc_stmt *st;
	char id[JC_ID_LEN + 1];
	int rc, same;

	if (v->o->record == NULL)
		return 0;
	for (;;) {
		if ((rc = jc_db_prep(&st, v->log->db,
		         "SELECT rec, id FROM record WHERE rec > :after ORDER BY rec LIMIT 1", v->err)) < 0)
			return rc;
		jc_bind_int(st, ":after", rec);
		if ((rc = jc_stmt_step(st, v->err)) != 1)
			return rc;
		rec = jc_col_int(st, 0);
		snprintf(id, sizeof(id), "%s", jc_col_text(st, 1, NULL));
		jc_stmt_reset(st);
		v->report->records++;
		if (v->o->every > 1 && seen++ % v->o->every != 0)
			continue;
		if ((rc = jc_verify_tick(v)) < 0)
			return rc;
		rc = v->o->record(v->o->arg, rec, &same, v->err);
		if (rc < 0 && !jc_verify_damage(rc))
			return rc;
		if (rc < 0 || !same)
			jc_verify_finding(v, JC_R_RECORDS, "%s", id);
	}
}

/* ---- 18: notes ---- */

static int
note_ok(struct jc_verify *v, struct jc_stmt *st)
{
	struct jc_scope s;
	struct jc_keys keys;
	char head[256];
	size_t nbody, nsig;
	const void *body = jc_col_blob(st, 5, &nbody), *sig = jc_col_blob(st, 6, &nsig);
	const char *hub = jc_col_text(st, 2, NULL);
	int rc, n;

	if (body == NULL || sig == NULL || nsig != JC_SIG_LEN || hub == NULL)
		return 0;
	if ((rc = jc_scope_get(&s, v->log, jc_col_int(st, 0), v->err)) < 0)
		return jc_verify_damage(rc) ? 0 : rc;
	n = snprintf(head, sizeof(head), "jiceng-note 0\nnetwork %s\nscope %s\ntier %s\nhub %s\nepoch %s\ncounter %lld\n",
	    s.network, s.id, jc_tier_word((enum jc_tier)jc_col_int(st, 1)), hub, jc_col_text(st, 3, NULL),
	    (long long)jc_col_int(st, 4));
	if (n < 0 || (size_t)n >= sizeof(head) || nbody < (size_t)n || memcmp(body, head, (size_t)n) != 0)
		return 0;
	rc = jc_keyring_get(&keys, v->log, hub, v->err);
	if (rc == JC_ENOTFOUND)
		return 1; /* of a hub farther up whose key has not come down: nothing to check it with */
	for (size_t i = keys.n; rc == 0 && i-- > 0;) /* by the key of its time */
		rc = jc_sign_ok(sig, keys.key[i], "jiceng-note", body, nbody);
	return rc;
}

static int
notes_check(struct jc_verify *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db,
	    "SELECT scope, tier, hub, epoch, counter, body, sig FROM note ORDER BY scope, tier, hub", v->err);

	if (rc < 0)
		return rc;
	while ((rc = jc_stmt_step(st, v->err)) == 1) {
		if ((rc = note_ok(v, st)) < 0) {
			jc_stmt_reset(st);
			return rc;
		}
		if (rc == 0)
			jc_verify_finding(v, JC_R_NOTES, "%s", jc_col_text(st, 2, NULL));
	}
	return rc;
}

/* ---- all together ---- */

static int
scope_check(void *arg, const struct jc_scope *s)
{
	struct jc_verify *v = arg;
	int rc;

	v->scope = *s;
	if ((rc = jc_log_walk(v->log, s->no, 0, jc_verify_commit, v, v->err)) != 0)
		return rc;
	return refs_check(v);
}

static int
verify_open(struct jc_verify *v)
{
	int64_t objects;
	int rc;

	if ((rc = jc_db_int(v->log->db, &v->max_commit, "SELECT coalesce(max(no), 0) FROM log_commit", v->err)) < 0 ||
	    (rc = jc_db_int(v->log->db, &objects, "SELECT count(*) FROM object", v->err)) < 0 ||
	    (rc = jc_db_int(v->log->db, &v->total, "SELECT count(*) FROM log_commit", v->err)) < 0)
		return rc;
	v->total += objects;
	if ((v->succeeded = jc_calloc((size_t)v->max_commit / 8 + 1, 1)) == NULL)
		return JC_NOMEM(v->err, "jc_verify");
	return jc_ops_reader_new(&v->reader, 0, v->err);
}

static int
verify_run(struct jc_verify *v)
{
	int rc;

	if ((rc = file_check(v)) < 0 || (rc = objects_check(v)) < 0 ||
	    (rc = jc_scope_each(v->log, scope_check, v, v->err)) < 0 || (rc = overlap_check(v)) < 0 ||
	    (rc = drafts_check(v)) < 0 || (rc = copies_check(v)) < 0 || (rc = standings_check(v)) < 0 ||
	    (rc = records_check(v)) < 0)
		return rc;
	return notes_check(v);
}

int
jc_verify(struct jc_log *log, const struct jc_verify_options *o, struct jc_verify_report *report,
    struct jc_err *err)
{
	struct jc_verify v = {.log = log, .o = o, .report = report, .err = err};
	int rc;

	memset(report, 0, sizeof(*report));
	if ((rc = jc_db_begin_read(log->db, err)) < 0)
		return rc;
	jc_log_forget(log); /* judge what is stored, not what is remembered */
	jc_opread_init(&v.named);
	jc_buf_init(&v.object, JC_PAYLOAD_MAX);
	jc_buf_init(&v.payload, JC_PAYLOAD_MAX);
	if ((rc = verify_open(&v)) == 0)
		rc = verify_run(&v);
	if (rc == JC_ECORRUPT && !v.file_bad)
		jc_verify_finding(&v, JC_R_FILE, "%.150s", err->cause[0] != '\0' ? err->cause : err->msg);
	if (rc == JC_ECORRUPT)
		rc = 0; /* pages that cannot be read: told above, and nothing behind them can be judged */
	jc_ops_reader_free(v.reader);
	jc_opread_free(&v.named);
	jc_buf_free(&v.object);
	jc_buf_free(&v.payload);
	jc_free(v.succeeded);
	(void)jc_db_end(log->db, 0, NULL); /* it only read; committing could fail where the file is damaged */
	return rc;
}
