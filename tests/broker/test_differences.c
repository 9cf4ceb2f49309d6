/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed while the service was stopped is on record after its start.
 */
#include "broker/differences.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ends.h"
#include "support_tree.h"

#define TOKENS "[token t]\nmodule = /m.so\ntoken = t\npin-file = pin\n"
#define MANY 300

static struct ends e;
static char said[4096];
static char clients[MANY * 200];

static int
set_up(void **state)
{
	(void)state;
	ends_make(&e);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ends_drop(&e);
	return 0;
}

static const char *
state_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/state%s%s", e.dir,
	    name[0] != '\0' ? "/" : "", name);
	return path;
}

/* A tree of the test's that keeps its listing in the test's folder. */
static struct tree *
tree_with(const char *keys, const char *more, const char *tokens)
{
	char server[PATH_MAX + 80];

	snprintf(server, sizeof(server), "[server]\nstate-dir = %s\n%s",
	    state_path(""), more);
	return test_tree_of(keys, server, tokens);
}

/* The differences as lines "kind object name", or "unknown". */
static const char *
find(const struct tree *tree)
{
	struct differences d;

	differences_find(state_path(""), tree, &d);
	snprintf(said, sizeof(said), "%s", d.known ? "" : "unknown");
	for (size_t i = 0; i < d.count; i++) {
		const struct difference *one = &d.list[i];

		snprintf(said + strlen(said), sizeof(said) - strlen(said),
		    "%s %s %s\n", change_kind_word(one->kind),
		    change_object_word(one->now != NULL ? one->now->object :
							  one->before->object),
		    one->now != NULL ? one->now->name : one->before->name);
	}
	differences_release(&d);
	return said;
}

static void
finds_each_kind_of_difference(void **state)
{
	struct tree *a =
	    tree_with(TEST_KEY("a", "a") TEST_KEY("b", "b"), "", TOKENS);
	struct tree *b = tree_with(TEST_KEY("b", "x") TEST_KEY("c", "c"),
	    "[limits]\nchannels = 3\n", TOKENS "workers = 3\n");

	(void)state;
	assert_string_equal(find(a), "unknown");
	assert_int_equal(configuration_save(a), 0);
	assert_string_equal(find(a), "");
	assert_string_equal(find(b),
	    "changed server countersign.conf\n"
	    "changed token t\n"
	    "lost key a\n"
	    "changed key b\n"
	    "gained key c\n");
	assert_int_equal(configuration_save(b), 0);
	assert_string_equal(find(b), "");
	tree_free(a);
	tree_free(b);
}

static void
sees_another_certificate(void **state)
{
	struct tree *a = tree_with(TEST_KEY("a", "a"), "", TOKENS);

	(void)state;
	assert_int_equal(configuration_save(a), 0);
	assert_int_equal(tree_file(a, 0, KEY_FILE_CERTIFICATE,
			     "-----BEGIN CERTIFICATE-----\na"),
	    0);
	assert_string_equal(find(a), "changed key a\n");
	tree_free(a);
}

static void
what_is_no_file_of_ours_is_unknown(void **state)
{
	struct tree *a = tree_with(TEST_KEY("a", "a"), "", TOKENS);

	(void)state;
	ends_put(&e, "state/configuration", "");
	assert_string_equal(find(a), "unknown");
	ends_put(&e, "state/configuration", "nonsense\n");
	assert_int_equal(chmod(state_path("configuration"), 0600), 0);
	assert_string_equal(find(a), "unknown");
	unlink(state_path("configuration"));
	assert_int_equal(mkdir(state_path("configuration"), 0700), 0);
	assert_string_equal(find(a), "unknown");
	assert_int_equal(configuration_save(a), -1);
	rmdir(state_path("configuration"));
	assert_int_equal(mkfifo(state_path("configuration"), 0600), 0);
	assert_string_equal(find(a), "unknown");
	tree_free(a);
}

static void
stop(void)
{
	close(e.listener);
	e.listener = -1;
	assert_int_equal(ends_wait(&e), 70);
	close(e.keeper);
	e.keeper = -1;
}

static unsigned
count(const char *what)
{
	char *records = ends_records(&e);
	unsigned found = 0;

	for (const char *at = records; (at = strstr(at, what)) != NULL;
	     at += strlen(what))
		found++;
	free(records);
	return found;
}

/* From start to end, for the so-manyth time; it tells all before it ends. */
static void
run(unsigned number)
{
	ends_start(&e);
	stop();
	assert_int_equal(count(" START ["), number);
}

