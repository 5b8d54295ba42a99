/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "same.h"

#include <string.h>

#include "cmd.h"

int
jc_choices_add(struct jc_choices *out, const struct jc_kind *kind, const char *field, const char *keep, struct jc_err *err)
{
	static const char *const words[][3] = {{"A", "a", "甲"}, {"B", "b", "乙"}, {"newer", "new", "新"}, {"fuller", "full", "全"}};
	const struct jc_field *f = NULL;
	int how = -1, rc;

	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 3; k++)
			if (strcmp(keep, words[i][k]) == 0)
				how = i;
	if (how < 0)
		return jc_err_set(err, JC_EINVAL, "jc_choices_add",
		    JC_T("“%.40s”不是选法；可以写 A、B、newer（较新的）或 fuller（较全的）", "\"%.40s\" is no choice; write A, B, newer or fuller"), keep);
	if (out->n == JC_CHOICES_MAX)
		return jc_err_code(err, JC_ELIMIT, "jc_choices_add");
	if (strcmp(field, "all") != 0 && (rc = jc_cmd_field(&f, kind, field, strlen(field), err)) < 0)
		return rc;
	out->v[out->n].field = f;
	out->v[out->n++].keep = (enum jc_keep)how;
	return 0;
}

int
jc_choices_parse(struct jc_choices *out, const struct jc_kind *kind, const char *text, struct jc_err *err)
{
	int rc = 0;

	while (rc == 0 && *text != '\0') {
		size_t n = strcspn(text, ","), eq = strcspn(text, "=");
		char field[128], keep[32];

		if (eq >= n || eq >= sizeof(field) || n - eq - 1 >= sizeof(keep))
			return jc_err_set(err, JC_EINVAL, "jc_choices_parse",
			    JC_T("“%.60s”应写成 项目=A（或 B、newer、fuller）", "\"%.60s\" should be FIELD=A (or B, newer, fuller)"), text);
		memcpy(field, text, eq);
		field[eq] = '\0';
		memcpy(keep, text + eq + 1, n - eq - 1);
		keep[n - eq - 1] = '\0';
		rc = jc_choices_add(out, kind, field, keep, err);
		text += n + (text[n] == ',');
	}
	return rc;
}

/* ---- settling ---- */

static int
chosen(enum jc_keep *keep, const struct jc_choices *c, const struct jc_field *f)
{
	int found = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].field != NULL && strcmp(c->v[i].field->name, f->name) == 0) {
			*keep = c->v[i].keep;
			return 1;
		} else if (c->v[i].field == NULL) {
			*keep = c->v[i].keep;
			found = 1;
		}
	return found;
}

static const char *
text_in(const struct jc_record *r, const struct jc_field *f)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (strcmp(r->field[i].field->name, f->name) == 0)
			return r->field[i].text;
	return NULL;
}

static int
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The sibling that the choice means; NULL when that record had no value. */
static const struct jc_sibling *
pick(const struct jc_shown *s, enum jc_keep keep, const struct jc_record *a, const struct jc_record *b)
{
	const struct jc_sibling *best = NULL;

	for (size_t i = 0; i < s->nsiblings; i++) {
		const struct jc_sibling *v = &s->sibling[i];

		if (keep == JC_KEEP_A || keep == JC_KEEP_B) {
			if (same_text(v->text, text_in(keep == JC_KEEP_A ? a : b, s->field)))
				return v;
		} else if (best == NULL || (keep == JC_KEEP_NEWER && v->time > best->time) ||
		    (keep == JC_KEEP_FULLER && v->text != NULL && (best->text == NULL || strlen(v->text) > strlen(best->text)))) {
			best = v;
		}
	}
	return best;
}

struct merge {
	struct jc_node *node;
	struct jc_save *sv;
	const struct jc_choices *choices;
	struct jc_record a, b;
	int settled, open;
	struct jc_err *err;
};

static int
fields_settle(struct merge *m, const char *id)
{
	struct jc_record_key key;
	struct jc_record now;
	int rc;

	if ((rc = jc_record_find(m->node, m->a.key.scope, id, &key, m->err)) < 0 ||
	    (rc = jc_record_read(m->node, key.rec, &now, m->err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < now.nfields; i++) {
		const struct jc_shown *s = &now.field[i];
		const struct jc_sibling *v = NULL;
		enum jc_keep keep;

		if (s->nsiblings == 0)
			continue;
		if (chosen(&keep, m->choices, s->field))
			v = pick(s, keep, &m->a, &m->b);
		if (v == NULL)
			m->open++;
		else if ((rc = jc_save_resolve(m->sv, key.id, s->field, v->op, (struct jc_slice){"", 0}, 0, m->err)) == 0)
			m->settled++;
	}
	jc_record_free(&now);
	return rc;
}

static int
both_read(struct merge *m, int64_t scope, const char *keep, const char *other)
{
	struct jc_record_key a, b;
	int rc;

	if ((rc = jc_record_find(m->node, scope, keep, &a, m->err)) < 0 || (rc = jc_record_find(m->node, scope, other, &b, m->err)) < 0 ||
	    (rc = jc_record_read(m->node, a.rec, &m->a, m->err)) < 0)
		return rc;
	return jc_record_read(m->node, b.rec, &m->b, m->err);
}

int
jc_same_merge(struct jc_node *node, int64_t scope, const char *keep, const char *other, const struct jc_choices *choices,
    jc_id shown, int *settled, int *open, struct jc_err *err)
{
	struct merge m = {.node = node, .choices = choices, .err = err};
	struct jc_record_key key;
	int rc, end;

	if ((rc = jc_save_begin(&m.sv, node, scope, "merge", err)) < 0)
		return rc;
	if ((rc = both_read(&m, scope, keep, other)) == 0 && (rc = jc_save_merge(m.sv, keep, other, err)) == 0 &&
	    (rc = fields_settle(&m, m.a.key.id)) == 0 && (rc = jc_record_find(node, scope, m.a.key.id, &key, err)) == 0)
		memcpy(shown, key.id, sizeof(key.id));
	jc_record_free(&m.a);
	jc_record_free(&m.b);
	end = jc_save_end(m.sv, rc == 0, NULL, rc == 0 ? err : NULL);
	*settled = m.settled;
	*open = m.open;
	return rc < 0 ? rc : end;
}
