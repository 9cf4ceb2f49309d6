/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_log.h"

static struct signer signer;
static struct log whole, bad;

static int
set_up(void **state)
{
	(void)state;
	signer_init(&signer, LOG_ORIGIN, 1);
	log_make(&whole, 60, 12, &signer);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_release(&signer);
	return 0;
}

static int
read_line(size_t at, struct seal *ret, struct text_error *reterr)
{
	struct record_slices slices;

	if (record_scan(bad.line[at], strlen(bad.line[at]), &slices, reterr) ==
	    -1)
		fail_msg("not a record: %s", reterr->what);
	return seal_read(&slices, ret, reterr);
}

static void
reads_what_was_sealed(void **state)
{
	struct text_error err;
	struct seal seal;

	(void)state;
	bad = whole;
	assert_int_equal(read_line(59, &seal, &err), 0);
	assert_string_equal(seal.checkpoint.origin, LOG_ORIGIN);
	assert_int_equal(seal.checkpoint.size, 59);
	assert_memory_equal(seal.key.pubkey, signer.key.pubkey, NOTE_PUBKEY);
	assert_true(seal.has_nodes);
	assert_int_equal(seal.nodes.size, 59);
	assert_true(seal_is_signed(&seal));
	seal.checkpoint.size++;
	assert_false(seal_is_signed(&seal));
}

static void
an_origin_may_hold_anything_printable(void **state)
{
	static const char odd[] = "a\\b\"c]d\\x5ce";
	struct text_error err;
	struct signer other;
	struct seal seal;

	(void)state;
	signer_init(&other, odd, 3);
	log_make(&bad, 12, 12, &other);
	assert_int_equal(read_line(11, &seal, &err), 0);
	assert_string_equal(seal.checkpoint.origin, odd);
	assert_true(seal_is_signed(&seal));
	signer_release(&other);
}

static void
nodes_may_be_missing(void **state)
{
	struct text_error err;
	struct seal seal;

	(void)state;
	bad = whole;
	log_replace(&bad, 59, " nodes=", " other=");
	assert_int_equal(read_line(59, &seal, &err), 0);
	assert_false(seal.has_nodes);
	assert_true(seal_is_signed(&seal));
}

static void
refuses_what_says_too_little_or_too_much(void **state)
{
	static const char *const edits[][3] = {
		{ " origin=", " 0rigin=", "it has no origin" },
		{ " size=", " s1ze=", "it has no size" },
		{ " root=", " r00t=", "it has no root" },
		{ " signature=", " s1gnature=", "it has no signature" },
		{ " auditkey=", " aud1tkey=", "it has no auditkey" },
		{ "origin=\"s", "origin=\"S", "its origin is not the name" },
		{ "size=\"59", "size=\"059", "its size is malformed" },
		{ "size=\"59", "size=\"-1", "its size is malformed" },
		{ "size=\"59", "size=\"", "its size is malformed" },
		{ "size=\"59", "size=\"18446744073709551615",
		    "its size is malformed" },
		{ "size=\"59", "size=\"184467440737095516150",
		    "its size is too long" },
		{ "size=\"59", "size=\"58", "its nodes are malformed" },
		{ "root=\"", "root=\"AAAA", "its root is malformed" },
		{ "root=\"", "root=\"!", "its root is malformed" },
		{ "signature=\"", "signature=\"AAAA", "its signature is mal" },
		{ "auditkey=\"", "auditkey=\"x", "its auditkey is malformed" },
		{ "auditkey=\"s", "auditkey=\"", "its auditkey is malformed" },
		{ "nodes=\"", "nodes=\"AAAA", "its nodes are malformed" },
		{ "nodes=\"", "nodes=\" ", "its nodes are malformed" },
		{ "= ", "=", "its nodes are malformed" },
		{ "= ", "=  ", "its nodes are malformed" },
		{ "=\" prev", "= \" prev", "its nodes are malformed" },
	};
	struct text_error err;
	struct seal seal;

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		bad = whole;
		log_replace(&bad, 59, edits[i][0], edits[i][1]);
		if (read_line(59, &seal, &err) != -1)
			fail_msg("accepted %s", edits[i][1]);
		if (strncmp(err.what, edits[i][2], strlen(edits[i][2])) != 0)
			fail_msg("%s: %s", edits[i][1], err.what);
	}
}

static void
refuses_nodes_of_another_tree(void **state)
{
	struct text_error err;
	struct seal seal;
	char *nodes;

	(void)state;
	bad = whole;
	nodes = strstr(bad.line[59], "nodes=\"") + 7;
	*nodes = *nodes == 'A' ? 'B' : 'A';
	assert_int_equal(read_line(59, &seal, &err), -1);
	assert_string_equal(err.what, "its nodes do not give its root");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_sealed),
		cmocka_unit_test(an_origin_may_hold_anything_printable),
		cmocka_unit_test(nodes_may_be_missing),
		cmocka_unit_test(refuses_what_says_too_little_or_too_much),
		cmocka_unit_test(refuses_nodes_of_another_tree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
