/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/prints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "format/format.h"

#define COUNT 500

static struct tree *tree;
static struct prints *prints;

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	fail_msg("%s:%u: %s", error->file, error->line, error->what);
}

/* An Ed25519 key with a number for its content. */
static void
blob(unsigned number, uint8_t ret[static 51])
{
	memset(ret, 0, 51);
	ret[3] = 11;
	memcpy(ret + 4, "ssh-ed25519", 11);
	ret[18] = 32;
	memcpy(ret + 19, &number, sizeof(number));
}

static void
print_of(unsigned number, char ret[static FINGERPRINT_SIZE])
{
	uint8_t key[51];

	blob(number, key);
	fingerprint(key, sizeof(key), ret);
}

static void
make_tree(unsigned count)
{
	static const char profiles[] = "[profile p]\n";
	char line[128];
	uint8_t key[51];
	struct buf text;

	buf_init(&text, 1u << 20);
	for (unsigned i = 0; i < count; i++) {
		blob(i, key);
		base64_encode(key, sizeof(key), true, line);
		buf_addf(&text, "profile=\"p\" ssh-ed25519 %s c%u\n", line, i);
	}
	tree = tree_new("/etc/cs", NULL, 0);
	tree_add(tree, TREE_PROFILES, "profiles.d/p.conf", profiles,
	    strlen(profiles), told, NULL);
	tree_add(tree, TREE_AUTHORIZED, "authorized_keys.d/a", buf_at(&text),
	    buf_len(&text), told, NULL);
	buf_release(&text);
	prints = prints_new(tree);
	assert_non_null(prints);
}

static int
drop(void **state)
{
	(void)state;
	prints_free(prints);
	tree_free(tree);
	tree = NULL;
	prints = NULL;
	return 0;
}

static void
finds_each_client_key_by_its_fingerprint(void **state)
{
	char print[FINGERPRINT_SIZE], name[16];

	(void)state;
	make_tree(COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		const struct client_key *client;

		print_of(i, print);
		client = prints_find(prints, tree, print);
		assert_non_null(client);
		snprintf(name, sizeof(name), "c%u", i);
		assert_string_equal(client->principal, name);
	}
}

static void
finds_no_other(void **state)
{
	char print[FINGERPRINT_SIZE];

	(void)state;
	make_tree(COUNT);
	for (unsigned i = COUNT; i < 2 * COUNT; i++) {
		print_of(i, print);
		assert_null(prints_find(prints, tree, print));
	}
	print_of(0, print);
	/* The same start, another end. */
	print[FINGERPRINT_SIZE - 2] ^= 1;
	assert_null(prints_find(prints, tree, print));
	print[FINGERPRINT_SIZE - 2] = '\0';
	assert_null(prints_find(prints, tree, print));
	assert_null(prints_find(prints, tree, ""));
	assert_null(prints_find(prints, tree, "SHA256:"));
}

static void
a_tree_without_client_keys_has_none(void **state)
{
	char print[FINGERPRINT_SIZE];

	(void)state;
	make_tree(0);
	print_of(0, print);
	assert_null(prints_find(prints, tree, print));
	assert_null(prints_find(NULL, tree, print));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    finds_each_client_key_by_its_fingerprint, drop),
		cmocka_unit_test_teardown(finds_no_other, drop),
		cmocka_unit_test_teardown(
		    a_tree_without_client_keys_has_none, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
