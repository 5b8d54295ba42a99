/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Intake: the one door into the log (DESIGN 3, 5). What comes through it was written by a stranger.
 *
 * The first half looks at bytes only. It knows nothing of this node and may run on any thread: is the
 * commit in its one form, signed by the device it names, and is every operation whole, allowed in its
 * tier and, where it names an operation of the same commit, naming one that exists?
 *
 * The second half looks at the log. Its order is the point: everything that can refuse comes before
 * the first write. A refusal therefore costs nothing and undoes nothing; the commits before it stay
 * and the items behind it are looked at as if it had never come.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "project.h"
#include "sync_intake.h"
#include "sync_succession.h"
#include "witness.h"

#define FIELDS_MAX 1024u     /* written fields of one operation */
#define REFS_MAX 8192u       /* operations that one operation names */
#define LOOKUPS_MAX 4096     /* operations that one commit may make us read back */
#define COMMIT_Z_MAX 32768u  /* FORMAT 6 */

void
jc_intake_item_free(struct jc_intake_item *it)
{
	if (it == NULL)
		return;
	jc_buf_free(&it->object);
	jc_buf_free(&it->payload);
	jc_buf_free(&it->payload_z);
}

int
jc_intake_refused(int code)
{
	switch (code) {
	case JC_EFORMAT:
	case JC_ESIGNATURE:
	case JC_EDENIED:
	case JC_ELIMIT:
	case JC_ESTALE:
	case JC_ENEWER:
	case JC_EINVAL:
		return 1;
	default:
		return 0;
	}
}

static int
bad(struct jc_err *err, const char *sentence)
{
	return jc_err_set(err, JC_EFORMAT, "jc_intake", "%s", sentence);
}

/* ---- operations: the pure half ---- */

/* What the operations so far wrote: for every operation its record and the sorted names of its fields. */
struct seen {
	struct jc_buf names;     /* kind NUL record NUL, then per field length byte and name */
	size_t *field;           /* offset of each field name */
	size_t nfields, fields_cap;
	struct seen_op {
		size_t at, first, n;
	} *op;
	size_t nops, ops_cap;
};

static void
seen_free(struct seen *s)
{
	jc_buf_free(&s->names);
	jc_free(s->field);
	jc_free(s->op);
}

static int
seen_room(void **v, size_t *cap, size_t need, size_t size)
{
	void *p;

	if (need <= *cap)
		return 0;
	if ((p = jc_realloc(*v, need * 2 * size)) == NULL)
		return JC_ENOMEM;
	*v = p;
	*cap = need * 2;
	return 0;
}

static int
seen_name(struct seen *s, struct jc_slice name)
{
	s->field[s->nfields++] = s->names.len;
	jc_buf_putc(&s->names, (char)name.n);
	jc_buf_slice(&s->names, name);
	return s->names.failed;
}

static int
seen_add(struct seen *s, const struct jc_op *op)
{
	struct seen_op *o;

	if (seen_room((void **)&s->field, &s->fields_cap, s->nfields + op->nfields + 1, sizeof(*s->field)) < 0 ||
	    seen_room((void **)&s->op, &s->ops_cap, s->nops + 1, sizeof(*s->op)) < 0)
		return JC_ENOMEM;
	o = &s->op[s->nops++];
	o->at = s->names.len;
	jc_buf_slice(&s->names, op->kind);
	jc_buf_putc(&s->names, '\0');
	jc_buf_puts(&s->names, op->rec);
	jc_buf_putc(&s->names, '\0');
	o->first = s->nfields;
	if (op->verb == JC_V_UNVOID)
		(void)seen_name(s, JC_SLICE("~"));
	for (size_t i = 0; op->verb != JC_V_VOID && i < op->nfields; i++)
		(void)seen_name(s, op->fields[i].name);
	o->n = s->nfields - o->first;
	return s->names.failed;
}

/* 1 if operation i wrote that field of that record; `any`: of any record of the kind. */
static int
seen_wrote(const struct seen *s, int64_t i, const struct jc_op *by, struct jc_slice field, int any)
{
	const struct seen_op *o = &s->op[i];
	const char *p = s->names.data + o->at;
	size_t lo = 0, hi = o->n;

	if (strlen(p) != by->kind.n || memcmp(p, by->kind.p, by->kind.n) != 0 ||
	    (!any && strcmp(p + by->kind.n + 1, by->rec) != 0))
		return 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *f = s->names.data + s->field[o->first + mid];
		int c = jc_slice_cmp((struct jc_slice){f + 1, (unsigned char)f[0]}, field);

		if (c == 0)
			return 1;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

/* Verbs whose names are writes of the operation's own record. */
static int
names_own_record(enum jc_verb v)
{
	return v == JC_V_SET || v == JC_V_VOID || v == JC_V_UNVOID || v == JC_V_ALIAS || v == JC_V_DEVICE;
}

static const struct jc_opfield *
field_of(const struct jc_op *op, struct jc_slice name)
{
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_eq(op->fields[i].name, name))
			return &op->fields[i];
	return NULL;
}

