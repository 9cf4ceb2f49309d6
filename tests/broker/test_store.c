/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/store.c src/broker/store_rows.c src/broker/store_work.c */
#include "broker/store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "broker/store_private.h"

struct asked {
	struct waiter waiter;
	bool told, ok;
};

static char dir[64], path[96], wal[96], other[96];
static struct loop *loop;
static struct store *store;
static struct text_error error;

static void
on_round(void *arg)
{
	(void)arg;
	store_flush(store);
}

static int
make(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/countersign-store.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	snprintf(wal, sizeof(wal), "%s/state.db-wal", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	loop = loop_new();
	if (loop == NULL)
		return -1;
	loop_after_round(loop, on_round, NULL);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	loop_free(loop);
	unlink(path);
	unlink(wal);
	unlink(other);
	return rmdir(dir);
}

static void
begin(void)
{
	store = store_open(dir, &error);
	if (store == NULL)
		fail_msg("%s", error.what);
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
}

static void
end(void)
{
	store_close(store);
	store = NULL;
}

static void
on_told(struct waiter *waiter, bool ok)
{
	struct asked *asked = (void *)waiter;

	assert_false(asked->told);
	asked->told = true;
	asked->ok = ok;
	loop_stop(loop);
}

/* Was it put on disk? */
static bool
await(uint64_t ticket)
{
	struct asked asked = { .waiter.fn = on_told };

	assert_int_not_equal(ticket, 0);
	if (store_await(store, ticket, &asked.waiter) == -1)
		return false;
	store_flush(store);
	while (!asked.told)
		assert_int_equal(loop_run(loop), 0);
	return asked.ok;
}

static uint64_t
put(const char *subject, uint64_t used)
{
	const struct store_budget budget = { subject, -5, 20000, used };

	return store_put_budget(store, &budget);
}

struct seen {
	unsigned rows;
	uint64_t used;
	char last[64];
};

static bool
see_budget(void *arg, const struct store_budget *budget)
{
	struct seen *seen = arg;

	seen->rows++;
	seen->used = budget->used;
	snprintf(seen->last, sizeof(seen->last), "%s", budget->subject);
	return budget->full_us == -5 && budget->day == 20000;
}

/* Opens, reads, and closes. */
static struct seen
budgets(void)
{
	struct seen seen = { 0 };

	store = store_open(dir, &error);
	assert_non_null(store);
	assert_int_equal(
	    store_each_budget(store, see_budget, &seen, &error), 0);
	end();
	return seen;
}

static void
what_is_told_to_be_there_is_there(void **state)
{
	(void)state;
	begin();
	assert_true(await(put("key a", 1)));
	assert_true(await(put("key a", 2)));
	end();
	assert_int_equal(budgets().rows, 1);
	assert_int_equal(budgets().used, 2);
}

static void
nobody_is_told_before_the_loop_runs(void **state)
{
	struct asked asked = { .waiter.fn = on_told };
	uint64_t ticket;

	(void)state;
	begin();
	ticket = put("key a", 1);
	assert_false(store_has(store, ticket));
	assert_int_equal(store_await(store, ticket, &asked.waiter), 0);
	store_flush(store);
	assert_false(asked.told);
	assert_int_equal(loop_run(loop), 0);
	assert_true(asked.told && asked.ok);
	assert_true(store_has(store, ticket));
}

static void
many_changes_are_one_commit(void **state)
{
	struct store_state now;
	char subject[32];
	uint64_t ticket = 0;

	(void)state;
	begin();
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(subject, sizeof(subject), "key %u", i);
		ticket = put(subject, i);
	}
	assert_true(await(ticket));
	store_state(store, &now);
	assert_int_equal(now.commits, 1);
	assert_int_equal(now.changes, 1000);
	assert_int_equal(now.queued, 0);
	end();
	assert_int_equal(budgets().rows, 1000);
}

static void
what_is_queued_at_the_end_is_written(void **state)
{
	(void)state;
	begin();
	put("key a", 1);
	end();
	assert_int_equal(budgets().rows, 1);
}

static void
what_is_dropped_is_gone(void **state)
{
	(void)state;
	begin();
	put("key a", 1);
	put("key b", 2);
	assert_true(await(store_drop_budget(store, "key a")));
	assert_true(await(store_drop_budget(store, "key c")));
	end();
	assert_int_equal(budgets().rows, 1);
	assert_string_equal(budgets().last, "key b");
}

