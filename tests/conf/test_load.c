/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/conf/folder.c src/conf/zones.c */
#include "conf/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/hours.h"
#include "support_folder.h"

#define TOKEN "[token t]\nmodule = /m.so\ntoken = demo\npin-file = pin\n"
#define KEY(name)                                                 \
	"[key " name "]\ntoken = t\nobject = pkcs11:object=" name \
	"\nuse = raw\n"
#define CLIENT                                                                \
	"profile=\"ci\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+g" \
	"Q2PtkPqjPixgfMU1nVfGcJqth/HF build01\n"
#define PEM "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"

/* A small tree without a mistake. */
static void
put_tree(void)
{
	folder_put(
	    "countersign.conf", "[server]\nlisten = 127.0.0.1:0\n", 0644);
	folder_put("tokens.d/t.conf", TOKEN, 0644);
	folder_put("keys.d/b.conf", KEY("b"), 0600);
	folder_put("keys.d/a.conf", KEY("a"), 0640);
	folder_put("profiles.d/p.conf", "[profile ci]\nkeys = a b\n", 0644);
	folder_put("authorized_keys.d/anything", CLIENT, 0644);
}

static void
assert_refused(const char *line)
{
	struct told told;
	char expected[512];

	assert_null(folder_load(&told));
	snprintf(expected, sizeof(expected), "%s\n", line);
	assert_string_equal(told.text, expected);
}

static void
loads_a_tree_in_byte_order(void **state)
{
	struct told told;
	struct tree *tree;
	char path[128];

	(void)state;
	put_tree();
	tree = folder_load(&told);
	assert_string_equal(told.text, "");
	assert_non_null(tree);
	assert_string_equal(tree_key(tree, 0)->name, "a");
	assert_string_equal(tree_key(tree, 1)->name, "b");
	assert_int_equal(tree_clients(tree), 1);
	assert_string_equal(
	    tree_client(tree, 0)->file, "authorized_keys.d/anything");
	snprintf(path, sizeof(path), "%s/tokens.d/pin", folder);
	assert_string_equal(tree_token(tree, 0)->pin_file, path);
	snprintf(path, sizeof(path), "%s/ssh_host_ed25519_key", folder);
	assert_string_equal(tree_server(tree)->host_key, path);
	tree_free(tree);
}

static void
takes_folders_that_are_not_there_for_empty(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	folder_put("countersign.conf", "", 0644);
	tree = folder_load(&told);
	assert_non_null(tree);
	assert_int_equal(tree_keys(tree), 0);
	tree_free(tree);
}

static void
makes_paths_absolute_from_a_relative_folder(void **state)
{
	struct told told = { .count = 0 };
	struct tree *tree;
	char path[128], before[4096];

	(void)state;
	put_tree();
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	tree = conf_load_server(".", told_add, &told);
	assert_int_equal(chdir(before), 0);
	assert_non_null(tree);
	snprintf(path, sizeof(path), "%s/ssh_host_ed25519_key", folder);
	assert_string_equal(tree_server(tree)->host_key, path);
	tree_free(tree);
}

static void
passes_over_hidden_files_and_backups(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("keys.d/.a.conf.swp", "junk", 0666);
	folder_put("keys.d/a.conf~", "junk", 0666);
	folder_put("authorized_keys.d/anything~", CLIENT, 0644);
	tree = folder_load(&told);
	assert_string_equal(told.text, "");
	tree_free(tree);
}

static void
refuses_other_names_in_folders_of_conf_files(void **state)
{
	(void)state;
	put_tree();
	folder_put("keys.d/c.conf.dpkg-new", KEY("c"), 0644);
	assert_refused("keys.d/c.conf.dpkg-new:0: the name must end in .conf "
		       "to be read; move other files away");
}

static void
refuses_names_that_would_not_stand_in_a_record(void **state)
{
	(void)state;
	put_tree();
	folder_put("authorized_keys.d/a\"b", "", 0644);
	assert_refused("authorized_keys.d/a\"b:0: the name may hold printable "
		       "ASCII without blanks, quotes and ']' only");
}

static void
refuses_a_folder_without_countersign_conf(void **state)
{
	(void)state;
	assert_refused("countersign.conf:0: No such file or directory");
}

