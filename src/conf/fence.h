/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of people who are not trusted: a tenant's.
 *
 * They may write what they like below their folder, at any time; they may not
 * make us read anything else, nor wait.  So no link is ever followed, every
 * folder on the way belongs to them (or to who is above them), and a file is a
 * regular one of theirs with one name only: a hard link may be anybody's.
 */
#ifndef CS_CONF_FENCE_H
#define CS_CONF_FENCE_H

#include <sys/types.h>

#include "conf/folder.h"
#include "policy/tenant.h"

struct fence {
	int root; /* the tree's folder */
	uid_t owners[TENANT_DEPTH_MAX]; /* besides root */
	size_t count;
};

/* What one tenant, and all inside of it, may still have. */
struct allowance {
	size_t files, bytes;
};

/* path is below the tree's folder, without "." and "..".  0, or -1. */
int fence_load(const struct fence *, const char *path, struct allowance *,
    char **ret, size_t *ret_len, struct text_error *reterr);
/* A folder that does not exist is empty.  As folder_list. */
int fence_list(const struct fence *, const char *path, bool conf_only,
    struct folder *ret, folder_bad_fn *, void *arg, struct text_error *reterr);

/*
 * The number of a user by name or number: 0, or -1.  Only /etc/passwd is
 * looked at: other services cannot be asked from inside a jail.
 */
int owner_number(const char *owner, uid_t *ret);

#endif
