/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Appending one commit: objects, row, operation numbers, copies, refs. The caller has checked the bytes
 * and the rules of admission; what is looked at here is only what storing needs. A commit whose
 * predecessor is not a tip any more is no mistake but a fork, the trace of a restored image or a copied
 * folder: it gets a ref of its own, and both continuations live on (DESIGN 3).
 */
#include "log.h"
#include "sync_succession.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"

struct append {
	struct jc_log *log;
	int64_t scope;
	const struct jc_commit *c;
	struct jc_slice object, payload, payload_z;
	const int64_t *draft_ops;
	int64_t no, device, nops, first_op, blob_no;
	int64_t parent[JC_PARENTS_MAX];
	struct jc_days days;
	struct jc_err *err;
};

/* ---- objects ---- */

static int
object_put(struct append *a, enum jc_objtype type, const struct jc_oid *oid, size_t size, const void *z, size_t nz)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, a->log->db,
	    "INSERT INTO object(scope, oid, type, size, z) VALUES(:scope, :oid, :type, :size, :z)"
	    " ON CONFLICT(scope, oid) DO NOTHING", a->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", a->scope);
	jc_bind_blob(st, ":oid", oid->b, JC_OID_LEN);
	jc_bind_int(st, ":type", (int64_t)type);
	jc_bind_int(st, ":size", (int64_t)size);
	jc_bind_blob(st, ":z", z, nz);
	return jc_stmt_run(st, a->err);
}

static int
object_deflate(struct append *a, enum jc_objtype type, const struct jc_oid *oid, struct jc_slice body)
{
	struct jc_buf z;
	int rc;

	jc_buf_init(&z, JC_PAYLOAD_MAX * 2);
	if ((rc = jc_zlib_pack(&z, body.p, body.n, 6, a->err)) == 0)
		rc = object_put(a, type, oid, body.n, z.data, z.len);
	jc_buf_free(&z);
	return rc;
}

/* 31 bytes do not deflate: a zlib stream with one stored block costs nothing to make. */
static int
tree_put(struct append *a)
{
	struct jc_buf body, z;
	uint32_t s1 = 1, s2 = 0;
	int rc;

	jc_buf_init(&body, 64);
	jc_buf_init(&z, 128);
	jc_commit_tree(&body, &a->c->blob);
	for (size_t i = 0; i < body.len; i++) {
		s1 = (s1 + (uint8_t)body.data[i]) % 65521;
		s2 = (s2 + s1) % 65521;
	}
	jc_buf_put(&z, "\x78\x01\x01", 3);
	jc_buf_putc(&z, (char)body.len);
	jc_buf_putc(&z, 0);
	jc_buf_putc(&z, (char)~body.len);
	jc_buf_putc(&z, (char)0xff);
	jc_buf_put(&z, body.data, body.len);
	for (int shift = 24; shift >= 0; shift -= 8)
		jc_buf_putc(&z, (char)((s2 << 16 | s1) >> shift));
	rc = jc_buf_check(&z, "jc_log_append", a->err);
	if (rc == 0)
		rc = object_put(a, JC_OBJ_TREE, &a->c->tree, body.len, z.data, z.len);
	jc_buf_free(&body);
	jc_buf_free(&z);
	return rc;
}

