/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void
stick_free(struct stick *s)
{
	for (size_t i = 0; i < s->n; i++)
		jc_buf_free(&s->file[i]);
	free(s->file);
	free(s->slip);
	memset(s, 0, sizeof(*s));
}

void
stick_write(struct stick *s, struct test_node *from, const char *device)
{
	struct jc_bundle *b;
	struct jc_err err = {0};

	stick_free(s);
	test_ok(jc_bundle_begin(&b, from->node, device, &err), &err);
	for (;;) {
		int rc;

		s->file = realloc(s->file, (s->n + 1) * sizeof(*s->file));
		s->slip = realloc(s->slip, (s->n + 1) * sizeof(*s->slip));
		jc_buf_init(&s->file[s->n], JC_BUNDLE_MAX);
		rc = test_ok(jc_bundle_next(b, &s->file[s->n], &s->slip[s->n], &err), &err);
		if (rc == 0)
			break;
		s->n++;
	}
	jc_buf_free(&s->file[s->n]);
	jc_bundle_end(b);
	assert_true(s->n > 0);
}

void
stick_read(struct test_node *at, const struct stick *s, struct jc_slip *slip)
{
	struct jc_slip one;
	struct jc_err err = {0};

	for (size_t i = 0; i < s->n; i++) {
		test_ok(jc_bundle_read(at->node, s->file[i].data, s->file[i].len, &one, &err), &err);
		assert_string_equal(one.mark, s->slip[i].mark);
		assert_int_equal(one.refused.code, 0);
	}
	if (slip != NULL)
		*slip = one;
}

void
stick_join(struct county *c, struct test_node *pc, const char *branch)
{
	char code[JC_CODE_TEXT];
	struct stick answer = {0};
	struct jc_slip slip;
	struct jc_buf ask;
	struct jc_err err = {0};

	jc_buf_init(&ask, JC_BUNDLE_MAX);
	test_ok(jc_enrol_invite(code, c->hub.node, branch, &err), &err);
	test_ok(jc_bundle_join(&ask, pc->node, code, &slip, &err), &err);
	test_ok(jc_bundle_read(c->hub.node, ask.data, ask.len, &slip, &err), &err);
	assert_int_equal(slip.kind, JC_BUNDLE_JOIN);
	assert_string_equal(slip.sender, pc->key.id);
	stick_write(&answer, &c->hub, slip.sender);
	stick_read(pc, &answer, &slip);
	stick_free(&answer);
	jc_buf_free(&ask);
}

void
stick_round(struct county *c, struct test_node *pc)
{
	struct stick s = {0};

	stick_write(&s, pc, NULL);
	stick_read(&c->hub, &s, NULL);
	stick_write(&s, &c->hub, pc->key.id);
	stick_read(pc, &s, NULL);
	stick_free(&s);
}
