/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sync_correction.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"

int
jc_correction_may(struct jc_log *log, const struct jc_scope *s, const struct jc_field *f, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(log);

	if (strcmp(s->role, "branch") != 0 || key == NULL || strcmp(s->authority, key->id) != 0 || f->fix == JC_FIX_COUNTY ||
	    f->fix == JC_FIX_HUB)
		return 0;
	return jc_err_set(err, JC_EDENIED, "jc_correction_may",
	    JC_T("“%s”由基层填写，县里不能直接改；请写明原因退回更正",
	        "\"%s\" is the branch's own; the county cannot change it, only return it with a reason"), jc_field_label(f));
}

struct look {
	struct jc_node *node;
	int64_t scope;
	int64_t authority;        /* its device */
	int64_t self;             /* our own device */
	struct jc_opread read, was;
	int (*each)(void *arg, const struct jc_correction *c);
	void *arg;
	struct jc_err *err;
};

static const struct jc_opfield *
field_of(const struct jc_op *op, struct jc_slice name)
{
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_eq(op->fields[i].name, name))
			return &op->fields[i];
	return NULL;
}

/* A register's stored text, owned; NULL when it has no value. */
static char *
text_of(const struct jc_opfield *f)
{
	return f != NULL && f->kind == JC_VAL_TEXT ? jc_strndup(f->text.p, f->text.n) : NULL;
}

/* One replaced field: is what it replaced somebody else's? */
static int
name_look(struct look *l, const struct jc_kind *kind, const struct jc_opnames *name)
{
	const struct jc_opfield *now = field_of(&l->read.op, name->field);
	struct jc_correction c = {.op = l->read.no, .time = l->read.op.time, .scope = l->scope, .kind = kind};
	struct jc_commit_row row;
	char *before = NULL, *after;
	int64_t no;
	int rc;

	c.field = jc_catalogue_field(kind, name->field.p, name->field.n);
	if (now == NULL || c.field == NULL || c.field->set || name->nrefs == 0)
		return 0;
	if ((rc = jc_log_ref_resolve(l->node->log, &l->read, &name->refs[0], &no, l->err)) < 0 ||
	    (rc = jc_log_op_read(l->node->log, no, &l->was, l->err)) < 0)
		return rc;
	if (l->was.commit_no == 0)
		return 0;
	if ((rc = jc_log_commit(l->node->log, l->was.commit_no, &row, l->err)) < 0 || row.device == l->authority)
		return rc;
	after = text_of(now);
	before = text_of(field_of(&l->was.op, name->field));
	c.before = before;
	c.after = after;
	memcpy(c.rec, l->read.op.rec, sizeof(c.rec));
	rc = l->each(l->arg, &c);
	jc_free(before);
	jc_free(after);
	return rc;
}

static int
op_look(struct look *l, int64_t no)
{
	const struct jc_kind *kind;
	int rc = jc_log_op_read(l->node->log, no, &l->read, l->err);

	if (rc < 0 || l->read.op.verb != JC_V_SET || jc_slice_is(l->read.op.hat, "SYS"))
		return rc; /* what the program carried from elsewhere, nobody corrected */
	kind = jc_catalogue_kind(l->read.op.kind.p, l->read.op.kind.n);
	for (size_t i = 0; rc == 0 && kind != NULL && i < l->read.op.nnames; i++)
		rc = name_look(l, kind, &l->read.op.names[i]);
	return rc;
}

/* Numbers of the authority's operations: of its commits, and (at the hub itself) its drafts. */
static int
ops_look(struct look *l, int64_t since)
{
	int64_t after = 0, last;
	struct jc_stmt *st;
	int rc = 0;

	do { /* a range at a time: the callback may read what it likes */
		int64_t first = 0;

		if ((rc = jc_db_prep(&st, l->node->db,
		         "SELECT first, first + n - 1 FROM oprange o JOIN log_commit c ON c.no = o.commit_no"
		         " WHERE c.scope = :scope AND c.device = :device AND c.time >= :since AND first > :after"
		         " UNION ALL SELECT op, op FROM draft WHERE scope = :scope AND op > :after AND :self = :device"
		         " ORDER BY 1 LIMIT 1", l->err)) < 0)
			return rc;
		jc_bind_int(st, ":scope", l->scope);
		jc_bind_int(st, ":device", l->authority);
		jc_bind_int(st, ":since", since);
		jc_bind_int(st, ":after", after);
		jc_bind_int(st, ":self", l->self);
		last = 0;
		if ((rc = jc_stmt_step(st, l->err)) == 1) {
			first = jc_col_int(st, 0);
			last = jc_col_int(st, 1);
			jc_stmt_reset(st);
			rc = 0;
		}
		for (int64_t no = first; rc == 0 && last != 0 && no <= last; no++)
			rc = op_look(l, no);
		after = last;
	} while (rc == 0 && last != 0);
	return rc;
}

static int
scope_look(struct look *l, const struct jc_scope *s, int64_t since)
{
	const struct jc_key *key = jc_log_key(l->node->log);
	int rc;

	if (strcmp(s->role, "branch") != 0 || !s->joined)
		return 0;
	l->scope = s->no;
	l->self = 0;
	rc = jc_device_find(l->node->log, s->authority, &l->authority, NULL, NULL);
	if (rc < 0)
		return rc == JC_ENOTFOUND ? 0 : jc_device_find(l->node->log, s->authority, &l->authority, NULL, l->err);
	if (key != NULL)
		(void)jc_device_find(l->node->log, key->id, &l->self, NULL, NULL);
	return ops_look(l, since);
}

struct all {
	struct look *look;
	int64_t scope, since;
};

static int
all_look(void *arg, const struct jc_scope *s)
{
	const struct all *a = arg;

	return a->scope == 0 || a->scope == s->no ? scope_look(a->look, s, a->since) : 0;
}

int
jc_corrections_each(struct jc_node *node, int64_t scope, int64_t since,
    int (*each)(void *arg, const struct jc_correction *c), void *arg, struct jc_err *err)
{
	struct look l = {.node = node, .each = each, .arg = arg, .err = err};
	struct all a = {&l, scope, since};
	int rc = jc_read_begin(node, err);

	if (rc < 0)
		return rc;
	jc_opread_init(&l.read);
	jc_opread_init(&l.was);
	rc = jc_scope_each(node->log, all_look, &a, err);
	jc_opread_free(&l.read);
	jc_opread_free(&l.was);
	return jc_read_end(node, rc, err);
}