static void
says_nothing_of_what_it_cannot_know(void **state)
{
	struct stat st;

	(void)state;
	run(1);
	assert_int_equal(count("changes="), 0);
	assert_int_equal(stat(state_path("configuration"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	run(2);
	assert_int_equal(count("changes=\"0\""), 1);
	assert_int_equal(count(" RELOAD ["), 0);
}

static void
tells_what_changed_while_it_was_stopped(void **state)
{
	(void)state;
	run(1);
	ends_put(&e, "tokens.d/t.conf",
	    "[token t]\nmodule = /lib/m.so\ntoken = t\npin-file = pin\n"
	    "workers = 1\ntimeout = 1s\n");
	ends_put(&e, "profiles.d/p.conf",
	    "[profile cj]\nkeys = release\nformats = raw\n");
	ends_put(&e, "authorized_keys.d/a",
	    "profile=\"cj\" ssh-ed25519 " TEST_CLIENT " build01\n");
	run(2);
	assert_int_equal(count("changes=\"4\""), 1);
	assert_int_equal(count("why=\"start\""), 4);
	assert_int_equal(count("what=\"changed\" object=\"token\" of=\"t\" "
			       "rule=\"tokens.d/t.conf:1\" why=\"start\""),
	    1);
	assert_int_equal(
	    count("what=\"lost\" object=\"profile\" of=\"ci\" why=\"start\""),
	    1);
	assert_int_equal(count("what=\"gained\" object=\"profile\" of=\"cj\" "
			       "rule=\"profiles.d/p.conf:1\" why=\"start\""),
	    1);
	assert_int_equal(count("what=\"changed\" object=\"client\" "
			       "profile=\"cj\" principal=\"build01\" "
			       "fp=\"SHA256:"),
	    1);
	run(3);
	assert_int_equal(count("changes=\"0\""), 1);
	assert_int_equal(count("why=\"start\""), 4);
}

static void
what_a_reload_told_is_not_told_again(void **state)
{
	struct writer w;
	int worker;

	(void)state;
	ends_start(&e);
	ends_worker(&e, &worker);
	ends_await_record(&e, "START", "version");
	ends_put(&e, "profiles.d/q.conf", "[profile q]\nkeys = other\n");
	w = ends_writer(&e);
	bare_put(&w, WIRE_RELOAD);
	ends_send(e.listener, &w);
	ends_await_record(&e, "RELOAD", "of=\"q\"");
	stop();
	close(worker);
	run(2);
	assert_int_equal(count("changes=\"0\""), 1);
	assert_int_equal(count("of=\"q\""), 1);
}

static void
a_file_that_was_changed_does_not_hinder_a_start(void **state)
{
	(void)state;
	run(1);
	ends_put(&e, "state/configuration",
	    LISTING_HEAD "key release nonsense\nend nonsense\n");
	run(2);
	assert_int_equal(count("changes="), 0);
	run(3);
	assert_int_equal(count("changes=\"0\""), 1);
}

static void
put_clients(unsigned many)
{
	static const char head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	uint8_t blob[sizeof(head) - 1 + 32];
	char text[BASE64_SIZE(sizeof(blob))];
	size_t len = 0;

	memcpy(blob, head, sizeof(head) - 1);
	for (unsigned i = 0; i < many; i++) {
		memset(blob + sizeof(head) - 1, (int)(i % 256), 32);
		blob[sizeof(blob) - 1] = (uint8_t)(i / 256);
		base64_encode(blob, sizeof(blob), true, text);
		len += (size_t)snprintf(clients + len, sizeof(clients) - len,
		    "profile=\"ci\" ssh-ed25519 %s host%u\n", text, i);
	}
	clients[len] = '\0';
	ends_put(&e, "authorized_keys.d/many", clients);
}

static void
tells_of_many_in_parts(void **state)
{
	(void)state;
	put_clients(MANY);
	run(1);
	put_clients(1);
	ends_start(&e);
	ends_await_record(&e, "START", "changes=\"299\"");
	for (unsigned i = 1; i < MANY; i++) {
		char what[80];

		snprintf(what, sizeof(what),
		    "what=\"lost\" object=\"client\" profile=\"ci\" "
		    "principal=\"host%u\"",
		    i);
		ends_await_record(&e, "RELOAD", what);
	}
	stop();
	run(3);
	assert_int_equal(count("changes=\"0\""), 1);
	assert_int_equal(count("why=\"start\""), MANY - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    finds_each_kind_of_difference, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    sees_another_certificate, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_no_file_of_ours_is_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    says_nothing_of_what_it_cannot_know, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    tells_what_changed_while_it_was_stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_a_reload_told_is_not_told_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_file_that_was_changed_does_not_hinder_a_start, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    tells_of_many_in_parts, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
