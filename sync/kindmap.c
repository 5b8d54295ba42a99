/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Numbers for kinds and fields. What the built-in catalogue knows has its permanent id; what a newer
 * program wrote, or a hub defined, gets a local number from 1000 on, so that it is stored, merged,
 * digested and forwarded like everything else. It becomes readable when this program is upgraded (a
 * rebuild gives it its id) or when the definition arrives (which keeps the number, defs.c).
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "derive.h"
#include "search.h"

static uint32_t
name_hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)p[i]) * 16777619u;
	return h ^ h >> 15;
}

void
jc_kindmap_free(struct jc_kindmap *k)
{
	if (k == NULL)
		return;
	jc_stmt_free(k->sel);
	jc_stmt_free(k->ins);
	jc_stmt_free(k->upd_plain);
	jc_stmt_free(k->upd_keyed);
	jc_derives_free(k->derives);
	jc_free(k->field);
	jc_free(k->hash);
	jc_free(k->by_id);
	jc_free(k->found);
	jc_free(k);
}

void
jc_kindmap_forget(struct jc_project *p)
{
	for (size_t i = 0; i < p->nkinds; i++)
		jc_kindmap_free(p->kind[i]);
	p->nkinds = 0;
}

static size_t
count(struct jc_kindmap *k, const struct jc_field *f)
{
	size_t n = 0;

	for (; f != NULL && f[n].id != 0; n++)
		if (f[n].id > k->max_id)
			k->max_id = f[n].id;
	return n;
}

static int
index_fields(struct jc_kindmap *k)
{
	size_t cap = 16;

	k->nshown = count(k, k->kind->fields);
	k->nfields = k->nshown + count(k, k->kind->hidden);
	while (cap < k->nfields * 3)
		cap *= 2;
	k->hash_mask = (uint16_t)(cap - 1);
	k->field = jc_calloc(k->nfields + 1, sizeof(*k->field));
	k->hash = jc_calloc(cap, sizeof(*k->hash));
	k->by_id = jc_calloc((size_t)k->max_id + 1, sizeof(*k->by_id));
	k->found = jc_calloc((size_t)k->max_id + 1, 1);
	if (k->field == NULL || k->hash == NULL || k->by_id == NULL || k->found == NULL)
		return JC_ENOMEM;
	for (size_t i = 0; i < k->nfields; i++) {
		const struct jc_field *f = i < k->nshown ? &k->kind->fields[i] : &k->kind->hidden[i - k->nshown];
		uint32_t at = name_hash(f->name, strlen(f->name)) & k->hash_mask;

		while (k->hash[at] != 0)
			at = (at + 1) & k->hash_mask;
		k->hash[at] = (uint16_t)(i + 1);
		k->by_id[f->id] = (uint16_t)(i + 1);
		k->found[f->id] = i < k->nshown ? jc_search_class(k->kind, f) : JC_FOUND_NOT;
		k->field[i] = f;
	}
	return 0;
}

/* A kind of this file's catalogue, hidden ones too, by name or number. */
static const struct jc_kind *
kind_find(const struct jc_project *p, struct jc_slice name, uint32_t no)
{
	int ends = 0;

	for (const struct jc_kind *const *k = p->kinds; ends < 2; k++)
		if (*k == NULL)
			ends++;
		else if (name.n != 0 ? jc_slice_is(name, (*k)->name) : (*k)->id == no)
			return *k;
	return NULL;
}

