/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/conf/fence.c */
/* covers: src/conf/bundle.c */
#include "conf/tenants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/tenant.h"
#include "support_folder.h"

#define PRINT "0000000000000000000000000000000000000000000000000000000000000000"
#define SERVER "[server]\nlisten = 127.0.0.1:0\nstate-dir = state\n"
#define TOKEN "[token t]\nmodule = /m.so\ntoken = demo\npin-file = pin\n"
#define KEY(name) \
	"[key " name "]\ntoken = t\nobject = pkcs11:object=x\nuse = raw\n"
#define PROFILE(name) "[profile " name "]\nkeys = k\n"
#define CLIENT                                                                \
	"profile=\"ci\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+g" \
	"Q2PtkPqjPixgfMU1nVfGcJqth/HF build01\n"
#define PEM "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"

static void
make_folder(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	mkdir(path, 0755);
}

/* [tenant NAME] that its user may have everything of. */
static void
put_bounds(const char *file, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "[tenant %s]\nowner = %u\ntokens = t\nobjects = x\n", name,
	    (unsigned)getuid());
	folder_put(file, text, 0644);
}

static void
put_tenant(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "tenants.d/%s.conf", name);
	put_bounds(path, name);
	snprintf(path, sizeof(path), "tenants/%s", name);
	make_folder(path);
	snprintf(path, sizeof(path), "tenants/%s/keys.d/k.conf", name);
	folder_put(path, KEY("k"), 0644);
	snprintf(path, sizeof(path), "tenants/%s/profiles.d/p.conf", name);
	folder_put(path, PROFILE("ci"), 0644);
}

static void
put_tree(void)
{
	folder_put("countersign.conf", SERVER, 0644);
	folder_put("tokens.d/t.conf", TOKEN, 0644);
	make_folder("state");
	make_folder("tenants");
	put_tenant("a");
	put_tenant("b");
	folder_put("tenants/b/authorized_keys.d/x", CLIENT, 0644);
}

/* Loads, and what was taken is what counts from now on. */
static struct tree *
take(struct told *told)
{
	struct spool spool;
	char state[512];
	struct tree *tree;

	*told = (struct told){ .count = 0 };
	snprintf(state, sizeof(state), "%s/state", folder);
	spool_init(&spool, state);
	tree = conf_load(folder, NULL, 0, spool_add, &spool, told_add, told);
	if (tree != NULL)
		assert_int_equal(spool_publish(&spool, state, PRINT), 0);
	spool_release(&spool);
	return tree;
}

/* Whatever `a' did, this one is whole. */
static void
assert_b_is_whole(const struct tree *tree)
{
	assert_non_null(tree_key_by_name(tree, "b/k"));
	assert_non_null(tree_profile_by_name(tree, "b/ci"));
	assert_int_equal(tree_clients(tree), 1);
	assert_null(tree_tenant_by_name(tree, "b")->error);
}

static void
loads_what_the_tenants_have(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	tree = take(&told);
	assert_string_equal(told.text, "");
	assert_int_equal(tree_tenants(tree), 2);
	assert_string_equal(tree_key_by_name(tree, "a/k")->rule.file,
	    "tenants/a/keys.d/k.conf");
	assert_true(tree_tenant_by_name(tree, "a")->has_uid);
	assert_int_equal(tree_tenant_by_name(tree, "a")->uid, getuid());
	assert_null(tree_tenant_by_name(tree, "a")->error);
	assert_b_is_whole(tree);
	tree_free(tree);
}

static void
keeps_what_was_good_of_a_bad_tenant_and_touches_no_other(void **state)
{
	struct told told;
	struct tree *tree;
	const struct tenant *a;

	(void)state;
	put_tree();
	tree_free(take(&told));
	folder_put(
	    "tenants/a/profiles.d/p.conf", "[profile new]\nkeys = k\n", 0644);
	folder_put("tenants/a/keys.d/k.conf", "[key k]\nuse = cooked\n", 0644);
	/* Again and again: what is kept is kept on. */
	for (unsigned i = 0; i < 3; i++) {
		tree = take(&told);
		assert_non_null(tree);
		a = tree_tenant_by_name(tree, "a");
		assert_true(a->kept);
		assert_string_equal(a->error,
		    "tenants/a/keys.d/k.conf:2: use must be raw, wrapped or "
		    "audit, not \"cooked\"");
		assert_non_null(tree_key_by_name(tree, "a/k"));
		assert_non_null(tree_profile_by_name(tree, "a/ci"));
		assert_null(tree_profile_by_name(tree, "a/new"));
		assert_b_is_whole(tree);
		tree_free(tree);
	}
	folder_put("tenants/a/keys.d/k.conf", KEY("k"), 0644);
	tree = take(&told);
	assert_string_equal(told.text, "");
	assert_non_null(tree_profile_by_name(tree, "a/new"));
	assert_null(tree_profile_by_name(tree, "a/ci"));
	assert_null(tree_tenant_by_name(tree, "a")->error);
	tree_free(tree);
}

