/* SPDX-License-Identifier: Apache-2.0 */
#include "review/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "support_lines.h"

static struct record r;
static struct fields fields;

/* The record as JSON, read back by somebody else's reader. */
static json_t *
parse(const char *line, size_t len)
{
	struct text_error err;
	struct buf out;
	json_error_t why;
	json_t *root;

	assert_int_equal(fields_read(line, len, &fields, &err), 0);
	buf_init(&out, 1 << 16);
	json_record(&fields, line, len, &out);
	assert_false(out.bad);
	assert_int_equal(buf_at(&out)[buf_len(&out) - 1], '\n');
	assert_null(memchr(buf_at(&out), '\n', buf_len(&out) - 1));
	root = json_loadb(
	    buf_at(&out), buf_len(&out), JSON_REJECT_DUPLICATES, &why);
	buf_release(&out);
	if (root == NULL)
		fail_msg("%s: %s", line, why.text);
	assert_true(json_is_object(root));
	return root;
}

static json_t *
made(enum event event, const struct pair *pairs, const char *text)
{
	struct chain chain;

	chain_init(&chain);
	line_make(&r, &chain, event, pairs, text);
	return parse(r.line, r.len);
}

static void
has(json_t *root, const char *name, const char *value)
{
	json_t *got = json_object_get(root, name);

	if (got == NULL || !json_is_string(got))
		fail_msg("%s is no text", name);
	assert_string_equal(json_string_value(got), value);
}

static void
counts(json_t *root, const char *name, json_int_t value)
{
	json_t *got = json_object_get(root, name);

	if (got == NULL || !json_is_integer(got))
		fail_msg("%s is no number", name);
	assert_int_equal(json_integer_value(got), value);
}

static void
lacks(json_t *root, const char *name)
{
	assert_null(json_object_get(root, name));
}

static void
every_event_is_read_by_others(void **state)
{
	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++) {
		json_t *root =
		    made((enum event)e, pairs_of((enum event)e), "said \"so\"");

		has(root, "@timestamp", "2026-11-21T03:37:23.123456Z");
		has(root, "event.action", event_word((enum event)e));
		counts(root, "event.sequence", 1);
		has(root, "host.name", "signer1");
		counts(root, "process.pid", 812);
		has(root, "log.level",
		    event_warns((enum event)e) ? "warning" : "info");
		has(root, "message", "said \"so\"");
		has(root, "event.original", r.line);
		has(root, "countersign.prev", RECORD_FIRST);
		lacks(root, "countersign.seq");
		json_decref(root);
	}
}

