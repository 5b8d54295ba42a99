/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fuzzes what a county writes about its own fields. First byte even: a rule, which must parse or be refused,
 * and answer the same twice; odd: a definition, its texts divided by NUL, which must be usable or refused,
 * and of a usable one every choice must lead back to itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema_overlay.h"
#include "schema_rule.h"
#include "schema_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

static struct jc_slice
text_of(void *arg, const struct jc_field *f)
{
	(void)arg;
	return f->set ? JC_SLICE("[\"a\",\"b\"]") : f->id % 3 == 0 ? JC_SLICE("") : JC_SLICE("2");
}

static void
rule(const char *s, size_t n)
{
	const struct jc_kind *k = jc_catalogue_kind("member", 6);
	struct jc_rule r, again;

	if (jc_rule_parse(&r, s, n, NULL) < 0)
		return;
	REQUIRE(n <= JC_RULE_MAX && r.n >= 1 && r.n <= JC_RULE_NODES);
	REQUIRE(jc_rule_parse(&again, s, n, NULL) == 0 && again.n == r.n);
	REQUIRE(jc_rule_holds(&r, k, text_of, NULL) == jc_rule_holds(&again, k, text_of, NULL));
	(void)jc_rule_check(&r, k, NULL);
}

static void
definition(const char *s, size_t n)
{
	struct jc_slice v[JC_XF_IDS] = {{"", 0}};
	const struct jc_kind *const *list;
	struct jc_overlay_maker *m;
	int id = 1;

	for (size_t at = 0; at < n && id < JC_XF_IDS; id++) {
		const char *end = memchr(s + at, 0, n - at);
		size_t len = end != NULL ? (size_t)(end - s) - at : n - at;

		v[id] = (struct jc_slice){s + at, len};
		at += len + 1;
	}
	REQUIRE(jc_overlay_begin(&m, NULL) == 0);
	if (jc_overlay_field(m, v, 1000, NULL) < 0) {
		jc_overlay_drop(m);
		return;
	}
	REQUIRE(jc_overlay_end(&list, m, NULL) == 0);
	(void)jc_overlay_field_follows(v, v, NULL);
	for (; *list != NULL; list++)
		for (const struct jc_field *f = (*list)->fields; f->id != 0; f++)
			for (const struct jc_choice *c = f->defined ? f->choices : NULL, *found; c != NULL && c->code != NULL; c++)
				REQUIRE(jc_catalogue_choice_typed(&found, f, c->zh, strlen(c->zh)) == 0 && found == c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 8192)
		return 0;
	if (data[0] % 2 == 0)
		rule((const char *)data + 1, size - 1);
	else
		definition((const char *)data + 1, size - 1);
	return 0;
}