static int
same_refs_check(const struct seen *s, const struct jc_op *op, struct jc_err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < op->nnames; i++) {
		const struct jc_opnames *m = &op->names[i];

		if ((total += m->nrefs) > REFS_MAX)
			return jc_err_set(err, JC_ELIMIT, "same_refs_check", "%s",
			    JC_T("指向的操作太多", "It names too many operations"));
		for (size_t k = 0; k < m->nrefs; k++) {
			const struct jc_opref *r = &m->refs[k];

			if (r->kind == JC_REF_LOCAL)
				return bad(err, JC_T("含有只在本机有效的编号", "It names a local number"));
			if (r->kind != JC_REF_SAME)
				continue;
			if (r->n < 0 || (size_t)r->n >= s->nops)
				return bad(err, JC_T("指向了后面的操作", "It names an operation that comes later"));
			/* whether witnesses join it to another record is seen when their operations are at hand */
			if (names_own_record(op->verb) && !seen_wrote(s, r->n, op, m->field, jc_witness_has(op)))
				return bad(err, JC_T("指向的操作没有写过这条记录的这个字段",
				    "It names an operation that did not write this field of this record"));
		}
	}
	return 0;
}

static int
elements_check(const struct jc_op *op, const struct jc_slice *v, size_t n, struct jc_err *err)
{
	uint64_t rec, other;
	int same;

	if (n > JC_ALIAS_ELEMENTS)
		return jc_err_set(err, JC_ELIMIT, "elements_check", "%s",
		    JC_T("一次认定的重复太多", "It decides about too many records at once"));
	for (size_t i = 0; i < n; i++)
		if (jc_alias_element(&other, &same, v[i]) < 0 || jc_id_to_u64(&rec, op->rec, JC_ID_LEN) < 0 || other == rec)
			return bad(err, JC_T("重复认定里的编号不对", "An element of an alias is not another record's id"));
	return 0;
}

/* An alias writes the set `*` and nothing else. */
static int
alias_check(const struct jc_op *op, struct jc_err *err)
{
	const struct jc_opfield *f = &op->fields[0];
	int rc;

	if (op->nfields != 1 || !jc_slice_is(f->name, "*") || f->kind != JC_VAL_SET || f->boxed)
		return bad(err, JC_T("重复认定的写法不对", "An alias writes the set of edges and nothing else"));
	if ((rc = elements_check(op, f->add, f->nadd, err)) < 0)
		return rc;
	return elements_check(op, f->del, f->ndel, err);
}

static int
record_verb_check(const struct jc_commit *c, const struct jc_op *op, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind_any(op->kind.p, op->kind.n);
	int ours = c->schema <= JC_SCHEMA_VERSION && !jc_overlay_name(op->kind.p, op->kind.n);

	if (op->kind.n == 0 || op->rec[0] == '\0')
		return bad(err, JC_T("缺少记录或种类", "Record or kind is missing"));
	if (kind == NULL && ours)
		return bad(err, JC_T("没有这种记录", "There is no such kind"));
	if (kind != NULL && ours && c->tier > kind->ceiling)
		return bad(err, JC_T("这种记录不许上报到这一级", "Records of this kind may not go that far up"));
	if (op->verb == JC_V_UNVOID && op->nfields != 0)
		return bad(err, JC_T("恢复操作不能带字段", "An un-voiding has no fields"));
	if (op->verb == JC_V_VOID && (op->nnames == 0 || op->nfields > 1 ||
	    (op->nfields == 1 && !jc_slice_is(op->fields[0].name, "reason"))))
		return bad(err, JC_T("作废操作的写法不对", "A voiding names writes and has at most a reason"));
	if (op->verb == JC_V_ALIAS)
		return alias_check(op, err);
	if (op->verb != JC_V_SET)
		return 0;
	if (op->nfields == 0)
		return bad(err, JC_T("没有写任何字段", "It writes no field"));
	for (size_t i = 0; i < op->nfields; i++) {
		struct jc_slice f = op->fields[i].name;

		if (jc_slice_is(f, "~") || jc_slice_is(f, "*"))
			return bad(err, JC_T("用了保留的字段名", "A reserved field name is used"));
		if (kind != NULL && ours && !jc_overlay_name(f.p, f.n) && jc_catalogue_field(kind, f.p, f.n) == NULL)
			return bad(err, JC_T("没有这个字段", "There is no such field"));
	}
	return 0;
}