static void
has_nothing_for_a_bad_tenant_that_never_was_good(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("tenants/a/keys.d/k.conf", "x\n", 0644);
	tree = take(&told);
	assert_false(tree_tenant_by_name(tree, "a")->kept);
	assert_non_null(tree_tenant_by_name(tree, "a")->error);
	assert_null(tree_key_by_name(tree, "a/k"));
	assert_null(tree_profile_by_name(tree, "a/ci"));
	assert_b_is_whole(tree);
	tree_free(tree);
}

static void
keeps_nothing_that_is_outside_of_new_bounds(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	tree_free(take(&told));
	folder_put("tenants.d/a.conf",
	    "[tenant a]\nowner = root\ntokens = t\nobjects = y\n", 0644);
	tree = take(&told);
	assert_non_null(tree);
	assert_false(tree_tenant_by_name(tree, "a")->kept);
	assert_null(tree_key_by_name(tree, "a/k"));
	assert_non_null(strstr(told.text,
	    "tenants/a/keys.d/k.conf:3: key a/k: object x is not among those "
	    "of tenant a\n"));
	assert_non_null(strstr(
	    told.text, "tenants/a:0: what was in force does not fit either: "));
	assert_b_is_whole(tree);
	tree_free(tree);
}

static void
lets_tenants_hold_tenants(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	make_folder("tenants/a/tenants");
	make_folder("tenants/a/tenants/in");
	put_bounds("tenants/a/tenants.d/in.conf", "in");
	folder_put("tenants/a/tenants/in/keys.d/k.conf", KEY("k"), 0644);
	tree = take(&told);
	assert_string_equal(told.text, "");
	assert_non_null(tree_key_by_name(tree, "a/in/k"));
	tree_free(tree);

	/* One inside is bad: the one around it is not. */
	folder_put("tenants/a/tenants/in/keys.d/k.conf", "x\n", 0644);
	tree = take(&told);
	assert_null(tree_tenant_by_name(tree, "a")->error);
	assert_true(tree_tenant_by_name(tree, "a/in")->kept);
	assert_non_null(tree_key_by_name(tree, "a/in/k"));
	tree_free(tree);

	/* The one around is bad: the one inside changes as it likes. */
	folder_put("tenants/a/keys.d/k.conf", "x\n", 0644);
	folder_put("tenants/a/tenants/in/keys.d/k.conf", KEY("k2"), 0644);
	tree = take(&told);
	assert_true(tree_tenant_by_name(tree, "a")->kept);
	assert_null(tree_tenant_by_name(tree, "a/in")->error);
	assert_non_null(tree_key_by_name(tree, "a/in/k2"));
	assert_b_is_whole(tree);
	tree_free(tree);
}

static void
passes_over_kept_client_keys_that_are_somebody_elses_now(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	tree_free(take(&told));
	folder_put("keys.d/k.conf", KEY("k"), 0644);
	folder_put("profiles.d/p.conf", PROFILE("ci"), 0644);
	folder_put("authorized_keys.d/x", CLIENT, 0644);
	tree = take(&told);
	assert_string_equal(told.text,
	    "tenants/b/authorized_keys.d/x:1: the key is already listed by "
	    "somebody else\n");
	assert_true(tree_tenant_by_name(tree, "b")->kept);
	assert_non_null(tree_key_by_name(tree, "b/k"));
	assert_int_equal(tree_clients(tree), 1);
	assert_null(tree_client(tree, 0)->profile->tenant);
	tree_free(tree);
}

/* Neither of them may get at the other's, in whatever order they come. */
static void
lets_no_tenant_take_what_another_has(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	tree_free(take(&told));
	folder_put("tenants/a/authorized_keys.d/x", CLIENT, 0644);
	folder_put("tenants/b/authorized_keys.d/x",
	    "# our key is mentioned here no more\nx\n", 0644);
	tree = take(&told);
	assert_true(tree_tenant_by_name(tree, "a")->kept);
	assert_true(tree_tenant_by_name(tree, "b")->kept);
	assert_string_equal(tree_client(tree, 0)->profile->tenant->name, "b");
	tree_free(tree);
}

