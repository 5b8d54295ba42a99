/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fuzzes the way in for everything typed. First byte: the field; the rest: the text. What must hold
 * for any input: what is stored is well-formed; reading back what is shown changes nothing; both
 * normalisations are idempotent; masking shows no more characters than showing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

static const struct jc_field *
pick(unsigned n)
{
	for (;;) {
		for (size_t i = 0; jc_catalogue_kinds()[i] != NULL; i++)
			for (const struct jc_field *f = jc_catalogue_kinds()[i]->fields; f->id != 0; f++)
				if (n-- == 0)
					return f;
	}
}

static int
count(void *arg, const char *p, size_t n)
{
	REQUIRE(p != NULL && n != 0);
	++*(size_t *)arg;
	return 0;
}

static void
text_twice(const char *s, size_t n, int lines)
{
	struct jc_buf once, twice;

	jc_buf_init(&once, 1 << 24);
	jc_buf_init(&twice, 1 << 24);
	if (jc_text_normalise(&once, s, n, lines, NULL) == 0 && once.len != 0 &&
	    jc_text_normalise(&twice, once.data, once.len, lines, NULL) == 0) {
		REQUIRE(jc_utf8_ok(once.data, once.len));
		REQUIRE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	}
	jc_buf_free(&once);
	jc_buf_free(&twice);
}

static void
value_round(const struct jc_field *f, const char *s, size_t n)
{
	struct jc_remarks remarks = { 0 };
	struct jc_buf stored, shown, again;

	jc_buf_init(&stored, 1 << 20);
	jc_buf_init(&shown, 1 << 20);
	jc_buf_init(&again, 1 << 20);
	/* what a reference to a name becomes is the importer's business */
	if (jc_value_parse(&stored, f, s, n, "2026-03-02", &remarks, NULL) == 0 && stored.len != 0 && f->type != JC_REF) {
		REQUIRE(jc_value_stored_ok(f, stored.data, stored.len));
		jc_value_show_masked(&shown, f, stored.data, stored.len);
		n = jc_text_points(shown.data != NULL ? shown.data : "", shown.len);
		jc_buf_reset(&shown);
		jc_value_show(&shown, f, stored.data, stored.len);
		REQUIRE(n <= jc_text_points(shown.data, shown.len));
		REQUIRE(jc_value_parse(&again, f, shown.data, shown.len, "2026-03-02", NULL, NULL) == 0);
		REQUIRE(again.len == stored.len && memcmp(again.data, stored.data, stored.len) == 0);
	}
	jc_buf_free(&stored);
	jc_buf_free(&shown);
	jc_buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data + 1;
	size_t parts = 0;

	if (size == 0 || size > 8192)
		return 0;
	text_twice(s, size - 1, 0);
	text_twice(s, size - 1, 1);
	value_round(pick(data[0]), s, size - 1);
	(void)jc_value_stored_ok(pick(data[0]), s, size - 1);
	(void)jc_value_split(s, size - 1, count, &parts);
	(void)jc_phone_split(s, size - 1, count, &parts);
	return 0;
}
