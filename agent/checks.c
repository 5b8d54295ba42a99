/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define WHERE "checks"
#define FIELDS_MOST 16

/* Changes of one record, made of stored texts that outlive the save. */
struct row {
	const struct jc_kind *kind;
	struct jc_change change[FIELDS_MOST];
	struct jc_slice elem[FIELDS_MOST];
	size_t n, nelem;
};

static void
row_begin(struct row *r, const char *kind)
{
	memset(r, 0, sizeof(*r));
	r->kind = jc_catalogue_kind(kind, strlen(kind));
}

static void
row_put(struct row *r, const char *field, const char *text)
{
	const struct jc_field *f = jc_catalogue_field(r->kind, field, strlen(field));

	if (f != NULL && text != NULL && text[0] != '\0' && r->n < FIELDS_MOST)
		r->change[r->n++] = (struct jc_change){.field = f, .text = {text, strlen(text)}};
}

static void
row_put_set(struct row *r, const char *field, const char *const *texts)
{
	const struct jc_field *f = jc_catalogue_field(r->kind, field, strlen(field));
	struct jc_change *c = &r->change[r->n];

	if (f == NULL || texts == NULL || texts[0] == NULL || r->n == FIELDS_MOST)
		return;
	*c = (struct jc_change){.field = f, .add = &r->elem[r->nelem]};
	for (; *texts != NULL && r->nelem < FIELDS_MOST; texts++, c->nadd++)
		r->elem[r->nelem++] = (struct jc_slice){*texts, strlen(*texts)};
	r->n++;
}

static int
row_save(struct row *r, struct jc_save *sv, jc_id id, struct jc_err *err)
{
	return jc_save_set(sv, r->kind, id, r->change, r->n, 0, NULL, err);
}

static const struct jc_starter *
starter_of(const char *typed)
{
	for (const struct jc_starter *s = jc_starters(); s->code != NULL; s++)
		if (strcmp(s->code, typed) == 0 || strcmp(s->zh, typed) == 0 || strcmp(s->en,
		    typed) == 0)
			return s;
	return NULL;
}

/* ---- which there are ---- */

static int
issued_json(json_t *list, struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT r.id, k.code, k.version, k.title_zh, k.title_en, k.scene,"
	    "       (SELECT count(*) FROM k_tmpl_item i JOIN record ir USING(rec) WHERE i.tmpl_id = r.id AND ir.void = 0)"
	    "  FROM k_tmpl k JOIN record r USING(rec) WHERE r.void = 0 ORDER BY k.code, k.version",
	    err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1) {
		const char *zh = jc_col_text(st, 3, NULL), *en = jc_col_text(st, 4, NULL),
		    *code = jc_col_text(st, 1, NULL);
		const char *title = en != NULL ? JC_T(zh, en) : zh, *scene = jc_col_text(st, 5,
		    NULL);

		if (json_array_append_new(list, json_pack("{s:s,s:I,s:s,s:s,s:I,s:s,s:s}", "code",
		    code != NULL ? code : "", "version",
		        (json_int_t)jc_col_int(st, 2), "title", title != NULL ? title : "",
		        "scene", scene != NULL ? scene : "", "items",
		        (json_int_t)jc_col_int(st, 6), "source", "issued", "id", jc_col_text(st, 0,
		        NULL))) != 0)
			rc = JC_NOMEM(err, WHERE);
	}
	return rc;
}

int
jc_templates_json(json_t **out, struct jc_node *node, struct jc_err *err)
{
	json_t *list = json_array();
	int rc = issued_json(list, node, err);

	for (const struct jc_starter *s = jc_starters(); rc == 0 && s->code != NULL; s++) {
		int n = 0;

		while (s->item[n].no != NULL)
			n++;
		if (json_array_append_new(list, json_pack("{s:s,s:i,s:s,s:s,s:i,s:s,s:n}", "code",
		    s->code, "version", s->version, "title",
		        JC_T(s->zh, s->en), "scene", s->scene, "items", n, "source", "starter",
		        "id")) != 0)
			rc = JC_NOMEM(err, WHERE);
	}
	if (rc < 0) {
		json_decref(list);
		list = NULL;
	}
	*out = list;
	return rc;
}

/* ---- issuing ---- */

