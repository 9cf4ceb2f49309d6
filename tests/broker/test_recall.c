/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listing of a tree, written and read back.
 * covers: src/broker/listing.c
 */
#include "broker/recall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/listing.h"
#include "support_tree.h"

#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PRINT "SHA256:" HASH

static struct recall recall;
static struct text_error error;
static char text[4096];

/* The lines between head and end, framed as they should be. */
static int
read_lines(const char *lines)
{
	char hash[LISTING_HASH + 1];
	size_t len =
	    (size_t)snprintf(text, sizeof(text), "%s%s", LISTING_HEAD, lines);

	assert_int_equal(listing_hash(text, len, hash), 0);
	len += (size_t)snprintf(
	    text + len, sizeof(text) - len, "%s%s\n", LISTING_END, hash);
	memset(&error, 0, sizeof(error));
	return recall_read(text, len, &recall, &error);
}

static void
assert_refused(const char *lines, unsigned line)
{
	assert_int_equal(read_lines(lines), -1);
	assert_int_equal(error.line, line);
	assert_null(recall.list);
}

static size_t
write_sample(void)
{
	struct tree *tree =
	    test_tree(TEST_KEY("b", "b") TEST_KEY("a", "a"), NULL);
	struct listing listing;
	struct buf out;
	size_t len;

	assert_int_equal(listing_make(tree, &listing), 0);
	buf_init(&out, sizeof(text) - 1);
	listing_text(&listing, &out);
	assert_false(out.bad);
	len = buf_len(&out);
	memcpy(text, buf_at(&out), len);
	text[len] = '\0';
	buf_release(&out);
	listing_release(&listing);
	tree_free(tree);
	return len;
}

static void
reads_what_was_written(void **state)
{
	static const struct {
		enum change_object object;
		const char *name;
	} all[] = { { CHANGE_SERVER, "countersign.conf" },
		{ CHANGE_TOKEN, "t" }, { CHANGE_KEY, "a" }, { CHANGE_KEY, "b" },
		{ CHANGE_PROFILE, "p" } };
	size_t len = write_sample();

	(void)state;
	assert_int_equal(recall_read(text, len, &recall, &error), 0);
	assert_int_equal(recall.count, 6);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(recall.list[i].object, all[i].object);
		assert_string_equal(recall.list[i].name, all[i].name);
		assert_null(recall.list[i].principal);
	}
	assert_int_equal(recall.list[5].object, CHANGE_CLIENT);
	assert_string_equal(recall.list[5].profile, "p");
	assert_string_equal(recall.list[5].principal, "build01");
	assert_memory_equal(recall.list[5].name, "SHA256:", 7);
	recall_release(&recall);
}

static void
the_same_tree_has_the_same_text(void **state)
{
	char before[sizeof(text)];
	size_t len = write_sample();

	(void)state;
	memcpy(before, text, len + 1);
	assert_int_equal(write_sample(), len);
	assert_string_equal(text, before);
}

static void
nothing_of_a_cut_text_counts(void **state)
{
	char whole[sizeof(text)];
	size_t len = write_sample();

	(void)state;
	memcpy(whole, text, len);
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(text, whole, cut);
		text[cut] = '\0';
		assert_int_equal(recall_read(text, cut, &recall, &error), -1);
		assert_null(recall.list);
	}
}

static void
nothing_of_a_changed_text_counts(void **state)
{
	char whole[sizeof(text)];
	size_t len = write_sample();

	(void)state;
	memcpy(whole, text, len + 1);
	for (size_t i = 0; i < len; i++) {
		memcpy(text, whole, len + 1);
		text[i] ^= 1;
		assert_int_equal(recall_read(text, len, &recall, &error), -1);
		assert_null(recall.list);
	}
	memcpy(text, whole, len + 1);
	memcpy(text + len, "\n", 2);
	assert_int_equal(recall_read(text, len + 1, &recall, &error), -1);
}

static void
takes_what_we_write_and_no_other_line(void **state)
{
	(void)state;
	assert_int_equal(read_lines(""), 0);
	assert_int_equal(recall.count, 0);
	recall_release(&recall);
	assert_int_equal(
	    read_lines("key a " HASH "\nclient " PRINT " " HASH " ci a b\n"),
	    0);
	assert_string_equal(recall.list[1].principal, "a b");
	recall_release(&recall);
	assert_refused("\n", 2);
	assert_refused("key a " HASH "\nnonsense\n", 3);
	assert_refused("keys a " HASH "\n", 2);
	assert_refused("key  " HASH "\n", 2);
	assert_refused("key a\n", 2);
	assert_refused("key a " HASH "A\n", 2);
	assert_refused("key a " HASH " \n", 2);
	assert_refused("key a " HASH " more\n", 2);
	assert_refused("key ../a " HASH "\n", 2);
	assert_refused("client " PRINT " " HASH "\n", 2);
	assert_refused("client " PRINT " " HASH " ci\n", 2);
	assert_refused("client " PRINT " " HASH " ci \n", 2);
	assert_refused("client " PRINT " " HASH " c//i a\n", 2);
	assert_refused("client " PRINT " " HASH " /ci a\n", 2);
	assert_refused("client " HASH " " HASH " ci a\n", 2);
	assert_refused("client " PRINT " " HASH " ci a\x1b\n", 2);
	assert_refused("client " PRINT " " HASH " ci a\xff\n", 2);
	assert_refused("client " PRINT " " HASH " ci \xe2\x80\xae\n", 2);
}

static void
nothing_comes_twice_or_out_of_order(void **state)
{
	(void)state;
	assert_refused("key a " HASH "\nkey a " HASH "\n", 3);
	assert_refused("key b " HASH "\nkey a " HASH "\n", 3);
	assert_refused("profile a " HASH "\nkey a " HASH "\n", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(the_same_tree_has_the_same_text),
		cmocka_unit_test(nothing_of_a_cut_text_counts),
		cmocka_unit_test(nothing_of_a_changed_text_counts),
		cmocka_unit_test(takes_what_we_write_and_no_other_line),
		cmocka_unit_test(nothing_comes_twice_or_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
