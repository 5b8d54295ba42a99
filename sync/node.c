/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A node's life: opened, made a branch or a hub, joined. Joining is the one moment at which ids change:
 * a branch that has not joined makes record ids from keys and persons with a private identity key;
 * nothing of it has left the machine, so its drafts are rewritten once to the ids that all PCs of the
 * branch agree on. Old ids stay usable through `id_settled`.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"
#include "sync_node.h"
#include "sync_note.h"

/* A hub writes more at once than a desk does. */
static int
role_settle(struct jc_node *node, struct jc_err *err)
{
	char *role = NULL;
	int rc = jc_meta_get(node->db, "role", &role, err);

	if (rc == 0 && strcmp(role, "hub") == 0)
		rc = jc_db_long_wal(node->db, err);
	jc_free(role);
	return rc == JC_ENOTFOUND ? 0 : rc;
}

int
jc_node_open(struct jc_node **out, const struct jc_env *env, const char *path, unsigned flags,
    const struct jc_key *key, struct jc_err *err)
{
	struct jc_node *node = jc_calloc(1, sizeof(*node));
	int rc, rebuild = 0;

	*out = NULL;
	if (node == NULL)
		return JC_NOMEM(err, "jc_node_open");
	if ((rc = jc_db_open(&node->db, env, path, flags, &rebuild, err)) == 0 &&
	    (rc = jc_log_open(&node->log, node->db, key, err)) == 0 &&
	    (rc = jc_project_open(&node->project, node->log, err)) == 0 && rebuild)
		rc = jc_project_rebuild(node->project, NULL, NULL, err);
	if (rc == 0)
		rc = jc_node_use(node, err);
	if (rc == 0)
		rc = role_settle(node, err);
	if (rc < 0)
		jc_node_close(node);
	else
		*out = node;
	return rc;
}

int
jc_node_use(struct jc_node *node, struct jc_err *err)
{
	int rc = jc_read_begin(node, err);

	return rc < 0 ? rc : jc_read_end(node, 0, err);
}

void
jc_node_close(struct jc_node *node)
{
	if (node == NULL)
		return;
	jc_project_close(node->project);
	jc_log_close(node->log);
	jc_db_close(node->db);
	jc_free(node);
}

static int
must_be_empty(struct jc_node *node, struct jc_err *err)
{
	struct jc_scope s;
	int rc = jc_scope_get(&s, node->log, 1, NULL);

	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc < 0)
		return jc_scope_get(&s, node->log, 1, err);
	return jc_err_set(err, JC_EEXISTS, "jc_node_init",
	    JC_T("这个文件夹已经是“%s”了，请换一个文件夹", "This folder already is \"%s\"; use another one"), s.name);
}

static int
name_check(const char *name, struct jc_err *err)
{
	size_t n = strlen(name);
	int bad = n == 0 || n >= sizeof(((struct jc_scope *)NULL)->name) || !jc_utf8_ok(name, n);

	for (size_t i = 0; i < n && !bad; i++)
		bad = (unsigned char)name[i] < 0x20;
	if (!bad)
		return 0;
	return jc_err_set(err, JC_EINVAL, "jc_node_init",
	    JC_T("名称要有1到40个字，不能换行", "A name has 1 to 120 bytes on one line"));
}

static int
branch_make(struct jc_node *node, const char *name, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	struct jc_scope s = {.mine = 1};
	char label[JC_LABEL_MAX + 1];
	int rc;

	memcpy(s.role, "branch", sizeof("branch"));
	memcpy(s.name, name, strlen(name) + 1);
	if (env->random(env->ctx, s.idkey, sizeof(s.idkey)) != 0)
		return jc_err_code(err, JC_EIO, "branch_make");
	jc_label_make(label, name, "");
	if ((rc = must_be_empty(node, err)) < 0 || (rc = jc_scope_put(&s, node->log, err)) < 0 ||
	    (rc = jc_log_set_label(node->log, label, err)) < 0)
		return rc;
	return jc_meta_set(node->db, "role", "branch", err);
}

