/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "naive.h"

#include <stdio.h>
#include <string.h>

static int
writes_as_set(const struct naive_op *q, int field)
{
	for (int i = 0; i < q->nwrites; i++)
		if (q->write[i].field == field)
			return q->write[i].set;
	return 0;
}

static int
names(const struct naive_op *q, int field, int op)
{
	for (int i = 0; i < q->nnames; i++)
		if (q->name[i].field == field && q->name[i].op == op)
			return 1;
	return 0;
}

static int
removes(const struct naive_op *q, int field, int value)
{
	for (int i = 0; i < q->nwrites; i++)
		if (q->write[i].field == field && q->write[i].del && q->write[i].value == value)
			return 1;
	return 0;
}

/* Does q, which names the write, take it away? */
static int
takes(const struct naive_op *q, const struct naive_write *w)
{
	return w->set ? removes(q, w->field, w->value) : !writes_as_set(q, w->field);
}

/* Does q take the write w of operation o of the same record away? */
static int
replaces(const struct naive_op *q, const struct naive_op *o, const struct naive_write *w)
{
	if (q == o || q->rec != o->rec || q->is_void || !names(q, w->field, o->op))
		return 0;
	return takes(q, w);
}

int
naive_cells(struct naive_cell *out, const struct naive_op *ops, int n)
{
	int count = 0;

	for (int i = 0; i < n; i++)
		for (int k = 0; k < ops[i].nwrites; k++) {
			const struct naive_write *w = &ops[i].write[k];
			struct naive_cell c = {ops[i].rec, w->field, w->set, ops[i].op, w->value, 0};
			int gone = w->del;

			for (int q = 0; q < n; q++) {
				gone |= replaces(&ops[q], &ops[i], w);
				c.voided |= ops[q].is_void && ops[q].rec == ops[i].rec && names(&ops[q], w->field, ops[i].op);
			}
			if (!gone)
				out[count++] = c;
		}
	return count;
}

void
naive_class(int in[NAIVE_RECS], const struct naive_op *ops, int n, int rec)
{
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int count = naive_cells(c, ops, n);

	memset(in, 0, NAIVE_RECS * sizeof(*in));
	in[rec] = 1;
	for (int round = 0; round < NAIVE_RECS; round++)
		for (int i = 0; i < count; i++)
			if (c[i].field == NAIVE_STAR)
				in[c[i].rec] = in[c[i].value - 'a'] = in[c[i].rec] | in[c[i].value - 'a'];
}

/* Does an operation of another record of the class take the cell away? */
static int
crossed(const struct naive_cell *c, const struct naive_op *ops, int n, const int *in)
{
	const struct naive_write w = {c->field, c->set, 0, c->value};

	for (int q = 0; q < n; q++)
		if (in[ops[q].rec] && ops[q].rec != c->rec && !ops[q].is_void && names(&ops[q], c->field, c->op) &&
		    takes(&ops[q], &w))
			return 1;
	return 0;
}

int
naive_class_cells(struct naive_cell *out, const struct naive_op *ops, int n, int rec)
{
	int in[NAIVE_RECS], count = naive_cells(out, ops, n), kept = 0;

	naive_class(in, ops, n, rec);
	for (int i = 0; i < count; i++)
		if (in[out[i].rec] && out[i].field != NAIVE_STAR && !crossed(&out[i], ops, n, in))
			out[kept++] = out[i];
	return kept;
}

static int
rank_of(const struct naive_op *ops, int n, int op)
{
	for (int i = 0; i < n; i++)
		if (ops[i].op == op)
			return ops[i].rank;
	return -1;
}

static int
before(const struct naive_cell *a, const struct naive_cell *b, const struct naive_op *ops, int n)
{
	if (a->field != b->field)
		return a->field < b->field;
	if (a->set != b->set)
		return a->set < b->set;
	if (!a->set)
		return rank_of(ops, n, a->op) > rank_of(ops, n, b->op);
	return a->value != b->value ? a->value < b->value : a->op < b->op;
}

static int
conflicts(const struct naive_cell *c, int n)
{
	int seen[1000] = {0}, count = 0;

	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++)
			if (!c[i].set && !c[k].set && c[i].field == c[k].field && c[i].value != c[k].value &&
			    c[i].field != NAIVE_ALIVE && !seen[c[i].field]) {
				seen[c[i].field] = 1;
				count++;
			}
	return count;
}

static void
text(char *out, size_t room, struct naive_cell *c, int count, int is_void, const struct naive_op *ops, int n)
{
	size_t at = 0;

	for (int i = 0; i < count; i++) /* insertion sort */
		for (int k = i; k > 0 && before(&c[k], &c[k - 1], ops, n); k--) {
			struct naive_cell t = c[k];

			c[k] = c[k - 1];
			c[k - 1] = t;
		}
	out[0] = '\0';
	for (int i = 0; i < count; i++)
		at += (size_t)snprintf(out + at, room - at, "%d%c%c%d%s ", c[i].field, c[i].set ? '+' : '=',
		    c[i].value != 0 ? c[i].value : '-', c[i].op, c[i].voided ? "v" : "");
	snprintf(out + at, room - at, "void%d conflicts%d", is_void, conflicts(c, count));
}

void
naive_text(char *out, size_t room, const struct naive_op *ops, int n)
{
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int count = naive_cells(c, ops, n), is_void = count != 0;

	for (int i = 0; i < count; i++)
		is_void &= c[i].voided;
	text(out, room, c, count, is_void, ops, n);
}

void
naive_class_text(char *out, size_t room, const struct naive_op *ops, int n, int rec)
{
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int in[NAIVE_RECS], values[NAIVE_RECS] = {0}, living[NAIVE_RECS] = {0}, is_void = 1;
	int count = naive_cells(c, ops, n);

	naive_class(in, ops, n, rec);
	for (int i = 0; i < count; i++) {
		values[c[i].rec] |= c[i].field != NAIVE_STAR && c[i].field != NAIVE_ALIVE;
		living[c[i].rec] |= c[i].field != NAIVE_STAR && !c[i].voided;
	}
	for (int r = 0; r < NAIVE_RECS; r++)
		is_void &= !(in[r] && values[r] && living[r]);
	text(out, room, c, naive_class_cells(c, ops, n, rec), is_void, ops, n);
}
