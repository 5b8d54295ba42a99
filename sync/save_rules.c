/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a save adds or refuses, whoever types or imports it. Refused is who came to be counselled or helped with the
 * law (DOMAIN 2.5): such a day keeps counts, never names. Added is what a credit code says by itself (DOMAIN 4.4).
 */
#include "save.h"

#include <string.h>

#define WHERE "save_rules"

static int
nameless(struct jc_slice type)
{
	return jc_slice_is(type, "psych_counsel") || jc_slice_is(type, "legal_aid");
}

static struct jc_slice
now(const struct jc_kind *k, const struct jc_cells *cells, const char *field)
{
	const struct jc_field *f = jc_catalogue_field(k, field, strlen(field));
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(cells, f->id, 0, &n);

	return c != NULL && n > 0 && c->val != NULL ? (struct jc_slice){c->val, c->len} : (struct jc_slice){"", 0};
}

/* The field after the changes; *named: they speak of it. */
static struct jc_slice
then(const struct jc_kind *k, const struct jc_cells *cells, const struct jc_change *changes, size_t n, const char *field, int *named)
{
	*named = 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(changes[i].field->name, field) == 0) {
			*named = 1;
			return changes[i].text;
		}
	return now(k, cells, field);
}

static int
participant(struct jc_save *sv, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes, size_t n,
    struct jc_err *err)
{
	struct jc_project *p = sv->node->project;
	struct jc_kindmap *k;
	struct jc_rec *activity;
	int named, rc;
	struct jc_slice of = then(r->k->kind, cells, changes, n, "activity_id", &named);
	jc_id id;

	if (of.n != JC_ID_LEN || !jc_id_ok(of.p, of.n))
		return 0;
	memcpy(id, of.p, JC_ID_LEN);
	id[JC_ID_LEN] = '\0';
	if ((rc = jc_kindmap_get(&k, p, (struct jc_slice){"activity", 8}, err)) < 0 ||
	    (rc = jc_rec_get(&activity, p, sv->scope.no, k, id, 0, err)) < 0 || activity == NULL)
		return rc;
	if (!nameless(now(k->kind, &activity->cells, "activity_type")))
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE,
	    JC_T("心理咨询和法律援助不登记姓名，只在活动里记人数", "Counselling and legal aid keep no names; write how many came into the activity"));
}

static int
listed(int *out, struct jc_save *sv, const struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	jc_id id;
	int rc;

	*out = 0;
	if ((rc = jc_rec_flush(sv->node->project, err)) < 0 ||
	    (rc = jc_db_prep(&st, sv->node->db,
	         "SELECT EXISTS(SELECT 1 FROM k_participant k JOIN record r USING(rec)"
	         " WHERE k.activity_id = :id AND r.scope = :scope AND r.void = 0)", err)) < 0)
		return rc;
	jc_id_from_u64(id, r->id);
	jc_bind_str(st, ":id", id);
	jc_bind_int(st, ":scope", sv->scope.no);
	if ((rc = jc_stmt_step(st, err)) == 1)
		*out = jc_col_int(st, 0) != 0;
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

/* A day of another kind that has a list already cannot become one without names. */
static int
activity(struct jc_save *sv, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes, size_t n,
    struct jc_err *err)
{
	int named, some, rc;
	struct jc_slice type = then(r->k->kind, cells, changes, n, "activity_type", &named);

	if (!named || !nameless(type) || r->is_new)
		return 0;
	if ((rc = listed(&some, sv, r, err)) < 0 || !some)
		return rc;
	return jc_err_set(err, JC_EINVAL, WHERE,
	    JC_T("这个活动已经有名单。心理咨询和法律援助不登记姓名，请先把名单作废",
	        "This activity has a list of names; counselling and legal aid keep none: void the list first"));
}

int
jc_save_refuse(struct jc_save *sv, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes, size_t n,
    struct jc_err *err)
{
	if (sv->undoing || r->k->kind == NULL)
		return 0;
	if (strcmp(r->k->kind->name, "participant") == 0)
		return participant(sv, r, cells, changes, n, err);
	return strcmp(r->k->kind->name, "activity") == 0 ? activity(sv, r, cells, changes, n, err) : 0;
}

size_t
jc_save_implied(struct jc_change *more, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes, size_t n)
{
	const struct jc_kind *k = r->k->kind;
	const struct jc_field *form;
	struct jc_slice code;
	int named;

	if (k == NULL || strcmp(k->name, "org") != 0)
		return 0;
	code = then(k, cells, changes, n, "uscc", &named);
	form = jc_catalogue_field(k, "legal_form", 10);
	if (!named || code.n != 18 || jc_slice_eq(code, now(k, cells, "uscc")) || now(k, cells, "legal_form").n != 0 ||
	    jc_catalogue_choice(form, code.p, 2) == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (changes[i].field == form)
			return 0;
	*more = (struct jc_change){.field = form, .text = {code.p, 2}};
	return 1;
}
