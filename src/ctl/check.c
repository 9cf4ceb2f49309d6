/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl check: the whole tree, as the broker would load it.
 */
#include "audit/fingerprint.h"
#include "base/clock.h"
#include "conf/load.h"
#include "ctl/certificate.h"
#include "ctl/coverage.h"
#include "ctl/tell.h"
#include "ctl/verb.h"
#include "format/format.h"

static void
print_count(size_t count, const char *noun, const char *after)
{
	printf("%zu %s%s%s", count, noun, count == 1 ? "" : "s", after);
}

static int
print_tree(const struct tree *tree, struct tree_fingerprint *seen)
{
	char print[TREE_FINGERPRINT_SIZE];

	if (tree_fingerprint_end(seen, print) == -1) {
		fputs("countersignctl: libcrypto failed\n", stderr);
		return 1;
	}
	print_count(tree_tokens(tree), "token", ", ");
	print_count(tree_keys(tree), "key", ", ");
	print_count(tree_profiles(tree), "profile", ", ");
	print_count(tree_clients(tree), "client key", "; ");
	printf("fingerprint %s\n", print);
	return 0;
}

static void
print_warnings(const struct tree *tree)
{
	static const struct rule keys = { "keys.d", 0 };
	int64_t now = (int64_t)(clock_wall_us() / 1000000);

	for (size_t i = 0; i < tree_generations(tree); i++)
		certificate_warn(stderr, tree_generation(tree, i), now);
	for (size_t i = 0; i < tree_keys(tree); i++)
		coverage_warn(stderr, tree_key(tree, i), now);
	if (tree_audit_key(tree) == NULL)
		tell_warning(stderr, &keys,
		    "no key has use = audit: the log has no checkpoints, and "
		    "signatures have no receipts");
}

int
verb_check(const char *dir, int argc, char **argv)
{
	struct tree_fingerprint *seen = tree_fingerprint_new();
	const struct format_word *words;
	struct tree *tree = NULL;
	size_t count;
	int rv = 1;

	if (argc != 1) {
		rv = usage_error("check: '%s' is one too many", argv[1]);
		goto out;
	}
	if (seen == NULL) {
		fputs("countersignctl: no memory\n", stderr);
		goto out;
	}
	words = format_words(&count);
	tree = conf_load(
	    dir, words, count, tree_fingerprint_add, seen, tell_error, stderr);
	if (tree == NULL)
		goto out;
	print_warnings(tree);
	rv = print_tree(tree, seen);
out:
	tree_free(tree);
	tree_fingerprint_free(seen);
	return rv;
}
