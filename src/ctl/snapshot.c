/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/snapshot.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf/snapshot.h"
#include "format/format.h"

/* Are the texts those that were there when their fingerprint was taken? */
static bool
is_whole(const struct snapshot *snapshot)
{
	struct tree_fingerprint *f = tree_fingerprint_new();
	char print[TREE_FINGERPRINT_SIZE];
	bool whole;

	if (f == NULL)
		return false;
	snapshot_each(snapshot, "", tree_fingerprint_add, f);
	whole = tree_fingerprint_end(f, print) == 0 &&
	    strcmp(print, snapshot->fingerprint) == 0;
	tree_fingerprint_free(f);
	return whole;
}

/* The first one says enough. */
static void
keep_first(void *arg, const struct text_error *error)
{
	struct text_error *first = arg;

	if (first->what[0] == '\0')
		*first = *error;
}

struct tree *
running_tree(const struct tree *tree, const char *dir,
    char ret_print[static TREE_FINGERPRINT_SIZE], struct text_error *why)
{
	const char *state_dir = tree_server(tree)->state_dir;
	struct text_error error = { .what = "" };
	struct tree *running = NULL;
	struct snapshot snapshot;
	char path[PATH_MAX];
	size_t count;
	const struct format_word *words = format_words(&count);

	if (snapshot_load(state_dir, &snapshot, why) == -1)
		return NULL;
	if (!is_whole(&snapshot)) {
		text_fail(why, 0, "it was changed");
		goto out;
	}
	memcpy(ret_print, snapshot.fingerprint, TREE_FINGERPRINT_SIZE);
	running =
	    snapshot_tree(&snapshot, realpath(dir, path) != NULL ? path : dir,
		words, count, keep_first, &error);
	if (running == NULL)
		text_fail(why, 0, "%.60s:%u: %.160s", error.file, error.line,
		    error.what);
out:
	snapshot_release(&snapshot);
	return running;
}