int
jc_node_init_branch(struct jc_node *node, const char *name, struct jc_err *err)
{
	int rc, end;

	if ((rc = name_check(name, err)) < 0 || (rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = branch_make(node, name, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
hub_make(struct jc_node *node, const char *name, struct jc_err *err)
{
	struct jc_scope office = {.mine = 1}, common = {.mine = 1};
	char label[JC_LABEL_MAX + 1];
	jc_id epoch;
	int rc;

	jc_label_make(label, name, "");
	if ((rc = must_be_empty(node, err)) < 0 || (rc = jc_log_set_label(node->log, label, err)) < 0 ||
	    (rc = jc_scope_found(&office, node->log, "office", name, "", err)) < 0 ||
	    (rc = jc_scope_found(&common, node->log, "common", name, office.network, err)) < 0 ||
	    (rc = jc_note_epoch(node->log, epoch, err)) < 0)
		return rc;
	return jc_meta_set(node->db, "role", "hub", err);
}

int
jc_node_init_hub(struct jc_node *node, const char *name, struct jc_err *err)
{
	int rc, end;

	if ((rc = name_check(name, err)) < 0 || (rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = hub_make(node, name, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	if (rc == 0 && end == 0)
		end = role_settle(node, err);
	return rc < 0 ? rc : end;
}

int
jc_node_scope(struct jc_node *node, struct jc_scope *out, struct jc_err *err)
{
	int rc = jc_scope_get(out, node->log, 1, err);

	if (rc == JC_ENOTFOUND)
		return jc_err_set(err, rc, "jc_node_scope",
		    JC_T("这个文件夹还没有开始使用，请先运行 jiceng branch init --name 名称",
		        "Nothing is here yet; begin with jiceng branch init --name NAME"));
	return rc;
}

/* ---- joining ---- */

struct settle {
	struct jc_node *node;
	const struct jc_scope *s;
	struct jc_ops_reader *reader;
	struct jc_err *err;
	struct jc_slice *elem;      /* rewritten set elements of one line */
	struct jc_opfield *field;
	struct jc_buf line;
};

/* The settled id of an old one, NULL when it stays as it is. Borrowed until the next call. */
static int
settled_of(struct settle *se, struct jc_slice old, jc_id out, int *found)
{
	struct jc_stmt *st;
	const char *to;
	size_t n;
	int rc;

	*found = 0;
	if (old.n != JC_ID_LEN)
		return 0;
	if ((rc = jc_db_prep(&st, se->node->db, "SELECT new FROM id_settled WHERE old = :old", se->err)) < 0)
		return rc;
	jc_bind_text(st, ":old", old.p, old.n);
	if ((rc = jc_stmt_step(st, se->err)) <= 0)
		return rc;
	if ((to = jc_col_text(st, 0, &n)) != NULL && n == JC_ID_LEN) {
		memcpy(out, to, JC_ID_LEN);
		out[JC_ID_LEN] = '\0';
		*found = 1;
	}
	jc_stmt_reset(st);
	return 0;
}

static int
settle_ids(struct settle *se)
{
	struct jc_stmt *in, *out;
	int rc;

	if ((rc = jc_db_prep(&in, se->node->db, "SELECT id, kind, how, a, b FROM id_source", se->err)) < 0 ||
	    (rc = jc_db_prep(&out, se->node->db,
	         "INSERT INTO id_settled(old, new) VALUES(:old, :new) ON CONFLICT(old) DO NOTHING", se->err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(in, se->err)) == 1) {
		const char *old = jc_col_text(in, 0, &(size_t){0}), *kind = jc_col_text(in, 1, &(size_t){0});
		struct jc_slice a, b;
		jc_id id;

		a.p = jc_col_text(in, 3, &a.n);
		b.p = jc_col_text(in, 4, &b.n);
		if (strcmp(jc_col_text(in, 2, &(size_t){0}), "person") == 0)
			jc_record_id_person(id, se->s->idkey, kind, a.p, a.n, b.p, b.n);
		else
			jc_record_id_key(id, se->s->idkey, kind, a.p, a.n);
		jc_bind_str(out, ":old", old);
		jc_bind_text(out, ":new", id, JC_ID_LEN);
		if ((rc = jc_stmt_run(out, se->err)) < 0) {
			jc_stmt_reset(in);
			break;
		}
	}
	return rc;
}

/* A reference's new text: an id, behind the mark when it is an edge that says "not one". */
typedef char settled_text[JC_ID_LEN + 2];

/* One value that is a reference; `room` keeps the new id. */
static int
settle_slice(struct settle *se, struct jc_slice *s, settled_text room, int *changed)
{
	size_t mark = s->n == JC_ID_LEN + 1 && s->p[0] == '!';
	jc_id id;
	int found, rc = settled_of(se, (struct jc_slice){s->p + mark, s->n - mark}, id, &found);

	if (rc == 0 && found) {
		room[0] = '!';
		memcpy(room + mark, id, JC_ID_LEN);
		*s = (struct jc_slice){room, JC_ID_LEN + mark};
		*changed = 1;
	}
	return rc;
}

static int
slice_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(*(const struct jc_slice *)a, *(const struct jc_slice *)b);
}

static int
settle_elements(struct settle *se, const struct jc_slice **v, size_t *n, struct jc_slice *copy, settled_text *room,
    int *changed)
{
	size_t unique = 0;
	int rc = 0;

	memcpy(copy, *v, *n * sizeof(*copy));
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = settle_slice(se, &copy[i], room[i], changed);
	qsort(copy, *n, sizeof(*copy), slice_cmp);
	for (size_t i = 0; i < *n; i++)
		if (unique == 0 || !jc_slice_eq(copy[unique - 1], copy[i]))
			copy[unique++] = copy[i];
	*v = copy;
	*n = unique;
	return rc;
}

static size_t
values_in(const struct jc_op *op)
{
	size_t n = 1;

	for (size_t i = 0; i < op->nfields; i++)
		n += 1 + op->fields[i].nadd + op->fields[i].ndel;
	return n;
}

/* Record id and every reference to a record within one operation. */
static int
settle_op(struct settle *se, struct jc_op *op, struct jc_opfield *field, struct jc_slice *elem,
    settled_text *room, int *changed)
{
	const struct jc_kind *kind = jc_catalogue_kind(op->kind.p, op->kind.n);
	struct jc_slice rec = {op->rec, strlen(op->rec)};
	settled_text id;
	size_t at = 0;
	int rc;

	if ((rc = settle_slice(se, &rec, id, changed)) < 0)
		return rc;
	memmove(op->rec, rec.p, JC_ID_LEN);
	memcpy(field, op->fields, op->nfields * sizeof(*field));
	for (size_t i = 0; rc == 0 && i < op->nfields; i++) {
		const struct jc_field *f = kind != NULL ? jc_catalogue_field(kind, field[i].name.p, field[i].name.n) : NULL;

		if ((f == NULL || f->type != JC_REF) && op->verb != JC_V_ALIAS)
			continue;
		if (field[i].kind == JC_VAL_TEXT)
			rc = settle_slice(se, &field[i].text, room[at++], changed);
		if (rc == 0 && field[i].kind == JC_VAL_SET) {
			size_t add = field[i].nadd, del = field[i].ndel;

			if ((rc = settle_elements(se, &field[i].add, &field[i].nadd, elem + at, room + at, changed)) == 0)
				rc = settle_elements(se, &field[i].del, &field[i].ndel, elem + at + add, room + at + add,
				    changed);
			at += add + del;
		}
	}
	op->fields = field;
	return rc;
}

static int
settle_line(struct settle *se, int64_t scope, enum jc_tier tier, int64_t no, const char *line, size_t n)
{
	struct jc_opfield *field = NULL;
	struct jc_slice *elem = NULL;
	struct jc_opctx ctx = {0};
	settled_text *room = NULL;
	struct jc_op op;
	int rc, changed = 0;

	jc_ops_begin(se->reader, line, n);
	if ((rc = jc_ops_next(se->reader, &op, se->err)) <= 0)
		return rc < 0 ? rc : jc_err_code(se->err, JC_ECORRUPT, "settle_line");
	field = jc_calloc(op.nfields + 1, sizeof(*field));
	elem = jc_calloc(values_in(&op), sizeof(*elem));
	room = jc_calloc(values_in(&op), sizeof(*room));
	rc = field == NULL || elem == NULL || room == NULL ? JC_NOMEM(se->err, "settle_line")
	                                                   : settle_op(se, &op, field, elem, room, &changed);
	jc_buf_reset(&se->line);
	if (rc == 0 && changed && (rc = jc_op_write(&se->line, &op, &ctx, se->err)) == 0 &&
	    (rc = jc_buf_check(&se->line, "settle_line", se->err)) == 0)
		rc = jc_log_draft(se->node->log, scope, tier, no, se->line.data, se->line.len - 1, se->err);
	jc_free(field);
	jc_free(elem);
	jc_free(room);
	return rc;
}

static int
settle_drafts(struct settle *se)
{
	struct jc_stmt *st;
	struct jc_buf line;
	int64_t after = 0;
	int rc;

	jc_buf_init(&line, JC_LINE_MAX * 2);
	for (;;) { /* one at a time: the rows change under the way */
		const char *p;
		int64_t scope, tier;
		size_t n;

		if ((rc = jc_db_prep(&st, se->node->db,
		         "SELECT op, scope, tier, line FROM draft WHERE op > :after ORDER BY op LIMIT 1", se->err)) < 0)
			break;
		jc_bind_int(st, ":after", after);
		if ((rc = jc_stmt_step(st, se->err)) <= 0)
			break;
		after = jc_col_int(st, 0);
		scope = jc_col_int(st, 1);
		tier = jc_col_int(st, 2);
		p = jc_col_blob(st, 3, &n);
		jc_buf_reset(&line);
		jc_buf_put(&line, p, n);
		jc_buf_putc(&line, '\n');
		jc_stmt_reset(st);
		if ((rc = jc_buf_check(&line, "settle_drafts", se->err)) < 0 ||
		    (rc = settle_line(se, scope, (enum jc_tier)tier, after, line.data, line.len)) < 0)
			break;
	}
	jc_buf_free(&line);
	return rc;
}

static int
join_in_txn(struct jc_node *node, const struct jc_scope *given, struct jc_err *err)
{
	struct settle se = {.node = node, .s = given, .err = err};
	struct jc_scope s;
	int rc;

	if ((rc = jc_node_scope(node, &s, err)) < 0)
		return rc;
	if (s.joined)
		return jc_err_set(err, JC_EEXISTS, "jc_node_join",
		    JC_T("已经加入过“%s”了，不用再加入", "This PC has already joined \"%s\""), s.name);
	memcpy(s.id, given->id, sizeof(s.id));
	memcpy(s.network, given->network, sizeof(s.network));
	memcpy(s.authority, given->authority, sizeof(s.authority));
	memcpy(s.founding, given->founding, sizeof(s.founding));
	memcpy(s.idkey, given->idkey, sizeof(s.idkey));
	memcpy(s.name, given->name, sizeof(s.name));
	s.joined = 1;
	jc_buf_init(&se.line, JC_LINE_MAX * 2);
	if ((rc = jc_ops_reader_new(&se.reader, 1, err)) == 0 && (rc = jc_scope_put(&s, node->log, err)) == 0) {
		jc_db_log_window(node->db, 1);
		if ((rc = settle_ids(&se)) == 0)
			rc = settle_drafts(&se);
		jc_db_log_window(node->db, -1);
	}
	jc_ops_reader_free(se.reader);
	jc_buf_free(&se.line);
	return rc < 0 ? rc : jc_project_rebuild(node->project, NULL, NULL, err);
}

int
jc_node_join(struct jc_node *node, const struct jc_scope *given, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = join_in_txn(node, given, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
