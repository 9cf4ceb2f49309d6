/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real server, whose broker is the test.
 */
#include "lists/server.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_lists.h"

#define A "abababababababababababababababababababababababababababababababab"

static char path[] = "/tmp/cs-list-XXXXXX";
static struct lists_process p;
static int server;

static int
set_up(void **state)
{
	(void)state;
	lists_process_start(&p);
	server = lists_process_server(&p);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	lists_process_drop(&p);
	return 0;
}

static void
put(const char *text)
{
	char next[64];
	int fd;

	snprintf(next, sizeof(next), "%s.next", path);
	fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(rename(next, path), 0);
}

static int
make_list(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	close(fd);
	return 0;
}

static int
drop_list(void **state)
{
	(void)state;
	return unlink(path);
}

static void
says_what_a_file_has_now(void **state)
{
	(void)state;
	put(A "  name\n");
	lists_process_ask_file(&p, server, path);
	assert_int_equal(p.answer.listed[0], LISTED_YES);
	put("# nothing\n");
	lists_process_ask_file(&p, server, path);
	assert_int_equal(p.answer.listed[0], LISTED_NO);
	put(A "\nbroken\n");
	lists_process_ask_file(&p, server, path);
	assert_int_equal(p.answer.listed[0], LISTED_UNAVAILABLE);
	assert_non_null(strstr(p.answer.text, path));
	assert_non_null(strstr(p.answer.text, ":2: "));
}

static void
says_it_of_each_digest_of_a_batch(void **state)
{
	static struct lists_query query;

	(void)state;
	put(A "\n");
	query.id = 5;
	query.kind = LIST_FILE;
	query.words.count = 0;
	query.words.used = 0;
	assert_true(list_words_add(&query.words, path));
	query.count = WIRE_BATCH;
	for (int i = 0; i < WIRE_BATCH; i++) {
		query.digests[i].len = 32;
		memset(query.digests[i].bytes, i % 3 == 0 ? 0xab : i, 32);
	}
	lists_process_send(server, &query);
	lists_process_answer(&p, server);
	assert_int_equal(p.answer.count, WIRE_BATCH);
	for (int i = 0; i < WIRE_BATCH; i++)
		assert_int_equal(
		    p.answer.listed[i], i % 3 == 0 ? LISTED_YES : LISTED_NO);
}

static void
a_path_is_escaped_before_it_is_told(void **state)
{
	(void)state;
	lists_process_ask_file(&p, server, "/no\nsuch\033");
	assert_int_equal(p.answer.listed[0], LISTED_UNAVAILABLE);
	assert_string_equal(p.answer.text,
	    "the list /no\\x0asuch\\x1b: No such file or directory");
}

static void
files_do_not_wait_for_commands(void **state)
{
	static struct lists_query query;

	(void)state;
	memset(&query, 0, sizeof(query));
	query.id = 100;
	query.kind = LIST_COMMAND;
	query.timeout_ms = 60000;
	query.count = 1;
	query.digests[0].len = 32;
	assert_true(list_words_add(&query.words, "/bin/sleep"));
	assert_true(list_words_add(&query.words, "60"));
	lists_process_send(server, &query);
	put(A "\n");
	lists_process_ask_file(&p, server, path);
	assert_int_equal(p.answer.listed[0], LISTED_YES);
	/* And the end does not wait for them either. */
	close(p.server);
	close(p.broker);
	p.server = p.broker = -1;
	assert_int_equal(lists_process_wait(&p), EXIT_SUCCESS);
}

static void
a_broker_that_breaks_the_rules_gets_no_further(void **state)
{
	static const char garbage[] = "garbage";
	char byte;

	(void)state;
	assert_int_equal(
	    channel_send(server, garbage, sizeof(garbage)), CHANNEL_OK);
	assert_int_equal(channel_wait(server, LISTS_DEADLINE_MS), 1);
	assert_true(read(server, &byte, 1) <= 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(says_what_a_file_has_now),
		CASE(says_it_of_each_digest_of_a_batch),
		CASE(a_path_is_escaped_before_it_is_told),
		CASE(files_do_not_wait_for_commands),
		CASE(a_broker_that_breaks_the_rules_gets_no_further),
	};

	return cmocka_run_group_tests(tests, make_list, drop_list);
}
