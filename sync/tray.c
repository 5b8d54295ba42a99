/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sync_tray.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "save.h"

/* ---- the hub: returning and accepting ---- */

struct stating {
	struct jc_save *sv;
	struct jc_rec *r;
	struct jc_build b;
	struct jc_buf *name;       /* texts of field names, as many as b may have */
	size_t nname;
	struct jc_err *err;
};

/* Statements that stand on one write: what a new one replaces. */
static int
earlier_name(struct stating *s, int64_t op, const char *field)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->sv->node->db,
	    "SELECT by_op FROM verdict_said WHERE op = :op AND field = :field AND NOT replaced", s->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	jc_bind_str(st, ":field", field);
	while ((rc = jc_stmt_step(st, s->err)) == 1)
		jc_build_ref(&s->b, jc_col_int(st, 0));
	return rc;
}

/* The name of a field by its local number, "" for the reserved ones; borrowed from s. */
static int
name_make(struct stating *s, uint32_t field, const char **out)
{
	struct jc_buf *b = &s->name[s->nname++];
	int rc;

	jc_buf_init(b, 256);
	*out = "";
	rc = jc_kindmap_field_name(b, s->sv->node->project, s->r->k, field, s->err);
	if (rc == 0 && b->data != NULL)
		*out = b->data;
	return rc;
}

/* Names every write of the wanted field, or of all. */
static int
return_names(struct stating *s, const struct jc_field *only)
{
	const struct jc_cells *cells = &s->r->cells;
	int rc = 0;

	for (size_t i = 0, end; rc >= 0 && i < cells->n; i = end) {
		const char *name;

		for (end = i; end < cells->n && cells->v[end].field == cells->v[i].field; end++)
			;
		if (cells->v[i].field == JC_FIELD_ALIAS || (only != NULL && cells->v[i].field != only->id))
			continue; /* who is one with whom is not the branch's to mend here */
		if ((rc = name_make(s, cells->v[i].field, &name)) < 0)
			break;
		jc_build_name(&s->b, (struct jc_slice){name, strlen(name)});
		for (size_t k = i; rc >= 0 && k < end; k++) {
			jc_build_ref(&s->b, cells->v[k].op);
			rc = earlier_name(s, cells->v[k].op, name);
		}
		jc_build_name_end(&s->b);
	}
	return rc;
}