static int
names_check(const struct jc_op *op, struct jc_err *err)
{
	for (size_t i = 0; i < op->nnames; i++) {
		struct jc_slice f = op->names[i].field;

		if (op->verb == JC_V_UNVOID && !jc_slice_is(f, "~"))
			return bad(err, JC_T("恢复操作只能指向恢复", "An un-voiding names un-voidings only"));
		if (jc_slice_is(f, "*") && (op->verb == JC_V_SET || op->verb == JC_V_ALIAS))
			continue;
		if ((op->verb == JC_V_SET || op->verb == JC_V_DEVICE) && field_of(op, f) == NULL)
			return bad(err, JC_T("替换了没有写的字段", "It replaces a field that it does not write"));
	}
	return 0;
}

/* A device operation must carry the key its record id is made of. */
static int
device_verb_check(const struct jc_commit *c, const struct jc_op *op, struct jc_err *err)
{
	const struct jc_opfield *key = field_of(op, JC_SLICE("key"));
	uint8_t pk[JC_PK_LEN];
	jc_id id;

	if (c->tier != JC_TIER_CITY)
		return bad(err, JC_T("设备登记只能写在最高一级", "Device standing belongs into the city tier"));
	if (op->rec[0] == '\0')
		return bad(err, JC_T("缺少设备编号", "The device id is missing"));
	if (jc_op_text(op, "next").n != 0 && strcmp(op->rec, c->device) != 0)
		return bad(err, JC_T("换密钥只能由本设备自己写", "A device's next key is its own word"));
	if (key == NULL)
		return 0;
	if (key->kind != JC_VAL_TEXT || jc_b64_decode(pk, sizeof(pk), key->text.p, key->text.n) != JC_PK_LEN)
		return bad(err, JC_T("设备的公钥写法不对", "The device's key is malformed"));
	jc_device_id(id, pk);
	return strcmp(id, op->rec) == 0 ? 0 : bad(err, JC_T("设备编号与公钥不符", "Device id and key do not belong together"));
}

/* A verdict says one of two things of writes of one record. */
static int
verdict_verb_check(const struct jc_op *op, struct jc_err *err)
{
	const struct jc_opfield *state = field_of(op, JC_SLICE("state")), *reason = field_of(op, JC_SLICE("reason"));

	if (op->kind.n == 0 || op->rec[0] == '\0' || op->nnames == 0)
		return bad(err, JC_T("退回的写法不对：缺少记录或所指的内容", "A verdict needs a record and what it is about"));
	if (state == NULL || state->kind != JC_VAL_TEXT ||
	    (!jc_slice_is(state->text, "returned") && !jc_slice_is(state->text, "accepted")) ||
	    (reason != NULL && reason->kind != JC_VAL_TEXT) || op->nfields != 1 + (size_t)(reason != NULL))
		return bad(err, JC_T("退回的写法不对：只有状态和原因", "A verdict has a state and a reason only"));
	return 0;
}

/* The founding operation: first of a scope, and what the trailer's hash says. */
static int
found_verb_check(const struct jc_commit *c, const struct jc_op *op, size_t place, struct jc_err *err)
{
	uint8_t h[JC_HASH_LEN];

	if (place != 0 || c->nparents != 0 || c->seq != 1 || c->tier != JC_TIER_CITY)
		return bad(err, JC_T("创建记录只能在最前面", "A founding record stands first in its scope"));
	jc_hash(h, op->line.p, op->line.n);
	return c->has_founding && memcmp(h, c->founding, sizeof(h)) == 0
	    ? 0 : bad(err, JC_T("创建记录与摘要不符", "Founding record and its hash differ"));
}

