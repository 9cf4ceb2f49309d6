/* SPDX-License-Identifier: Apache-2.0 */
#include "token/setups.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"

static int ends[2];

static int
open_channel(void **state)
{
	(void)state;
	return channel_pair(ends, false);
}

static int
close_channel(void **state)
{
	(void)state;
	close(ends[1]);
	return 0;
}

static void
send_setup(const char *name, const char *pin_file, int pin)
{
	static uint8_t space[CHANNEL_MAX];
	struct token_setup setup = { .module = "/m.so", .label = "l" };
	struct writer w;

	strcpy(setup.name, name);
	strcpy(setup.pin_file, pin_file);
	writer_init(&w, space, sizeof(space));
	token_setup_put(&w, &setup);
	channel_send_fds(ends[0], space, w.used, &pin, pin != -1 ? 1 : 0);
}

static void
reads_until_the_starter_closes(void **state)
{
	int pin = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct setups s;

	(void)state;
	send_setup("one", "/pin", -1);
	send_setup("two", "", pin);
	close(pin);
	close(ends[0]);
	assert_int_equal(setups_read(ends[1], &s), 0);
	assert_int_equal(s.count, 2);
	assert_int_equal(setups_find(&s, "one"), 0);
	assert_int_equal(setups_find(&s, "two"), 1);
	assert_int_equal(setups_find(&s, "three"), -1);
	assert_int_equal(s.pins[0], -1);
	pin = s.pins[1];
	assert_int_equal(fcntl(pin, F_GETFD), FD_CLOEXEC);
	setups_release(&s);
	assert_int_equal(fcntl(pin, F_GETFD), -1);
}

static void
no_token_at_all_is_fine(void **state)
{
	struct setups s;

	(void)state;
	close(ends[0]);
	assert_int_equal(setups_read(ends[1], &s), 0);
	assert_int_equal(s.count, 0);
	setups_release(&s);
}

static void
refuses_two_tokens_of_one_name(void **state)
{
	struct setups s;

	(void)state;
	send_setup("one", "/pin", -1);
	send_setup("one", "/pin", -1);
	close(ends[0]);
	assert_int_equal(setups_read(ends[1], &s), -1);
}

static void
refuses_a_pin_both_ways_or_neither(void **state)
{
	int pin = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct setups s;

	(void)state;
	send_setup("one", "/pin", pin);
	assert_int_equal(setups_read(ends[1], &s), -1);
	send_setup("one", "", -1);
	assert_int_equal(setups_read(ends[1], &s), -1);
	close(pin);
	close(ends[0]);
}

static void
refuses_anything_but_setups(void **state)
{
	static const uint8_t other[] = { 0, WIRE_WORKER_START, 0, 0 };
	struct setups s;

	(void)state;
	channel_send(ends[0], other, sizeof(other));
	assert_int_equal(setups_read(ends[1], &s), -1);
	close(ends[0]);
}

static void
refuses_more_than_there_is_room_for(void **state)
{
	struct setups s;
	char name[16] = "t00";

	(void)state;
	for (int i = 0; i <= SETUPS_MAX; i++) {
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		send_setup(name, "/pin", -1);
	}
	close(ends[0]);
	assert_int_equal(setups_read(ends[1], &s), -1);
}

int
main(void)
{
#define SETUPS_TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_channel, close_channel)
	const struct CMUnitTest tests[] = {
		SETUPS_TEST(reads_until_the_starter_closes),
		SETUPS_TEST(no_token_at_all_is_fine),
		SETUPS_TEST(refuses_two_tokens_of_one_name),
		SETUPS_TEST(refuses_a_pin_both_ways_or_neither),
		SETUPS_TEST(refuses_anything_but_setups),
		SETUPS_TEST(refuses_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