static int
blob_find(struct append *a)
{
	struct jc_stmt *st;
	int rc;

	if (jc_db_changes(a->log->db) == 1) {
		a->blob_no = jc_db_last_rowid(a->log->db);
		return 0;
	}
	if ((rc = jc_db_prep(&st, a->log->db, "SELECT no FROM object WHERE scope = :scope AND oid = :oid", a->err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", a->scope);
	jc_bind_blob(st, ":oid", a->c->blob.b, JC_OID_LEN);
	if ((rc = jc_stmt_step(st, a->err)) != 1)
		return rc < 0 ? rc : jc_err_code(a->err, JC_EINTERNAL, "jc_log_append");
	a->blob_no = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

static int
objects_put(struct append *a)
{
	int rc;

	if (a->payload_z.p != NULL)
		rc = object_put(a, JC_OBJ_BLOB, &a->c->blob, a->payload.n, a->payload_z.p, a->payload_z.n);
	else
		rc = object_deflate(a, JC_OBJ_BLOB, &a->c->blob, a->payload);
	if (rc < 0 || (rc = blob_find(a)) < 0 || (rc = tree_put(a)) < 0)
		return rc;
	return object_deflate(a, JC_OBJ_COMMIT, &a->c->oid, a->object);
}

/* ---- the row ---- */

static int
parents_find(struct append *a)
{
	const struct jc_cinfo *p;
	int rc;

	for (size_t i = 0; i < a->c->nparents; i++) {
		rc = jc_log_info_h16(&p, a->log, a->scope, a->c->parent_hash[i], a->err);
		if (rc == JC_ENOTFOUND || (rc == 0 && memcmp(p->hash, a->c->parent_hash[i], JC_HASH_LEN) != 0))
			return jc_err_set(a->err, JC_ESTALE, "jc_log_append",
			    JC_T("前面的记录还没有收到，请再同步一次", "An earlier commit is not here yet; sync once more"));
		if (rc < 0)
			return rc;
		a->parent[i] = p->no;
	}
	return 0;
}

static int
row_insert(struct append *a)
{
	const struct jc_commit *c = a->c;
	struct jc_buf parents;
	struct jc_stmt *st;
	int rc;

	jc_buf_init(&parents, JC_PARENTS_MAX * 10);
	for (size_t i = 0; i < c->nparents; i++)
		jc_buf_varint(&parents, (uint64_t)a->parent[i]);
	rc = jc_db_prep(&st, a->log->db,
	    "INSERT INTO log_commit(scope, oid, hash, tier, device, run, seq, lamport, time, schema, first_op, nops,"
	    " parents, ops) VALUES(:scope, :oid, :hash, :tier, :device, :run, :seq, :lamport, :time, :schema, :first,"
	    " :nops, :parents, :ops)", a->err);
	if (rc == 0 && (rc = jc_buf_check(&parents, "jc_log_append", a->err)) == 0) {
		jc_bind_int(st, ":scope", a->scope);
		jc_bind_blob(st, ":oid", c->oid.b, JC_OID_LEN);
		jc_bind_blob(st, ":hash", c->hash, JC_HASH_LEN);
		jc_bind_int(st, ":tier", (int64_t)c->tier);
		jc_bind_int(st, ":device", a->device);
		jc_bind_text(st, ":run", c->run, JC_ID_LEN);
		jc_bind_int(st, ":seq", c->seq);
		jc_bind_int(st, ":lamport", c->lamport);
		jc_bind_int(st, ":time", c->time);
		jc_bind_int(st, ":schema", c->schema);
		jc_bind_int(st, ":first", a->draft_ops != NULL ? 0 : a->first_op);
		jc_bind_int(st, ":nops", a->nops);
		jc_bind_blob(st, ":parents", parents.data != NULL ? parents.data : "", parents.len);
		jc_bind_int(st, ":ops", a->blob_no);
		if ((rc = jc_stmt_run(st, a->err)) == 0)
			a->no = jc_db_last_rowid(a->log->db);
	}
	jc_buf_free(&parents);
	return rc;
}

/* Fresh numbers for operations taken in, the drafts' own for what was cut here. */
static int
numbers_give(struct append *a)
{
	int64_t *ops;
	int rc;

	if (a->draft_ops != NULL)
		return jc_log_ranges(a->log, a->no, a->draft_ops, a->nops, 1, a->err);
	if (a->nops == 0)
		return 0;
	if ((ops = jc_alloc((size_t)a->nops * sizeof(*ops))) == NULL)
		return JC_NOMEM(a->err, "jc_log_append");
	for (int64_t i = 0; i < a->nops; i++)
		ops[i] = a->first_op + i;
	if ((rc = jc_log_ranges(a->log, a->no, ops, a->nops, 0, a->err)) == 0)
		rc = jc_log_copies(a->log, a->scope, ops, a->payload, &a->days, a->err);
	jc_free(ops);
	return rc;
}

/*
 * When it came, for the report on how timely branches send. What was cut here waits for a receipt (jc_note_take); what
 * the authority writes is where it has to be.
 */
static int
arrival_put(struct append *a)
{
	const struct jc_env *env = jc_db_env(a->log->db);
	struct jc_stmt *st;
	int rc = 0;

	if (a->draft_ops != NULL)
		jc_log_days(a->log, a->payload, &a->days);
	for (size_t i = 0; rc == 0 && i < a->days.n; i++) {
		if ((rc = jc_db_prep(&st, a->log->db,
		         "INSERT INTO arrival(commit_no, scope, day, n, time) SELECT :commit, :scope, :day, :n, :time"
		         " WHERE NOT EXISTS(SELECT 1 FROM scope WHERE no = :scope AND authority = :device)", a->err)) < 0)
			break;
		jc_bind_int(st, ":commit", a->no);
		jc_bind_int(st, ":day", a->days.v[i].day);
		jc_bind_int(st, ":n", a->days.v[i].ops);
		if (a->draft_ops != NULL)
			jc_bind_null(st, ":time");
		else
			jc_bind_int(st, ":time", env->wall_ms(env->ctx) / 1000);
		jc_bind_int(st, ":scope", a->scope);
		jc_bind_text(st, ":device", a->c->device, JC_ID_LEN);
		rc = jc_stmt_run(st, a->err);
	}
	return rc;
}

/* ---- refs ---- */

static int
ref_forward(struct append *a, int64_t ref_no)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, a->log->db,
	    "UPDATE ref SET oid = :oid, tip = :tip, tier = :tier, device = :device WHERE no = :no", a->err);

	if (rc < 0)
		return rc;
	jc_bind_blob(st, ":oid", a->c->oid.b, JC_OID_LEN);
	jc_bind_int(st, ":tip", a->no);
	jc_bind_int(st, ":tier", (int64_t)a->c->tier);
	jc_bind_int(st, ":device", a->device);
	jc_bind_int(st, ":no", ref_no);
	return jc_stmt_run(st, a->err);
}

static int
ref_insert(struct append *a, const char *name)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, a->log->db,
	    "INSERT INTO ref(scope, name, oid, tier, device, tip) VALUES(:scope, :name, :oid, :tier, :device, :tip)", a->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", a->scope);
	jc_bind_str(st, ":name", name);
	jc_bind_blob(st, ":oid", a->c->oid.b, JC_OID_LEN);
	jc_bind_int(st, ":tier", (int64_t)a->c->tier);
	jc_bind_int(st, ":device", a->device);
	jc_bind_int(st, ":tip", a->no);
	return jc_stmt_run(st, a->err);
}

/* The ref of this chain whose tip is commit `tip`; *chains: how many the device has in this tier. */
static int
chain_find(struct append *a, int64_t tip, int64_t *ref_no, int *chains)
{
	char low[64], high[64];
	struct jc_stmt *st;
	int rc;

	*ref_no = 0;
	*chains = 0;
	snprintf(low, sizeof(low), "refs/chains/%s/%s/", jc_tier_word(a->c->tier), a->c->device);
	snprintf(high, sizeof(high), "refs/chains/%s/%s0", jc_tier_word(a->c->tier), a->c->device);
	if ((rc = jc_db_prep(&st, a->log->db,
	         "SELECT no, tip FROM ref WHERE scope = :scope AND name > :low AND name < :high", a->err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", a->scope);
	jc_bind_str(st, ":low", low);
	jc_bind_str(st, ":high", high);
	while ((rc = jc_stmt_step(st, a->err)) == 1) {
		++*chains;
		if (tip != 0 && jc_col_int(st, 1) == tip)
			*ref_no = jc_col_int(st, 0);
	}
	return rc;
}

static void
fork_trace(const struct append *a, const char *name)
{
	const struct jc_env *env = jc_db_env(a->log->db);
	char text[160];

	if (env->trace == NULL)
		return;
	snprintf(text, sizeof(text), "scope=%s ref=%s seq=%lld", a->c->scope, name, (long long)a->c->seq);
	env->trace(env->ctx, JC_TRACE_WARN, "log.fork", text);
}

static int
chain_move(struct append *a)
{
	char name[64];
	int64_t ref_no;
	jc_id chain;
	int rc, chains;

	if ((rc = chain_find(a, a->c->seq > 1 ? a->parent[0] : 0, &ref_no, &chains)) < 0)
		return rc;
	if (ref_no != 0)
		return ref_forward(a, ref_no);
	jc_id_from_hash(chain, a->c->hash);
	snprintf(name, sizeof(name), "refs/chains/%s/%s/%s", jc_tier_word(a->c->tier), a->c->device, chain);
	if (chains != 0)
		fork_trace(a, name);
	return ref_insert(a, name);
}

/*
 * refs/heads/main follows the authority's chain: from its founding commit on, and into a lower tier as
 * soon as the authority has a commit there that descends from where main is.
 */
static int
main_move(struct append *a)
{
	struct jc_stmt *st;
	int64_t ref_no = 0, tip = 0, tier = 0;
	int rc;

	if ((rc = jc_db_prep(&st, a->log->db,
	         "SELECT r.no, r.tip, r.tier FROM scope s LEFT JOIN ref r ON r.scope = s.no AND r.name = 'refs/heads/main'"
	         " WHERE s.no = :scope AND s.authority = :device", a->err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", a->scope);
	jc_bind_text(st, ":device", a->c->device, JC_ID_LEN);
	if ((rc = jc_stmt_step(st, a->err)) != 1)
		return rc;
	ref_no = jc_col_int(st, 0);
	tip = jc_col_int(st, 1);
	tier = jc_col_int(st, 2);
	jc_stmt_reset(st);
	if (ref_no == 0)
		return ref_insert(a, "refs/heads/main");
	if ((int64_t)a->c->tier > tier)
		return 0;
	for (size_t i = 0; i < a->c->nparents; i++)
		if (a->parent[i] == tip)
			return ref_forward(a, ref_no);
	rc = jc_log_reaches(a->log, a->no, tip, a->err);
	return rc == 1 ? ref_forward(a, ref_no) : rc;
}

/* ---- all together ---- */

static int
fresh_note(struct append *a)
{
	struct jc_log *log = a->log;

	if (log->nfresh == log->fresh_cap) {
		size_t cap = log->fresh_cap != 0 ? log->fresh_cap * 2 : 64;
		int64_t *v = jc_realloc(log->fresh, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(a->err, "jc_log_append");
		log->fresh = v;
		log->fresh_cap = cap;
	}
	log->fresh[log->nfresh++] = a->no;
	return 0;
}

/* A device's name for people comes with its enrolment; the label in a commit stands in until then. */
static int
device_row(struct append *a)
{
	char label[JC_LABEL_MAX + 1];
	uint8_t pk[JC_PK_LEN];
	int rc = jc_device_find(a->log, a->c->device, &a->device, pk, a->err), at;

	if (rc == 0 && memcmp(pk, a->c->pk, JC_PK_LEN) == 0)
		return 0;
	if (rc == 0 && (rc = jc_keyring_has(a->log, a->c->device, a->c->pk, &at, a->err)) == 1)
		return 0;
	if (rc < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (!jc_commit_by_first(a->c))
		return jc_err_code(a->err, JC_ESIGNATURE, "jc_log_append");
	snprintf(label, sizeof(label), "%.*s", (int)a->c->label.n, a->c->label.p);
	return jc_device_add(a->log, a->c->pk, label, &a->device, a->err);
}

static int64_t
lines_count(struct jc_slice payload)
{
	int64_t n = 0;

	for (size_t i = 0; i < payload.n; i++)
		n += payload.p[i] == '\n';
	return n;
}

static int
append_all(struct append *a)
{
	int rc;

	a->nops = lines_count(a->payload);
	if ((rc = parents_find(a)) < 0 || (rc = device_row(a)) < 0 ||
	    (a->draft_ops == NULL && (rc = jc_log_reserve(a->log, a->nops, &a->first_op, a->err)) < 0) ||
	    (rc = objects_put(a)) < 0 || (rc = row_insert(a)) < 0 || (rc = numbers_give(a)) < 0 ||
	    (rc = arrival_put(a)) < 0 || (rc = chain_move(a)) < 0 || (rc = main_move(a)) < 0)
		return rc;
	return fresh_note(a);
}

int
jc_log_append_z(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_slice object,
    struct jc_slice payload, struct jc_slice payload_z, const int64_t *draft_ops, int64_t *no, int *fresh,
    struct jc_err *err)
{
	struct append a = {.log = log, .scope = scope, .c = c, .object = object, .payload = payload,
	    .payload_z = payload_z, .draft_ops = draft_ops, .err = err};
	const struct jc_cinfo *known;
	int rc = jc_log_info_h16(&known, log, scope, c->hash, err);

	*fresh = 0;
	if (rc == 0 && memcmp(known->hash, c->hash, JC_HASH_LEN) == 0) {
		*no = known->no;
		return 0;
	}
	if (rc != JC_ENOTFOUND)
		return rc < 0 ? rc : jc_err_code(err, JC_EFORMAT, "jc_log_append");
	jc_db_log_window(log->db, 1);
	rc = append_all(&a);
	jc_db_log_window(log->db, -1);
	if (rc < 0)
		return rc;
	*no = a.no;
	*fresh = 1;
	return 0;
}

int
jc_log_append(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_slice object,
    struct jc_slice payload, const int64_t *draft_ops, int64_t *no, int *fresh, struct jc_err *err)
{
	return jc_log_append_z(log, scope, c, object, payload, (struct jc_slice){NULL, 0}, draft_ops, no, fresh, err);
}