static int
item_issue(struct jc_save *sv, const char *tmpl, const struct jc_starter *s,
    const struct jc_starter_item *i, struct jc_err *err)
{
	char key[80], days[8];
	struct row r;
	jc_id id;
	int rc;

	snprintf(key, sizeof(key), "starter:%s:%d:%s", s->code, s->version, i->no);
	snprintf(days, sizeof(days), "%d", jc_starter_days(i->severity));
	row_begin(&r, "tmpl_item");
	row_put(&r, "tmpl_id", tmpl);
	row_put(&r, "item_no", i->no);
	row_put(&r, "category", i->category);
	row_put(&r, "text_zh", i->zh);
	row_put(&r, "text_en", i->en);
	row_put(&r, "how", i->how);
	row_put(&r, "evidence", i->evidence);
	row_put(&r, "severity", i->severity);
	row_put(&r, "due_days", days);
	if ((rc = jc_save_id_key(sv, id, r.kind, (struct jc_slice){key, strlen(key)}, err)) < 0)
		return rc;
	return row_save(&r, sv, id, err);
}

static int
tmpl_issue(struct jc_save *sv, jc_id id, const struct jc_starter *s, const char *issued_by,
    const char *today, struct jc_err *err)
{
	char version[8];
	struct row r;
	int rc;

	snprintf(version, sizeof(version), "%d", s->version);
	row_begin(&r, "tmpl");
	row_put(&r, "code", s->code);
	row_put(&r, "version", version);
	row_put(&r, "title_zh", s->zh);
	row_put(&r, "title_en", s->en);
	row_put(&r, "scene", s->scene);
	row_put_set(&r, "applies_to", s->applies_to);
	row_put(&r, "issued_by", issued_by);
	row_put(&r, "valid_from", today);
	row_put(&r, "note", s->purpose_zh);
	if ((rc = row_save(&r, sv, id, err)) < 0)
		return rc;
	for (const struct jc_starter_item *i = s->item; rc == 0 && i->no != NULL; i++)
		rc = item_issue(sv, id, s, i, err);
	return rc;
}

int
jc_template_issue(jc_id out, struct jc_node *node, int64_t scope, const char *code,
    const char *issued_by, const char *today,
    struct jc_err *err)
{
	const struct jc_starter *s = starter_of(code);
	struct jc_record_key there;
	struct jc_err none = {0};
	struct jc_save *sv;
	char key[64];
	int rc, end;

	if (s == NULL)
		return jc_err_set(err, JC_ENOTFOUND, WHERE,
		    JC_T("没有“%.60s”这个模板，用 jiceng template list 看有哪些",
		    "There is no template \"%.60s\"; see jiceng template list"),
		    code);
	snprintf(key, sizeof(key), "starter:%s:%d", s->code, s->version);
	if ((rc = jc_save_begin(&sv, node, scope, "issue", err)) < 0)
		return rc;
	if ((rc = jc_save_id_key(sv, out, jc_catalogue_kind("tmpl", 4), (struct jc_slice){key,
	    strlen(key)}, err)) == 0 &&
	    jc_record_find(node, scope, out, &there, &none) == 0)
		rc = jc_err_set(err, JC_EEXISTS, WHERE, JC_T("“%s”第%d版已经下发过了",
		    "Version %2$d of \"%1$s\" was issued already"), s->zh, s->version);
	if (rc == 0)
		rc = tmpl_issue(sv, out, s, issued_by, today, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- beginning a check ---- */

struct begun {
	struct jc_save *sv;
	jc_id check;
	int items;
	struct jc_err *err;
};

static int
item_begin(struct begun *b, const char *ref, const char *no, const char *text,
    const char *category, const char *severity)
{
	struct row r;
	jc_id id = "";

	row_begin(&r, "check_item");
	row_put(&r, "check_id", b->check);
	row_put(&r, "tmpl_item_ref", ref);
	row_put(&r, "item_no", no);
	row_put(&r, "item_text", text);
	row_put(&r, "category", category);
	row_put(&r, "severity", severity);
	b->items++;
	return row_save(&r, b->sv, id, b->err);
}

static int
check_save(struct begun *b, const char *tmpl, const struct jc_check_new *n)
{
	struct row r;

	row_begin(&r, "check");
	row_put(&r, "tmpl_ref", tmpl);
	row_put(&r, "target_org_id", n->org);
	row_put(&r, "inspector_org_id", n->inspector != NULL ? n->inspector : n->org);
	row_put(&r, "venue_id", n->venue);
	row_put(&r, "check_mode", n->mode != NULL ? n->mode : "self");
	row_put(&r, "checked_on", n->day);
	row_put_set(&r, "inspectors", n->people);
	return row_save(&r, b->sv, b->check, b->err);
}

/* A starter that no hub has issued: the references say what it was, the items carry their words. */
static int
from_starter(struct begun *b, const struct jc_starter *s, const struct jc_check_new *n)
{
	char ref[64];
	int rc;

	snprintf(ref, sizeof(ref), "?%s %d", s->code, s->version);
	rc = check_save(b, ref, n);
	for (const struct jc_starter_item *i = s->item; rc == 0 && i->no != NULL; i++) {
		snprintf(ref, sizeof(ref), "?%s", i->no);
		rc = item_begin(b, ref, i->no, i->zh, i->category, i->severity);
	}
	return rc;
}

/* The newest living template by that code, title or id; "" when there is none. */
static int
issued_find(jc_id out, struct jc_node *node, const char *typed, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT r.id FROM k_tmpl k JOIN record r USING(rec) WHERE r.void = 0"
	    " AND (k.code = :typed OR k.title_zh = :typed OR k.title_en = :typed OR r.id = :typed)"
	    " ORDER BY CAST(k.version AS INTEGER) DESC, r.id LIMIT 1", err);

	out[0] = '\0';
	if (rc < 0)
		return rc;
	jc_bind_str(st, ":typed", typed);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		snprintf(out, sizeof(jc_id), "%s", jc_col_text(st, 0, NULL));
		jc_stmt_reset(st);
		rc = 0;
	}
	return rc;
}