/* Each field's value is somewhere, as a text or as the number it is. */
static void
no_field_is_lost(void **state)
{
	(void)state;
	for (int e = 0; e < EVENT_COUNT; e++) {
		json_t *root = made((enum event)e, pairs_of((enum event)e), "");

		for (size_t i = 1; i < fields.count; i++) {
			const char *value = fields.field[i].value, *name;
			bool found = strcmp(fields.field[i].name, "us") == 0;
			json_t *member;

			json_object_foreach(root, name, member)
			{
				char *text = json_dumps(member,
				    JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

				if (json_is_string(member) ?
					strcmp(json_string_value(member),
					    value) == 0 :
					strcmp(text, value) == 0)
					found = true;
				free(text);
			}
			if (!found)
				fail_msg("%s is lost", fields.field[i].name);
		}
		json_decref(root);
	}
}

static void
a_signature_has_the_names_that_the_page_lists(void **state)
{
	json_t *root = made(EVENT_SIGN, pairs_of(EVENT_SIGN), "signed");

	(void)state;
	has(root, "event.id", "5f2c-3-1");
	has(root, "event.outcome", "success");
	has(root, "countersign.outcome", "ok");
	counts(root, "event.duration", 1830000);
	has(root, "user.name", "build01");
	has(root, "source.ip", "10.2.0.7");
	has(root, "file.name", "fw.bin");
	has(root, "file.hash.sha256", LINES_DIGEST);
	has(root, "countersign.digest", LINES_DIGEST);
	has(root, "countersign.hash", "sha256");
	has(root, "countersign.key", "release");
	has(root, "countersign.keyfp", LINES_PRINT);
	has(root, "countersign.fp", LINES_PRINT);
	has(root, "countersign.notify", "mail");
	counts(root, "countersign.line", 1);
	counts(root, "countersign.conn", 3);
	lacks(root, "event.reason");
	json_decref(root);
	root = made(EVENT_DENY, pairs_of(EVENT_DENY), "");
	has(root, "event.outcome", "failure");
	has(root, "event.reason", "key-unknown");
	has(root, "rule.name", "profiles.d/ci.conf:2");
	lacks(root, "message");
	json_decref(root);
	root = made(EVENT_START, pairs_of(EVENT_START), "");
	lacks(root, "event.outcome");
	json_decref(root);
	root = made(EVENT_LIMIT, pairs_of(EVENT_LIMIT), "");
	has(root, "event.outcome", "unknown");
	has(root, "countersign.outcome", "low");
	json_decref(root);
}

static void
hostile_values_stay_one_line(void **state)
{
	static const struct pair pairs[] = {
		{ "name", "a\"}\n{\"event.action\":\"SIGN\"]\\ \x1b[2J" },
		{ "user",
		    "\xe2\x80\xae"
		    "gnp\xff\x00" },
		{ "hash", "sha256\":1,\"event.action" },
		{ "digest", "00" },
		{ "us", "18446744073709551615" },
		{ "port", "-1" },
		{ "line", "1e3" },
		{ "bits", "9223372036854775808" },
		{ "size", "9223372036854775807" },
		{ NULL, NULL },
	};
	json_t *root = made(EVENT_DENY, pairs, "text\n\"");

	(void)state;
	has(root, "event.action", "DENY");
	has(root, "file.name",
	    "a\"}\\x0a{\"event.action\":\"SIGN\"]\\x5c \\x1b[2J");
	has(root, "countersign.user", "\\xe2\\x80\\xaegnp\\xff");
	has(root, "countersign.digest", "00");
	has(root, "countersign.hash", "sha256\":1,\"event.action");
	has(root, "event.duration", "18446744073709551615");
	has(root, "source.port", "-1");
	has(root, "countersign.line", "1e3");
	has(root, "countersign.bits", "9223372036854775808");
	counts(root, "countersign.size", INT64_MAX);
	has(root, "message", "text\\x0a\"");
	json_decref(root);
}

static void
a_seq_that_no_reader_could_hold_is_a_text(void **state)
{
	struct chain chain = { .seq = UINT64_MAX - 1 };
	json_t *root;

	(void)state;
	memcpy(chain.prev, RECORD_FIRST, RECORD_HASH);
	line_make(&r, &chain, EVENT_STOP, pairs_of(EVENT_STOP), "");
	root = parse(r.line, r.len);
	has(root, "event.sequence", "18446744073709551615");
	json_decref(root);
}

static void
a_record_at_its_worst_fits(void **state)
{
	struct pair pairs[6] = { { NULL, NULL } };
	static char worst[RECORD_VALUE_MAX + 1];
	static const char *const names[] = { "name", "user", "error", "rule",
		"x.y_z-1" };
	json_t *root;

	(void)state;
	memset(worst, '"', RECORD_VALUE_MAX);
	for (size_t i = 0; i < 5; i++)
		pairs[i] = (struct pair){ names[i], worst };
	root = made(EVENT_DENY, pairs, "");
	has(root, "event.original", r.line);
	assert_int_equal(
	    strlen(json_string_value(json_object_get(root, "file.name"))),
	    (RECORD_VALUE_MAX - 5) / 2 + 4);
	assert_non_null(json_object_get(root, "countersign.x.y_z-1"));
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_read_by_others),
		cmocka_unit_test(no_field_is_lost),
		cmocka_unit_test(a_signature_has_the_names_that_the_page_lists),
		cmocka_unit_test(hostile_values_stay_one_line),
		cmocka_unit_test(a_seq_that_no_reader_could_hold_is_a_text),
		cmocka_unit_test(a_record_at_its_worst_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
