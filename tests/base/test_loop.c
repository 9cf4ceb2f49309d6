/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define ENDS 4

/* Ends of pipes, all readable once fill() wrote to them. */
static struct loop *loop;
static struct loop_source *sources[ENDS];
static int pipes[ENDS][2];
static unsigned calls, fired, rounds;
static uint32_t last_events;

static int
open_all(void **state)
{
	(void)state;
	calls = fired = rounds = 0;
	memset(sources, 0, sizeof(sources));
	for (int i = 0; i < ENDS; i++)
		if (pipe(pipes[i]) == -1)
			return -1;
	return (loop = loop_new()) != NULL ? 0 : -1;
}

static int
close_all(void **state)
{
	(void)state;
	for (int i = 0; i < ENDS; i++) {
		loop_remove(sources[i]);
		close(pipes[i][0]);
		if (pipes[i][1] != -1)
			close(pipes[i][1]);
	}
	loop_free(loop);
	loop_free(NULL);
	return 0;
}

static void
fill(void)
{
	for (int i = 0; i < ENDS; i++)
		assert_int_equal(write(pipes[i][1], "xx", 2), 2);
}

static void
on_stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void
stop_after(uint64_t us)
{
	static struct loop_timer *timer;

	loop_timer_free(timer);
	timer = NULL;
	if (us == 0)
		return;
	timer = loop_timer_new(loop, on_stop, NULL);
	assert_non_null(timer);
	loop_timer_set(timer, clock_mono_us() + us);
}

/* Runs until nothing happens for a moment. */
static void
run(void)
{
	stop_after(20000);
	assert_int_equal(loop_run(loop), 0);
	stop_after(0);
}

static void
on_read(void *arg, uint32_t events)
{
	int *fd = arg;
	char c;

	calls++;
	last_events = events;
	assert_int_equal(read(*fd, &c, 1), 1);
}

static void
add(int i, uint32_t events, loop_ready_fn *ready)
{
	sources[i] = loop_add(loop, pipes[i][0], events, ready, &pipes[i][0]);
	assert_non_null(sources[i]);
}

static void
calls_while_there_is_input(void **state)
{
	(void)state;
	fill();
	add(0, EPOLLIN, on_read);
	add(1, EPOLLIN, on_read);
	run();
	assert_int_equal(calls, 4);
	assert_int_equal(last_events, EPOLLIN);
}

static void
does_not_call_for_events_that_were_not_asked(void **state)
{
	(void)state;
	fill();
	add(0, 0, on_read);
	run();
	assert_int_equal(calls, 0);
	loop_events(sources[0], EPOLLIN);
	run();
	assert_int_equal(calls, 2);
}

static void
on_hang_up(void *arg, uint32_t events)
{
	(void)arg;
	calls++;
	last_events = events;
	loop_remove(sources[0]);
	loop_remove(sources[0]);
	sources[0] = NULL;
}

static void
hang_ups_are_always_told(void **state)
{
	(void)state;
	add(0, 0, on_hang_up);
	close(pipes[0][1]);
	pipes[0][1] = -1;
	run();
	assert_int_equal(calls, 1);
	assert_true((last_events & EPOLLHUP) != 0);
}

static void
on_remove_all(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	calls++;
	for (int i = 0; i < ENDS; i++) {
		loop_remove(sources[i]);
		sources[i] = NULL;
	}
}

static void
a_removed_source_is_not_called_for_fetched_events(void **state)
{
	(void)state;
	fill();
	for (int i = 0; i < ENDS; i++)
		add(i, EPOLLIN, on_remove_all);
	run();
	assert_int_equal(calls, 1);
}

static void
on_replace(void *arg, uint32_t events)
{
	(void)arg;
	(void)events;
	calls++;
	for (int i = 0; i < ENDS; i++) {
		loop_remove(sources[i]);
		add(i, EPOLLIN, on_remove_all);
	}
}

static void
a_successor_on_the_same_descriptor_gets_its_own_events(void **state)
{
	(void)state;
	fill();
	for (int i = 0; i < ENDS; i++)
		add(i, EPOLLIN, on_replace);
	run();
	assert_int_equal(calls, 2);
}

static void
events_of_a_removed_source_change_nothing(void **state)
{
	(void)state;
	fill();
	add(0, 0, on_read);
	loop_remove(sources[0]);
	loop_events(sources[0], EPOLLIN);
	sources[0] = NULL;
	loop_remove(NULL);
	run();
	assert_int_equal(calls, 0);
}

static void
refuses_a_descriptor_that_is_none(void **state)
{
	(void)state;
	assert_null(loop_add(loop, -1, EPOLLIN, on_read, NULL));
	add(0, EPOLLIN, on_read);
	/* One descriptor, one source. */
	assert_null(loop_add(loop, pipes[0][0], EPOLLIN, on_read, NULL));
}

