/* SPDX-License-Identifier: Apache-2.0 */
#include "review/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "review/json.h"
#include "support_lines.h"

static struct record r;
static struct buf line;
static struct text_error err;
static char got[RECORD_MAX];
static size_t got_len;

/* The line of a record, its LF as a NUL. */
static void
made(enum event event, const struct pair *pairs, const char *text)
{
	struct fields fields;
	struct chain chain;

	chain_init(&chain);
	line_make(&r, &chain, event, pairs, text);
	assert_int_equal(fields_read(r.line, r.len, &fields, &err), 0);
	buf_release(&line);
	buf_init(&line, 1 << 16);
	json_record(&fields, r.line, r.len, &line);
	line.data[line.end - 1] = '\0';
}

static int
run(const char *text)
{
	return json_read(text, strlen(text), got, sizeof(got), &got_len, &err);
}

static void
reads(const char *text)
{
	if (run(text) == -1)
		fail_msg("%s: %s", text, err.what);
	assert_int_equal(got_len, r.len);
	assert_memory_equal(got, r.line, r.len);
}

/* The same as somebody else would write it. */
static void
reads_object(json_t *root)
{
	char *text = json_dumps(root, JSON_SORT_KEYS);

	reads(text);
	free(text);
}

static void
refuses_object(json_t *root, const char *name)
{
	char *text = json_dumps(root, 0);

	if (run(text) != -1)
		fail_msg("%s was changed", name);
	assert_memory_equal(err.what, "its ", 4);
	assert_memory_equal(err.what + 4, name, strlen(name));
	free(text);
}

static void
what_was_written_is_read_back(void **state)
{
	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++) {
		json_t *root;

		made((enum event)e, pairs_of((enum event)e), "a \"text\"");
		reads(buf_at(&line));
		root = json_loads(buf_at(&line), 0, NULL);
		reads_object(root);
		json_object_set_new(root, "@version", json_string("1"));
		json_object_set_new(
		    root, "countersign.checkpoint", json_integer(7));
		reads_object(root);
		json_decref(root);
	}
}

/* Members are what people look at: each is held to the record. */
static void
no_member_can_be_changed(void **state)
{
	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++) {
		const char *name;
		json_t *root, *value;

		made((enum event)e, pairs_of((enum event)e), "text");
		root = json_loads(buf_at(&line), 0, NULL);
		json_object_foreach(root, name, value)
		{
			json_t *copy = json_copy(root);

			if (strcmp(name, "event.original") == 0) {
				json_decref(copy);
				continue;
			}
			json_object_set_new(copy, name, json_string("x"));
			refuses_object(copy, name);
			json_object_set_new(copy, name, json_integer(-1));
			refuses_object(copy, name);
			json_object_del(copy, name);
			refuses_object(copy, name);
			json_decref(copy);
		}
		json_decref(root);
	}
}

static void
no_member_can_be_added(void **state)
{
	static const char *const names[] = { "event.reason", "rule.name",
		"countersign.extra", "file.hash.sha512", "event.id",
		"countersign.\x1b[2J" };
	json_t *root;

	(void)state;
	made(EVENT_START, pairs_of(EVENT_START), "started");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		root = json_loads(buf_at(&line), 0, NULL);
		json_object_set_new(root, names[i], json_string("x"));
		refuses_object(root, i < 5 ? names[i] : "countersign.\\x1b[2J");
		json_decref(root);
	}
}

/* A byte that was changed is found, or it changes nothing of what is said. */
static void
no_byte_can_be_changed_unseen(void **state)
{
	char *copy;
	json_t *root;

	(void)state;
	made(EVENT_SIGN, pairs_of(EVENT_SIGN), "text");
	root = json_loads(buf_at(&line), 0, NULL);
	copy = strdup(buf_at(&line));
	for (char *at = copy; *at != '\0'; at++) {
		char kept = *at;

		*at = kept == 'x' ? 'y' : 'x';
		if (run(copy) == 0 && got_len == r.len &&
		    memcmp(got, r.line, r.len) == 0) {
			json_t *now = json_loads(copy, 0, NULL);

			if (!json_equal(now, root))
				fail_msg("%s", copy);
			json_decref(now);
		}
		*at = kept;
	}
	free(copy);
	json_decref(root);
}

static void
json_of_others_may_say_anything_else(void **state)
{
	json_t *root = json_object();

	(void)state;
	made(EVENT_SIGN, pairs_of(EVENT_SIGN), "text");
	json_object_set_new(root, "@timestamp", json_string("now"));
	json_object_set_new(root, "host.name", json_string("collector"));
	json_object_set_new(root, "message", json_string("forwarded"));
	json_object_set_new(root, "event.original", json_string(r.line));
	reads_object(root);
	json_decref(root);
}

/* Whoever verifies it will say what is wrong. */
static void
what_is_no_record_is_passed_on(void **state)
{
	(void)state;
	assert_int_equal(run("{\"event.original\":\"no record\"}"), 0);
	assert_int_equal(
	    run("{\"event.action\":\"SIGN\",\"event.original\":\"x\"}"), 0);
	assert_int_equal(got_len, 1);
	assert_int_equal(
	    run("{\"a\":1,\"event.original\":\"\\u0041\\u20ac\"}"), 0);
	assert_int_equal(got_len, 4);
}

static void
refuses_what_holds_no_record(void **state)
{
	static const char *const wrong[] = { "{", "{}",
		"{\"event.original\":1}", "{\"event.original\":\"a\"} x",
		"{\"a\":1,\"event.original\":\"a",
		"{\"a\":1,\"event.original\":\"a\\",
		"{\"a\":1,\"event.original\":\"a\"",
		"{\"event.original\":\"a\",\"event.original\":\"b\"}",
		"{\"a\":1,\"event.original\":\"a\\u0000b\"}",
		"{\"a\":1,\"event.original\":\"\xff\"}", "[\"x\"]", "" };
	static char large[RECORD_MAX + 64];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (run(wrong[i]) != -1)
			fail_msg("%s", wrong[i]);
	memset(large, 'a', sizeof(large) - 3);
	memcpy(large, "{\"a\":1,\"event.original\":\"", 25);
	memcpy(large + sizeof(large) - 3, "\"}", 3);
	assert_int_equal(run(large), -1);
	assert_string_equal(err.what, "its event.original is too long");
	assert_int_equal(run("{\"a\": \x1b[2J}"), -1);
	assert_null(strchr(err.what, '\x1b'));
}

static int
tear_down(void **state)
{
	(void)state;
	buf_release(&line);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_back),
		cmocka_unit_test(no_member_can_be_changed),
		cmocka_unit_test(no_member_can_be_added),
		cmocka_unit_test(no_byte_can_be_changed_unseen),
		cmocka_unit_test(json_of_others_may_say_anything_else),
		cmocka_unit_test(what_is_no_record_is_passed_on),
		cmocka_unit_test(refuses_what_holds_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