/* Names every returned write of the wanted field, or of all, with the statements that stand. */
static int
accept_names(struct stating *s, const struct jc_field *only)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->sv->node->db,
	    "SELECT v.field, v.op FROM verdict AS v WHERE v.state = 'returned' AND v.by_op IN"
	    " (SELECT by_op FROM verdict_said WHERE rec = :rec) ORDER BY v.field, v.op", s->err);
	struct jc_buf *last = NULL;

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":rec", s->r->rec);
	while ((rc = jc_stmt_step(st, s->err)) == 1) {
		size_t n;
		const char *field = jc_col_text(st, 0, &n);

		if (only != NULL && strcmp(field, only->name) != 0)
			continue;
		if (last == NULL || strcmp(last->data, field) != 0) {
			if (last != NULL)
				jc_build_name_end(&s->b);
			last = &s->name[s->nname++];
			jc_buf_init(last, 256);
			jc_buf_put(last, field, n);
			jc_build_name(&s->b, (struct jc_slice){last->data, last->len});
		}
		jc_build_ref(&s->b, jc_col_int(st, 1));
		if ((rc = earlier_name(s, jc_col_int(st, 1), last->data)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	if (last != NULL)
		jc_build_name_end(&s->b);
	return rc;
}

static int
statement(struct stating *s, const char *state, const char *reason)
{
	s->b.field[s->b.op.nfields++] = (struct jc_opfield){.name = JC_SLICE("state"), .kind = JC_VAL_TEXT, .text = {state, strlen(state)}};
	if (reason[0] != '\0')
		s->b.field[s->b.op.nfields++] =
		    (struct jc_opfield){.name = JC_SLICE("reason"), .kind = JC_VAL_TEXT, .text = {reason, strlen(reason)}};
	return jc_build_save(&s->b, s->sv, s->r, JC_V_VERDICT, s->err);
}

/* Every write may have statements on it: an upper bound of what can be named. */
static int
statements_count(struct jc_node *node, int64_t *n, struct jc_err *err)
{
	return jc_db_int(node->db, n, "SELECT count(*) FROM verdict_said WHERE NOT replaced", err);
}

static int
state_in_save(struct stating *s, const struct jc_record_key *key, const struct jc_field *only, const char *reason, int *fields)
{
	int64_t said;
	size_t most;
	int rc;

	if ((rc = jc_save_record(&s->r, s->sv, key->id, s->err)) < 0 || (rc = statements_count(s->sv->node, &said, s->err)) < 0)
		return rc;
	most = s->r->cells.n + 2 * (size_t)said + 2;
	if ((s->name = jc_calloc(most, sizeof(*s->name))) == NULL || jc_build_init(&s->b, most, 2 * most, 0, s->err) < 0)
		return JC_NOMEM(s->err, "jc_tray");
	rc = reason != NULL ? return_names(s, only) : accept_names(s, only);
	if (rc < 0)
		return rc;
	*fields = (int)s->b.op.nnames;
	if (s->b.op.nnames == 0)
		return jc_err_set(s->err, JC_ESTATE, "jc_tray", "%s", reason != NULL
		        ? JC_T("这里没有可以退回的内容", "There is nothing here to return")
		        : JC_T("这里没有退回过的内容", "Nothing is returned here"));
	return statement(s, reason != NULL ? "returned" : "accepted", reason != NULL ? reason : "");
}

static int
state(struct jc_node *hub, const struct jc_record_key *key, const struct jc_field *only, const char *reason, int *fields,
    struct jc_err *err)
{
	struct stating s = {.err = err};
	int rc, end, count = 0;

	if ((rc = jc_save_begin_authority(&s.sv, hub, key->scope, reason != NULL ? "return" : "accept", err)) < 0)
		return rc;
	rc = state_in_save(&s, key, only, reason, &count);
	for (size_t i = 0; i < s.nname; i++)
		jc_buf_free(&s.name[i]);
	jc_free(s.name);
	jc_build_free(&s.b);
	end = jc_save_end(s.sv, rc >= 0, NULL, rc >= 0 ? err : NULL);
	if (fields != NULL)
		*fields = count;
	return rc < 0 ? rc : end;
}

int
jc_tray_return(struct jc_node *hub, const struct jc_record_key *key, const struct jc_field *field, const char *reason,
    int *fields, struct jc_err *err)
{
	size_t n = strlen(reason);

	if (n == 0 || n > 300 || !jc_utf8_ok(reason, n))
		return jc_err_set(err, JC_EINVAL, "jc_tray_return", "%s",
		    JC_T("请写明退回的原因（不超过100个字），支部要照着改", "Give the reason (at most 300 bytes): the branch mends it by that"));
	return state(hub, key, field, reason, fields, err);
}

int
jc_tray_accept(struct jc_node *hub, const struct jc_record_key *key, const struct jc_field *field, int *fields, struct jc_err *err)
{
	return state(hub, key, field, NULL, fields, err);
}

/* ---- the branch ---- */

void
jc_tray_free(struct jc_tray_item *item)
{
	for (size_t i = 0; i < item->nfields; i++)
		jc_free(item->field[i].text);
	item->nfields = 0;
}

static int
field_fill(struct jc_tray_item *item, struct jc_node *node, int64_t op, const char *name, struct jc_opread *read, struct jc_err *err)
{
	const struct jc_field *f = item->key.kind != NULL ? jc_catalogue_field(item->key.kind, name, strlen(name)) : NULL;
	int rc;

	if (f == NULL || item->nfields == JC_TRAY_FIELDS)
		return 0;
	if ((rc = jc_log_op_read(node->log, op, read, err)) < 0)
		return rc;
	for (size_t i = 0; i < read->op.nfields; i++) {
		const struct jc_opfield *v = &read->op.fields[i];

		if (!jc_slice_is(v->name, name))
			continue;
		item->field[item->nfields].field = f;
		item->field[item->nfields].text = v->kind == JC_VAL_TEXT ? jc_strndup(v->text.p, v->text.n) : NULL;
		if (v->kind == JC_VAL_TEXT && item->field[item->nfields].text == NULL)
			return JC_NOMEM(err, "jc_tray");
		item->nfields++;
		if (item->op == 0)
			item->op = op;
		break;
	}
	return 0;
}

/* All that one return returned and that still is. */
static int
fields_fill(struct jc_tray_item *item, struct jc_node *node, struct jc_err *err)
{
	struct jc_opread read;
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT op, field FROM verdict WHERE by_op = :by AND state = 'returned' ORDER BY op, field", err);

	if (rc < 0)
		return rc;
	jc_opread_init(&read);
	jc_bind_int(st, ":by", item->no);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;

		if ((rc = field_fill(item, node, jc_col_int(st, 0), jc_col_text(st, 1, &n), &read, err)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	jc_opread_free(&read);
	return rc;
}

/* Of what the hub refused: every field of the operation. */
static int
refused_fields(struct jc_tray_item *item, struct jc_node *node, int64_t copy, struct jc_err *err)
{
	struct jc_opread read, again;
	jc_id id;
	int rc;

	jc_opread_init(&read);
	jc_opread_init(&again);
	if ((rc = jc_log_op_read(node->log, copy, &read, err)) == 0) {
		memcpy(id, read.op.rec, sizeof(id));
		rc = jc_record_find(node, read.scope, id, &item->key, err);
	}
	for (size_t i = 0; rc == 0 && read.op.verb == JC_V_SET && i < read.op.nfields; i++) {
		char name[64];
		struct jc_slice f = read.op.fields[i].name;

		if (f.n >= sizeof(name))
			continue;
		memcpy(name, f.p, f.n);
		name[f.n] = '\0';
		rc = field_fill(item, node, copy, name, &again, err);
	}
	item->op = copy;
	jc_opread_free(&again);
	jc_opread_free(&read);
	return rc;
}

/* 1 and the item, when the number is of an operation that the hub refused; 0: it is not. */
static int
refused_fill(struct jc_tray_item *item, struct jc_node *node, int64_t no, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t copy = 0;
	int rc = jc_db_prep(&st, node->db, "SELECT copy, reason, time FROM refused_op WHERE op = :op", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const char *reason = jc_col_text(st, 1, &n);

		copy = jc_col_int(st, 0);
		n = n < sizeof(item->reason) ? n : sizeof(item->reason) - 1;
		while (n > 0 && ((unsigned char)reason[n] & 0xc0) == 0x80)
			n--; /* not in the middle of a character */
		memcpy(item->reason, reason, n);
		item->time = jc_col_int(st, 2);
		item->refused = 1;
		jc_stmt_reset(st);
	}
	if (rc != 1)
		return rc;
	return (rc = refused_fields(item, node, copy, err)) < 0 ? rc : 1;
}

static int
item_fill(struct jc_tray_item *item, struct jc_node *node, int64_t no, struct jc_err *err)
{
	struct jc_opread read;
	struct jc_slice reason = {"", 0};
	char id[JC_ID_LEN + 1];
	int64_t scope;
	int rc;

	memset(item, 0, sizeof(*item));
	item->no = no;
	if ((rc = refused_fill(item, node, no, err)) != 0) {
		if (rc < 0)
			jc_tray_free(item);
		return rc < 0 ? rc : 0;
	}
	jc_opread_init(&read);
	if ((rc = jc_log_op_read(node->log, no, &read, err)) < 0)
		goto out;
	for (size_t i = 0; i < read.op.nfields; i++)
		if (jc_slice_is(read.op.fields[i].name, "reason") && read.op.fields[i].kind == JC_VAL_TEXT)
			reason = read.op.fields[i].text;
	if (reason.n < sizeof(item->reason))
		memcpy(item->reason, reason.p, reason.n);
	item->time = read.op.time;
	scope = read.scope;
	memcpy(id, read.op.rec, sizeof(id));
	if ((rc = jc_record_find(node, scope, id, &item->key, err)) == 0)
		rc = fields_fill(item, node, err);
out:
	jc_opread_free(&read);
	if (rc < 0)
		jc_tray_free(item);
	return rc;
}

/* Numbers of the returns that are open, after `after`; 0: no more. */
static int
open_next(struct jc_node *node, int64_t after, int64_t *no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT min(no) FROM ("
	    "SELECT min(by_op) AS no FROM verdict AS v WHERE v.by_op > :after AND v.state = 'returned'"
	    " AND NOT EXISTS(SELECT 1 FROM tray WHERE tray.op = v.by_op)"
	    " AND NOT EXISTS(SELECT 1 FROM origin WHERE origin.op = v.op AND origin.field = v.field)"
	    " UNION ALL SELECT min(op) FROM refused_op AS r WHERE r.op > :after"
	    " AND NOT EXISTS(SELECT 1 FROM tray WHERE tray.op = r.op))", err);

	*no = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":after", after);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*no = jc_col_null(st, 0) ? 0 : jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
each_in_txn(struct jc_node *node, int (*each)(void *arg, const struct jc_tray_item *item), void *arg, struct jc_err *err)
{
	struct jc_tray_item *item = jc_alloc(sizeof(*item));
	int64_t no = 0;
	int rc = item == NULL ? JC_NOMEM(err, "jc_tray_each") : 0;

	while (rc == 0 && (rc = open_next(node, no, &no, err)) == 0 && no != 0) {
		if ((rc = item_fill(item, node, no, err)) < 0)
			break;
		rc = each(arg, item);
		jc_tray_free(item);
	}
	jc_free(item);
	return rc;
}

int
jc_tray_each(struct jc_node *node, int (*each)(void *arg, const struct jc_tray_item *item), void *arg, struct jc_err *err)
{
	int rc = jc_read_begin(node, err);

	return rc < 0 ? rc : jc_read_end(node, each_in_txn(node, each, arg, err), err);
}

static int
count_one(void *arg, const struct jc_tray_item *item)
{
	(void)item;
	(*(int64_t *)arg)++;
	return 0;
}

int
jc_tray_count(struct jc_node *node, int64_t *count, struct jc_err *err)
{
	*count = 0;
	return jc_tray_each(node, count_one, count, err);
}

static int
get_in_txn(struct jc_tray_item *out, struct jc_node *node, int64_t no, struct jc_err *err)
{
	int64_t next;
	int rc = open_next(node, no - 1, &next, err);

	if (rc < 0)
		return rc;
	if (next != no)
		return jc_err_set(err, JC_ENOTFOUND, "jc_tray_get",
		    JC_T("退回的内容里没有第%lld号，或者已经处理过了；用 jiceng tray 看", "No return %lld is open; jiceng tray shows them"), (long long)no);
	return item_fill(out, node, no, err);
}

int
jc_tray_get(struct jc_tray_item *out, struct jc_node *node, int64_t no, struct jc_err *err)
{
	int rc = jc_read_begin(node, err);

	memset(out, 0, sizeof(*out));
	return rc < 0 ? rc : jc_read_end(node, get_in_txn(out, node, no, err), err);
}

int
jc_tray_close(struct jc_node *node, int64_t no, const char *how, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	struct jc_stmt *st;
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	if ((rc = jc_db_prep(&st, node->db, "INSERT INTO tray(op, how, time) VALUES(:op, :how, :time) ON CONFLICT DO NOTHING", err)) == 0) {
		jc_bind_int(st, ":op", no);
		jc_bind_str(st, ":how", how);
		jc_bind_int(st, ":time", env->wall_ms(env->ctx) / 1000);
		jc_db_log_window(node->db, 1);
		rc = jc_stmt_run(st, err);
		jc_db_log_window(node->db, -1);
	}
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
resend_in_save(struct jc_save *sv, const struct jc_tray_item *item, const struct jc_change *changes, size_t n, struct jc_err *err)
{
	struct jc_change *as_it_was = NULL;
	jc_id id;
	int rc = 0;

	memcpy(id, item->key.id, sizeof(id));
	jc_save_origin(sv, item->op);
	if (n == 0) {
		if ((as_it_was = jc_calloc(item->nfields + 1, sizeof(*as_it_was))) == NULL)
			return JC_NOMEM(err, "jc_tray_resend");
		for (size_t i = 0; i < item->nfields; i++)
			if (!item->field[i].field->set && item->field[i].text != NULL)
				as_it_was[n++] = (struct jc_change){.field = item->field[i].field,
				    .text = {item->field[i].text, strlen(item->field[i].text)}};
		changes = as_it_was;
	}
	if (n != 0)
		rc = jc_save_set(sv, item->key.kind, id, changes, n, 0, NULL, err);
	else if (item->refused)
		rc = jc_err_set(err, JC_EINVAL, "jc_tray_resend", "%s",
		    JC_T("这一处不能原样重报，请在记录里重新做一次，再把它从退回箱里拿掉",
		        "This cannot be sent again as it was; do it anew in the record, then take it out of the tray"));
	jc_free(as_it_was);
	return rc < 0 ? rc : jc_tray_close(sv->node, item->no, "resent", err);
}

int
jc_tray_resend(struct jc_node *node, int64_t no, const struct jc_change *changes, size_t n, struct jc_err *err)
{
	struct jc_tray_item *item = jc_alloc(sizeof(*item));
	struct jc_save *sv;
	int rc, end;

	if (item == NULL)
		return JC_NOMEM(err, "jc_tray_resend");
	if ((rc = jc_tray_get(item, node, no, err)) < 0)
		goto out;
	if ((rc = jc_save_begin(&sv, node, item->key.scope, "resend", err)) == 0) {
		rc = resend_in_save(sv, item, changes, n, err);
		end = jc_save_end(sv, rc >= 0, NULL, rc >= 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_tray_free(item);
out:
	jc_free(item);
	return rc;
}