static void
refuses_a_tree_that_is_not_there(void **state)
{
	struct told told = { .count = 0 };

	(void)state;
	assert_null(conf_load_server("/nonexistent", told_add, &told));
	assert_string_equal(
	    told.text, "/nonexistent:0: No such file or directory\n");
}

static void
refuses_what_others_can_write(void **state)
{
	static const char file[] = "must not be writable by group or others "
				   "(chmod go-w)";
	char line[256];

	(void)state;
	put_tree();
	folder_put("profiles.d/p.conf", "[profile ci]\nkeys = b\n", 0644);
	folder_mode("keys.d/a.conf", 0664);
	snprintf(line, sizeof(line), "keys.d/a.conf:0: %s", file);
	assert_refused(line);
	folder_mode("keys.d/a.conf", 0644);
	folder_mode("authorized_keys.d", 0777);
	snprintf(line, sizeof(line), "authorized_keys.d:0: %s", file);
	assert_refused(line);
	folder_mode("authorized_keys.d", 0755);
	folder_mode("", 0775);
	snprintf(line, sizeof(line), "%s:0: %s", folder, file);
	assert_refused(line);
}

static void
refuses_what_belongs_to_somebody_else(void **state)
{
	char path[128];

	(void)state;
	if (geteuid() != 0)
		skip();
	put_tree();
	snprintf(path, sizeof(path), "%s/profiles.d/p.conf", folder);
	assert_int_equal(chown(path, 65534, 0), 0);
	folder_put("authorized_keys.d/anything", "", 0644);
	assert_refused("profiles.d/p.conf:0: must be owned by root or by the "
		       "user of the service");
}

