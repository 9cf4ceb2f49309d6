/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/log_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/load.h"
#include "ctl/log_given.h"
#include "ctl/tell.h"

static int
find(struct kept *k, const char *dir)
{
	struct tree *tree = conf_load_server(dir, tell_error, stderr);
	int len;

	if (tree == NULL)
		return EX_DATAERR;
	snprintf(k->dir, sizeof(k->dir), "%s", tree_server(tree)->state_dir);
	tree_free(tree);
	len = snprintf(k->path, sizeof(k->path), "%s/checkpoint", k->dir);
	if (len >= 0 && (size_t)len < sizeof(k->path))
		return 0;
	fprintf(
	    stderr, "countersignctl: %s: %s\n", k->dir, strerror(ENAMETOOLONG));
	return EX_DATAERR;
}

static int
not_there(struct kept *k, int error)
{
	if (error == ENOENT) {
		k->state = KEPT_MISSING;
		return 0;
	}
	fprintf(stderr,
	    "countersignctl: %s: %s: the log is not held against it\n", k->path,
	    strerror(error));
	return error == EACCES ? 0 : EX_DATAERR;
}

int
kept_take(struct kept *k, const char *tree, struct claims *claims)
{
	int rv = find(k, tree);

	if (rv != 0)
		return rv;
	if (faccessat(AT_FDCWD, k->path, R_OK, AT_EACCESS) == -1)
		return not_there(k, errno);
	if ((rv = given_checkpoint(claims, k->path)) != 0)
		return rv;
	k->state = KEPT_TAKEN;
	k->size = claims->list[claims->count - 1]->parsed.checkpoint.size;
	return 0;
}

static bool
is_cause(const struct kept *k, const struct fault *f)
{
	return k->state == KEPT_TAKEN && f->kind == FAULT_UNCHECKED &&
	    f->place.file == k->path;
}

bool
kept_is_past(
    const struct kept *k, const struct auditor *a, const struct fault *f)
{
	if (!is_cause(k, f) || k->size >= a->follower.first)
		return false;
	fprintf(stderr,
	    "countersignctl: %s: it covers nothing after seq %" PRIu64
	    ", and the log begins with record %" PRIu64 "\n",
	    k->path, k->size, a->follower.first);
	return true;
}

/*
 * Nothing in the records tells the key.  But its own CHECKPOINT record was on
 * disk before it was, so that one is gone.
 */
void
kept_explain(const struct kept *k, const struct auditor *a, struct fault *f)
{
	const struct link *last = &a->follower.last;

	if (!is_cause(k, f) || a->claims.keys > 0)
		return;
	if (k->size > last->seq)
		fault_set(f, FAULT_TRUNCATED, last->place, last->seq + 1,
		    k->size,
		    "the log ends at seq %ju, but the checkpoint %.128s covers "
		    "%ju",
		    (uintmax_t)last->seq, k->path, (uintmax_t)k->size);
	else
		fault_set(f, FAULT_UNCHECKED, f->place, 0, 0,
		    "the service signed the first %ju records, but these have "
		    "no CHECKPOINT among them",
		    (uintmax_t)k->size);
}

void
kept_miss(const struct kept *k, const struct auditor *a)
{
	if (k->state == KEPT_MISSING && a->seals > 0)
		fprintf(stderr,
		    "countersignctl: %s: %s: the end of the log may be "
		    "missing\n",
		    k->path, strerror(ENOENT));
}