static int
op_check(const struct jc_commit *c, const struct jc_op *op, size_t place, const struct seen *s, struct jc_err *err)
{
	int rc = 0;

	if (op->nfields > FIELDS_MAX)
		return jc_err_set(err, JC_ELIMIT, "op_check", "%s", JC_T("字段太多", "It has too many fields"));
	switch (op->verb) {
	case JC_V_SET:
	case JC_V_VOID:
	case JC_V_UNVOID:
	case JC_V_ALIAS:
		rc = record_verb_check(c, op, err);
		break;
	case JC_V_FOUND:
		rc = found_verb_check(c, op, place, err);
		break;
	case JC_V_DEVICE:
		rc = device_verb_check(c, op, err);
		break;
	case JC_V_VERDICT:
		rc = verdict_verb_check(op, err);
		break;
	default: /* of a later program: kept and forwarded as it is */
		break;
	}
	if (rc == 0)
		rc = names_check(op, err);
	if (rc == 0 && op->has_origin && (op->origin.kind == JC_REF_LOCAL ||
	    (op->origin.kind == JC_REF_SAME && (op->origin.n < 0 || (size_t)op->origin.n >= s->nops))))
		rc = bad(err, JC_T("来源指向不对", "Its origin points nowhere"));
	return rc < 0 ? rc : same_refs_check(s, op, err);
}

/* Deflates the payload as it will be stored. One over the bound is allowed only when it is one save that nobody could
 * have split. */
static int
payload_deflate(struct jc_intake_item *it, int one_save, struct jc_err *err)
{
	int rc;

	jc_buf_free(&it->payload_z);
	jc_buf_init(&it->payload_z, 2 * JC_PAYLOAD_MAX); /* zlib asks for more room than it fills */
	if ((rc = jc_zlib_pack(&it->payload_z, it->payload.data, it->payload.len, 6, err)) < 0)
		return rc;
	if (it->payload.len > COMMIT_Z_MAX && it->payload_z.len > COMMIT_Z_MAX && !one_save)
		return jc_err_set(err, JC_ELIMIT, "payload_deflate", "%s",
		    JC_T("一次提交太大，应当分开", "The commit is too large and should have been split"));
	return 0;
}

int
jc_intake_ops(struct jc_intake_item *it, struct jc_err *err)
{
	struct jc_ops_reader *reader = NULL;
	struct seen seen = {0};
	struct jc_op op;
	jc_id rec = "", batch = "";
	int rc, one_save = 1;

	if (it->payload.len == 0)
		return it->c.nparents >= 2 ? 0 : bad(err, JC_T("空提交只能用来合并", "A commit without operations must join others"));
	jc_buf_init(&seen.names, 16u << 20);
	if ((rc = jc_ops_reader_new(&reader, 0, err)) < 0)
		goto out;
	jc_ops_begin(reader, it->payload.data, it->payload.len);
	while ((rc = jc_ops_next(reader, &op, err)) == 1) {
		if (seen.nops == JC_OPS_MAX) {
			rc = jc_err_set(err, JC_ELIMIT, "jc_intake_ops", "%s",
			    JC_T("一次提交的操作太多", "The commit has too many operations"));
			goto out;
		}
		if ((rc = op_check(&it->c, &op, seen.nops, &seen, err)) < 0) {
			jc_err_prefix(err, JC_T("第%zu个操作：", "Operation %zu: "), seen.nops + 1);
			goto out;
		}
		if (seen.nops == 0) {
			memcpy(rec, op.rec, sizeof(rec));
			memcpy(batch, op.batch, sizeof(batch));
		}
		one_save &= strcmp(rec, op.rec) == 0 && strcmp(batch, op.batch) == 0;
		if (seen_add(&seen, &op) != 0) {
			rc = JC_NOMEM(err, "jc_intake_ops");
			goto out;
		}
	}
	if (rc == 0)
		rc = payload_deflate(it, one_save, err);
out:
	jc_ops_reader_free(reader);
	seen_free(&seen);
	return rc;
}

int
jc_intake_check(struct jc_intake_item *it, struct jc_err *err)
{
	int rc;

	if (it->payload.len > JC_PAYLOAD_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_intake_check", "%s", JC_T("一次提交太大", "The commit is too large"));
	if ((rc = jc_commit_parse(&it->c, it->object.data, it->object.len, err)) < 0 ||
	    (rc = jc_commit_attach(&it->c, it->payload.data, it->payload.len, err)) < 0 ||
	    (rc = jc_commit_verify(&it->c, it->object.data, it->object.len, err)) < 0)
		return rc;
	return jc_intake_ops(it, err);
}

/* ---- admission: the half that looks at the log ---- */

static int
denied(struct jc_err *err, const char *sentence)
{
	return jc_err_set(err, JC_EDENIED, "jc_intake_admit", "%s", sentence);
}

/* 1 if stored already. A different commit under the same 16 bytes would be a broken hash. */
static int
stored(struct jc_node *node, const struct jc_scope *s, const struct jc_commit *c, int64_t *no, struct jc_err *err)
{
	struct jc_commit_row row;
	int rc = jc_log_commit_h16(node->log, s->no, c->hash, &row, err);

	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc < 0)
		return rc;
	if (memcmp(row.hash, c->hash, sizeof(row.hash)) != 0)
		return bad(err, JC_T("摘要相撞", "Two commits share a short hash"));
	*no = row.no;
	return 1;
}