static int order[8];

static void
on_fire(void *arg)
{
	order[fired++] = *(int *)arg;
}

static void
timers_fire_once_and_in_order(void **state)
{
	static const unsigned wait_us[] = { 3000, 1000, 2000, 1000 };
	struct loop_timer *timers[4];
	int ids[4] = { 0, 1, 2, 3 };
	uint64_t now = clock_mono_us();

	(void)state;
	for (int i = 0; i < 4; i++) {
		timers[i] = loop_timer_new(loop, on_fire, &ids[i]);
		assert_non_null(timers[i]);
		loop_timer_set(timers[i], now + wait_us[i]);
	}
	run();
	assert_int_equal(fired, 4);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 3);
	assert_int_equal(order[2], 2);
	assert_int_equal(order[3], 0);
	for (int i = 0; i < 4; i++)
		loop_timer_free(timers[i]);
}

static void
a_timer_is_never_early(void **state)
{
	uint64_t start = clock_mono_us();

	(void)state;
	stop_after(7300);
	assert_int_equal(loop_run(loop), 0);
	assert_true(clock_mono_us() - start >= 7300);
	stop_after(0);
}

static void
a_stopped_or_freed_timer_does_not_fire(void **state)
{
	struct loop_timer *a, *b, *c;
	int id = 0;

	(void)state;
	a = loop_timer_new(loop, on_fire, &id);
	b = loop_timer_new(loop, on_fire, &id);
	c = loop_timer_new(loop, on_fire, &id);
	loop_timer_set(a, 0);
	loop_timer_set(b, 0);
	/* Set twice, it is still one. */
	loop_timer_set(c, 0);
	loop_timer_set(c, clock_mono_us() + 1000);
	loop_timer_stop(a);
	loop_timer_stop(a);
	loop_timer_free(b);
	run();
	assert_int_equal(fired, 1);
	loop_timer_free(a);
	loop_timer_free(c);
	loop_timer_free(NULL);
	loop_timer_stop(NULL);
}

static struct loop_timer *again;

static void
on_again(void *arg)
{
	(void)arg;
	fired++;
	loop_timer_set(again, 0);
}

static void
a_timer_that_sets_itself_again_starves_nobody(void **state)
{
	(void)state;
	again = loop_timer_new(loop, on_again, NULL);
	loop_timer_set(again, 0);
	fill();
	add(0, EPOLLIN, on_read);
	run();
	assert_int_equal(calls, 2);
	assert_true(fired > 1);
	loop_timer_free(again);
}

static void
on_free_itself(void *arg)
{
	struct loop_timer **timer = arg;

	fired++;
	loop_timer_free(*timer);
	*timer = NULL;
}

static void
a_timer_may_free_itself(void **state)
{
	struct loop_timer *timer = loop_timer_new(loop, on_free_itself, &timer);

	(void)state;
	loop_timer_set(timer, 0);
	run();
	assert_int_equal(fired, 1);
	assert_null(timer);
}

static void
on_round(void *arg)
{
	unsigned *seen = arg;

	rounds++;
	*seen = calls;
}

static void
after_each_round_what_was_gathered_is_flushed(void **state)
{
	unsigned seen = 0;

	(void)state;
	fill();
	add(0, EPOLLIN, on_read);
	add(1, EPOLLIN, on_read);
	loop_after_round(loop, on_round, &seen);
	run();
	assert_int_equal(seen, 4);
	/* Two of input, one of the timer that ends the test. */
	assert_int_equal(rounds, 3);
}

static void
runs_again_after_a_stop(void **state)
{
	(void)state;
	run();
	fill();
	add(0, EPOLLIN, on_read);
	run();
	assert_int_equal(calls, 2);
}

#define LOOP_TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(calls_while_there_is_input),
		LOOP_TEST(does_not_call_for_events_that_were_not_asked),
		LOOP_TEST(hang_ups_are_always_told),
		LOOP_TEST(a_removed_source_is_not_called_for_fetched_events),
		LOOP_TEST(
		    a_successor_on_the_same_descriptor_gets_its_own_events),
		LOOP_TEST(events_of_a_removed_source_change_nothing),
		LOOP_TEST(refuses_a_descriptor_that_is_none),
		LOOP_TEST(timers_fire_once_and_in_order),
		LOOP_TEST(a_timer_is_never_early),
		LOOP_TEST(a_stopped_or_freed_timer_does_not_fire),
		LOOP_TEST(a_timer_that_sets_itself_again_starves_nobody),
		LOOP_TEST(a_timer_may_free_itself),
		LOOP_TEST(after_each_round_what_was_gathered_is_flushed),
		LOOP_TEST(runs_again_after_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
