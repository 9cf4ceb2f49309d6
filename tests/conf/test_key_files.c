/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/conf/key_files.c */
/*
 * Files beside keys' objects are looked at by whoever knows of them, with the
 * whole section known; a tenant's are the tenant's own mistake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/snapshot.h"
#include "policy/tenant.h"
#include "support_folder.h"

#define TOKEN "[token t]\nmodule = /m.so\ntoken = demo\npin-file = pin\n"
#define KEY(name) \
	"[key " name "]\ntoken = t\nobject = pkcs11:object=x\nuse = raw\n"
#define PEM(what)                                          \
	"-----BEGIN CERTIFICATE-----\n" what "\n-----END " \
	"CERTIFICATE-----\n"
#define PRINT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct format_word formats[] = { { .name = "raw" } };
static unsigned asked;

static int
check(const struct generation *g, enum key_file file, const char *text,
    char why[MESSAGE_SIZE])
{
	asked++;
	assert_int_equal(file, KEY_FILE_CERTIFICATE);
	/* The key's own words are known. */
	assert_int_equal(g->key->limits.formats.count, 1);
	if (strstr(text, "bad") == NULL)
		return 0;
	strcpy(why, "is bad");
	return -1;
}

static struct tree *
load(struct told *told)
{
	struct spool spool;
	char state[128];
	struct conf_source from = {
		.dir = folder,
		.formats = formats,
		.format_count = 1,
		.check = check,
		.seen = spool_add,
		.seen_arg = &spool,
		.told = told_add,
		.told_arg = told,
	};
	struct tree *tree;

	*told = (struct told){ .count = 0 };
	asked = 0;
	snprintf(state, sizeof(state), "%s/state", folder);
	mkdir(state, 0755);
	spool_init(&spool, state);
	tree = conf_load_from(&from);
	if (tree != NULL)
		assert_int_equal(spool_publish(&spool, state, PRINT), 0);
	spool_release(&spool);
	return tree;
}

static void
put_tree(const char *key)
{
	folder_put("countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nstate-dir = state\n", 0644);
	folder_put("tokens.d/t.conf", TOKEN, 0644);
	folder_put("keys.d/a.conf", key, 0644);
}

static void
refuses_a_tree_with_a_bad_file(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree(KEY("a") "formats = raw\ncertificate = ../c/a.pem\n");
	folder_put("c/a.pem", PEM("AA=="), 0644);
	tree = load(&told);
	assert_non_null(tree);
	assert_int_equal(asked, 1);
	tree_free(tree);
	folder_put("c/a.pem", PEM("bad="), 0644);
	assert_null(load(&told));
	assert_string_equal(told.text,
	    "keys.d/a.conf:6: key a: certificate keys.d/../c/a.pem: is bad\n");
}

static void
asks_nobody_where_there_is_none(void **state)
{
	struct told told;

	(void)state;
	put_tree(KEY("a") "formats = raw\n");
	tree_free(load(&told));
	assert_string_equal(told.text, "");
	assert_int_equal(asked, 0);
}

static void
a_tenants_bad_file_leaves_what_was_good(void **state)
{
	struct told told;
	struct tree *tree;
	char text[256];

	(void)state;
	put_tree(KEY("a") "formats = raw\n");
	snprintf(text, sizeof(text),
	    "[tenant team]\nowner = %u\ntokens = t\nobjects = x\n",
	    (unsigned)getuid());
	folder_put("tenants.d/team.conf", text, 0644);
	snprintf(text, sizeof(text), "%s/tenants", folder);
	mkdir(text, 0755);
	snprintf(text, sizeof(text), "%s/tenants/team", folder);
	mkdir(text, 0755);
	folder_put("tenants/team/keys.d/k.conf",
	    KEY("k") "formats = raw\ncertificate = ../k.pem\n", 0644);
	folder_put("tenants/team/k.pem", PEM("AA=="), 0644);
	tree = load(&told);
	assert_string_equal(told.text, "");
	assert_int_equal(asked, 1);
	tree_free(tree);
	folder_put("tenants/team/k.pem", PEM("bad="), 0644);
	tree = load(&told);
	assert_string_equal(told.text,
	    "tenants/team/keys.d/k.conf:6: key team/k: certificate "
	    "tenants/team/keys.d/../k.pem: is bad\n");
	assert_non_null(tree);
	assert_non_null(tree_tenant_by_name(tree, "team")->error);
	assert_string_equal(key_own(tree_key_by_name(tree, "team/k"))
				->file[KEY_FILE_CERTIFICATE],
	    PEM("AA=="));
	tree_free(tree);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, folder_make, folder_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_a_tree_with_a_bad_file),
		TEST(asks_nobody_where_there_is_none),
		TEST(a_tenants_bad_file_leaves_what_was_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
