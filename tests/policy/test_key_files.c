/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/roll_over.c */
/*
 * A key that lists a format has the file that the format cannot do without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

#define TOKEN_CONF "[token t]\nmodule = /m.so\ntoken = t\npin-file = pin\n"
#define KEY "[key a]\ntoken = t\nobject = pkcs11:object=a\nuse = raw\n"
#define NEXT \
	"[generation b]\nkey = a\nobject = pkcs11:object=b\nstart = 2027-01-01\n"

static const struct format_word formats[] = {
	{ .name = "raw" },
	{ .name = "kmod", .needs = FORMAT_NEEDS_CERTIFICATE },
	{ .name = "trailer", .needs = FORMAT_NEEDS_OPENPGP },
	{ .name = "openpgp", .wrapped = true, .needs = FORMAT_NEEDS_OPENPGP },
	{ .name = "sums-openpgp",
	    .wrapped = true,
	    .needs = FORMAT_NEEDS_OPENPGP },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static void
add(struct tree *tree, enum tree_part part, const char *file, const char *text,
    struct told *told)
{
	tree_add(tree, part, file, text, strlen(text), told_add, told);
}

static void
says(const char *keys, const char *want)
{
	struct tree *tree = tree_new("/etc/cs", formats, FORMATS);
	struct told told = { .count = 0 };

	add(tree, TREE_SERVER, "countersign.conf", "[server]\n", &told);
	add(tree, TREE_TOKENS, "tokens.d/t.conf", TOKEN_CONF, &told);
	add(tree, TREE_KEYS, "keys.d/k.conf", keys, &told);
	tree_finish(tree, told_add, &told);
	assert_string_equal(told.text, want);
	tree_free(tree);
}

static void
each_of_its_objects_has_what_the_format_needs(void **state)
{
	(void)state;
	says(KEY "formats = raw\n", "");
	says(KEY "formats = raw, kmod\ncertificate = a.pem\n", "");
	says(KEY "formats = raw, kmod\n",
	    "keys.d/k.conf:1: key a has no certificate: format kmod needs one; "
	    "write certificate = FILE\n");
	says(KEY "formats = kmod\ncertificate = a.pem\n" NEXT,
	    "keys.d/k.conf:7: generation b of key a has no certificate: format "
	    "kmod needs one; write certificate = FILE\n");
	says(KEY "formats = kmod\ncertificate = a.pem\n" NEXT
		 "certificate = b.pem\n",
	    "");
	says(KEY "formats = trailer\ncertificate = a.pem\n",
	    "keys.d/k.conf:1: key a has no openpgp: format trailer needs one; "
	    "write openpgp = FILE\n");
}

/* What it does not list it may still be asked for, and refuse. */
static void
a_key_that_lists_none_needs_nothing(void **state)
{
	(void)state;
	says(KEY, "");
}

/* A client's own bytes in front of a trailer may be another's attributes. */
static void
a_key_for_openpgp_has_no_certificate(void **state)
{
	static const char wrapped[] =
	    "[key a]\ntoken = t\nobject = pkcs11:object=a\nuse = wrapped\n"
	    "openpgp = a.asc\ncertificate = a.pem\n";
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), "%sformats = sums-openpgp\n", wrapped);
	says(text, "");
	snprintf(
	    text, sizeof(text), "%sformats = sums-openpgp, openpgp\n", wrapped);
	says(text,
	    "keys.d/k.conf:6: key a lists format openpgp, which could be made "
	    "to sign what passes for CMS under a certificate: leave "
	    "certificate out\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_its_objects_has_what_the_format_needs),
		cmocka_unit_test(a_key_for_openpgp_has_no_certificate),
		cmocka_unit_test(a_key_that_lists_none_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