int
jc_kindmap_number(uint32_t *no, struct jc_project *p, struct jc_slice kind, struct jc_slice name, int make,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t next;
	int rc;

	if ((rc = jc_db_prep(&st, p->db,
	         "SELECT no FROM unknown_name"
	         " WHERE kind = :kind AND name = :name", err)) < 0)
		return rc;
	jc_bind_text(st, ":kind", kind.p, kind.n);
	jc_bind_text(st, ":name", name.p, name.n);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	if (rc == 1) {
		*no = (uint32_t)jc_col_int(st, 0);
		jc_stmt_reset(st);
		return 0;
	}
	*no = 0;
	if (!make)
		return 0;
	if ((rc = jc_db_int(p->db, &next, "SELECT coalesce(max(no), 999) + 1 FROM unknown_name", err)) < 0 ||
	    (rc = jc_db_prep(&st, p->db,
	         "INSERT INTO unknown_name(no, kind, name)"
	         " VALUES(:no, :kind, :name)", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", next);
	jc_bind_text(st, ":kind", kind.p, kind.n);
	jc_bind_text(st, ":name", name.p, name.n);
	*no = (uint32_t)next;
	return jc_stmt_run(st, err);
}

static int
kindmap_add(struct jc_kindmap **out, struct jc_project *p, const struct jc_kind *kind, struct jc_slice name,
    uint32_t no, struct jc_err *err)
{
	struct jc_kindmap **v = jc_realloc(p->kind, (p->nkinds + 1) * sizeof(*v));
	struct jc_kindmap *k;

	if (v == NULL)
		return JC_NOMEM(err, "kindmap_add");
	p->kind = v;
	if ((k = jc_calloc(1, sizeof(*k))) == NULL)
		return JC_NOMEM(err, "kindmap_add");
	k->kind = kind;
	k->no = no;
	memcpy(k->name, name.p, name.n);
	if (kind != NULL && (index_fields(k) < 0 || jc_derives_make(k) < 0)) {
		jc_kindmap_free(k);
		return JC_NOMEM(err, "kindmap_add");
	}
	p->kind[p->nkinds++] = k;
	*out = k;
	return 0;
}

int
jc_kindmap_get(struct jc_kindmap **out, struct jc_project *p, struct jc_slice name, struct jc_err *err)
{
	const struct jc_kind *kind;
	uint32_t no;
	int rc;

	if (!p->ready && (rc = jc_defs_ready(p, err)) < 0)
		return rc;
	for (size_t i = 0; i < p->nkinds; i++)
		if (jc_slice_is(name, p->kind[i]->name)) {
			*out = p->kind[i];
			return 0;
		}
	if (name.n == 0 || name.n > 32)
		return jc_err_set(err, JC_EINVAL, "jc_kindmap_get", JC_T("记录类别的名称不对", "Not a kind's name"));
	kind = kind_find(p, name, 0);
	if (kind != NULL)
		return kindmap_add(out, p, kind, name, kind->id, err);
	if ((rc = jc_kindmap_number(&no, p, name, (struct jc_slice){"", 0}, 1, err)) < 0)
		return rc;
	return kindmap_add(out, p, NULL, name, no, err);
}

int
jc_kindmap_no(struct jc_kindmap **out, struct jc_project *p, uint32_t no, struct jc_err *err)
{
	const struct jc_kind *kind;
	struct jc_stmt *st;
	const char *name;
	size_t n;
	int rc;

	if (!p->ready && (rc = jc_defs_ready(p, err)) < 0)
		return rc;
	for (size_t i = 0; i < p->nkinds; i++)
		if (p->kind[i]->no == no) {
			*out = p->kind[i];
			return 0;
		}
	kind = kind_find(p, (struct jc_slice){"", 0}, no);
	if (kind != NULL)
		return kindmap_add(out, p, kind, (struct jc_slice){kind->name, strlen(kind->name)}, no, err);
	if ((rc = jc_db_prep(&st, p->db, "SELECT kind FROM unknown_name WHERE no = :no", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_kindmap_no");
	name = jc_col_text(st, 0, &n);
	rc = n > 32 ? jc_err_code(err, JC_ECORRUPT, "jc_kindmap_no")
	            : kindmap_add(out, p, NULL, (struct jc_slice){name, n}, no, err);
	jc_stmt_reset(st);
	return rc;
}

int
jc_kindmap_field(uint32_t *no, const struct jc_field **field, struct jc_project *p, struct jc_kindmap *k,
    struct jc_slice name, struct jc_err *err)
{
	*field = NULL;
	if (jc_slice_is(name, "~") || jc_slice_is(name, "*")) {
		*no = name.p[0] == '~' ? JC_FIELD_ALIVE : JC_FIELD_ALIAS;
		return 0;
	}
	if (k->kind != NULL) {
		uint32_t at = name_hash(name.p, name.n) & k->hash_mask;

		for (; k->hash[at] != 0; at = (at + 1) & k->hash_mask)
			if (jc_slice_is(name, k->field[k->hash[at] - 1]->name)) {
				*field = k->field[k->hash[at] - 1];
				*no = (*field)->id;
				return 0;
			}
	}
	return jc_kindmap_number(no, p, (struct jc_slice){k->name, strlen(k->name)}, name, 1, err);
}

const struct jc_field *
jc_kindmap_field_no(const struct jc_kindmap *k, uint32_t no)
{
	if (k->kind == NULL || no > k->max_id || k->by_id[no] == 0)
		return NULL;
	return k->field[k->by_id[no] - 1];
}

int
jc_kindmap_field_name(struct jc_buf *out, struct jc_project *p, struct jc_kindmap *k, uint32_t no, struct jc_err *err)
{
	const struct jc_field *f = jc_kindmap_field_no(k, no);
	struct jc_stmt *st;
	const char *name;
	size_t n;
	int rc;

	if (f != NULL || no == JC_FIELD_ALIVE || no == JC_FIELD_ALIAS) {
		jc_buf_puts(out, f != NULL ? f->name : no == JC_FIELD_ALIVE ? "~" : "*");
		return jc_buf_check(out, "jc_kindmap_field_name", err);
	}
	if ((rc = jc_db_prep(&st, p->db, "SELECT name FROM unknown_name WHERE no = :no", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_kindmap_field_name");
	name = jc_col_text(st, 0, &n);
	jc_buf_put(out, name, n);
	jc_stmt_reset(st);
	return jc_buf_check(out, "jc_kindmap_field_name", err);
}
