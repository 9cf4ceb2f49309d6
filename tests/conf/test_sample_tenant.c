/* SPDX-License-Identifier: Apache-2.0 */
/* The sample of a tenant loads with the samples of the rest, and means what
 * its comments say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/decide.h"
#include "policy/tenant.h"
#include "support_folder.h"

#define AT "tenants/firmware/"

/* The owner is a user of this host. */
static void
copy_bounds(void)
{
	char text[4096], said[sizeof(text) + 32], *owner;
	FILE *file = fopen("keys-layout/tenants/firmware.conf.example", "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	owner = strstr(text, "owner = fwlead\n");
	assert_non_null(owner);
	*owner = '\0';
	snprintf(said, sizeof(said), "%sowner = %u%s", text, (unsigned)getuid(),
	    owner + strlen("owner = fwlead"));
	folder_put("tenants.d/firmware.conf", said, 0644);
}

static void
copy_sample(void)
{
	static const char *const folders[] = { "tenants", "tenants/firmware" };
	static const char *const files[] = { "tokens.d/demo.conf",
		"keys.d/release.conf", "profiles.d/ci-release.conf",
		AT "keys.d/release.conf", AT "profiles.d/ci.conf",
		AT "authorized_keys.d/build" };
	char path[256];

	folder_put("countersign.conf", "", 0644);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
		mkdir(path, 0755);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "keys-layout/%s", files[i]);
		folder_copy(path, files[i]);
	}
	copy_bounds();
}

static void
the_tenants_client_signs_with_the_tenants_key(void **state)
{
	/* A Tuesday, at noon in Berlin. */
	const struct moment moment = { "10.4.2.9", 1795518000, NULL, NULL };
	struct command command;
	struct text_error error;
	struct verdict verdict;
	struct grant grant;
	struct told told;
	struct tree *tree;

	(void)state;
	copy_sample();
	tree = folder_load(&told);
	assert_string_equal(told.text, "");
	assert_int_equal(tree_clients(tree), 1);
	assert_int_equal(command_parse("sign", &command, &error), 0);
	assert_int_equal(decide_request(tree, tree_client(tree, 0), &command,
			     &moment, &grant, &verdict),
	    REASON_OK);
	assert_string_equal(grant.key->name, "firmware/release");
	assert_int_equal(
	    decide_line(&grant, &moment, 200, HASH_SHA384, "a.bin", &verdict),
	    REASON_OK);
	assert_int_equal(
	    decide_line(&grant, &moment, 201, HASH_SHA384, "a.bin", &verdict),
	    REASON_TOO_MANY_LINES);
	assert_int_equal(
	    decide_line(&grant, &moment, 1, HASH_SHA512, "a.bin", &verdict),
	    REASON_HASH);
	assert_string_equal(verdict.rule.file, "tenants.d/firmware.conf");
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_tenants_client_signs_with_the_tenants_key, folder_make,
		    folder_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
