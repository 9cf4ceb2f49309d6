/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pin_state.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64];
static uint8_t stamp[WIRE_STAMP];

static int
set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/countersign-pin.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	pin_state_clear(dir, "t");
	return rmdir(dir);
}

static void
put(const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/pin-refused-t", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
keeps_a_stamp_until_it_is_cleared(void **state)
{
	(void)state;
	assert_int_equal(pin_state_load(dir, "t", stamp), 0);
	assert_int_equal(
	    pin_state_save(dir, "t", (const uint8_t *)"abc", 3), 0);
	assert_int_equal(pin_state_load(dir, "t", stamp), 3);
	assert_memory_equal(stamp, "abc", 3);
	assert_int_equal(pin_state_load(dir, "other", stamp), 0);
	pin_state_clear(dir, "t");
	assert_int_equal(pin_state_load(dir, "t", stamp), 0);
}

static void
replaces_a_stamp(void **state)
{
	uint8_t longest[WIRE_STAMP];

	(void)state;
	memset(longest, 0x5a, sizeof(longest));
	pin_state_save(dir, "t", (const uint8_t *)"abc", 3);
	assert_int_equal(pin_state_save(dir, "t", longest, sizeof(longest)), 0);
	assert_int_equal(pin_state_load(dir, "t", stamp), WIRE_STAMP);
	assert_memory_equal(stamp, longest, WIRE_STAMP);
	assert_int_equal(
	    pin_state_save(dir, "t", longest, sizeof(longest) + 1), -1);
}

static void
takes_nothing_from_a_file_that_is_not_its_own(void **state)
{
	static const char *const texts[] = { "", "\n", "6", "6g\n", "616\n",
		"61 62\n",
		"0000000000000000000000000000000000000000000000000000000000000"
		"00000\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put(texts[i]);
		assert_int_equal(pin_state_load(dir, "t", stamp), 0);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(keeps_a_stamp_until_it_is_cleared),
		TEST(replaces_a_stamp),
		TEST(takes_nothing_from_a_file_that_is_not_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
