/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sync_suggest.h"

#include <string.h>

#define BEFORE_MAX 64 /* so many earlier values are looked through on either side */

struct before {
	int64_t op[BEFORE_MAX];
	size_t n;
};

static int
is_there(const struct before *b, int64_t op)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->op[i] == op)
			return 1;
	return 0;
}

/* The writes that an operation names as replaced in the field. What is not here any more is left out. */
static int
named_add(struct before *b, struct jc_node *node, struct jc_opread *read, int64_t op, const char *field, struct jc_err *err)
{
	int rc = jc_log_op_read(node->log, op, read, err);

	for (size_t i = 0; rc == 0 && i < read->op.nnames; i++) {
		const struct jc_opnames *names = &read->op.names[i];

		for (size_t k = 0; jc_slice_is(names->field, field) && k < names->nrefs && b->n < BEFORE_MAX; k++) {
			int64_t no;

			if (jc_log_ref_resolve(node->log, read, &names->refs[k], &no, NULL) == 0 && !is_there(b, no))
				b->op[b->n++] = no;
		}
	}
	return rc;
}

/* Everything that stood in the field before a value, as far as BEFORE_MAX. */
static int
before_of(struct before *b, struct jc_node *node, struct jc_opread *read, int64_t op, const char *field, struct jc_err *err)
{
	int rc = named_add(b, node, read, op, field, err);

	for (size_t i = 0; rc == 0 && i < b->n && b->n < BEFORE_MAX; i++)
		rc = named_add(b, node, read, b->op[i], field, err);
	return rc;
}

/* The text that an operation wrote; read keeps it. */
static struct jc_slice
text_of(const struct jc_opread *read, const char *field)
{
	for (size_t i = 0; i < read->op.nfields; i++)
		if (jc_slice_is(read->op.fields[i].name, field) && read->op.fields[i].kind == JC_VAL_TEXT)
			return read->op.fields[i].text;
	return (struct jc_slice){"", 0};
}

static int
propose(struct jc_suggestion *out, struct jc_node *node, const struct jc_shown *shown, struct jc_opread *read, struct jc_err *err)
{
	const struct jc_sibling *a = &shown->sibling[0], *b = &shown->sibling[1];
	struct before of_a = {.n = 0}, of_b = {.n = 0};
	struct jc_slice base = {"", 0};
	int64_t newest = 0;
	int rc;

	if ((rc = before_of(&of_a, node, read, a->op, shown->field->name, err)) < 0 ||
	    (rc = before_of(&of_b, node, read, b->op, shown->field->name, err)) < 0)
		return rc;
	for (size_t i = 0; i < of_a.n; i++)
		if (of_a.op[i] > newest && is_there(&of_b, of_a.op[i]))
			newest = of_a.op[i];
	if (newest != 0) {
		if ((rc = jc_log_op_read(node->log, newest, read, err)) < 0)
			return rc;
		base = text_of(read, shown->field->name);
	}
	return jc_merge_text(&out->text, &out->clean, base, (struct jc_slice){a->text, strlen(a->text)},
	    (struct jc_slice){b->text, strlen(b->text)}, err);
}

int
jc_suggest(struct jc_suggestion *out, struct jc_node *node, const struct jc_shown *shown, struct jc_err *err)
{
	struct jc_opread read;
	int rc;

	memset(out, 0, sizeof(*out));
	jc_buf_init(&out->text, 8u << 20);
	if (shown->field->type != JC_LONG || shown->field->set || shown->nsiblings != 2 || shown->sibling[0].text == NULL ||
	    shown->sibling[1].text == NULL)
		return 0;
	jc_opread_init(&read);
	rc = propose(out, node, shown, &read, err);
	jc_opread_free(&read);
	return rc < 0 ? rc : 1;
}
