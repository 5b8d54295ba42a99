/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "newid.h"

#include <string.h>

static int
exists(struct jc_err *err, const struct jc_kind *kind, const jc_id id)
{
	return jc_err_set(err, JC_EEXISTS, "newid",
	    JC_T("已经有这条%s了，编号 %s；请直接修改那一条", "This record (%s) is there already: %s; change that one"),
	    jc_kind_label(kind), id);
}

static int
first_row(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)text;
	(void)n;
	memcpy(arg, key->id, sizeof(key->id));
	return 1;
}

/* Is somebody with this number here, under whatever id? Fills id and answers 1. */
static int
number_taken(jc_id id, struct jc_node *node, int64_t scope, const struct jc_kind *kind, struct jc_slice number,
    struct jc_err *err)
{
	struct jc_filter filter = {.text = number};
	struct jc_query q = {.scope = scope, .kind = kind, .filter = &filter, .nfilters = 1, .limit = 1};

	for (const struct jc_field *f = kind->fields; f->id != 0 && filter.field == NULL; f++)
		if (f->type == JC_IDNO)
			filter.field = f;
	if (filter.field == NULL || number.n == 0)
		return 0;
	return jc_records_each(node, &q, first_row, id, err);
}

int
jc_newid(jc_id id, struct jc_save *sv, struct jc_node *node, int64_t scope, const struct jc_typed *t, const char *key,
    struct jc_err *err)
{
	struct jc_record_key there;
	struct jc_match_who who;
	int rc;

	id[0] = '\0';
	jc_typed_who(t, &who);
	if (key != NULL)
		rc = jc_save_id_key(sv, id, t->kind, (struct jc_slice){key, strlen(key)}, err);
	else if ((rc = number_taken(id, node, scope, t->kind, who.number, err)) == 1)
		return exists(err, t->kind, id);
	else if (rc == 0 && who.number.n != 0 && who.title.n != 0)
		rc = jc_save_id_person(sv, id, t->kind, who.number, who.title, err);
	if (rc < 0 || id[0] == '\0')
		return rc;
	rc = jc_record_find(node, scope, id, &there, err);
	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc == 0)
		memcpy(id, there.id, sizeof(there.id));
	return rc < 0 ? rc : exists(err, t->kind, id);
}