static bool
see_suspension(void *arg, const struct store_suspension *s)
{
	char *line = arg;

	strcat(line, s->kind);
	strcat(line, " ");
	strcat(line, s->name);
	strcat(line, ":");
	strcat(line, s->text);
	strcat(line, ":");
	strcat(line, s->by);
	strcat(line, s->since == 77 ? ";" : "?");
	return true;
}

static void
suspensions_come_back_in_their_order(void **state)
{
	const struct store_suspension some[] = {
		{ "key", "release", "lost", "root", 77 },
		{ "client", "SHA256:a", "", "on-exceed", 77 },
		{ "key", "a", "it's", "root", 77 },
		{ "key", "release", "found; lost", "root", 77 },
	};
	char line[256] = "";

	(void)state;
	begin();
	for (size_t i = 0; i < 4; i++)
		store_put_suspension(store, &some[i]);
	assert_true(await(store_drop_suspension(store, "key", "a")));
	end();
	store = store_open(dir, &error);
	assert_int_equal(
	    store_each_suspension(store, see_suspension, line, &error), 0);
	assert_string_equal(
	    line, "client SHA256:a::on-exceed;key release:found; lost:root;");
}

static bool
see_repeat(void *arg, const struct store_repeat *r)
{
	unsigned *rows = arg;

	assert_int_equal(r->key[0], 7);
	assert_int_equal(r->key[STORE_KEY - 1], 9);
	assert_int_equal(r->seq, 42);
	assert_int_equal(r->made, 100);
	assert_int_equal(r->expires, 200);
	assert_int_equal(r->len, 3);
	assert_memory_equal(r->answer, "\0\1\2", 3);
	++*rows;
	return true;
}

static void
answers_come_back_byte_by_byte(void **state)
{
	uint8_t key[STORE_KEY] = { [0] = 7, [STORE_KEY - 1] = 9 };
	const struct store_repeat repeat = { key, 42, 100, 200,
		(const uint8_t *)"\0\1\2", 3 };
	unsigned rows = 0;

	(void)state;
	begin();
	assert_true(await(store_put_repeat(store, &repeat)));
	end();
	store = store_open(dir, &error);
	assert_int_equal(
	    store_each_repeat(store, see_repeat, &rows, &error), 0);
	assert_int_equal(rows, 1);
	assert_int_equal(store_start(store, loop, NULL, NULL), 0);
	assert_true(await(store_drop_repeat(store, key)));
	end();
	store = store_open(dir, &error);
	assert_int_equal(
	    store_each_repeat(store, see_repeat, &rows, &error), 0);
	assert_int_equal(rows, 1);
}

static bool
refuse(void *arg, const struct store_budget *budget)
{
	(void)arg;
	(void)budget;
	return false;
}

static void
a_row_that_its_owner_refuses_is_an_error(void **state)
{
	(void)state;
	begin();
	put("nonsense", 1);
	end();
	store = store_open(dir, &error);
	assert_int_equal(store_each_budget(store, refuse, NULL, &error), -1);
	assert_non_null(strstr(error.what, "a row of budgets"));
}

/* The file goes away: nothing could be found again. */
static void
who_waits_hears_of_a_failure_and_the_changes_are_kept(void **state)
{
	struct store_state now;
	struct asked asked = { .waiter.fn = on_told };

	(void)state;
	begin();
	assert_true(await(put("key a", 1)));
	assert_int_equal(rename(path, other), 0);
	assert_false(await(put("key a", 2)));
	assert_false(store_works(store));
	store_state(store, &now);
	assert_true(now.failing);
	assert_non_null(strstr(now.error, "removed"));
	/* Nobody may wait while it fails. */
	assert_int_equal(
	    store_await(store, put("key b", 3), &asked.waiter), -1);
	assert_int_equal(rename(other, path), 0);
	/* A second later, at most. */
	for (uint64_t end_us = clock_mono_us() + 10000000;
	     !store_works(store) && clock_mono_us() < end_us;) {
		struct loop_timer *t = loop_timer_new(
		    loop, (loop_timer_fn *)(void *)loop_stop, loop);

		loop_timer_set(t, clock_mono_us() + 20000);
		loop_run(loop);
		loop_timer_free(t);
	}
	assert_true(store_works(store));
	end();
	assert_int_equal(budgets().rows, 2);
	assert_int_equal(budgets().used, 3);
}