static int
is_founding_commit(const struct jc_scope *s, const struct jc_commit *c)
{
	return c->seq == 1 && c->nparents == 0 && c->tier == JC_TIER_CITY && strcmp(c->device, s->authority) == 0;
}

/* The commit that gave the device its standing, for "is enrolled among its ancestors". */
static int
enrolled_by(struct jc_node *node, int64_t scope, int64_t device, int64_t *commit_no, struct jc_err *err)
{
	struct jc_opread read;
	struct jc_stmt *st;
	int64_t op = 0;
	int rc;

	if ((rc = jc_db_prep(&st, node->db, "SELECT op FROM standing WHERE scope = :scope AND device = :device", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		op = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	if (rc < 0)
		return rc;
	jc_opread_init(&read);
	rc = jc_log_op_read(node->log, op, &read, err);
	*commit_no = rc < 0 ? 0 : read.commit_no;
	jc_opread_free(&read);
	return rc == JC_ENOTFOUND ? 0 : rc;
}

static int
wrong_key(struct jc_err *err)
{
	return jc_err_set(err, JC_ESIGNATURE, "author_check", "%s", JC_T("签名的密钥不是这台设备的", "Signed by another key"));
}

static int
author_check(struct jc_node *node, const struct jc_scope *s, const struct jc_commit *c, const char *caller,
    int64_t *device, struct jc_err *err)
{
	char state[12];
	int rc = jc_device_find(node->log, c->device, device, NULL, err);

	*device = rc < 0 ? 0 : *device;
	if (is_founding_commit(s, c)) /* by the first key, whatever followed */
		return !jc_commit_by_first(c) ? wrong_key(err) : rc == JC_ENOTFOUND ? 0 : rc;
	if (rc == JC_ENOTFOUND)
		return denied(err, JC_T("写这次提交的设备没有登记", "The device that wrote this commit is not enrolled"));
	if (rc < 0)
		return rc;
	if ((rc = jc_keyring_may(node->log, s->no, c, err)) != 1)
		return rc < 0 ? rc : wrong_key(err);
	if ((rc = jc_device_standing(node->log, s->no, *device, state, err)) < 0)
		return rc;
	if (state[0] == '\0')
		return denied(err, JC_T("写这次提交的设备没有在这个单位登记", "The commit's device is not enrolled in this scope"));
	/* What others bring of it may be what was accepted; what is beyond that has no effect (verdict.c). */
	if (strcmp(caller, c->device) == 0 && strcmp(state, "enrolled") != 0)
		return denied(err, JC_T("这台设备已停用", "This device has been revoked"));
	return 0;
}

static int
parents_check(struct jc_node *node, const struct jc_scope *s, const struct jc_commit *c, int64_t device,
    int64_t parent[JC_PARENTS_MAX], struct jc_err *err)
{
	int64_t lamport = 0;

	for (size_t i = 0; i < c->nparents; i++) {
		struct jc_commit_row row;
		int rc = jc_log_commit_h16(node->log, s->no, c->parent_hash[i], &row, err);

		if (rc == JC_ENOTFOUND)
			return jc_err_set(err, JC_ESTALE, "parents_check", "%s",
			    JC_T("它前面的提交还没有收到", "A commit before it has not arrived yet"));
		if (rc < 0)
			return rc;
		if (memcmp(row.hash, c->parent_hash[i], JC_HASH_LEN) != 0 || jc_oid_cmp(&row.oid, &c->parent[i]) != 0)
			return bad(err, JC_T("父提交的摘要对不上", "A parent's hash and id do not belong together"));
		if (row.tier < c->tier)
			return bad(err, JC_T("不能接在更低一级的提交后面", "It descends from a lower tier"));
		if (i == 0 && c->seq > 1 && (row.device != device || row.tier != c->tier || row.seq + 1 != c->seq))
			return bad(err, JC_T("第一个父提交不是它的前一个提交", "The first parent is not its predecessor"));
		if (row.lamport > lamport)
			lamport = row.lamport;
		parent[i] = row.no;
	}
	if (c->seq > 1 && c->nparents == 0)
		return bad(err, JC_T("缺少前一个提交", "The predecessor is missing"));
	if (c->lamport != lamport + 1)
		return bad(err, JC_T("逻辑时间不对", "Its Lamport number is wrong"));
	return 0;
}

static int
chain_start_check(struct jc_node *node, const struct jc_scope *s, const struct jc_commit *c, int64_t device,
    const int64_t *parent, struct jc_err *err)
{
	int64_t by;
	int rc;

	if (!c->has_founding || memcmp(c->founding, s->founding, JC_HASH_LEN) != 0)
		return denied(err, JC_T("这次提交属于另一个单位", "The commit belongs to another scope's founding record"));
	if (c->nparents == 0 && !is_founding_commit(s, c))
		return bad(err, JC_T("没有接在任何提交后面", "The first commit of a device must follow its enrolment"));
	if (strcmp(c->device, s->authority) == 0)
		return 0;
	if ((rc = enrolled_by(node, s->no, device, &by, err)) < 0)
		return rc;
	for (size_t i = 0; i < c->nparents; i++)
		if ((rc = jc_log_reaches(node->log, parent[i], by, err)) != 0)
			return rc < 0 ? rc : 0;
	return bad(err, JC_T("这台设备的登记不在它之前", "The device's enrolment is not among its ancestors"));
}

/* Named operations that the record still shows are in its cells: no need to read them back. */
static int
in_cells(struct jc_node *node, const struct jc_scope *s, const struct jc_op *op, struct jc_slice field, int64_t no,
    struct jc_err *err)
{
	struct jc_project *p = node->project;
	const struct jc_field *f;
	struct jc_kindmap *k;
	struct jc_rec *r;
	uint32_t fno;
	int rc;

	if (jc_catalogue_kind_any(op->kind.p, op->kind.n) == NULL)
		return 0;
	if ((rc = jc_kindmap_get(&k, p, op->kind, err)) < 0 ||
	    k->kind == NULL || (rc = jc_rec_get(&r, p, s->no, k, op->rec, 0, err)) < 0 || r == NULL)
		return rc;
	if (jc_slice_is(field, "~") || jc_slice_is(field, "*"))
		fno = field.p[0] == '~' ? JC_FIELD_ALIVE : JC_FIELD_ALIAS;
	else if (jc_catalogue_field(k->kind, field.p, field.n) == NULL)
		return 0;
	else if ((rc = jc_kindmap_field(&fno, &f, p, k, field, err)) < 0)
		return rc;
	for (size_t i = 0; i < r->cells.n; i++)
		if (r->cells.v[i].op == no && r->cells.v[i].field == fno)
			return 1;
	return 0;
}

/* The operations of the commit that is looked at: their records, and the edges that they add. */
struct fresh {
	jc_id *rec;
	size_t n, cap;
	struct fresh_edge {
		size_t at; /* operation */
		struct jc_edge edge;
	} *edge;
	size_t nedges, edges_cap;
};

struct names_walk {
	struct jc_node *node;
	const struct jc_scope *s;
	struct fresh fresh;
	struct jc_witness witness;
	struct jc_opread read;
	int lookups;
	struct jc_err *err;
};

static int
fresh_add(struct fresh *f, const struct jc_op *op)
{
	struct jc_witness w = {0};

	if (seen_room((void **)&f->rec, &f->cap, f->n + 1, sizeof(*f->rec)) < 0)
		return JC_ENOMEM;
	memcpy(f->rec[f->n], op->rec, sizeof(*f->rec));
	if (op->verb == JC_V_ALIAS) {
		(void)jc_witness_add(&w, op); /* its form was looked at before */
		if (seen_room((void **)&f->edge, &f->edges_cap, f->nedges + w.n + 1, sizeof(*f->edge)) < 0)
			return JC_ENOMEM;
		for (size_t i = 0; i < w.n; i++)
			f->edge[f->nedges++] = (struct fresh_edge){f->n, w.edge[i]};
	}
	f->n++;
	return 0;
}

static int
lookup(struct names_walk *nw, int64_t no)
{
	int rc;

	if (++nw->lookups > LOOKUPS_MAX)
		return jc_err_set(nw->err, JC_ELIMIT, "op_names_exist", "%s",
		    JC_T("指向的旧操作太多", "It names too many old operations"));
	rc = jc_log_op_read(nw->node->log, no, &nw->read, nw->err);
	return rc == JC_ENOTFOUND ? bad(nw->err, JC_T("指向的操作不存在", "It names an operation that is not there")) : rc;
}

static int
named_number(struct names_walk *nw, const struct jc_opref *ref, int64_t *no)
{
	int rc = jc_log_op_find(nw->node->log, nw->s->no, ref->h, ref->n, no, nw->err);

	return rc == JC_ENOTFOUND ? bad(nw->err, JC_T("指向的操作不存在", "It names an operation that is not there")) : rc;
}

/* Edges of one witness into nw->witness. */
static int
witness_read(struct names_walk *nw, const struct jc_op *op, const struct jc_opref *ref)
{
	size_t before = nw->witness.n;
	int64_t no;
	int rc = 0;

	if (ref->kind == JC_REF_HASH) {
		if ((rc = named_number(nw, ref, &no)) < 0 || (rc = lookup(nw, no)) < 0)
			return rc;
		rc = jc_slice_eq(nw->read.op.kind, op->kind) ? jc_witness_add(&nw->witness, &nw->read.op) : JC_EFORMAT;
	}
	for (size_t i = 0; rc == 0 && ref->kind == JC_REF_SAME && i < nw->fresh.nedges; i++)
		if (nw->fresh.edge[i].at == (size_t)ref->n)
			rc = jc_witness_edge(&nw->witness, nw->fresh.edge[i].edge.a, nw->fresh.edge[i].edge.b);
	if (rc == JC_ELIMIT)
		return jc_err_set(nw->err, rc, "witness_read", "%s", JC_T("附带的合并依据太多", "It has too many witnesses"));
	if (rc < 0 || nw->witness.n == before)
		return bad(nw->err, JC_T("附带的合并依据不是合并", "A witness is not an edge between records of this kind"));
	return 0;
}

static int
witnesses_read(struct names_walk *nw, const struct jc_op *op)
{
	uint64_t rec;
	int rc = 0;

	nw->witness.n = nw->witness.njoined = 0;
	if (!jc_witness_has(op))
		return 0;
	for (size_t k = 0; rc == 0 && k < op->names[0].nrefs; k++)
		rc = witness_read(nw, op, &op->names[0].refs[k]);
	if (rc == 0 && jc_id_to_u64(&rec, op->rec, JC_ID_LEN) == 0)
		jc_witness_close(&nw->witness, rec);
	return rc;
}

/* The operation's own record, or one that its witnesses join to it. */
static int
may_name(const struct names_walk *nw, const struct jc_op *op, const char *rec)
{
	return strcmp(rec, op->rec) == 0 || (nw->witness.njoined != 0 && jc_witness_joins(&nw->witness, rec));
}

static int
wrote_check(struct names_walk *nw, const struct jc_op *op, struct jc_slice field, int64_t no)
{
	const struct jc_op *t = &nw->read.op;
	int rc = lookup(nw, no);

	if (rc < 0)
		return rc;
	if (jc_slice_eq(t->kind, op->kind) && may_name(nw, op, t->rec)) {
		if (t->verb == JC_V_UNVOID && jc_slice_is(field, "~"))
			return 0;
		if ((t->verb == JC_V_SET || t->verb == JC_V_DEVICE || t->verb == JC_V_ALIAS) && field_of(t, field) != NULL)
			return 0;
	}
	return bad(nw->err, JC_T("指向的操作没有写过这条记录的这个字段",
	    "It names an operation that did not write this field of this record"));
}

static int
name_exists(struct names_walk *nw, const struct jc_op *op, struct jc_slice field, const struct jc_opref *ref)
{
	int64_t no;
	int rc;

	if (ref->kind == JC_REF_SAME) /* what it wrote was looked at by the first half, but not for whom */
		return !names_own_record(op->verb) || may_name(nw, op, nw->fresh.rec[ref->n])
		    ? 0
		    : bad(nw->err, JC_T("指向的操作没有写过这条记录的这个字段",
		          "It names an operation that did not write this field of this record"));
	if (ref->kind != JC_REF_HASH || (rc = named_number(nw, ref, &no)) < 0)
		return ref->kind != JC_REF_HASH ? 0 : rc;
	if (!names_own_record(op->verb))
		return 0;
	if (op->verb != JC_V_DEVICE && (rc = in_cells(nw->node, nw->s, op, field, no, nw->err)) != 0)
		return rc < 0 ? rc : 0;
	return wrote_check(nw, op, field, no);
}

static int
op_names_exist(struct names_walk *nw, const struct jc_op *op)
{
	size_t first = (size_t)jc_witness_has(op);
	int rc = witnesses_read(nw, op);

	for (size_t i = first; rc == 0 && i < op->nnames; i++)
		for (size_t k = 0; rc == 0 && k < op->names[i].nrefs; k++)
			rc = name_exists(nw, op, op->names[i].field, &op->names[i].refs[k]);
	return rc;
}

/* A hub below says in its scope here by which key it goes on, and nothing else of devices. */
static int
own_key(const struct jc_scope *s, const struct jc_op *op)
{
	return strcmp(s->role, "hub") == 0 && op->nfields == 3 && jc_op_text(op, "next").n != 0;
}

static int
names_walk(struct names_walk *nw, const struct jc_intake_item *it, struct jc_ops_reader *reader)
{
	int authority = strcmp(it->c.device, nw->s->authority) == 0, rc;
	struct jc_err *err = nw->err;
	struct jc_op op;

	jc_ops_begin(reader, it->payload.data, it->payload.len);
	while ((rc = jc_ops_next(reader, &op, err)) == 1) {
		if (!authority && (op.verb == JC_V_FOUND || (op.verb == JC_V_DEVICE && !own_key(nw->s, &op)) || op.verb == JC_V_VERDICT))
			rc = denied(err, JC_T("只有上级可以这样写", "Only the authority of the scope may write this"));
		else if (op.verb == JC_V_FOUND && !is_founding_commit(nw->s, &it->c))
			rc = bad(err, JC_T("创建记录只能在最前面", "A founding record stands first in its scope"));
		else
			rc = op_names_exist(nw, &op);
		if (rc < 0) {
			jc_err_prefix(err, JC_T("第%zu个操作：", "Operation %zu: "), nw->fresh.n + 1);
			return rc;
		}
		if (fresh_add(&nw->fresh, &op) < 0)
			return JC_NOMEM(err, "names_walk");
	}
	if (rc == 0 && is_founding_commit(nw->s, &it->c) && nw->fresh.n < 2)
		rc = bad(err, JC_T("创建提交不完整", "The founding commit is not whole"));
	return rc;
}

static int
names_exist(struct jc_node *node, const struct jc_scope *s, const struct jc_intake_item *it, struct jc_err *err)
{
	struct names_walk nw = {.node = node, .s = s, .err = err};
	struct jc_ops_reader *reader = NULL;
	int rc;

	jc_opread_init(&nw.read);
	if ((rc = jc_ops_reader_new(&reader, 0, err)) == 0)
		rc = names_walk(&nw, it, reader);
	jc_ops_reader_free(reader);
	jc_opread_free(&nw.read);
	jc_free(nw.fresh.rec);
	jc_free(nw.fresh.edge);
	return rc;
}

static int
admissible(struct jc_node *node, const struct jc_scope *s, const struct jc_intake_item *it, const char *caller,
    struct jc_err *err)
{
	const struct jc_commit *c = &it->c;
	int64_t parent[JC_PARENTS_MAX], device;
	int rc;

	if (strcmp(c->network, s->network) != 0 || strcmp(c->scope, s->id) != 0)
		return denied(err, JC_T("这次提交属于另一个单位", "The commit belongs to another scope"));
	if (caller[0] != '\0' && c->tier == JC_TIER_BRANCH)
		return denied(err, JC_T("这一级的内容不许离开支部", "Records of this tier do not leave the branch"));
	if ((rc = author_check(node, s, c, caller, &device, err)) < 0 ||
	    (rc = parents_check(node, s, c, device, parent, err)) < 0)
		return rc;
	if (c->seq == 1 && (rc = chain_start_check(node, s, c, device, parent, err)) < 0)
		return rc;
	return names_exist(node, s, it, err);
}

int
jc_intake_admit(struct jc_node *node, const struct jc_scope *s, const struct jc_intake_item *it,
    const char *caller, int64_t *no, int *fresh, struct jc_err *err)
{
	struct jc_slice object = {it->object.data, it->object.len};
	struct jc_slice payload = {it->payload.len != 0 ? it->payload.data : "", it->payload.len};
	struct jc_slice payload_z = {it->payload_z.data, it->payload_z.len};
	int rc = stored(node, s, &it->c, no, err);

	*fresh = 0;
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if ((rc = admissible(node, s, it, caller, err)) < 0 ||
	    (rc = jc_log_append_z(node->log, s->no, &it->c, object, payload, payload_z, NULL, no, fresh, err)) < 0)
		return rc;
	if (*fresh && (rc = jc_project_commit(node->project, *no, &it->c, payload, err)) < 0 && jc_intake_refused(rc)) {
		/* Something the checks above let through: the transaction is spoilt, which is our fault. */
		jc_err_cause(err, "projection of an admitted commit");
		rc = JC_ECORRUPT;
		if (err != NULL)
			err->code = rc;
	}
	return rc;
}