static void
refuses_folders_and_pipes_in_the_place_of_files(void **state)
{
	char path[128];

	(void)state;
	put_tree();
	snprintf(path, sizeof(path), "%s/keys.d/c.conf", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_refused("keys.d/c.conf:0: is not a regular file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused("keys.d/c.conf:0: is not a regular file");
}

static void
refuses_a_file_in_the_place_of_a_folder(void **state)
{
	(void)state;
	folder_put("countersign.conf", "", 0644);
	folder_put("keys.d", "", 0644);
	assert_refused("keys.d:0: Not a directory");
}

static void
tells_all_errors_of_all_files(void **state)
{
	struct told told;

	(void)state;
	put_tree();
	folder_put("countersign.conf", "[server]\nport = 22\n", 0644);
	folder_put("keys.d/c.conf", "[key a]\n[key b]\n", 0644);
	folder_put("authorized_keys.d/z", CLIENT, 0644);
	assert_null(folder_load(&told));
	assert_string_equal(told.text,
	    "countersign.conf:2: unknown word port; known: listen, user, "
	    "host-key, state-dir, run-dir, net-user, broker-user, token-user, "
	    "lists-user\n"
	    "keys.d/c.conf:1: key a is already defined in keys.d/a.conf:1\n"
	    "keys.d/c.conf:2: key b is already defined in keys.d/b.conf:1\n"
	    "authorized_keys.d/z:1: the key is already listed in "
	    "authorized_keys.d/anything:1, for build01\n");
}

static void
reads_certificates_beside_their_keys(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("keys.d/a.conf", KEY("a") "certificate = ../a.pem\n", 0644);
	assert_refused("keys.d/a.conf:1: key a: certificate keys.d/../a.pem: "
		       "No such file or directory");
	folder_put("a.pem", "not PEM", 0644);
	assert_refused("keys.d/a.conf:1: key a: certificate keys.d/../a.pem: "
		       "is not a PEM certificate");
	folder_put("a.pem", PEM, 0666);
	assert_refused("keys.d/a.conf:1: key a: certificate keys.d/../a.pem: "
		       "must not be writable by group or others (chmod go-w)");
	folder_put("a.pem", PEM, 0644);
	tree = folder_load(&told);
	assert_non_null(tree);
	assert_string_equal(
	    key_own(tree_key_by_name(tree, "a"))->file[KEY_FILE_CERTIFICATE],
	    PEM);
	tree_free(tree);
	folder_put("keys.d/a.conf", KEY("a") "openpgp = ../a.pem\n", 0644);
	assert_refused("keys.d/a.conf:1: key a: openpgp keys.d/../a.pem: "
		       "is not an armored OpenPGP public key");
}

/* As hours name them, from the host's database. */
static void
reads_time_zones(void **state)
{
	struct told told;
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("profiles.d/p.conf",
	    "[profile ci]\nkeys = a b\n"
	    "hours = Mon-Fri 08:00-18:00 Europe/Berlin\n",
	    0644);
	folder_put("keys.d/a.conf",
	    KEY("a") "hours = UTC Mon-Sun 00:00-24:00\n", 0644);
	tree = folder_load(&told);
	assert_string_equal(told.text, "");
	/* A Monday at 08:00 in Berlin. */
	assert_true(hours_now(tree_profile(tree, 0)->limits.hours, 1799046000));
	assert_false(
	    hours_now(tree_profile(tree, 0)->limits.hours, 1799045999));
	tree_free(tree);
	folder_put("keys.d/a.conf",
	    KEY("a") "hours = Mon-Sun 00:00-24:00 Nowhere/Town\n", 0644);
	assert_refused("keys.d/a.conf:5: key a: hours: time zone Nowhere/Town: "
		       "No such file or directory");
	folder_put("keys.d/a.conf",
	    KEY("a") "hours = Mon-Sun 00:00-24:00 Europe\n", 0644);
	assert_refused("keys.d/a.conf:5: key a: hours: time zone Europe: "
		       "is not a regular file");
}

static void
note(void *arg, const char *file, const void *text, size_t len)
{
	char *all = arg;

	(void)text;
	sprintf(all + strlen(all), "%s %zu\n", file, len);
}

static void
shows_each_file_that_it_took_in(void **state)
{
	static const struct format_word formats[] = { { .name = "raw" } };
	char all[512] = "", expected[512];
	struct told told = { .count = 0 };
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("keys.d/a.conf~", "", 0644);
	folder_put("countersign.conf", "", 0644);
	folder_put("keys.d/.hidden", "", 0644);
	folder_put("a.pem", PEM, 0644);
	folder_put("keys.d/a.conf", KEY("a") "certificate = ../a.pem\n", 0644);
	tree = conf_load(folder, formats, 1, note, all, told_add, &told);
	assert_string_equal(told.text, "");
	assert_non_null(tree);
	tree_free(tree);
	snprintf(expected, sizeof(expected),
	    "countersign.conf 0\n"
	    "tokens.d/t.conf %zu\n"
	    "keys.d/a.conf %zu\n"
	    "keys.d/b.conf %zu\n"
	    "profiles.d/p.conf %zu\n"
	    "authorized_keys.d/anything %zu\n"
	    "keys.d/../a.pem %zu\n",
	    strlen(TOKEN), strlen(KEY("a") "certificate = ../a.pem\n"),
	    strlen(KEY("b")), strlen("[profile ci]\nkeys = a b\n"),
	    strlen(CLIENT), strlen(PEM));
	assert_string_equal(all, expected);
}

static void
reads_no_more_than_the_starter_needs(void **state)
{
	struct told told = { .count = 0 };
	struct tree *tree;

	(void)state;
	put_tree();
	folder_put("keys.d/a.conf", "junk\n", 0644);
	tree = conf_load_server(folder, told_add, &told);
	assert_non_null(tree);
	assert_int_equal(tree_tokens(tree), 1);
	assert_int_equal(tree_keys(tree), 0);
	tree_free(tree);
	folder_put("tokens.d/t.conf", "junk\n", 0644);
	assert_null(conf_load_server(folder, told_add, &told));
	assert_string_equal(told.text,
	    "tokens.d/t.conf:1: expected \"word = value\" or \"[section]\"\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_make, folder_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads_a_tree_in_byte_order),
		TEST(takes_folders_that_are_not_there_for_empty),
		TEST(makes_paths_absolute_from_a_relative_folder),
		TEST(passes_over_hidden_files_and_backups),
		TEST(refuses_other_names_in_folders_of_conf_files),
		TEST(refuses_names_that_would_not_stand_in_a_record),
		TEST(refuses_a_folder_without_countersign_conf),
		TEST(refuses_a_tree_that_is_not_there),
		TEST(refuses_what_others_can_write),
		TEST(refuses_what_belongs_to_somebody_else),
		TEST(refuses_folders_and_pipes_in_the_place_of_files),
		TEST(refuses_a_file_in_the_place_of_a_folder),
		TEST(tells_all_errors_of_all_files),
		TEST(reads_certificates_beside_their_keys),
		TEST(reads_time_zones),
		TEST(shows_each_file_that_it_took_in),
		TEST(reads_no_more_than_the_starter_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