static void
replace(const char *name, const char *target, bool hard)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
	if (target == NULL)
		assert_int_equal(mkfifo(path, 0644), 0);
	else if (hard)
		assert_int_equal(link(target, path), 0);
	else
		assert_int_equal(symlink(target, path), 0);
}

static void
assert_a_is_refused(const char *what)
{
	struct told told;
	struct tree *tree = take(&told);

	assert_non_null(tree);
	assert_non_null(tree_tenant_by_name(tree, "a")->error);
	assert_string_equal(tree_tenant_by_name(tree, "a")->error, what);
	assert_true(tree_tenant_by_name(tree, "a")->kept);
	assert_non_null(tree_key_by_name(tree, "a/k"));
	assert_b_is_whole(tree);
	tree_free(tree);
}

static void
follows_no_link_and_waits_for_nobody(void **state)
{
	char path[512];
	struct told told;

	(void)state;
	put_tree();
	folder_put("secret", "[key secret]\n", 0644);
	tree_free(take(&told));

	snprintf(path, sizeof(path), "%s/secret", folder);
	replace("tenants/a/keys.d/k.conf", path, false);
	assert_a_is_refused(
	    "tenants/a/keys.d/k.conf: must not be a symbolic link");
	replace("tenants/a/keys.d/k.conf", path, true);
	assert_a_is_refused("tenants/a/keys.d/k.conf: has more than one name "
			    "(a hard link)");
	replace("tenants/a/keys.d/k.conf", NULL, false);
	assert_a_is_refused("tenants/a/keys.d/k.conf: is not a regular file");
	replace("tenants/a/keys.d/k.conf", "/dev/zero", false);
	assert_a_is_refused(
	    "tenants/a/keys.d/k.conf: must not be a symbolic link");
	snprintf(path, sizeof(path), "%s/tenants/a/keys.d/k.conf", folder);
	assert_int_equal(unlink(path), 0);
	folder_put("tenants/a/keys.d/k.conf", KEY("k"), 0666);
	assert_a_is_refused("tenants/a/keys.d/k.conf: must not be writable by "
			    "group or others (chmod go-w)");
	folder_put("tenants/a/keys.d/k.conf", KEY("k"), 0644);
	folder_mode("tenants/a/keys.d", 0777);
	assert_a_is_refused("tenants/a/keys.d: must not be writable by group "
			    "or others (chmod go-w)");
	folder_mode("tenants/a/keys.d", 0755);
	snprintf(path, sizeof(path), "%s/tenants/b/keys.d", folder);
	snprintf(told.text, sizeof(told.text), "%s/tenants/a/keys.d", folder);
	snprintf(told.text + 1000, 1000, "%s/tenants/a/was", folder);
	assert_int_equal(rename(told.text, told.text + 1000), 0);
	assert_int_equal(symlink(path, told.text), 0);
	assert_a_is_refused("tenants/a/keys.d: is not a folder, or a symbolic "
			    "link to one, which is not followed");
}

static void
takes_no_file_of_somebody_else(void **state)
{
	char path[512];
	struct told told;

	(void)state;
	if (getuid() != 0)
		skip();
	put_tree();
	folder_put("tenants.d/a.conf",
	    "[tenant a]\nowner = 64123\ntokens = t\nobjects = x\n", 0644);
	tree_free(take(&told));
	assert_string_equal(told.text, "");
	snprintf(path, sizeof(path), "%s/tenants/a/keys.d/k.conf", folder);
	assert_int_equal(chown(path, 64124, 0), 0);
	assert_a_is_refused("tenants/a/keys.d/k.conf: must be owned by the "
			    "tenant's owner or by root");
	assert_int_equal(chown(path, 64123, 0), 0);
	tree_free(take(&told));
	assert_string_equal(told.text, "");
	snprintf(path, sizeof(path), "%s/tenants/a", folder);
	assert_int_equal(chown(path, 64124, 0), 0);
	assert_a_is_refused("tenants/a/keys.d: must be owned by the tenant's "
			    "owner or by root");
}

