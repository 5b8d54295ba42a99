/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "witness.h"

int
jc_alias_element(uint64_t *other, int *same, struct jc_slice e)
{
	*same = e.n == 0 || e.p[0] != '!';
	if (!*same) {
		e.p++;
		e.n--;
	}
	return jc_id_ok(e.p, e.n) && jc_id_to_u64(other, e.p, e.n) == 0 ? 0 : JC_EFORMAT;
}

int
jc_witness_has(const struct jc_op *op)
{
	return op->verb == JC_V_SET && op->nnames != 0 && jc_slice_is(op->names[0].field, "*");
}

int
jc_witness_edge(struct jc_witness *w, uint64_t a, uint64_t b)
{
	if (w->n == JC_WITNESS_EDGES)
		return JC_ELIMIT;
	w->edge[w->n++] = (struct jc_edge){a, b};
	return 0;
}

int
jc_witness_add(struct jc_witness *w, const struct jc_op *alias)
{
	const struct jc_opfield *f = alias->nfields == 1 ? &alias->fields[0] : NULL;
	uint64_t rec, other;
	int same;

	if (alias->verb != JC_V_ALIAS || f == NULL || jc_id_to_u64(&rec, alias->rec, JC_ID_LEN) < 0)
		return JC_EFORMAT;
	for (size_t i = 0; i < f->nadd; i++)
		if (jc_alias_element(&other, &same, f->add[i]) == 0 && same && jc_witness_edge(w, rec, other) < 0)
			return JC_ELIMIT;
	return 0;
}

static int
reached(const struct jc_witness *w, uint64_t id)
{
	for (size_t i = 0; i < w->njoined; i++)
		if (w->joined[i] == id)
			return 1;
	return 0;
}

void
jc_witness_close(struct jc_witness *w, uint64_t rec)
{
	size_t before;

	w->joined[0] = rec;
	w->njoined = 1;
	do { /* every edge reaches at most one more */
		before = w->njoined;
		for (size_t i = 0; i < w->n; i++) {
			int left = reached(w, w->edge[i].a), right = reached(w, w->edge[i].b);

			if (left != right)
				w->joined[w->njoined++] = left ? w->edge[i].b : w->edge[i].a;
		}
	} while (w->njoined != before);
}

int
jc_witness_joins(const struct jc_witness *w, const char *other)
{
	uint64_t id;

	return jc_id_to_u64(&id, other, JC_ID_LEN) == 0 && reached(w, id);
}
