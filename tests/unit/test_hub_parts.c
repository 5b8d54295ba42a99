/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a hub holds of broken exchanges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hub_parts.h"

static void
the_newest_of_a_device_is_held_for_a_while_and_all_together_are_bounded(void **state)
{
	struct hub_parts parts = {NULL, 0};
	char *big = calloc(1, 4u << 20), name[16];
	int held = 0;

	(void)state;
	assert_non_null(big);
	hub_parts_put(&parts, "aaaaaaaaaaaa", NULL, (struct jc_slice){"12345", 5}, 1000);
	hub_parts_put(&parts, "bbbbbbbbbbbb", NULL, (struct jc_slice){"123", 3}, 1000);
	hub_parts_put(&parts, "aaaaaaaaaaaa", NULL, (struct jc_slice){"1234567", 7}, 2000);
	assert_int_equal(hub_parts_get(&parts, "aaaaaaaaaaaa", 2000)->bytes.len, 7);
	assert_null(hub_parts_get(&parts, "cccccccccccc", 2000));
	assert_null(hub_parts_get(&parts, "bbbbbbbbbbbb", 1001 + HUB_PARTS_MS));
	assert_non_null(hub_parts_get(&parts, "aaaaaaaaaaaa", 1001 + HUB_PARTS_MS));
	hub_parts_drop(&parts, "aaaaaaaaaaaa");
	assert_null(hub_parts_get(&parts, "aaaaaaaaaaaa", 2000));
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "device%06d", i);
		hub_parts_put(&parts, name, NULL, (struct jc_slice){big, 4u << 20}, 3000 + i);
		assert_true(parts.total <= HUB_PARTS_BYTES);
	}
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "device%06d", i);
		held += hub_parts_get(&parts, name, 4000) != NULL;
	}
	assert_in_range(held, 8, 16);
	assert_non_null(hub_parts_get(&parts, "device000029", 4000));
	hub_parts_free(&parts);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_of_a_device_is_held_for_a_while_and_all_together_are_bounded),
	};

	return cmocka_run_group_tests_name("hub_parts", tests, NULL, NULL);
}