/* Until it takes no more: how many it took. */
static unsigned
fill(void)
{
	static uint8_t bytes[STORE_BYTES];
	uint8_t key[STORE_KEY] = { 0 };
	const struct store_repeat repeat = { key, 1, 1, 1, bytes,
		sizeof(bytes) };
	unsigned taken = 0;

	while (store_put_repeat(store, &repeat) != 0 && taken < 10000)
		taken++;
	return taken;
}

static void
a_queue_that_is_full_takes_nothing_more(void **state)
{
	(void)state;
	begin();
	assert_in_range(fill(), 100, 1000);
	store_drain(store);
	assert_int_not_equal(fill(), 0);
}

static void
what_cannot_be_written_does_not_heap_up(void **state)
{
	struct asked asked = { .waiter.fn = on_told };
	unsigned taken = 0, first;

	(void)state;
	begin();
	first = fill();
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(
	    store_await(store, store_ticket(store), &asked.waiter), 0);
	/* Each try, and what comes while it fails. */
	for (int i = 0; i < 4; i++) {
		store->retry = true;
		store_flush(store);
		taken += fill();
		store_drain(store);
		assert_false(store_works(store));
	}
	assert_true(asked.told && !asked.ok);
	assert_in_range(taken, first / 2, first + 1);
	assert_int_equal(rename(other, path), 0);
	store_drain(store);
	assert_true(store_works(store));
	assert_int_not_equal(fill(), 0);
}

static void
no_store_takes_nothing(void **state)
{
	(void)state;
	assert_int_equal(store_drop_budget(NULL, "key a"), 0);
	store_flush(NULL);
	store_drain(NULL);
	store_close(NULL);
}

/* Shared with the child that is killed. */
struct progress {
	_Atomic uint64_t told; /* the last that was told to be on disk */
	_Atomic uint64_t put; /* the last that was begun */
};

/* Writes until it is killed. */
static void
write_for_ever(struct progress *progress)
{
	loop = loop_new();
	loop_after_round(loop, on_round, NULL);
	begin();
	for (uint64_t i = progress->put + 1;; i++) {
		progress->put = i;
		put("key other", i);
		if (!await(put("key a", i)))
			_exit(1);
		progress->told = i;
	}
}

static bool
see_key_a(void *arg, const struct store_budget *budget)
{
	uint64_t *used = arg;

	if (strcmp(budget->subject, "key a") == 0)
		*used = budget->used;
	return true;
}

static void
what_was_told_survives_every_kill(void **state)
{
	struct progress *progress = mmap(NULL, sizeof(*progress),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(progress, MAP_FAILED);
	for (unsigned round = 0; round < 15; round++) {
		uint64_t used = 0, before = progress->told;
		pid_t pid = fork();
		int status;

		assert_int_not_equal(pid, -1);
		if (pid == 0)
			write_for_ever(progress);
		while (progress->told < before + 3 + round * 2)
			assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		store = store_open(dir, &error);
		if (store == NULL)
			fail_msg("%s", error.what);
		assert_int_equal(
		    store_each_budget(store, see_key_a, &used, &error), 0);
		end();
		assert_in_range(used, progress->told, progress->put);
	}
	munmap(progress, sizeof(*progress));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
		TEST(what_is_told_to_be_there_is_there),
		TEST(nobody_is_told_before_the_loop_runs),
		TEST(many_changes_are_one_commit),
		TEST(what_is_queued_at_the_end_is_written),
		TEST(what_is_dropped_is_gone),
		TEST(suspensions_come_back_in_their_order),
		TEST(answers_come_back_byte_by_byte),
		TEST(a_row_that_its_owner_refuses_is_an_error),
		TEST(who_waits_hears_of_a_failure_and_the_changes_are_kept),
		TEST(a_queue_that_is_full_takes_nothing_more),
		TEST(what_cannot_be_written_does_not_heap_up),
		TEST(no_store_takes_nothing),
		TEST(what_was_told_survives_every_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