static void
says_when_there_is_no_such_owner(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	tree_free(take(&told));
	folder_put("tenants.d/a.conf",
	    "[tenant a]\nowner = nobody-here\ntokens = t\nobjects = x\n", 0644);
	tree = take(&told);
	assert_string_equal(told.text,
	    "tenants.d/a.conf:1: tenant a: there is no user nobody-here\n");
	assert_true(tree_tenant_by_name(tree, "a")->kept);
	assert_false(tree_tenant_by_name(tree, "a")->has_uid);
	tree_free(tree);
}

static void
bounds_what_one_tenant_makes_us_read(void **state)
{
	char path[512], name[64];
	struct told told;

	(void)state;
	put_tree();
	tree_free(take(&told));
	snprintf(path, sizeof(path), "%s/tenants/a/keys.d/k.conf", folder);
	assert_int_equal(truncate(path, 9 << 20), 0);
	assert_a_is_refused(
	    "tenants/a/keys.d/k.conf: the tenant's files are too large");
	folder_put("tenants/a/keys.d/k.conf", KEY("k"), 0644);
	for (unsigned i = 0; i < 1100; i++) {
		snprintf(
		    name, sizeof(name), "tenants/a/authorized_keys.d/%u", i);
		folder_put(name, "", 0644);
	}
	assert_a_is_refused(
	    "tenants/a/authorized_keys.d: holds more than 1024 names");
}

static void
reads_certificates_of_the_tenant_only(void **state)
{
	struct told told;
	struct tree *tree;
	char path[512];

	(void)state;
	put_tree();
	folder_put("secret.pem", PEM, 0644);
	folder_put("tenants/a/certs/k.pem", PEM, 0644);
	folder_put("tenants/a/keys.d/k.conf",
	    KEY("k") "certificate = ../certs/k.pem\n", 0644);
	tree = take(&told);
	assert_string_equal(told.text, "");
	assert_string_equal(
	    key_own(tree_key_by_name(tree, "a/k"))->file[KEY_FILE_CERTIFICATE],
	    PEM);
	tree_free(tree);

	snprintf(path, sizeof(path), "%s/secret.pem", folder);
	replace("tenants/a/certs/k.pem", path, false);
	assert_a_is_refused(
	    "tenants/a/certs/k.pem: must not be a symbolic link");
	/* The certificate that was in force is kept as well. */
	assert_int_equal(unlink(path), 0);
	tree = take(&told);
	assert_string_equal(
	    key_own(tree_key_by_name(tree, "a/k"))->file[KEY_FILE_CERTIFICATE],
	    PEM);
	tree_free(tree);
	folder_put("tenants/a/keys.d/k.conf",
	    KEY("k") "certificate = ../../../secret.pem\n", 0644);
	assert_a_is_refused(
	    "tenants/a/keys.d/k.conf:5: certificate: the file must be in the "
	    "tenant's folder");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, folder_make, folder_drop)

/* One look, all errors: the tree's own and each tenant's. */
static void
a_bad_tree_has_its_tenants_errors_told_too(void **state)
{
	struct told told;

	(void)state;
	put_tree();
	folder_put("profiles.d/p.conf", "[profile main]\nkeys = none\n", 0644);
	folder_put("tenants/a/profiles.d/p.conf",
	    "[profile ci]\nkeys = k\nspeed = 9\n", 0644);
	assert_null(take(&told));
	assert_non_null(strstr(told.text,
	    "profiles.d/p.conf:2: profile main: there is no key none\n"));
	assert_non_null(
	    strstr(told.text, "tenants/a/profiles.d/p.conf:3: unknown word"));
	assert_int_equal(told.count, 2);
	/* What is missing there only because tokens.d is bad is not. */
	folder_put("tokens.d/t.conf", "[token t]\nmodule = /m.so\n", 0644);
	assert_null(take(&told));
	assert_null(strstr(told.text, "tenants/"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads_what_the_tenants_have),
		TEST(keeps_what_was_good_of_a_bad_tenant_and_touches_no_other),
		TEST(has_nothing_for_a_bad_tenant_that_never_was_good),
		TEST(keeps_nothing_that_is_outside_of_new_bounds),
		TEST(lets_tenants_hold_tenants),
		TEST(passes_over_kept_client_keys_that_are_somebody_elses_now),
		TEST(lets_no_tenant_take_what_another_has),
		TEST(follows_no_link_and_waits_for_nobody),
		TEST(takes_no_file_of_somebody_else),
		TEST(says_when_there_is_no_such_owner),
		TEST(bounds_what_one_tenant_makes_us_read),
		TEST(reads_certificates_of_the_tenant_only),
		TEST(a_bad_tree_has_its_tenants_errors_told_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