static int
lines_read(struct jc_buf *b, struct jc_node *node, const char *tmpl, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT r.id, k.item_no, k.text_zh, k.category, k.severity FROM k_tmpl_item k JOIN record r USING(rec)"
	    " WHERE k.tmpl_id = :tmpl AND r.void = 0 ORDER BY k.item_no, r.id", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":tmpl", tmpl);
	while ((rc = jc_stmt_step(st, err)) == 1)
		for (int i = 0; i < 5; i++) {
			const char *s = jc_col_text(st, i, NULL);

			jc_buf_puts(b, s != NULL ? s : "");
			jc_buf_putc(b, '\0');
		}
	return rc < 0 ? rc : jc_buf_check(b, WHERE, err);
}

static int
from_issued(struct begun *b, struct jc_node *node, const char *tmpl, const struct jc_check_new *n)
{
	struct jc_buf lines;
	int rc;

	jc_buf_init(&lines, 1 << 20);
	if ((rc = lines_read(&lines, node, tmpl, b->err)) == 0 && lines.len == 0)
		rc = jc_err_set(b->err, JC_ESTATE, WHERE, JC_T("这个模板还没有检查项，请先同步",
		    "That template has no items yet; sync first"));
	if (rc == 0)
		rc = check_save(b, tmpl, n);
	for (const char *p = lines.data; rc == 0 && p < lines.data + lines.len;) {
		const char *part[5];

		for (int i = 0; i < 5; i++) {
			part[i] = p;
			p += strlen(p) + 1;
		}
		rc = item_begin(b, part[0], part[1], part[2], part[3], part[4]);
	}
	jc_buf_free(&lines);
	return rc;
}

int
jc_check_start(jc_id out, int *items, struct jc_node *node, int64_t scope,
    const struct jc_check_new *n, struct jc_err *err)
{
	const struct jc_starter *s = starter_of(n->tmpl);
	struct begun b = {.err = err};
	jc_id tmpl;
	int rc, end;

	if ((rc = issued_find(tmpl, node, n->tmpl, err)) < 0)
		return rc;
	if (tmpl[0] == '\0' && s == NULL)
		return jc_err_set(err, JC_ENOTFOUND, WHERE,
		    JC_T("没有“%.60s”这个模板，用 jiceng template list 看有哪些",
		    "There is no template \"%.60s\"; see jiceng template list"),
		    n->tmpl);
	if ((rc = jc_save_begin(&b.sv, node, scope, "check", err)) < 0)
		return rc;
	rc = tmpl[0] != '\0' ? from_issued(&b, node, tmpl, n) : from_starter(&b, s, n);
	end = jc_save_end(b.sv, rc == 0, NULL, rc == 0 ? err : NULL);
	memcpy(out, b.check, sizeof(jc_id));
	*items = b.items;
	return rc < 0 ? rc : end;
}

int
jc_check_item_find(struct jc_record_key *out, struct jc_node *node,
    const struct jc_record_key *check, const char *no,
    struct jc_err *err)
{
	struct jc_stmt *st;
	jc_id id = "";
	int rc = jc_db_prep(&st, node->db,
	    "SELECT r.id FROM k_check_item k JOIN record r USING(rec)"
	    " WHERE k.check_id = :id AND r.scope = :scope AND k.item_no = :no AND r.void = 0"
	    " ORDER BY k.state = 'closed', r.rec DESC LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_text(st, ":id", check->id, JC_ID_LEN);
	jc_bind_int(st, ":scope", check->scope);
	jc_bind_str(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		snprintf(id, sizeof(id), "%s", jc_col_text(st, 0, NULL));
		jc_stmt_reset(st);
	}
	if (rc < 0)
		return rc;
	if (id[0] == '\0')
		return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("这张检查表没有第 %.20s 项",
		    "That check has no item %.20s"), no);
	return jc_record_find(node, check->scope, id, out, err);
}
